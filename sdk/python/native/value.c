/* Encoding of values: exact built-in scalars by value, everything else by identity. */
#include "attributes.h"
#include "identity.h"
#include "types.h"

#include <string.h>

#define TUPLE_ELEMENTS 8
/* About 1,200 digits: a longer int takes the interpreter quadratic time to write down. */
#define DECIMAL_BITS 4000

static inline void plain(cw_value *out, uint32_t kind) {
    out->kind = kind;
    out->words = 0;
}

static inline void one(cw_value *out, uint32_t kind, uint32_t word) {
    out->kind = kind;
    out->words = 1;
    out->payload[0] = word;
}

static void text(cw_value *out, uint32_t id) {
    if (id == 0) one(out, CW_UNCAPTURED, CW_TABLE_FULL);
    else if (id == CW_TEXT_REDACTED) plain(out, CW_REDACTED);
    else one(out, CW_TEXT, id);
}

static void big_int(PyObject *value, cw_value *out) {
    if (_PyLong_NumBits(value) > DECIMAL_BITS) {
        one(out, CW_UNCAPTURED, CW_TOO_LARGE);
        return;
    }
    CW_KEEP_ERROR_BEGIN
    PyObject *digits = PyLong_Type.tp_repr(value); /* may meet the program's own limit of digits */
    Py_ssize_t length;
    const char *utf8 = digits == NULL ? NULL : PyUnicode_AsUTF8AndSize(digits, &length);
    if (utf8 == NULL) one(out, CW_UNCAPTURED, CW_TOO_LARGE);
    else text(out, cw_text_decimal(utf8, (size_t)length));
    Py_XDECREF(digits);
    CW_KEEP_ERROR_END
}

static void of_int(PyObject *value, cw_value *out) {
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0) {
        big_int(value, out);
    } else if (number >= INT32_MIN && number <= INT32_MAX) {
        one(out, CW_INT32, (uint32_t)(int32_t)number);
    } else {
        out->kind = CW_INT64;
        out->words = 2;
        memcpy(out->payload, &number, 8);
    }
}

static void of_float(PyObject *value, cw_value *out) {
    double number = PyFloat_AS_DOUBLE(value);
    out->kind = CW_FLOAT;
    out->words = 2;
    memcpy(out->payload, &number, 8);
}

static void of_object(PyObject *value, cw_value *out, unsigned how) {
    uint32_t id = cw_object_seen(value, how);
    if (id == 0) one(out, CW_UNCAPTURED, CW_TABLE_FULL);
    else one(out, CW_OBJECT, id);
}

/* A member of an enum, by its name; false if it has none, like a flag with bits that have no name. */
static bool of_member(PyObject *value, cw_value *out, unsigned how) {
    static PyObject *key;
    if (key == NULL) key = PyUnicode_InternFromString("_name_");
    PyObject *name = key == NULL ? NULL : cw_own_attribute(value, key);
    if (name == NULL || !PyUnicode_CheckExact(name)) return false;
    if (how & CW_SECRET) plain(out, CW_REDACTED);
    else text(out, cw_text_member(((PyHeapTypeObject *)Py_TYPE(value))->ht_name, name));
    return true;
}

static void encode(PyObject *value, cw_value *out, unsigned how, bool in_tuple);

static void of_tuple(PyObject *value, cw_value *out, unsigned how) {
    Py_ssize_t n = PyTuple_GET_SIZE(value);
    uint32_t at = 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        cw_value element;
        PyObject *item = PyTuple_GET_ITEM(value, i);
        if (item == NULL) plain(&element, CW_ABSENT); /* still being filled */
        else encode(item, &element, how, true);
        at += cw_put_value(out->payload + at, &element);
    }
    out->kind = CW_TUPLE;
    out->words = at;
    out->payload[0] = (uint32_t)n << 16 | (at - 1);
}

static void encode(PyObject *value, cw_value *out, unsigned how, bool in_tuple) {
    PyTypeObject *type = Py_TYPE(value);
    if (type == &PyLong_Type) of_int(value, out);
    else if (value == Py_None) plain(out, CW_NONE);
    else if (type == &PyUnicode_Type || type == &PyBytes_Type) {
        if (how & CW_SECRET) plain(out, CW_REDACTED);
        else text(out, cw_text(value));
    }
    else if (type == &PyBool_Type) plain(out, value == Py_True ? CW_TRUE : CW_FALSE);
    else if (type == &PyFloat_Type) of_float(value, out);
    else if (type == &PyTuple_Type && !in_tuple && PyTuple_GET_SIZE(value) <= TUPLE_ELEMENTS) of_tuple(value, out, how);
    else if (!cw_is_enum(type) || !of_member(value, out, how)) of_object(value, out, how);
}

void cw_encode_how(PyObject *value, cw_value *out, unsigned how) {
    if (value == NULL) plain(out, CW_ABSENT);
    else encode(value, out, how, false);
}

void cw_encode(PyObject *value, cw_value *out) { cw_encode_how(value, out, 0); }

void cw_encode_published(PyObject *value, cw_value *out) { cw_encode_how(value, out, CW_PUBLISH); }

void cw_encode_secret(PyObject *value, cw_value *out) { cw_encode_secret_how(value, out, CW_PUBLISH); }

void cw_encode_secret_how(PyObject *value, cw_value *out, unsigned how) {
    PyTypeObject *type = value == NULL ? NULL : Py_TYPE(value);
    if (type == &PyUnicode_Type || type == &PyLong_Type || type == &PyFloat_Type || type == &PyBytes_Type || type == &PyByteArray_Type)
        plain(out, CW_REDACTED);
    else
        cw_encode_how(value, out, how | CW_SECRET);
}
