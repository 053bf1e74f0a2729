/* The tap at the start of a function: CALL, its parameters and its first line at once, because a function's first three taps cost more than what they record. */
#include "taps.h"

/* The parameter's site follows the call's own, in order. */
static void parameter(const cw_tap *tap, Py_ssize_t index, PyObject *value) {
    cw_record_value(CW_LOCAL | (tap->site + 1 + (uint32_t)index) << 8, value, index < 64 && (tap->secrets >> index & 1), CW_BOUND);
}

static bool called(const cw_tap *tap) {
    uint32_t *at = cw_reserve(2);
    if (CW_UNLIKELY(at == NULL)) return false;
    at[1] = cw_frame_key();
    cw_commit(at, 2, tap->first);
    return true;
}

/* ~T: no parameters */
static PyObject *enter(PyObject *self) {
    if (called((cw_tap *)self)) cw_line_after((cw_tap *)self);
    return cw_true();
}

/* del T[x], del T[x, y]: as many as the tuple of names has */
static int enter_with(PyObject *self, PyObject *key, PyObject *Py_UNUSED(value)) {
    cw_tap *tap = (cw_tap *)self;
    if (!called(tap)) return 0;
    Py_ssize_t count = tap->name == NULL || !PyTuple_CheckExact(tap->name) ? 0 : PyTuple_GET_SIZE(tap->name);
    if (count == 1) parameter(tap, 0, key);
    else if (PyTuple_CheckExact(key) && PyTuple_GET_SIZE(key) == count)
        for (Py_ssize_t i = 0; i < count; i++) parameter(tap, i, PyTuple_GET_ITEM(key, i));
    cw_line_after(tap);
    return 0;
}

CW_TAP_TYPE(entry_tap, "entry", .tp_as_number = &(PyNumberMethods){.nb_invert = enter}, .tp_as_mapping = &(PyMappingMethods){.mp_ass_subscript = enter_with});

const cw_tap_kind cw_entry_taps[] = {{"entry", &entry_tap, CW_CALL}, {NULL, NULL, 0}};
