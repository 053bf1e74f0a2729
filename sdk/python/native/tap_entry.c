/* The tap at the start of a function: CALL, its parameters and its first line at once, because a function's first three taps cost more than what they record. */
#include "taps.h"

#include "frame.h"
#include "untraced.h"

/* The parameter's site follows the call's own, in order. */
static inline void parameter(const cw_tap *tap, Py_ssize_t index, PyObject *value, unsigned how) {
    cw_record_value(CW_LOCAL | (tap->site + 1 + (uint32_t)index) << 8, value, index < 64 && (tap->secrets >> index & 1), how);
}

static bool called(const cw_tap *tap) {
    uint32_t *at = cw_reserve(2);
    if (CW_UNLIKELY(at == NULL)) return false;
    at[1] = cw_frame_key();
    cw_commit(at, 2, tap->first);
    return true;
}

static Py_ssize_t parameters(const cw_tap *tap) { return tap->name == NULL || !PyTuple_CheckExact(tap->name) ? 0 : PyTuple_GET_SIZE(tap->name); }

/* ~T: the parameters are the running function's first local variables, in the order of the tap's names */
static PyObject *enter(PyObject *self) {
    cw_tap *tap = (cw_tap *)self;
    if (CW_UNLIKELY(!called(tap))) return cw_true();
    Py_ssize_t count = parameters(tap);
    PyObject **locals = count == 0 ? NULL : cw_frame_locals();
    for (Py_ssize_t i = 0; locals != NULL && i < count; i++) {
        PyObject *value = locals[i];
        if (CW_UNLIKELY(value == NULL || PyCell_Check(value))) value = cw_frame_value(locals, i);
        if (CW_LIKELY(value != NULL)) parameter(tap, i, value, CW_PASSING);
    }
    cw_line_after(tap);
    cw_rest();
    return cw_true();
}

/* del T[x], del T[x, y]: as many as the tuple of names has */
static int enter_with(PyObject *self, PyObject *key, PyObject *Py_UNUSED(value)) {
    cw_tap *tap = (cw_tap *)self;
    if (!called(tap)) return 0;
    Py_ssize_t count = parameters(tap);
    if (count == 1) parameter(tap, 0, key, CW_BOUND);
    else if (PyTuple_CheckExact(key) && PyTuple_GET_SIZE(key) == count)
        for (Py_ssize_t i = 0; i < count; i++) parameter(tap, i, PyTuple_GET_ITEM(key, i), CW_BOUND);
    cw_line_after(tap);
    cw_rest();
    return 0;
}

CW_TAP_TYPE(entry_tap, "entry", .tp_as_number = &(PyNumberMethods){.nb_invert = enter}, .tp_as_mapping = &(PyMappingMethods){.mp_ass_subscript = enter_with});

const cw_tap_kind cw_entry_taps[] = {{"entry", &entry_tap, CW_CALL}, {NULL, NULL, 0}};
