/* Taps of container methods, and of functions that change their first argument. */
#include "taps.h"

#include "key.h"
#include "types.h"

#include <stddef.h>

#include <string.h>

/* What a method's name promises, and whether its effect follows from its arguments. */
enum { MUTATES, COMPARES, TAKES_OTHERS, REARRANGES, LOOKS_UP, WALKS, INDEXES, CONTAINS, STORES, DELETES };

typedef struct {
    const char *name;
    uint8_t method;
} promise;

static const promise promises[] = {
    {"append", MUTATES}, {"appendleft", MUTATES}, {"insert", MUTATES}, {"pop", MUTATES}, {"popleft", MUTATES}, {"popitem", MUTATES}, {"clear", MUTATES},
    {"reverse", MUTATES}, {"rotate", MUTATES}, {"setdefault", MUTATES}, {"add", MUTATES}, {"discard", COMPARES}, {"remove", COMPARES}, {"sort", REARRANGES}, {"get", LOOKS_UP},
    {"items", WALKS}, {"keys", WALKS}, {"values", WALKS}, {"copy", WALKS}, {"index", WALKS}, {"count", WALKS}, {"union", WALKS}, {"intersection", WALKS},
    {"__getitem__", INDEXES}, {"__contains__", CONTAINS}, {"__setitem__", STORES}, {"__delitem__", DELETES},
    {"difference", WALKS}, {"symmetric_difference", WALKS}, {"issubset", WALKS}, {"issuperset", WALKS}, {"isdisjoint", WALKS},
};

void cw_method_prepare(cw_tap *tap) {
    tap->method = TAKES_OTHERS; /* extend, update, … */
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        if (PyUnicode_CompareWithASCIIString(tap->name, promises[i].name) == 0) tap->method = promises[i].method;
}

/* What `T[obj]` gives for `T[obj](args)`: lives between the load and the call. Kept in a free list. */
typedef struct call {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    cw_tap *tap;
    PyObject *function; /* a method descriptor, or the function of a `mutated` tap */
    PyObject *self;     /* the container, or NULL */
} call;

#define FREE_CALLS 16
static call *free_calls[FREE_CALLS];
static unsigned free_count;

static void call_dealloc(PyObject *op) {
    call *c = (call *)op;
    Py_DECREF(c->tap);
    Py_DECREF(c->function);
    Py_XDECREF(c->self);
    if (free_count < FREE_CALLS) free_calls[free_count++] = c;
    else PyObject_Free(c);
}

static PyTypeObject call_type = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "causeway._tap.call", .tp_basicsize = sizeof(call), .tp_dealloc = call_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION, .tp_vectorcall_offset = offsetof(call, vectorcall),
    .tp_call = PyVectorcall_Call,
};

static PyObject *new_call(cw_tap *tap, PyObject *function, PyObject *self, vectorcallfunc vectorcall) {
    call *c = free_count != 0 ? (call *)PyObject_Init((PyObject *)free_calls[--free_count], &call_type) : PyObject_New(call, &call_type);
    if (c == NULL) return NULL;
    c->vectorcall = vectorcall;
    c->tap = (cw_tap *)cw_same((PyObject *)tap);
    c->function = cw_same(function);
    c->self = self == NULL ? NULL : cw_same(self);
    return (PyObject *)c;
}

/* An argument whose effect the reader can work out: a scalar, or a plain container small enough to be known whole. */
static bool plain_argument(PyObject *value) {
    if (PyList_CheckExact(value)) return PyList_GET_SIZE(value) <= 32;
    if (PyTuple_CheckExact(value)) return PyTuple_GET_SIZE(value) <= 8;
    if (PyDict_CheckExact(value)) return PyDict_GET_SIZE(value) <= 32;
    return value == Py_None || PyLong_CheckExact(value) || PyUnicode_CheckExact(value) || PyBytes_CheckExact(value) || PyFloat_CheckExact(value) || PyBool_Check(value);
}

/* `remove` and `discard` compare with ==, which only scalars answer alike for the reader; extend, update and the like depend on what they are given. */
static bool effect_follows(const cw_tap *tap, PyObject *const *args, size_t count, PyObject *keywords) {
    if (tap->method == MUTATES) return true;
    if (tap->method == REARRANGES || count == 0 || (keywords != NULL && PyTuple_GET_SIZE(keywords) != 0)) return false;
    for (size_t i = 0; i < count; i++)
        if (!plain_argument(args[i])) return false;
    return true;
}

static inline void encode_argument(PyObject *value, bool secret, cw_value *out) {
    int words = secret ? -1 : cw_quick(value, &out->kind, out->payload, CW_PUBLISH);
    if (CW_LIKELY(words >= 0)) out->words = (uint32_t)words;
    else cw_encode_how(value, out, CW_PUBLISH | (secret ? CW_SECRET : 0));
}

#define ARGUMENTS 8
/* MUTATE with at most eight arguments. `setdefault("password", …)` and the like: the key judges what follows it. */
static void record_mutation(cw_tap *tap, cw_owner owner, bool keyed, bool hashes, PyObject *const *args, size_t count, PyObject *result) {
    uint32_t payload[3 + (ARGUMENTS + 1) * (CW_VALUE_WORDS + 1)], n = 3;
    payload[0] = tap->site;
    payload[1] = owner.id;
    if (count > ARGUMENTS) count = ARGUMENTS;
    payload[2] = (uint32_t)count;
    cw_value v;
    bool secret = false;
    for (size_t i = 0; i < count; i++) {
        if (secret) cw_encode_secret(args[i], &v);
        else encode_argument(args[i], owner.secret, &v);
        if (i == 0 && hashes && (v.kind == CW_OBJECT || v.kind == CW_TUPLE)) cw_key_unify(args[0], &v);
        n += cw_put_value(payload + n, &v);
        if (i == 0 && keyed && !owner.secret) secret = cw_secret_key(args[0]);
    }
    if (secret) cw_encode_secret(result, &v);
    else encode_argument(result, owner.secret, &v);
    n += cw_put_value(payload + n, &v);
    cw_emit(CW_X_MUTATE, payload, n);
}

/* What `update` puts in, an item at a time: the call says only that the whole changed. */
static void record_item_set(cw_tap *tap, cw_owner owner, PyObject *key, PyObject *value) {
    cw_value k, v;
    cw_encode_key(key, &k);
    if (owner.secret || cw_secret_key(key)) cw_encode_secret(value, &v);
    else cw_encode_published(value, &v);
    cw_record_item((tap->first & ~15u) | CW_SETITEM, owner.id, &k, &v);
}

#define MOST_UPDATED 16
static void record_update(cw_tap *tap, cw_owner owner, PyObject *const *args, size_t count, PyObject *keywords) {
    if (count != 0 && PyDict_CheckExact(args[0]) && PyDict_GET_SIZE(args[0]) <= MOST_UPDATED) {
        Py_ssize_t position = 0;
        PyObject *key, *value;
        while (PyDict_Next(args[0], &position, &key, &value)) record_item_set(tap, owner, key, value);
    }
    Py_ssize_t named = keywords == NULL ? 0 : PyTuple_GET_SIZE(keywords);
    for (Py_ssize_t i = 0; i < named && i < MOST_UPDATED; i++) record_item_set(tap, owner, PyTuple_GET_ITEM(keywords, i), args[count + (size_t)i]);
}

static void record_lookup(cw_tap *tap, cw_owner owner, PyObject *self, PyObject *key, PyObject *result) {
    if (owner.private || !cw_reads_matter() || !(PyDict_Check(self) || cw_sharing)) return;
    cw_value k, v;
    cw_encode_key(key, &k);
    if (owner.secret) cw_encode_how(result, &v, CW_SECRET | CW_PUBLISH);
    else if (cw_secret_key(key)) cw_encode_secret(result, &v);
    else cw_encode_published(result, &v);
    cw_record_item((tap->first & ~15u) | CW_GETITEM, owner.id, &k, &v);
}

/* What a method that a tap names did to a container, which is `owner`. */
static void record_call(cw_tap *tap, cw_owner owner, PyObject *self, PyObject *const *args, size_t count, PyObject *keywords, PyObject *result) {
    if (tap->method == WALKS) {
        cw_record_walk(tap, self);
    } else if (tap->method == INDEXES) {
        if (count != 0) cw_record_index(tap, self, args[0], result);
    } else if (tap->method == CONTAINS) {
        if (count != 0) cw_record_contains(tap, self, args[0], result == Py_True);
    } else if (tap->method == LOOKS_UP) {
        if (count != 0) record_lookup(tap, owner, self, args[0], result);
        else cw_record_walk(tap, self);
    } else if (tap->method != STORES && tap->method != DELETES) {
        bool builtin = cw_is_container(self); /* else the proxy of one in another process */
        record_mutation(tap, owner, PyDict_Check(self) || !builtin, PyDict_Check(self) || PyAnySet_Check(self), args, count, result);
        if (tap->method == TAKES_OTHERS && !owner.private && cw_reads_matter() && (PyDict_Check(self) || !builtin)) record_update(tap, owner, args, count, keywords);
        if (builtin && !effect_follows(tap, args, count, keywords)) cw_snapshot(self);
    }
}

PyObject *cw_call_recorded(cw_tap *tap, PyObject *descriptor, PyObject *self, PyObject *const *args, size_t flags, PyObject *keywords) {
    Py_ssize_t count = PyVectorcall_NARGS(flags), all = count + (keywords == NULL ? 0 : PyTuple_GET_SIZE(keywords));
    PyObject *few[8], **with_self = all < 8 ? few : PyMem_Malloc(((size_t)all + 1) * sizeof *with_self);
    if (with_self == NULL) return PyErr_NoMemory();
    with_self[0] = self;
    memcpy(with_self + 1, args, (size_t)all * sizeof *args);
    bool records = cw_active();
    cw_owner owner = {0};
    if (records) owner = cw_owner_of(self); /* before the call, so that a first snapshot does not already contain its effect */
    PyObject *result = PyObject_Vectorcall(descriptor, with_self, (size_t)count + 1, keywords);
    if (with_self != few) PyMem_Free(with_self);
    if (result != NULL && records && owner.id != 0 && cw_active()) record_call(tap, owner, self, args, (size_t)count, keywords, result);
    return result;
}

static PyObject *call_descriptor(PyObject *op, PyObject *const *args, size_t flags, PyObject *keywords) {
    call *c = (call *)op;
    return cw_call_recorded(c->tap, c->function, c->self, args, flags, keywords);
}

static PyObject *call_function(PyObject *op, PyObject *const *args, size_t flags, PyObject *keywords) {
    call *c = (call *)op;
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    bool records = cw_active() && count != 0 && cw_is_container(args[0]);
    cw_owner owner = {0};
    if (records) owner = cw_owner_of(args[0]);
    PyObject *result = PyObject_Vectorcall(c->function, args, flags, keywords);
    if (result != NULL && owner.id != 0 && cw_active()) {
        record_mutation(c->tap, owner, false, false, args + 1, (size_t)count - 1, result);
        cw_snapshot(args[0]);
    }
    return result;
}

/* The container type whose own method an object has. */
static PyTypeObject *base_of(PyObject *object) {
    if (PyList_Check(object)) return &PyList_Type;
    if (PyDict_Check(object)) return &PyDict_Type;
    if (PySet_Check(object)) return &PySet_Type;
    if (PyByteArray_Check(object)) return &PyByteArray_Type;
    return cw_deque != NULL && PyObject_TypeCheck(object, cw_deque) ? cw_deque : NULL;
}

PyObject *cw_own_method(PyObject *object, PyObject *name) {
    PyTypeObject *base = base_of(object), *type = Py_TYPE(object);
    if (base == NULL || type->tp_getattro != PyObject_GenericGetAttr) return NULL;
    PyObject *descriptor = _PyType_Lookup(type, name);
    if (descriptor == NULL || !(Py_IS_TYPE(descriptor, &PyMethodDescr_Type) || Py_IS_TYPE(descriptor, &PyWrapperDescr_Type))) return NULL;
    if (type == base) return descriptor;
    return cw_own_attribute(object, name) == NULL ? descriptor : NULL;
}

PyObject *cw_store_by_method(cw_tap *tap, PyObject *descriptor, PyObject *self, PyObject *const *args, size_t count) {
    bool stores = tap->method == STORES, takes_items = Py_TYPE(self)->tp_as_mapping != NULL && Py_TYPE(self)->tp_as_mapping->mp_ass_subscript != NULL;
    if (!cw_active() || count != (stores ? 2u : 1u) || !takes_items || cw_own_method(self, tap->name) != descriptor) return NULL;
    return cw_store_item(tap, self, args[0], stores ? args[1] : NULL) < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *call_store(PyObject *op, PyObject *const *args, size_t flags, PyObject *keywords) {
    call *c = (call *)op;
    PyObject *done = keywords == NULL ? cw_store_by_method(c->tap, c->function, c->self, args, (size_t)PyVectorcall_NARGS(flags)) : NULL;
    return done != NULL || PyErr_Occurred() ? done : call_descriptor(op, args, flags, keywords);
}

/* T[obj] */
static PyObject *load(PyObject *self, PyObject *object) {
    cw_tap *tap = (cw_tap *)self;
    PyObject *descriptor = cw_active() ? cw_own_method(object, tap->name) : NULL;
    if (descriptor == NULL && CW_UNLIKELY(cw_sharing) && cw_active()) descriptor = cw_shared_method(object, tap->name);
    if (descriptor == NULL) return PyObject_GetAttr(object, tap->name);
    return new_call(tap, descriptor, object, Py_IS_TYPE(descriptor, &PyWrapperDescr_Type) ? call_store : call_descriptor);
}

/* T[f] */
static PyObject *load_function(PyObject *self, PyObject *function) { return new_call((cw_tap *)self, function, NULL, call_function); }

CW_TAP_TYPE(method_tap, "method", .tp_as_mapping = &(PyMappingMethods){.mp_subscript = load});
CW_TAP_TYPE(mutated_tap, "mutated", .tp_as_mapping = &(PyMappingMethods){.mp_subscript = load_function});

const cw_tap_kind cw_method_taps[] = {{"method", &method_tap, 0}, {"mutated", &mutated_tap, 0}, {NULL, NULL, 0}};

int cw_methods_init(void) { return PyType_Ready(&call_type); }
