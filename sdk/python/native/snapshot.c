/* OBJECT records: a bounded look into an object's storage. */
#include "snapshot.h"

#include "attributes.h"
#include "key.h"
#include "types.h"

#include <datetime.h>
#include <stdio.h>
#include <string.h>

#define ELEMENTS 32
#define ONE_LEVEL 0x100u /* the depth of nesting is counted in the upper bits of `how` */
#define LEVELS 3
#define OBJECTS 128 /* described by one look, nested ones included */
#define ROOM (4 + ELEMENTS * 2 * (CW_VALUE_WORDS + 1))

enum { OPAQUE, SEQUENCE, MAPPING, SET, ATTRIBUTES, LABEL };

static unsigned described; /* since the outermost look began */

typedef struct {
    uint32_t words[ROOM];
    uint32_t n;     /* words used */
    uint32_t count; /* elements, pairs or attributes */
    size_t full;
    unsigned how;   /* for what is inside */
} picture;

bool cw_snapshot_allowed(unsigned how) { return how / ONE_LEVEL == 0 || (how / ONE_LEVEL < LEVELS && described < OBJECTS); }

static void put(picture *p, PyObject *value, bool secret) {
    cw_value v;
    if (secret) cw_encode_secret_how(value, &v, p->how);
    else cw_encode_how(value, &v, p->how);
    p->n += cw_put_value(p->words + p->n, &v);
}

static void put_key(picture *p, PyObject *key) {
    cw_value v;
    cw_encode_how(key, &v, p->how);
    if (v.kind == CW_OBJECT || v.kind == CW_TUPLE) cw_key_unify(key, &v);
    p->n += cw_put_value(p->words + p->n, &v);
}

static uint32_t sequence(picture *p, PyObject *const *items, Py_ssize_t n) {
    p->full = (size_t)n;
    for (Py_ssize_t i = 0; i < n && i < ELEMENTS; i++, p->count++) put(p, items[i], false);
    return SEQUENCE;
}

static uint32_t mapping(picture *p, PyObject *dict) {
    Py_ssize_t position = 0;
    PyObject *key, *value;
    p->full = (size_t)PyDict_GET_SIZE(dict);
    while (p->count < ELEMENTS && PyDict_Next(dict, &position, &key, &value)) {
        put_key(p, key);
        put(p, value, cw_secret_key(key));
        p->count++;
    }
    return MAPPING;
}

static uint32_t set(picture *p, PyObject *object) {
    PySetObject *s = (PySetObject *)object;
    p->full = (size_t)s->used;
    for (Py_ssize_t i = 0; i <= s->mask && p->count < ELEMENTS; i++) {
        setentry *e = &s->table[i];
        if (e->key == NULL || e->hash == -1) continue; /* free, or a key that was removed */
        put_key(p, e->key);
        p->count++;
    }
    return SET;
}

static uint32_t deque(picture *p, PyObject *object) {
    PySequenceMethods *methods = cw_deque->tp_as_sequence;
    Py_ssize_t n = methods->sq_length(object);
    p->full = (size_t)n;
    for (Py_ssize_t i = 0; i < n && i < ELEMENTS; i++, p->count++) {
        PyObject *item = methods->sq_item(object, i);
        if (item == NULL) {
            PyErr_Clear();
            break;
        }
        put(p, item, false);
        Py_DECREF(item);
    }
    return SEQUENCE;
}

static uint32_t bytearray(picture *p, PyObject *object) {
    p->full = (size_t)PyByteArray_GET_SIZE(object);
    for (; p->count < ELEMENTS && p->count < p->full; p->count++) {
        p->words[p->n++] = CW_INT32;
        p->words[p->n++] = (unsigned char)PyByteArray_AS_STRING(object)[p->count];
    }
    return SEQUENCE;
}

static uint32_t attributes(picture *p, PyObject *object) {
    cw_attribute found[ELEMENTS];
    p->full = cw_attributes(object, found, ELEMENTS);
    for (size_t i = 0; i < p->full && i < ELEMENTS; i++) {
        uint32_t name = found[i].name == NULL ? 0 : cw_text(found[i].name);
        if (name == 0 || name == CW_TEXT_REDACTED) continue;
        p->words[p->n++] = name;
        put(p, found[i].value, cw_secret_key(found[i].name));
        p->count++;
    }
    return ATTRIBUTES;
}

static uint32_t label_text(picture *p, uint32_t text) {
    p->full = 0;
    if (text == 0 || text == CW_TEXT_REDACTED) return OPAQUE;
    p->words[p->n++] = CW_TEXT;
    p->words[p->n++] = text;
    p->count = 1;
    return LABEL;
}

static uint32_t label(picture *p, PyObject *text) { return text == NULL || !PyUnicode_CheckExact(text) ? OPAQUE : label_text(p, cw_text(text)); }

static uint32_t label_class(picture *p, PyTypeObject *type) {
    char name[512];
    return label_text(p, cw_text_utf8(name, cw_type_name(type, name, sizeof name)));
}

static uint32_t label_module(picture *p, PyObject *module) {
    PyObject *dict = PyModule_GetDict(module); /* borrowed */
    static PyObject *key;
    if (key == NULL) key = PyUnicode_InternFromString("__name__");
    return label(p, dict == NULL || key == NULL ? NULL : PyDict_GetItemWithError(dict, key));
}

static uint32_t label_repr(picture *p, PyObject *object) {
    PyObject *text = Py_TYPE(object)->tp_repr(object);
    uint32_t form = p->how & CW_SECRET ? OPAQUE : label(p, text);
    Py_XDECREF(text);
    if (text == NULL) PyErr_Clear();
    return form;
}

/* Not its repr, which would ask its time zone, a class of the program perhaps. */
static uint32_t label_datetime(picture *p, PyObject *object) {
    (void)PyDateTimeAPI; /* the header's own variable; only its macros are used */
    char text[64];
    int n = snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d.%06d%s", PyDateTime_GET_YEAR(object), PyDateTime_GET_MONTH(object), PyDateTime_GET_DAY(object),
                     PyDateTime_DATE_GET_HOUR(object), PyDateTime_DATE_GET_MINUTE(object), PyDateTime_DATE_GET_SECOND(object),
                     PyDateTime_DATE_GET_MICROSECOND(object), ((PyDateTime_DateTime *)object)->hastzinfo ? " with a time zone" : "");
    return label_text(p, cw_text_utf8(text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1));
}

/* An exception's own words, as far as they are plain text, and its attributes otherwise. */
static uint32_t exception(picture *p, PyObject *object) {
    PyObject *args = ((PyBaseExceptionObject *)object)->args;
    if (args != NULL && PyTuple_CheckExact(args) && PyTuple_GET_SIZE(args) == 1 && !(p->how & CW_SECRET)) return label(p, PyTuple_GET_ITEM(args, 0));
    return attributes(p, object);
}

static uint32_t look_into(picture *p, PyObject *object, uint8_t layout) {
    switch (layout) {
        case CW_LIST: return sequence(p, ((PyListObject *)object)->ob_item, PyList_GET_SIZE(object));
        case CW_TUPLE_LIKE: return sequence(p, ((PyTupleObject *)object)->ob_item, PyTuple_GET_SIZE(object));
        case CW_DICT: return mapping(p, object);
        case CW_SET: return set(p, object);
        case CW_DEQUE: return deque(p, object);
        case CW_BYTEARRAY: return bytearray(p, object);
        case CW_INSTANCE: return attributes(p, object);
        case CW_EXCEPTION: return exception(p, object);
        case CW_CLASS: return label_class(p, (PyTypeObject *)object);
        case CW_MODULE: return label_module(p, object);
        case CW_FUNCTION: return label(p, ((PyFunctionObject *)object)->func_qualname);
        case CW_BUILTIN: return label_text(p, cw_text_utf8(((PyCFunctionObject *)object)->m_ml->ml_name, strlen(((PyCFunctionObject *)object)->m_ml->ml_name)));
        case CW_METHOD: {
            PyObject *function = ((PyMethodObject *)object)->im_func;
            return PyFunction_Check(function) ? label(p, ((PyFunctionObject *)function)->func_qualname) : OPAQUE;
        }
        case CW_GENERATOR_LIKE: return label(p, ((PyGenObject *)object)->gi_qualname);
        case CW_DATETIME: return label_datetime(p, object);
        case CW_REPR: return label_repr(p, object);
        default: return OPAQUE;
    }
}

void cw_describe_object(PyObject *object, uint32_t id, unsigned how, bool full) {
    if (how / ONE_LEVEL == 0) described = 0;
    described++;
    cw_type *type = cw_type_of(Py_TYPE(object));
    if (type == NULL) return;
    uint8_t layout = type->layout;
    picture p;
    p.words[0] = id;
    p.words[1] = cw_type_id(Py_TYPE(object));
    p.n = 4;
    p.count = 0;
    p.full = 0;
    /* What a library object holds is looked at when the program reads it. */
    p.how = (how & CW_SECRET) | CW_PUBLISH | (type->library ? LEVELS * ONE_LEVEL : (how & ~0xFFu) + ONE_LEVEL);
    uint32_t form = OPAQUE;
    if (full) {
        CW_KEEP_ERROR_BEGIN
        form = look_into(&p, object, layout);
        CW_KEEP_ERROR_END
    }
    p.words[2] = p.full > UINT32_MAX ? UINT32_MAX : (uint32_t)p.full;
    p.words[3] = form << 24 | p.count;
    cw_emit(5, p.words, p.n);
}
