/* Taps of items, membership, and containers read as a whole. */
#include "taps.h"

#include "key.h"
#include "types.h"

static bool is_list(PyObject *o) { return PyList_Check(o); }
static bool is_deque(PyObject *o) { return cw_deque != NULL && PyObject_TypeCheck(o, cw_deque); }

bool cw_is_container(PyObject *object) {
    return PyList_Check(object) || PyDict_Check(object) || PyAnySet_Check(object) || PyByteArray_Check(object) || is_deque(object);
}

static bool has_items(PyObject *object) { return PyList_Check(object) || PyDict_Check(object) || PyByteArray_Check(object) || is_deque(object); }

static Py_ssize_t length_of(PyObject *sequence) {
    if (is_list(sequence)) return PyList_GET_SIZE(sequence);
    if (PyByteArray_Check(sequence)) return PyByteArray_GET_SIZE(sequence);
    return cw_deque->tp_as_sequence->sq_length(sequence);
}

/* The key of a sequence as it is on the wire: an index counts from the front, a slice is the tuple of its three parts. */
static void encode_index(PyObject *container, PyObject *key, cw_value *out) {
    out->kind = CW_INT32;
    out->words = 1;
    if (cw_small_int(key, &out->payload[0]) && (int32_t)out->payload[0] >= 0) return;
    if (PySlice_Check(key)) {
        PySliceObject *slice = (PySliceObject *)key;
        PyObject *parts = PyTuple_Pack(3, slice->start, slice->stop, slice->step);
        cw_encode(parts, out);
        Py_XDECREF(parts);
        if (parts == NULL) PyErr_Clear();
        return;
    }
    if (!PyLong_Check(key)) { /* an object with __index__: asking it again would run its code */
        out->kind = CW_UNCAPTURED;
        out->payload[0] = CW_NOT_LOOKED_AT;
        return;
    }
    int overflow;
    long long index = PyLong_AsLongLongAndOverflow(key, &overflow);
    if (index < 0) index += length_of(container);
    out->payload[0] = (uint32_t)(int32_t)index;
}

static inline void encode(PyObject *value, cw_value *out) {
    int words = cw_quick(value, &out->kind, out->payload, CW_PUBLISH);
    if (CW_LIKELY(words >= 0)) out->words = (uint32_t)words;
    else cw_encode_published(value, out);
}

/* The key of a dict; true when it is a name that makes its value a secret. */
static inline bool encode_key(PyObject *key, cw_value *out) {
    if (!PyUnicode_CheckExact(key)) {
        encode(key, out);
        if (out->kind == CW_OBJECT || out->kind == CW_TUPLE) cw_key_unify(key, out);
        return false;
    }
    uint32_t id = cw_known_text(key);
    if (CW_UNLIKELY(id == 0)) {
        cw_encode_published(key, out);
        return cw_secret_key(key);
    }
    out->kind = CW_TEXT;
    out->words = 1;
    out->payload[0] = id & ~CW_TEXT_SECRET_NAME;
    if (out->payload[0] == CW_TEXT_REDACTED) out->kind = CW_REDACTED, out->words = 0;
    return (id & CW_TEXT_SECRET_NAME) != 0;
}

static void encode_item(PyObject *value, bool secret, bool secret_container, cw_value *out) {
    if (value == NULL) out->kind = CW_ABSENT, out->words = 0;
    else if (CW_UNLIKELY(secret)) cw_encode_secret(value, out);
    else if (CW_UNLIKELY(secret_container)) cw_encode_how(value, out, CW_SECRET | CW_PUBLISH);
    else encode(value, out);
}

/* An item of what other processes have too: every read and write. */
static void record_shared(cw_tap *tap, uint32_t kind, PyObject *container, PyObject *key, PyObject *value) {
    uint32_t id = cw_shared_id(container, CW_ITEMS);
    if (id == 0) return;
    cw_value k, v;
    cw_encode_shared_key(container, key, &k);
    encode_item(value, PyUnicode_CheckExact(key) && cw_secret_key(key), false, &v);
    cw_record_item((tap->first & ~15u) | kind, id, &k, &v);
}

/* Once an epoch as long as site, container and key stay the same. */
void cw_record_index(cw_tap *tap, PyObject *container, PyObject *key, PyObject *value) {
    if (!cw_reads_matter()) return;
    if (!has_items(container)) {
        if (CW_UNLIKELY(cw_sharing)) record_shared(tap, CW_GETITEM, container, key, value);
        return;
    }
    cw_owner owner = cw_owner_of(container);
    if (owner.id == 0 || owner.private) return;
    if (PySlice_Check(key)) {
        cw_record_walk(tap, container);
        return;
    }
    cw_value k, v;
    bool secret = false;
    if (PyDict_Check(container)) secret = encode_key(key, &k);
    else encode_index(container, key, &k);
    uint32_t word = k.kind << 28 ^ (k.words == 1 ? k.payload[0] : 0);
    bool again = cw_read_again(tap, owner.id);
    if (again && k.words <= 1 && tap->last_key == word) return;
    tap->last_key = word;
    encode_item(value, secret, owner.secret, &v);
    cw_record_item((tap->first & ~15u) | CW_GETITEM, owner.id, &k, &v);
}

static bool pair(PyObject *both, PyObject **first, PyObject **second) {
    if (PySlice_Check(both)) { /* T[c:k] */
        *first = ((PySliceObject *)both)->start;
        *second = ((PySliceObject *)both)->stop;
        return true;
    }
    if (!PyTuple_CheckExact(both) || PyTuple_GET_SIZE(both) != 2) {
        PyErr_SetString(PyExc_TypeError, "an item tap takes a container and a key");
        return false;
    }
    *first = PyTuple_GET_ITEM(both, 0);
    *second = PyTuple_GET_ITEM(both, 1);
    return true;
}

static PyObject *get(PyObject *self, PyObject *both) {
    PyObject *container, *key;
    if (!pair(both, &container, &key)) return NULL;
    PyObject *value = PyObject_GetItem(container, key);
    if (value != NULL) {
        cw_record_index((cw_tap *)self, container, key, value);
    } else if (PyDict_CheckExact(container) && PyErr_ExceptionMatches(PyExc_KeyError)) {
        CW_KEEP_ERROR_BEGIN
        cw_record_index((cw_tap *)self, container, key, NULL);
        CW_KEEP_ERROR_END
    }
    return value;
}

static int change(PyObject *container, PyObject *key, PyObject *value) {
    return value == NULL ? PyObject_DelItem(container, key) : PyObject_SetItem(container, key, value);
}

int cw_store_item(cw_tap *tap, PyObject *container, PyObject *key, PyObject *value) {
    if (CW_UNLIKELY(!cw_active()) || !has_items(container)) {
        if (change(container, key, value) < 0) return -1;
        if (CW_UNLIKELY(cw_sharing) && cw_active() && !has_items(container)) record_shared(tap, CW_SETITEM, container, key, value);
        return 0;
    }
    cw_owner owner = cw_owner_of(container); /* before the write, so that a first snapshot does not already contain it */
    cw_value k, v;
    bool sequence = !PyDict_Check(container), secret = false;
    if (sequence) encode_index(container, key, &k); /* a negative index counts from the end as it was */
    if (change(container, key, value) < 0) return -1;
    if (owner.id == 0 || !cw_active()) return 0;
    if (!sequence) secret = encode_key(key, &k);
    encode_item(value, secret, owner.secret, &v);
    cw_record_item((tap->first & ~15u) | CW_SETITEM, owner.id, &k, &v);
    if (CW_UNLIKELY(sequence && k.kind == CW_TUPLE)) cw_snapshot(container);
    return 0;
}

static int set(PyObject *self, PyObject *both, PyObject *value) {
    PyObject *container, *key;
    if (!pair(both, &container, &key) || cw_store_item((cw_tap *)self, container, key, value) < 0) return -1;
    cw_line_after((cw_tap *)self);
    return 0;
}

void cw_record_contains(cw_tap *tap, PyObject *container, PyObject *key, bool found) {
    if (cw_reads_matter() && cw_is_container(container)) {
        cw_owner owner = cw_owner_of(container);
        cw_value k, v = {found ? CW_TRUE : CW_FALSE, 0, {0}};
        if (owner.id != 0 && !owner.private) {
            cw_encode_key(key, &k);
            cw_record_item((tap->first & ~15u) | CW_GETITEM, owner.id, &k, &v);
        }
    } else if (CW_UNLIKELY(cw_sharing) && cw_active()) {
        record_shared(tap, CW_GETITEM, container, key, found ? Py_True : Py_False);
    }
}

/* T @ (k, c) */
static PyObject *contains(PyObject *self, PyObject *both) {
    PyObject *container, *key;
    if (!pair(both, &key, &container)) return NULL;
    int found = PySequence_Contains(container, key);
    if (found < 0) return NULL;
    cw_record_contains((cw_tap *)self, container, key, found != 0);
    return cw_same(found ? Py_True : Py_False);
}

void cw_record_walk(cw_tap *tap, PyObject *container) {
    if (!cw_reads_matter()) return;
    cw_owner owner = {0};
    if (cw_is_container(container)) owner = cw_owner_of(container);
    else if (CW_UNLIKELY(cw_sharing)) owner.id = cw_shared_id(container, CW_ITEMS);
    if (owner.id == 0 || owner.private || (cw_read_again(tap, owner.id) && !cw_sharing)) return;
    cw_value nothing = {CW_ABSENT, 0, {0}};
    cw_record_item((tap->first & ~15u) | CW_GETITEM, owner.id, &nothing, &nothing);
}

/* T @ c */
static PyObject *walk(PyObject *self, PyObject *container) {
    cw_record_walk((cw_tap *)self, container);
    return cw_same(container);
}

#define BINARY(function) .tp_as_number = &(PyNumberMethods){.nb_matrix_multiply = function}

CW_TAP_TYPE(item_tap, "item", BINARY(get), .tp_as_mapping = &(PyMappingMethods){.mp_subscript = get, .mp_ass_subscript = set});
CW_TAP_TYPE(contains_tap, "contains", BINARY(contains), .tp_as_mapping = &(PyMappingMethods){.mp_subscript = contains});
CW_TAP_TYPE(walk_tap, "read", CW_VALUE_SLOTS(walk));

const cw_tap_kind cw_item_taps[] = {
    {"item", &item_tap, CW_SETITEM}, {"contains", &contains_tap, CW_GETITEM}, {"read", &walk_tap, CW_GETITEM}, {"iterate", &walk_tap, CW_GETITEM}, {NULL, NULL, 0},
};
