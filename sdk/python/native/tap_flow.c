/* Taps of control flow: lines, calls, returns, suspension, exceptions. */
#include "taps.h"

#include "types.h"
#include "untraced.h"

#include <frameobject.h>
#include <string.h>

static __attribute__((noinline)) PyObject *line_slow(cw_tap *tap) {
    uint32_t *at = cw_reserve(1);
    if (at != NULL) cw_commit(at, 1, tap->first);
    return cw_true();
}

static PyObject *line(PyObject *self) {
    cw_rest();
    cw_stream *s = cw_ready(1);
    if (CW_UNLIKELY(s == NULL)) return line_slow((cw_tap *)self);
    cw_finish(s, 1, ((cw_tap *)self)->first);
    return cw_true();
}

static PyObject *call(PyObject *self) {
    uint32_t *at = cw_reserve(2);
    if (CW_LIKELY(at != NULL)) {
        at[1] = cw_frame_key();
        cw_commit(at, 2, ((cw_tap *)self)->first);
    }
    return cw_true();
}

static PyObject *leave(PyObject *self, PyObject *value) {
    cw_record_value(((cw_tap *)self)->first, value, ((cw_tap *)self)->secrets & 1, CW_PASSING);
    return cw_same(value);
}

/* ~T: the function returns None */
static PyObject *leave_nothing(PyObject *self) {
    cw_record_other(((cw_tap *)self)->first, Py_None, false, CW_PASSING);
    return cw_true();
}

/* YIELD and RESUME: the value crosses to whoever drives the generator. */
static PyObject *cross(PyObject *self, PyObject *value) {
    if (CW_LIKELY(cw_active())) {
        uint32_t key = cw_frame_key();
        cw_record_after(((cw_tap *)self)->first, key, value, ((cw_tap *)self)->secrets & 1, CW_PUBLISH);
    }
    cw_rest();
    return cw_same(value);
}

/* The line at which the running frame met the exception: the head of its traceback is this frame. */
static uint32_t line_of(PyObject *exception) {
    PyTracebackObject *trace = (PyTracebackObject *)((PyBaseExceptionObject *)exception)->traceback;
    if (trace == NULL || !PyTraceBack_Check(trace)) return 0;
    PyCodeObject *code = PyFrame_GetCode(trace->tb_frame);
    int number = PyCode_Addr2Line(code, trace->tb_lasti);
    Py_DECREF(code);
    return number < 0 ? 0 : (uint32_t)number;
}

/* The message as far as it is plain data: str(exception) would run the program's code. */
static size_t message_of(PyObject *exception, char *to, size_t room) {
    PyObject *args = ((PyBaseExceptionObject *)exception)->args;
    if (args == NULL || !PyTuple_CheckExact(args) || PyTuple_GET_SIZE(args) == 0) return 0;
    PyObject *first = PyTuple_GET_ITEM(args, 0);
    if (PyUnicode_CheckExact(first)) {
        size_t n = cw_utf8_of(first, to, room);
        return cw_secret_text(to, n) ? 0 : n;
    }
    if (!PyLong_CheckExact(first)) return 0;
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(first, &overflow);
    int n = overflow != 0 ? 0 : snprintf(to, room, "%lld", number);
    return n < 0 ? 0 : (size_t)n;
}

/* RAISE, once for each exception object. */
static void raised(const cw_tap *tap, PyObject *exception, uint32_t id) {
    if (!cw_mark_raised(exception)) return;
    char name[256], message[1024];
    uint32_t payload[3 + 2 + (sizeof name + sizeof message) / 4] = {tap->site, id, line_of(exception)};
    uint32_t n = 3;
    n += cw_put_text(payload + n, 1 + sizeof name / 4, name, cw_type_name(Py_TYPE(exception), name, sizeof name));
    n += cw_put_text(payload + n, 1 + sizeof message / 4, message, message_of(exception, message, sizeof message));
    cw_emit(CW_X_RAISE, payload, n);
}

static PyObject *unwind(PyObject *self) {
    PyObject *exception = cw_active() ? PyErr_GetHandledException() : NULL;
    if (exception != NULL) {
        cw_value v;
        cw_encode_how(exception, &v, CW_PUBLISH);
        if (v.kind == CW_OBJECT) raised((cw_tap *)self, exception, v.payload[0]);
        cw_record(((cw_tap *)self)->first, NULL, 0, &v);
        Py_DECREF(exception);
    }
    return cw_true();
}

/* An except or finally block begins. Without an exception (an orderly finally) nothing was skipped. */
static PyObject *handler(PyObject *self) {
    PyObject *exception = cw_active() ? PyErr_GetHandledException() : NULL;
    if (exception != NULL) {
        cw_tap *tap = (cw_tap *)self;
        uint32_t id = cw_object_seen(exception, CW_PUBLISH);
        if (id != 0) raised(tap, exception, id);
        uint32_t payload[3] = {tap->site, cw_frame_key(), id};
        cw_emit(CW_X_HANDLER, payload, 3);
        Py_DECREF(exception);
    }
    return cw_true();
}

/* ~T: whether what follows is to be done with its reads recorded, or as the program has it */
static PyObject *shared(PyObject *Py_UNUSED(self)) {
    if (CW_UNLIKELY(cw_reads_matter())) return cw_true();
#if PY_VERSION_HEX < 0x030C0000
    Py_INCREF(Py_False);
#endif
    return Py_False;
}

#define UNARY(function) .tp_as_number = &(PyNumberMethods){.nb_invert = function}

CW_TAP_TYPE(line_tap, "line", UNARY(line));
CW_TAP_TYPE(call_tap, "call", UNARY(call));
CW_TAP_TYPE(return_tap, "return", .tp_as_number = &(PyNumberMethods){.nb_matrix_multiply = leave, .nb_invert = leave_nothing},
            .tp_as_mapping = &(PyMappingMethods){.mp_subscript = leave});
CW_TAP_TYPE(cross_tap, "cross", CW_VALUE_SLOTS(cross));
CW_TAP_TYPE(unwind_tap, "unwind", UNARY(unwind));
CW_TAP_TYPE(shared_tap, "shared", UNARY(shared));
CW_TAP_TYPE(handler_tap, "handler", UNARY(handler));

const cw_tap_kind cw_flow_taps[] = {
    {"line", &line_tap, CW_LINE},       {"call", &call_tap, CW_CALL},       {"return", &return_tap, CW_RETURN},
    {"yield", &cross_tap, CW_YIELD},    {"await", &cross_tap, CW_YIELD},    {"resume", &cross_tap, CW_RESUME},
    {"unwind", &unwind_tap, CW_UNWIND}, {"handler", &handler_tap, 0},
    {"shared", &shared_tap, 0},         {NULL, NULL, 0},
};
