/* Which keys are equal, told from their storage: tuples within tuples, frozen sets, named tuples, frozen dataclasses and other instances whose class says
 * what equality means. Two small tables that forget what they have no room for: an equal key that is not found again counts as another one. */
#include "key.h"

#include "attributes.h"
#include "identity.h"
#include "types.h"

#include <string.h>

#define PLACES 4096
#define DEEPEST 4
#define ATTRIBUTES 16
#define ELEMENTS 64

static struct { uint64_t print; uint32_t id; } first[PLACES]; /* the first key with a fingerprint */
static struct { uint32_t own, id; } known[PLACES];            /* what a key was unified with; it stays so, also when it is changed */

/* Payload words of an element of an encoded tuple. */
static uint32_t words_of(uint32_t kind) {
    switch (kind) {
        case CW_INT32: case CW_TEXT: case CW_OBJECT: case CW_UNCAPTURED: return 1;
        case CW_INT64: case CW_FLOAT: return 2;
        default: return 0;
    }
}

void cw_keys_forget(void) {
    memset(first, 0, sizeof first);
    memset(known, 0, sizeof known);
}

static uint64_t mix(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)(a ^ 0xA0761D6478BD642Fu) * (b ^ 0xE7037ED1A0B428DBu);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static bool print_of(PyObject *value, uint64_t *print, unsigned depth);

static bool of_sequence(PyObject *const *items, Py_ssize_t n, uint64_t *print, unsigned depth) {
    if (n > ELEMENTS) return false;
    uint64_t all = (uint64_t)n;
    for (Py_ssize_t i = 0; i < n; i++) {
        uint64_t one;
        if (items[i] == NULL || !print_of(items[i], &one, depth)) return false;
        all = mix(all, one);
    }
    *print = all;
    return true;
}

static bool of_set(PyObject *set, uint64_t *print, unsigned depth) {
    PySetObject *s = (PySetObject *)set;
    if (s->used > ELEMENTS) return false;
    uint64_t all = 0;
    for (Py_ssize_t i = 0; i <= s->mask; i++) {
        uint64_t one;
        if (s->table[i].key == NULL || s->table[i].hash == -1) continue;
        if (!print_of(s->table[i].key, &one, depth)) return false;
        all += one; /* in any order */
    }
    *print = mix(all, 3);
    return true;
}

static bool of_dict(PyObject *dict, uint64_t *print, unsigned depth) {
    if (PyDict_GET_SIZE(dict) > ELEMENTS) return false;
    Py_ssize_t position = 0;
    PyObject *key, *value;
    uint64_t all = 0;
    while (PyDict_Next(dict, &position, &key, &value)) {
        uint64_t one, two;
        if (!print_of(key, &one, depth) || !print_of(value, &two, depth)) return false;
        all += mix(one, two);
    }
    *print = mix(all, 4);
    return true;
}

static bool of_instance(PyObject *object, uint64_t *print, unsigned depth) {
    cw_attribute held[ATTRIBUTES];
    size_t n = cw_attributes(object, held, ATTRIBUTES);
    if (n == 0 || n > ATTRIBUTES) return false;
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t one, two;
        if (held[i].name == NULL || !print_of(held[i].name, &one, depth) || !print_of(held[i].value, &two, depth)) return false;
        all += mix(one, two);
    }
    *print = mix(all, 5);
    return true;
}

static bool by_identity(PyObject *value, uint64_t *print) {
    uint32_t id = cw_object_seen(value, 0);
    *print = mix(id, 6);
    return id != 0;
}

static bool hashed(PyObject *value, uint64_t tag, uint64_t *print) {
    Py_hash_t hash = PyObject_Hash(value); /* of exact built-in types */
    if (hash == -1) PyErr_Clear();
    *print = mix((uint64_t)hash, tag);
    return hash != -1;
}

/* What two equal values have in common; false when that cannot be told. */
static bool print_of(PyObject *value, uint64_t *print, unsigned depth) {
    PyTypeObject *type = Py_TYPE(value);
    if (type == &PyUnicode_Type) return hashed(value, 7, print);
    if (type == &PyBytes_Type) return hashed(value, 8, print);
    if (type == &PyLong_Type || type == &PyBool_Type || type == &PyFloat_Type) return hashed(value, 9, print); /* 1 == 1.0 == True */
    if (value == Py_None) return *print = 10, true;
    if (depth == 0) return false;
    depth--;
    if (type == &PyTuple_Type) return of_sequence(((PyTupleObject *)value)->ob_item, PyTuple_GET_SIZE(value), print, depth);
    if (type == &PyFrozenSet_Type || type == &PySet_Type) return of_set(value, print, depth);
    if (type == &PyList_Type) return of_sequence(((PyListObject *)value)->ob_item, PyList_GET_SIZE(value), print, depth);
    if (type == &PyDict_Type) return of_dict(value, print, depth);
    if (type->tp_richcompare == PyBaseObject_Type.tp_richcompare || PyType_Check(value)) return by_identity(value, print);
    if (type == &PyMethod_Type) {
        uint64_t function, self;
        if (!by_identity(((PyMethodObject *)value)->im_func, &function) || !by_identity(((PyMethodObject *)value)->im_self, &self)) return false;
        return *print = mix(function, self), true;
    }
    cw_type *entry = cw_type_of(type);
    uint8_t layout = entry == NULL ? CW_OPAQUE : entry->layout;
    bool told = false;
    if (layout == CW_MEMBER) return by_identity(value, print);
    if (layout == CW_INSTANCE) told = of_instance(value, print, depth);
    else if (layout == CW_TUPLE_LIKE) told = of_sequence(((PyTupleObject *)value)->ob_item, PyTuple_GET_SIZE(value), print, depth);
    else if (layout == CW_REPR) return hashed(value, 11, print);
    if (told && layout == CW_INSTANCE) *print = mix(*print, cw_type_of(type)->id);
    return told;
}

static void unify(PyObject *key, uint32_t *id) {
    if (Py_TYPE(key)->tp_richcompare == PyBaseObject_Type.tp_richcompare) return;
    uint32_t own = *id, at = own & (PLACES - 1);
    if (known[at].own == own) {
        *id = known[at].id;
        return;
    }
    uint64_t print = 0;
    bool told;
    CW_KEEP_ERROR_BEGIN
    told = print_of(key, &print, DEEPEST);
    CW_KEEP_ERROR_END
    if (!told) return;
    size_t place = print & (PLACES - 1);
    if (first[place].print != print) first[place].print = print, first[place].id = own;
    known[at].own = own;
    known[at].id = *id = first[place].id;
}

void cw_key_unify(PyObject *key, cw_value *out) {
    if (out->kind == CW_OBJECT) {
        unify(key, &out->payload[0]);
        return;
    }
    uint32_t *element = out->payload + 1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); i++) {
        PyObject *item = PyTuple_GET_ITEM(key, i);
        if (element[0] == CW_OBJECT) unify(item, &element[1]);
        element += 1 + words_of(element[0]);
    }
}
