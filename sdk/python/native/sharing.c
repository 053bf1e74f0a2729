/* Objects that several processes know, found by their type and named by a hook (hooks/sharing.py). */
#include "sharing.h"

#include "attributes.h"
#include "failure.h"
#include "identity.h"
#include "key.h"
#include "pointers.h"
#include "tap.h"

#include <string.h>

#define MOST_TYPES 32
#define REMEMBERED 64

uint32_t cw_sharing;

static struct { PyTypeObject *type; unsigned what; } types[MOST_TYPES];
static unsigned type_count;
/* The answers for types met lately: by address, which a type that was freed may leave to another of the same answer only after share_type(). */
static struct { PyTypeObject *type; uint64_t version; unsigned what; } remembered[REMEMBERED];
static PyObject *namer; /* namer(object, address, itemsize): its name among processes, or None */
static cw_pointers named; /* by id: a is 1 when it has a name */

static unsigned kind_of(PyTypeObject *type) {
    size_t at = ((uintptr_t)type >> 5) % REMEMBERED;
    if (remembered[at].type == type && remembered[at].version == type->tp_version_tag) return remembered[at].what;
    unsigned what = 0;
    for (unsigned i = 0; i < type_count && what == 0; i++)
        if (PyType_IsSubtype(type, types[i].type)) what = types[i].what;
    if (type->tp_version_tag != 0) {
        remembered[at].type = type;
        remembered[at].version = type->tp_version_tag;
        remembered[at].what = what;
    }
    return what;
}

/* Where the memory of an object begins; 0 where it has none. */
static uintptr_t address_of(PyObject *object, Py_ssize_t *itemsize) {
    Py_buffer view;
    if (Py_TYPE(object)->tp_as_buffer == NULL || Py_TYPE(object)->tp_as_buffer->bf_getbuffer == NULL) return 0;
    if (PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0) {
        PyErr_Clear();
        return 0;
    }
    uintptr_t address = (uintptr_t)view.buf;
    *itemsize = view.itemsize;
    PyBuffer_Release(&view);
    return address;
}

static PyObject *name_of(PyObject *object) {
    Py_ssize_t itemsize = 0;
    uintptr_t address = address_of(object, &itemsize);
    cw_pause();
    PyObject *name = PyObject_CallFunction(namer, "OKn", object, (unsigned long long)address, itemsize);
    cw_resume();
    if (name == NULL) {
        if (!cw_hook_failed("sharing")) return NULL;
        cw_sharing = 0;
    }
    return name;
}

static void tell(uint32_t id, PyObject *name) {
    uint32_t payload[96] = {id};
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(name, &length);
    if (text == NULL) {
        PyErr_Clear();
        return;
    }
    cw_emit(CW_X_SHARED, payload, 1 + cw_put_text(payload + 1, 95, text, (size_t)length));
}

uint32_t cw_shared_id(PyObject *object, unsigned what) {
    if (!(kind_of(Py_TYPE(object)) & what) || namer == NULL || !cw_active()) return 0;
    uint32_t id = 0;
    CW_KEEP_ERROR_BEGIN
    id = cw_object_seen(object, CW_PUBLISH);
    cw_entry *known = id == 0 ? NULL : cw_pointers_find(&named, id);
    if (id != 0 && known == NULL) {
        PyObject *name = name_of(object);
        bool shared = name != NULL && PyUnicode_CheckExact(name) && cw_active();
        if (shared) tell(id, name);
        Py_XDECREF(name);
        known = cw_pointers_put(&named, id);
        if (known != NULL) known->a = shared;
    }
    if (known == NULL || !known->a) id = 0;
    CW_KEEP_ERROR_END
    return id;
}

/* The object whose memory a wrapper of multiprocessing guards, borrowed; `object` itself where it is none. */
static PyObject *guarded(PyObject *object) {
    static PyObject *name;
    if (name == NULL && (name = PyUnicode_InternFromString("_obj")) == NULL) return object;
    PyObject *inside = cw_own_attribute(object, name);
    return inside == NULL || kind_of(Py_TYPE(inside)) == 0 ? object : inside;
}

static bool is_data(PyObject *on_class) {
    return Py_IS_TYPE(on_class, &PyGetSetDescr_Type) || PyObject_TypeCheck(on_class, &PyProperty_Type) || strcmp(Py_TYPE(on_class)->tp_name, "_ctypes.CField") == 0;
}

uint32_t cw_shared_attribute_id(PyObject *object, PyObject *name) {
    if (!(kind_of(Py_TYPE(object)) & CW_ATTRIBUTES)) return 0;
    PyObject *on_class = _PyType_Lookup(Py_TYPE(object), name);
    if (on_class != NULL) return is_data(on_class) ? cw_shared_id(object, CW_ATTRIBUTES) : 0;
    /* What the class does not know, its `__getattr__` asks the server for; names with an underscore are the proxy's own. */
    if (Py_TYPE(object)->tp_getattro == PyObject_GenericGetAttr || PyUnicode_GET_LENGTH(name) == 0 || PyUnicode_READ_CHAR(name, 0) == '_') return 0;
    return cw_shared_id(object, CW_ATTRIBUTES);
}

PyObject *cw_shared_value(PyObject *object, PyObject *name) {
    PyObject *inside = guarded(object);
    PyObject *on_class = _PyType_Lookup(Py_TYPE(inside), name);
    if (on_class == NULL || PyObject_TypeCheck(on_class, &PyProperty_Type) || !is_data(on_class)) return NULL;
    PyObject *value = PyObject_GetAttr(inside, name);
    if (value == NULL) PyErr_Clear();
    return value;
}

void cw_encode_shared_key(PyObject *object, PyObject *key, cw_value *out) {
    PyObject *parts = PySlice_Check(key) ? PyTuple_Pack(3, ((PySliceObject *)key)->start, ((PySliceObject *)key)->stop, ((PySliceObject *)key)->step) : NULL;
    if (parts == NULL) PyErr_Clear();
    cw_encode_key(parts == NULL ? key : parts, out);
    Py_XDECREF(parts);
    if (out->kind != CW_INT32 || (int32_t)out->payload[0] >= 0) return;
    PyObject *inside = guarded(object);
    PySequenceMethods *sequence = Py_TYPE(inside)->tp_as_sequence;
    if (Py_TYPE(inside)->tp_as_buffer == NULL || sequence == NULL || sequence->sq_length == NULL) return;
    Py_ssize_t length = sequence->sq_length(inside);
    if (length < 0) PyErr_Clear();
    else out->payload[0] += (uint32_t)length;
}

PyObject *cw_shared_method(PyObject *object, PyObject *name) {
    if (!(kind_of(Py_TYPE(object)) & CW_METHODS)) return NULL;
    PyObject *function = _PyType_Lookup(Py_TYPE(object), name);
    return function != NULL && PyFunction_Check(function) && cw_shared_id(object, CW_METHODS) != 0 ? function : NULL;
}

void cw_sharing_forget(void) { cw_pointers_clear(&named); }

static PyObject *share(PyObject *Py_UNUSED(module), PyObject *callback) {
    Py_XSETREF(namer, Py_NewRef(callback));
    cw_sharing = 1;
    Py_RETURN_NONE;
}

static PyObject *share_type(PyObject *Py_UNUSED(module), PyObject *args) {
    PyTypeObject *type;
    unsigned what;
    if (!PyArg_ParseTuple(args, "O!I", &PyType_Type, &type, &what)) return NULL;
    for (unsigned i = 0; i < type_count; i++)
        if (types[i].type == type) Py_RETURN_NONE;
    if (type_count == MOST_TYPES) return PyErr_Format(PyExc_RuntimeError, "too many types");
    Py_INCREF(type);
    types[type_count].type = type;
    types[type_count++].what = what;
    memset(remembered, 0, sizeof remembered);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"share", share, METH_O,
     "share(namer) -> None\n\nFrom now on objects of the types given to share_type() are asked for their names: namer(object, address of its memory or 0, size of an "
     "item), called once an object with recording paused, gives a str or None."},
    {"share_type", share_type, METH_VARARGS, "share_type(type, what) -> None\n\nInstances may be shared between processes: attributes (1), items (2), methods (4). For good."},
    {NULL},
};

int cw_sharing_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
