/* Instance attributes without running code and without turning inline values into a dictionary, which would make the program's
 * own attribute access slower from then on. The layout of inline values is the interpreter's own business: it is written down here for each
 * version and tested at import on an instance made for it; where the test fails the dictionary is made after all. */
#include "attributes.h"

#include <structmember.h>

typedef struct {
    Py_ssize_t references;
    uint8_t log2_size, log2_index_bytes, kind;
#ifdef Py_GIL_DISABLED
    uint8_t mutex;
#endif
    uint32_t version;
    Py_ssize_t usable, entries;
    char indices[];
} dict_keys;

typedef struct {
    PyObject *key, *value;
} keys_entry;

static bool layout_known;

/* The inline values of an instance, NULL when it has a dictionary or none yet. */
static PyObject **inline_values(PyObject *object) {
#if PY_VERSION_HEX >= 0x030D0000
    if (!(Py_TYPE(object)->tp_flags & Py_TPFLAGS_INLINE_VALUES)) return NULL;
    struct { uint8_t capacity, size, embedded, valid; PyObject *values[1]; } *values = (void *)((char *)object + Py_TYPE(object)->tp_basicsize);
    return values->valid ? values->values : NULL;
#elif PY_VERSION_HEX >= 0x030C0000
    char *values = ((char **)object)[-3];
    return (uintptr_t)values & 1 ? (PyObject **)(values + 1) : NULL;
#else
    return ((PyObject ***)object)[-4];
#endif
}

static PyObject *managed_dict(PyObject *object) {
#if PY_VERSION_HEX >= 0x030D0000 && defined(Py_GIL_DISABLED)
    return ((PyObject **)object)[-1];
#else
    return ((PyObject **)object)[-3];
#endif
}

static dict_keys *keys_of(PyObject *object) {
    return Py_TYPE(object)->tp_flags & Py_TPFLAGS_HEAPTYPE ? (dict_keys *)((PyHeapTypeObject *)Py_TYPE(object))->ht_cached_keys : NULL;
}

static keys_entry *entries_of(dict_keys *keys) { return (keys_entry *)(keys->indices + ((size_t)1 << keys->log2_index_bytes)); }

/* The instance dictionary, borrowed; NULL when there is none or the attributes are in `*values`. */
static PyObject *dict_of(PyObject *object, PyObject ***values) {
    PyTypeObject *type = Py_TYPE(object);
    *values = NULL;
    if (type->tp_flags & Py_TPFLAGS_MANAGED_DICT && layout_known) {
        if (keys_of(object) != NULL) *values = inline_values(object);
        PyObject *dict = *values == NULL ? managed_dict(object) : NULL;
        return dict != NULL && PyDict_Check(dict) ? dict : NULL;
    }
    if (type->tp_dictoffset == 0) return NULL;
    PyObject **at = _PyObject_GetDictPtr(object);
    return at != NULL && *at != NULL && PyDict_Check(*at) ? *at : NULL;
}

static size_t add(cw_attribute *to, size_t room, size_t n, PyObject *name, PyObject *value) {
    if (n < room) to[n] = (cw_attribute){name, value};
    return n + 1;
}

static size_t from_slots(PyObject *object, cw_attribute *to, size_t room, size_t n) {
    for (PyTypeObject *type = Py_TYPE(object); type != NULL; type = type->tp_base) {
        if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE) || ((PyHeapTypeObject *)type)->ht_slots == NULL || type->tp_members == NULL) continue;
        PyObject *names = ((PyHeapTypeObject *)type)->ht_slots; /* a tuple, in the order of the members */
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names) && type->tp_members[i].name != NULL; i++) {
            const PyMemberDef *member = &type->tp_members[i];
            if (member->type != T_OBJECT_EX) continue;
            PyObject *value = *(PyObject **)((char *)object + member->offset);
            if (value != NULL) n = add(to, room, n, PyTuple_GET_ITEM(names, i), value);
        }
    }
    return n;
}

size_t cw_attributes(PyObject *object, cw_attribute *to, size_t room) {
    size_t n = 0;
    PyObject **values, *dict = dict_of(object, &values);
    if (values != NULL) {
        dict_keys *keys = keys_of(object);
        for (Py_ssize_t i = 0; i < keys->entries; i++)
            if (values[i] != NULL && entries_of(keys)[i].key != NULL) n = add(to, room, n, entries_of(keys)[i].key, values[i]);
    } else if (dict != NULL) {
        Py_ssize_t position = 0;
        PyObject *key, *value;
        while (PyDict_Next(dict, &position, &key, &value))
            if (PyUnicode_CheckExact(key)) n = add(to, room, n, key, value);
    }
    return from_slots(object, to, room, n);
}

PyObject *cw_own_attribute(PyObject *object, PyObject *name) {
    PyObject **values, *dict = dict_of(object, &values);
    if (values != NULL) {
        dict_keys *keys = keys_of(object);
        for (Py_ssize_t i = 0; i < keys->entries; i++)
            if (entries_of(keys)[i].key == name) return values[i];
        return NULL;
    }
    return dict == NULL ? NULL : PyDict_GetItemWithError(dict, name);
}

int cw_attributes_init(void) {
    PyObject *class = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "probe");
    PyObject *object = class == NULL ? NULL : PyObject_CallNoArgs(class);
    PyObject *one = PyLong_FromLong(1000001), *two = PyLong_FromLong(1000002);
    int result = -1;
    if (object != NULL && one != NULL && two != NULL && PyObject_SetAttrString(object, "causeway_first", one) == 0 &&
        PyObject_SetAttrString(object, "causeway_second", two) == 0) {
        cw_attribute found[4];
        dict_keys *keys = keys_of(object);
        layout_known = Py_TYPE(object)->tp_flags & Py_TPFLAGS_MANAGED_DICT && keys != NULL && keys->references > 0 && keys->entries == 2 && keys->kind == 2;
        layout_known = layout_known && inline_values(object) != NULL && cw_attributes(object, found, 4) == 2 && found[0].value == one &&
                       found[1].value == two && PyUnicode_CompareWithASCIIString(found[1].name, "causeway_second") == 0;
        result = 0;
    }
    Py_XDECREF(one);
    Py_XDECREF(two);
    Py_XDECREF(object);
    Py_XDECREF(class);
    return result;
}
