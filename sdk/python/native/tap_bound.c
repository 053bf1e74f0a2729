/* Taps of container methods that are handed on instead of called: `submit(table.update, …)`, `sorted(key=table.get)`, `push = items.append`.
 *
 * The program gets the very object that it asked for. Of a bound built-in method only what it points to is exchanged: its definition, for a copy that leads to the tap, and the function that calls
 * it. Name, self, equality, hash and pickle are the same. The copy has a flag more (METH_COEXIST, which says nothing of a bound method), so that the interpreter's specialised calls, which
 * would not come by here, leave it alone. `__setitem__` and `__delitem__` are slot wrappers without such a definition: theirs is a descriptor of our own for each type. */
#include "taps.h"

#include "pointers.h"
#include "types.h"

typedef struct cw_bound {
    PyMethodDef definition; /* first: a bound method's m_ml points to it */
    const PyMethodDef *original;
    PyObject *descriptor;
    cw_tap *tap; /* keeps it alive: nobody knows when the last bound method is gone */
    struct cw_bound *next;
} bound;

static PyObject *call(PyObject *op, PyObject *const *args, size_t flags, PyObject *keywords) {
    bound *b = (bound *)((PyCFunctionObject *)op)->m_ml;
    return cw_call_recorded(b->tap, b->descriptor, PyCFunction_GET_SELF(op), args, flags, keywords);
}

static bound *definition(cw_tap *tap, const PyMethodDef *original, PyObject *descriptor) {
    for (bound *b = tap->bound; b != NULL; b = b->next)
        if (b->original == original) return b;
    bound *b = PyMem_Calloc(1, sizeof *b);
    if (b == NULL) return NULL;
    b->definition = *original;
    b->definition.ml_flags |= METH_COEXIST;
    b->original = original;
    b->descriptor = Py_NewRef(descriptor);
    b->tap = (cw_tap *)Py_NewRef((PyObject *)tap);
    b->next = tap->bound;
    tap->bound = b;
    return b;
}

/* A bound method that nobody else has yet. */
static void lead(cw_tap *tap, PyObject *method) {
    PyObject *self = PyCFunction_GET_SELF(method);
    if (self == NULL || Py_REFCNT(method) != 1) return;
    PyObject *descriptor = cw_own_method(self, tap->name);
    if (descriptor == NULL || !Py_IS_TYPE(descriptor, &PyMethodDescr_Type) || ((PyMethodDescrObject *)descriptor)->d_method != ((PyCFunctionObject *)method)->m_ml) return;
    bound *b = definition(tap, ((PyCFunctionObject *)method)->m_ml, descriptor);
    if (b == NULL) return;
    ((PyCFunctionObject *)method)->m_ml = &b->definition;
    ((PyCFunctionObject *)method)->vectorcall = call;
}

/* Descriptors of `__setitem__` and `__delitem__`: one for a type and name, so that two wrappers of one container are equal as ever. Which tap handed one on is kept by container. */
typedef struct {
    struct wrapperbase base;
    PyWrapperDescrObject *original;
    PyObject *descriptor;
    cw_pointers taps; /* by container: a is the place in `known` */
} slot;

#define MOST_SLOTS 8
static slot slots[MOST_SLOTS];
static unsigned slot_count;
static cw_tap **known;
static uint32_t known_count;
static PyTypeObject *wrapper_type; /* of `{}.__setitem__` */

static PyObject *call_slot(PyObject *self, PyObject *args, void *wrapped) {
    slot *s = wrapped;
    cw_entry *entry = cw_pointers_find(&s->taps, (uintptr_t)self);
    PyObject *done = entry == NULL ? NULL
                                   : cw_store_by_method(known[entry->a], (PyObject *)s->original, self, ((PyTupleObject *)args)->ob_item, (size_t)PyTuple_GET_SIZE(args));
    return done != NULL || PyErr_Occurred() ? done : s->original->d_base->wrapper(self, args, s->original->d_wrapped);
}

static slot *slot_of(PyWrapperDescrObject *original) {
    for (unsigned i = 0; i < slot_count; i++)
        if (slots[i].original == original) return &slots[i];
    if (slot_count == MOST_SLOTS || original->d_base->flags & PyWrapperFlag_KEYWORDS) return NULL;
    slot *s = &slots[slot_count];
    s->base = *original->d_base;
    s->base.wrapper = call_slot;
    s->descriptor = PyDescr_NewWrapper(PyDescr_TYPE(original), &s->base, s);
    if (s->descriptor == NULL) {
        PyErr_Clear();
        return NULL;
    }
    s->original = (PyWrapperDescrObject *)Py_NewRef((PyObject *)original);
    slot_count++;
    return s;
}

static bool remember(slot *s, PyObject *self, cw_tap *tap) {
    uint32_t place = 0;
    while (place < known_count && known[place] != tap) place++;
    if (place == known_count) {
        cw_tap **wider = PyMem_Realloc(known, (known_count + 1) * sizeof *known);
        if (wider == NULL) return false;
        known = wider;
        known[known_count++] = (cw_tap *)Py_NewRef((PyObject *)tap);
    }
    cw_entry *entry = cw_pointers_put(&s->taps, (uintptr_t)self);
    if (entry != NULL) entry->a = place;
    return entry != NULL;
}

/* A new reference to what stands for a method-wrapper of a container, or to the wrapper. */
static PyObject *led(cw_tap *tap, PyObject *wrapper) {
    PyObject *self = PyObject_GetAttrString(wrapper, "__self__"), *descriptor = self == NULL ? NULL : cw_own_method(self, tap->name), *ours = NULL;
    if (descriptor != NULL && Py_IS_TYPE(descriptor, &PyWrapperDescr_Type)) {
        slot *s = slot_of((PyWrapperDescrObject *)descriptor);
        if (s != NULL && remember(s, self, tap)) ours = PyWrapper_New(s->descriptor, self);
    }
    PyErr_Clear();
    Py_XDECREF(self);
    return ours != NULL ? ours : cw_same(wrapper);
}

/* T[obj.name] */
static PyObject *pass(PyObject *self, PyObject *value) {
    cw_tap *tap = (cw_tap *)self;
    if (CW_UNLIKELY(PyCFunction_CheckExact(value)) && cw_active()) lead(tap, value);
    else if (CW_UNLIKELY(Py_IS_TYPE(value, wrapper_type)) && cw_active()) return led(tap, value);
    return cw_same(value);
}

CW_TAP_TYPE(bound_tap, "bound", CW_VALUE_SLOTS(pass));

const cw_tap_kind cw_bound_taps[] = {{"bound", &bound_tap, 0}, {NULL, NULL, 0}};

int cw_bound_init(void) {
    PyObject *container = PyDict_New(), *wrapper = container == NULL ? NULL : PyObject_GetAttrString(container, "__setitem__");
    if (wrapper != NULL) wrapper_type = Py_TYPE(wrapper);
    Py_XDECREF(container);
    Py_XDECREF(wrapper);
    return wrapper == NULL ? -1 : 0;
}
