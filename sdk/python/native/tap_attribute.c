/* Taps of attributes. */
#include "taps.h"

#include "types.h"

#include <structmember.h>

static void record_attribute(cw_tap *tap, uint32_t kind, uint32_t owner, PyObject *value) {
    uint32_t first = (tap->first & ~15u) | kind;
    if (value == NULL) cw_record(first, &owner, 1, &(cw_value){CW_ABSENT, 0, {0}});
    else cw_record_after(first, owner, value, tap->secrets & 1, CW_PUBLISH);
}

/* PyObject_SetAttr without its checks of the name, which is an interned str. */
static inline int store(PyObject *object, PyObject *name, PyObject *value) {
    setattrofunc set_attribute = Py_TYPE(object)->tp_setattro;
    return CW_LIKELY(set_attribute != NULL) ? set_attribute(object, name, value) : PyObject_SetAttr(object, name, value);
}

/* Each thread has its own attributes of a threading.local, also where its class gives them a default; only a slot or a property is one for all. */
static bool is_thread_local(PyObject *object, PyObject *name) {
    if (cw_thread_local == NULL || !PyObject_TypeCheck(object, cw_thread_local)) return false;
    PyObject *on_class = _PyType_Lookup(Py_TYPE(object), name); /* borrowed */
    return on_class == NULL || Py_TYPE(on_class)->tp_descr_set == NULL;
}

/* Whether an attribute is one of the object, or its class has something to say to it. What `__getattr__` and `__setattr__` of a proxy or of a namespace
 * for each context make up is kept elsewhere, and not one for all who name it. */
static bool is_own(PyObject *object, PyObject *name) {
    PyTypeObject *type = Py_TYPE(object);
    if (is_thread_local(object, name)) return false;
    return PyType_Check(object) || PyModule_Check(object) || _PyType_Lookup(type, name) != NULL || cw_own_attribute(object, name) != NULL;
}

/* T[obj] = v and del T[obj] */
static int set(PyObject *self, PyObject *object, PyObject *value) {
    cw_tap *tap = (cw_tap *)self;
    if (CW_UNLIKELY(!cw_active())) return store(object, tap->name, value);
    uint32_t owner = cw_object_seen(object, 0); /* before the write, so that a first snapshot does not already contain it */
    bool own = Py_TYPE(object)->tp_setattro == PyObject_GenericSetAttr || is_own(object, tap->name);
    if (CW_UNLIKELY(cw_sharing)) own |= cw_shared_attribute_id(object, tap->name) != 0;
    if (store(object, tap->name, value) < 0) return -1;
    if (CW_UNLIKELY(!own) && value != NULL) own = is_own(object, tap->name);
    if (CW_LIKELY(owner != 0) && own && cw_active()) record_attribute(tap, CW_SETATTR, owner, value);
    cw_line_after(tap);
    return 0;
}

/* A read of something that others can reach, not yet recorded here in this epoch; 0 when it is not worth a record. */
static uint32_t worth_reading(cw_tap *tap, PyObject *object) {
    cw_owner owner = cw_owner_of(object);
    return owner.id == 0 || owner.private || cw_read_again(tap, owner.id) ? 0 : owner.id;
}

static PyObject *get(PyObject *self, PyObject *object) {
    cw_tap *tap = (cw_tap *)self;
    PyObject *value = PyObject_GetAttr(object, tap->name);
    if (value == NULL || !cw_reads_matter()) return value;
    uint32_t owner = CW_UNLIKELY(cw_sharing) ? cw_shared_attribute_id(object, tap->name) : 0; /* another process can change it at any time */
    if (CW_LIKELY(owner == 0) && (Py_TYPE(object)->tp_getattro == PyObject_GenericGetAttr || is_own(object, tap->name))) owner = worth_reading(tap, object);
    if (owner != 0) record_attribute(tap, CW_GETATTR, owner, value);
    return value;
}

/* The class in the resolution order that holds the attribute. */
static PyObject *holder_of(PyTypeObject *type, PyObject *name) {
    PyObject *order = type->tp_mro;
    if (order == NULL || !PyTuple_CheckExact(order)) return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(order); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(order, i);
        if (base->tp_dict != NULL && PyDict_GetItemWithError(base->tp_dict, name) != NULL) return (PyObject *)base;
    }
    return NULL;
}

/* The same for a class: state that all of its instances share. */
static bool find_class_attribute(PyTypeObject *class, PyObject *name, PyObject **owner, PyObject **value) {
    if (Py_TYPE(class)->tp_getattro != PyType_Type.tp_getattro || !(class->tp_flags & Py_TPFLAGS_HEAPTYPE)) return false;
    PyObject *on_metaclass = _PyType_Lookup(Py_TYPE(class), name);
    if (on_metaclass != NULL && Py_TYPE(on_metaclass)->tp_descr_get != NULL) return false;
    *value = _PyType_Lookup(class, name); /* borrowed */
    if (*value == NULL || Py_TYPE(*value)->tp_descr_get != NULL || PyType_Check(*value)) return false; /* methods and the like are no shared state */
    *owner = holder_of(class, name);
    return *owner != NULL;
}

/* Where reading `name` of `object` would find its value, without running code; false when that cannot be told or is no shared read (a method). */
static bool find_attribute(PyObject *object, PyObject *name, PyObject **owner, PyObject **value) {
    PyTypeObject *type = Py_TYPE(object);
    *owner = object;
    if (PyModule_CheckExact(object)) {
        PyObject *dict = PyModule_GetDict(object);
        *value = dict == NULL ? NULL : PyDict_GetItemWithError(dict, name);
        return *value != NULL && !PyFunction_Check(*value) && !PyType_Check(*value) && !PyCFunction_Check(*value) && !PyModule_Check(*value);
    }
    if (PyType_Check(object)) return find_class_attribute((PyTypeObject *)object, name, owner, value);
    if (type->tp_getattro != PyObject_GenericGetAttr) return false;
    PyObject *on_class = _PyType_Lookup(type, name); /* borrowed */
    if (on_class != NULL && Py_TYPE(on_class)->tp_descr_get != NULL) {
        if (!Py_IS_TYPE(on_class, &PyMemberDescr_Type)) return false; /* a property runs code, a function is no shared read */
        if (!PyObject_TypeCheck(object, PyDescr_TYPE(on_class))) return false; /* a slot of another class: there is nothing of it in here */
        PyMemberDef *member = ((PyMemberDescrObject *)on_class)->d_member;
        *value = member->type == T_OBJECT_EX ? *(PyObject **)((char *)object + member->offset) : NULL;
        return *value != NULL;
    }
    *value = cw_own_attribute(object, name);
    if (*value != NULL) return true;
    *value = on_class;
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) return false; /* neither it nor its class can change */
    if (on_class == NULL) return true; /* it is not there */
    *owner = holder_of(type, name);
    return *owner != NULL;
}

/* Each read counts: nothing in this process tells when another one changes it. */
static void look_at_shared(cw_tap *tap, PyObject *object) {
    uint32_t id = cw_shared_attribute_id(object, tap->name);
    if (id == 0) return;
    PyObject *value = cw_shared_value(object, tap->name);
    if (value != NULL) record_attribute(tap, CW_GETATTR, id, value);
    else cw_record((tap->first & ~15u) | CW_GETATTR, &id, 1, &(cw_value){CW_UNCAPTURED, 1, {CW_NOT_LOOKED_AT}});
    Py_XDECREF(value);
}

/* What the class gives where the instance has nothing yet: None, a flag or a number, which the first write through the instance replaces. */
static bool is_default(PyObject *value) {
    return value == Py_None || PyBool_Check(value) || PyLong_CheckExact(value);
}

static void found(cw_tap *tap, PyObject *object, PyObject *owner, PyObject *value) {
    uint32_t id = worth_reading(tap, owner != object && is_default(value) ? object : owner);
    if (id == 0) return;
    record_attribute(tap, CW_GETATTR, id, value);
    if (owner == object || !is_default(value)) return;
    cw_owner class = cw_owner_of(owner); /* who sets it there changes what all find */
    if (class.id != 0 && !class.private) record_attribute(tap, CW_GETATTR, class.id, value);
}

static __attribute__((noinline)) void look_at(cw_tap *tap, PyObject *object) {
    PyObject *owner, *value;
    CW_KEEP_ERROR_BEGIN
    uint32_t known = cw_object_known(object);
    if ((known == 0 || tap->last_owner != known || tap->last_epoch != cw_epoch) && find_attribute(object, tap->name, &owner, &value)) {
        found(tap, object, owner, value);
    } else if (CW_UNLIKELY(cw_sharing)) {
        look_at_shared(tap, object);
    }
    CW_KEEP_ERROR_END
}

void cw_look_at_attribute(cw_tap *tap, PyObject *object) { look_at(tap, object); }

int cw_set_attribute(cw_tap *tap, PyObject *object, PyObject *value) { return set((PyObject *)tap, object, value); }

/* (T @ obj).attr */
static PyObject *pass(PyObject *self, PyObject *object) {
    if (CW_UNLIKELY(cw_reads_matter())) look_at((cw_tap *)self, object);
    return cw_same(object);
}

/* obj.attr = T[obj] = v: the program's own store has been made */
static int stored(PyObject *self, PyObject *object, PyObject *value) {
    cw_tap *tap = (cw_tap *)self;
    if (CW_UNLIKELY(!cw_active())) return 0;
    uint32_t owner = cw_object_seen(object, 0);
    bool own = Py_TYPE(object)->tp_setattro == PyObject_GenericSetAttr || !is_thread_local(object, tap->name);
    if (CW_UNLIKELY(cw_sharing)) cw_shared_attribute_id(object, tap->name);
    if (CW_LIKELY(owner != 0 && own && value != NULL)) cw_record_after(tap->first, owner, value, tap->secrets & 1, CW_PUBLISH);
    cw_line_after(tap);
    return 0;
}

CW_TAP_TYPE(attr_tap, "attr", .tp_as_mapping = &(PyMappingMethods){.mp_subscript = get, .mp_ass_subscript = set});
CW_TAP_TYPE(stored_tap, "stored", .tp_as_mapping = &(PyMappingMethods){.mp_ass_subscript = stored});
CW_TAP_TYPE(owner_tap, "owner", CW_VALUE_SLOTS(pass));

const cw_tap_kind cw_attribute_taps[] = {{"attr", &attr_tap, CW_SETATTR}, {"stored", &stored_tap, CW_SETATTR}, {"owner", &owner_tap, CW_GETATTR}, {NULL, NULL, 0}};
