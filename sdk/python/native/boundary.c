/* Records of boundaries, written from Python hooks: JSON text that gets its time here, in one call. */
#define PY_SSIZE_T_CLEAN
#include "boundary.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

#define MAX_RECORD_WORDS 7900

/* Room for `,"ns":<int64>}` */
#define MAX_STAMP 32

/* Reads `n` (at most 16) lower-case hex digits. */
static bool hex(const char *text, size_t n, uint64_t *out) {
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return false;
        value = value << 4 | (uint64_t)digit;
    }
    *out = value;
    return true;
}

/* Writes the record that consists of `words` and the text with its time; -1 when nothing is recorded or it is too long. */
static int64_t put(uint32_t xkind, const uint32_t *words, uint32_t n, const char *text, size_t length) {
    char stamp[MAX_STAMP];
    size_t stamp_length = 0;
    if (length > 1 && text[length - 1] == '}') {
        stamp_length = (size_t)snprintf(stamp, sizeof stamp, "%s\"ns\":%lld}", text[length - 2] == '{' ? "" : ",", (long long)cw_now());
        length--;
    }
    size_t bytes = length + stamp_length;
    uint32_t all = 1 + n + 1 + (uint32_t)((bytes + 3) / 4);
    if (bytes > MAX_RECORD_WORDS * 4 - 64) return -1;
    uint32_t *at = cw_reserve(all);
    if (!at) return -1;
    int64_t position = cw_position();
    for (uint32_t i = 0; i < n; i++) at[1 + i] = words[i];
    at[1 + n] = (uint32_t)bytes;
    at[all - 1] = 0;
    char *to = (char *)&at[2 + n];
    memcpy(to, text, length);
    memcpy(to + length, stamp, stamp_length);
    if (bytes % 4) memset(to + bytes, 0, 4 - bytes % 4);
    cw_commit(at, all, CW_EXTENDED(xkind, all));
    return position;
}

/* A span id: 16 hex digits, or an int. */
static bool id_of(PyObject *object, uint64_t *out) {
    if (PyUnicode_CheckExact(object) && PyUnicode_IS_COMPACT_ASCII(object) && PyUnicode_GET_LENGTH(object) == 16) {
        *out = 0;
        return hex(PyUnicode_DATA(object), 16, out);
    }
    *out = PyLong_AsUnsignedLongLongMask(object);
    return !PyErr_Occurred();
}

/* record(xkind, json, word=None, long=None): see the table of methods. */
static PyObject *record(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    if (nargs < 2 || nargs > 4) return PyErr_Format(PyExc_TypeError, "record takes 2 to 4 arguments");
    unsigned long xkind = PyLong_AsUnsignedLong(args[0]);
    if (xkind == (unsigned long)-1 && PyErr_Occurred()) return NULL;
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(args[1], &length);
    if (!text) return NULL;
    uint32_t words[3];
    uint32_t n = 0;
    if (nargs > 2) {
        words[n++] = (uint32_t)PyLong_AsUnsignedLongMask(args[2]);
        if (PyErr_Occurred()) return NULL;
    }
    if (nargs > 3) {
        uint64_t wide;
        if (!id_of(args[3], &wide)) return NULL;
        words[n++] = (uint32_t)wide;
        words[n++] = (uint32_t)(wide >> 32);
    }
    if (!cw_recording) return PyLong_FromLong(-1);
    /* Hooks run paused; their records are what they are for. */
    int paused = cw_paused;
    for (int i = 0; i < paused; i++) cw_resume();
    int64_t position = put((uint32_t)xkind, words, n, text, (size_t)length);
    for (int i = 0; i < paused; i++) cw_pause();
    return PyLong_FromLongLong(position);
}

/* name_event(position): see the table of methods. */
static PyObject *name_event(PyObject *module, PyObject *position) {
    long long at = PyLong_AsLongLong(position);
    if (at == -1 && PyErr_Occurred()) return NULL;
    char name[48];
    int n = snprintf(name, sizeof name, "%016llx.%x.%llx", (unsigned long long)cw_uid(), cw_stream_here ? (unsigned)cw_stream_here->number : 0, (unsigned long long)at);
    return PyUnicode_FromStringAndSize(name, n);
}

/* The event of a tracestate that is nothing but our member, as it stands there; NULL for anything else. */
static const char *only_event(PyObject *state, Py_ssize_t *length) {
    if (!PyUnicode_CheckExact(state) || !PyUnicode_IS_COMPACT_ASCII(state)) return NULL;
    const char *t = PyUnicode_DATA(state);
    *length = PyUnicode_GET_LENGTH(state) - 3;
    if (*length < 20 || *length > 40 || memcmp(t, "cw=", 3)) return NULL;
    t += 3;
    const char *dot = memchr(t + 17, '.', (size_t)*length - 17);
    uint64_t part;
    if (t[16] != '.' || !dot || dot == t + 17 || dot == t + *length - 1 || dot - t > 33 || t + *length - dot > 17) return NULL;
    return hex(t, 16, &part) && hex(t + 17, (size_t)(dot - t - 17), &part) && hex(dot + 1, (size_t)(t + *length - dot - 1), &part) ? t : NULL;
}

/* traceparent(text, state): see the table of methods. */
static PyObject *traceparent(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    if (nargs != 2) return PyErr_Format(PyExc_TypeError, "traceparent takes 2 arguments");
    PyObject *text = args[0];
    if (!PyUnicode_CheckExact(text) || !PyUnicode_IS_COMPACT_ASCII(text)) Py_RETURN_NONE;
    const char *t = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length < 55 || t[2] != '-' || t[35] != '-' || t[52] != '-') Py_RETURN_NONE;
    uint64_t version, high, low, span, flags;
    if (!hex(t, 2, &version) || !hex(t + 3, 16, &high) || !hex(t + 19, 16, &low) || !hex(t + 36, 16, &span) || !hex(t + 53, 2, &flags)) Py_RETURN_NONE;
    if (version == 0xff || !(high | low) || !span || (length > 55 && (version == 0 || t[55] != '-'))) Py_RETURN_NONE;
    Py_ssize_t event_length = 0;
    const char *event = only_event(args[1], &event_length);
    return Py_BuildValue("s#s#Oz#", t + 3, (Py_ssize_t)32, t + 36, (Py_ssize_t)16, flags & 1 ? Py_True : Py_False, event, event_length);
}

static PyMethodDef functions[] = {
    {"traceparent", (PyCFunction)(void (*)(void))traceparent, METH_FASTCALL,
     "traceparent(text, state) -> (trace id, span id, sampled, event | None) | None\n\nReads a W3C traceparent value, None when it is malformed, and the tracestate with it if that is our member alone.\n"
     "causeway.context reads the same, and all others, in Python."},
    {"name_event", name_event, METH_O,
     "name_event(position) -> str\n\nThe event at a position of the running thread's stream as it goes over the wire: `<process uid>.<stream>.<position>`, in hex."},
    {"record", (PyCFunction)(void (*)(void))record, METH_FASTCALL,
     "record(xkind, json, word, long) -> position\n\nWrites an extended record of up to three words (one of 32 bits, one of 64) and a JSON object, to which it adds `ns`, the monotonic clock.\n"
     "Also while the running thread is paused. -1 when nothing was recorded: no recording, or longer than 31,000 bytes."},
    {NULL},
};

int boundary_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
