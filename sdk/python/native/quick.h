/* The short way of values: what most values are is encoded without a call. */
#ifndef CW_QUICK_H
#define CW_QUICK_H

#include "identity.h"

#include <string.h>

/* The table of texts (text.c): fingerprints, 0 where free, and ids. */
extern uint64_t *cw_text_prints;
extern uint32_t *cw_text_ids;
extern uint32_t cw_text_mask;
extern uint64_t cw_text_seed;
#define CW_TEXT_FACTOR 0xA0761D6478BD642Fu
/* Characters of a text that is known by its hash. */
#define CW_TEXT_SHORT 1024

static inline uint64_t cw_text_mix(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The fingerprint of an exact str of at most CW_TEXT_SHORT characters whose hash is known. */
static inline uint64_t cw_text_print(PyObject *text, Py_ssize_t length) {
    uint64_t h = cw_text_mix(((uint64_t)((PyASCIIObject *)text)->hash ^ cw_text_seed) + 1, CW_TEXT_FACTOR ^ (uint64_t)length);
    return h != 0 ? h : 1;
}

/* True for an exact int of one digit, its value in `word`. */
static inline bool cw_small_int(PyObject *value, uint32_t *word) {
    if (!Py_IS_TYPE(value, &PyLong_Type)) return false;
#if PY_VERSION_HEX >= 0x030C0000
    if (!PyUnstable_Long_IsCompact((PyLongObject *)value)) return false;
    *word = (uint32_t)(int32_t)PyUnstable_Long_CompactValue((PyLongObject *)value);
#else
    if ((size_t)(Py_SIZE(value) + 1) > 2) return false;
    *word = (uint32_t)(int32_t)(Py_SIZE(value) * (Py_ssize_t)((PyLongObject *)value)->ob_digit[0]);
#endif
    return true;
}

/* A text that is in the table: its id, with CW_TEXT_SECRET_NAME; else 0. */
static inline uint32_t cw_known_text(PyObject *text) {
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length > CW_TEXT_SHORT || ((PyASCIIObject *)text)->hash == -1) return 0;
    uint64_t print = cw_text_print(text, length);
    uint32_t at = (uint32_t)print & cw_text_mask;
    while (cw_text_prints[at] != print) {
        if (cw_text_prints[at] == 0) return 0;
        at = (at + 1) & cw_text_mask;
    }
    return cw_text_ids[at];
}

/* Encodes a value of at most two payload words into `word`, which may be where the record is going to be: nothing is written without success. Gives their
 * number, or -1: cw_encode_how must do it. */
static inline __attribute__((always_inline)) int cw_quick(PyObject *value, uint32_t *kind, uint32_t *word, unsigned how) {
    PyTypeObject *type = Py_TYPE(value);
    if (cw_small_int(value, word)) {
        *kind = CW_INT32;
        return 1;
    }
    if (type == &PyFloat_Type) {
        double number = PyFloat_AS_DOUBLE(value);
        *kind = CW_FLOAT;
        memcpy(word, &number, 8);
        return 2;
    }
    if (type == &PyUnicode_Type) {
        uint32_t id = cw_known_text(value) & ~CW_TEXT_SECRET_NAME;
        if (id == 0 || id == CW_TEXT_REDACTED || how & CW_SECRET) return -1;
        *kind = CW_TEXT;
        *word = id;
        return 1;
    }
    if (value == Py_None) {
        *kind = CW_NONE;
        return 0;
    }
    if (type == &PyBool_Type) {
        *kind = value == Py_True ? CW_TRUE : CW_FALSE;
        return 0;
    }
    cw_identity *e = cw_identity_find(value);
    if (e->object == NULL || !(e->id & CW_PICTURED) || how & CW_SECRET) return -1;
    if (how & CW_PUBLISH) e->id |= CW_PUBLISHED;
    *kind = CW_OBJECT;
    *word = e->id >> 4;
    return 1;
}

#endif
