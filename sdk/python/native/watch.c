/* Learning of an object's death by the slots that free it.
 *
 * Classes written in Python share one deallocator, which finds its way along the bases by comparing tp_dealloc with itself: that slot must
 * stay. It always ends in tp_free, so there tp_free is wrapped. Other types keep free lists that never reach tp_free: their tp_dealloc is
 * replaced by one of a pool of thunks, each of which remembers one original.
 *
 * Two things depend on these slots' values and are kept working here: `__class__` and `__bases__` assignment compare tp_free of both classes,
 * and the interpreter's guard against deep recursion in list, dict, tuple, traceback… compares tp_dealloc, so the thunks bring their own. */
#include "watch.h"

#include "identity.h"

#include <stdlib.h>
#include <string.h>

#define DEEPEST 50
#define THUNKS 160

static destructor python_dealloc;
static destructor originals[THUNKS];
static bool finalizes[THUNKS];
static unsigned thunks_used;

/* Per thread: how deep deallocators nest, what waits until they are back, and who is inside a deallocator with a finalizer. Nothing here points into the
 * C stack, which greenlets exchange. */
static _Thread_local struct {
    unsigned depth;
    bool draining;
    struct { PyObject *object; unsigned thunk; bool tracked; } *waiting;
    size_t count, room;
    PyObject *dying[DEEPEST];
    unsigned dying_count;
} here __attribute__((tls_model("initial-exec")));

bool cw_dying(PyObject *object) {
    for (unsigned i = here.dying_count; i-- > 0;)
        if (here.dying[i] == object) return true;
    return false;
}

/* Puts off a deallocation that is nested too deep. Untracked meanwhile: the collector must not meet an object without references. */
static bool put_off(PyObject *object, unsigned thunk) {
    if (here.count == here.room) {
        size_t room = here.room ? here.room * 2 : 64;
        void *grown = realloc(here.waiting, room * sizeof *here.waiting);
        if (grown == NULL) return false;
        here.waiting = grown;
        here.room = room;
    }
    bool tracked = PyObject_IS_GC(object) && PyObject_GC_IsTracked(object);
    if (tracked) PyObject_GC_UnTrack(object);
    here.waiting[here.count].object = object;
    here.waiting[here.count].thunk = thunk;
    here.waiting[here.count++].tracked = tracked;
    return true;
}

static void call_original(PyObject *object, unsigned thunk) {
    if (__builtin_expect(!finalizes[thunk], 1)) {
        originals[thunk](object);
        return;
    }
    if (here.dying_count < DEEPEST) here.dying[here.dying_count++] = object;
    originals[thunk](object);
    for (unsigned i = here.dying_count; i-- > 0;)
        if (here.dying[i] == object) {
            here.dying[i] = here.dying[--here.dying_count];
            break;
        }
}

static void drain(void) {
    here.draining = true;
    while (here.count != 0) {
        PyObject *object = here.waiting[--here.count].object;
        if (here.waiting[here.count].tracked) PyObject_GC_Track(object);
        here.depth = 1;
        call_original(object, here.waiting[here.count].thunk);
    }
    here.depth = 0;
    here.draining = false;
    free(here.waiting); /* a thread that ends leaves nothing behind */
    here.waiting = NULL;
    here.room = 0;
}

static inline void dealloc_through(PyObject *object, unsigned thunk) {
    cw_retire(object);
    if (__builtin_expect(here.depth >= DEEPEST, 0) && put_off(object, thunk)) return;
    here.depth++;
    call_original(object, thunk);
    here.depth--;
    if (__builtin_expect(here.count != 0 && here.depth == 0 && !here.draining, 0)) drain();
}

#define T1(n) static void thunk_##n(PyObject *object) { dealloc_through(object, n); }
#define T8(n) T1(n##0) T1(n##1) T1(n##2) T1(n##3) T1(n##4) T1(n##5) T1(n##6) T1(n##7)
#define N1(n) thunk_##n,
#define N8(n) N1(n##0) N1(n##1) N1(n##2) N1(n##3) N1(n##4) N1(n##5) N1(n##6) N1(n##7)
/* Numbers are octal: eight to a digit. */
#define ALL(E) E(00) E(01) E(02) E(03) E(04) E(05) E(06) E(07) E(010) E(011) E(012) E(013) E(014) E(015) E(016) E(017) E(020) E(021) E(022) E(023)
ALL(T8)
static const destructor thunks[THUNKS] = {ALL(N8)};

static void free_collected(void *object) {
    cw_retire(object);
    PyObject_GC_Del(object);
}

static void free_plain(void *object) {
    cw_retire(object);
    PyObject_Free(object);
}

static bool wrap_free(PyTypeObject *type) {
    if (type->tp_free == PyObject_GC_Del) type->tp_free = free_collected;
    else if (type->tp_free == PyObject_Free) type->tp_free = free_plain;
    return type->tp_free == free_collected || type->tp_free == free_plain;
}

static bool is_thunk(destructor dealloc) {
    for (unsigned i = 0; i < thunks_used; i++)
        if (thunks[i] == dealloc) return true;
    return false;
}

static bool wrap_dealloc(PyTypeObject *type) {
    if (type->tp_dealloc == NULL) return false;
    if (is_thunk(type->tp_dealloc)) return true;
    if (thunks_used == THUNKS) return (type->tp_flags & Py_TPFLAGS_HAVE_GC) && wrap_free(type);
    originals[thunks_used] = type->tp_dealloc;
    finalizes[thunks_used] = type->tp_finalize != NULL || type->tp_del != NULL || type->tp_weaklistoffset != 0;
    type->tp_dealloc = thunks[thunks_used++];
    return true;
}

bool cw_python_class(PyTypeObject *type) { return type->tp_dealloc == python_dealloc; }

/* Compiled classes of other projects may look whether tp_dealloc is theirs before they run a finalizer (Cython does). */
static bool ours(const PyTypeObject *type) {
    static const char *const modules[] = {"_io.", "_asyncio.", "_socket.", "_thread.", "_queue.", "_contextvars.", "_ssl.", "_sqlite3.", "sqlite3."};
    if (strchr(type->tp_name, '.') == NULL) return true;
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (strncmp(type->tp_name, modules[i], strlen(modules[i])) == 0) return true;
    return false;
}

/* Built-in types without a free list whose deallocator ends in tp_free. */
static bool ends_in_free(PyTypeObject *type) {
    return type == &PySet_Type || type == &PyFrozenSet_Type || type == &PyType_Type ||
           (PyType_IsSubtype(type, (PyTypeObject *)PyExc_BaseException) && type != (PyTypeObject *)PyExc_MemoryError);
}

static destructor object_dealloc;

/* The deallocator of `object` itself, which also ends that of every Python class: those are retired in tp_free. */
static void dealloc_object(PyObject *object) {
    if (Py_IS_TYPE(object, &PyBaseObject_Type)) cw_retire(object);
    object_dealloc(object);
}

/* The tp_free of a compiled type without garbage collection is left alone: types that inherit it and add collection are refused unless it is the default. */
bool cw_watch(PyTypeObject *type) {
    if (cw_python_class(type)) return wrap_free(type);
    if (type == &PyBaseObject_Type) {
        if (type->tp_dealloc != dealloc_object) {
            object_dealloc = type->tp_dealloc;
            type->tp_dealloc = dealloc_object;
        }
        return true;
    }
    bool collected = (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0;
    if (ends_in_free(type)) return wrap_free(type);
    if (type->tp_finalize != NULL && !ours(type)) return collected && wrap_free(type);
    return wrap_dealloc(type);
}

static bool wrapped(PyTypeObject *type) { return type->tp_free == free_collected || type->tp_free == free_plain; }

static setter set_class, set_bases;

/* Both sides of the comparison are wrapped before it is made. */
static int assign_class(PyObject *self, PyObject *value, void *closure) {
    if (value != NULL && PyType_Check(value) && wrapped((PyTypeObject *)value) != wrapped(Py_TYPE(self))) {
        if (wrapped(Py_TYPE(self))) wrap_free((PyTypeObject *)value);
        else wrap_free(Py_TYPE(self));
    }
    return set_class(self, value, closure);
}

static int assign_bases(PyObject *self, PyObject *value, void *closure) {
    PyTypeObject *old = ((PyTypeObject *)self)->tp_base;
    if (value != NULL && PyTuple_Check(value) && old != NULL)
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); i++) {
            PyObject *base = PyTuple_GET_ITEM(value, i);
            if (!PyType_Check(base) || wrapped((PyTypeObject *)base) == wrapped(old)) continue;
            wrap_free(wrapped(old) ? (PyTypeObject *)base : old);
        }
    return set_bases(self, value, closure);
}

static void wrap_setter(PyTypeObject *type, const char *name, setter wrapper, setter *original) {
    PyObject *mapping = PyObject_GetAttrString((PyObject *)type, "__dict__");
    PyObject *descriptor = mapping == NULL ? NULL : PyMapping_GetItemString(mapping, name);
    if (descriptor != NULL && Py_IS_TYPE(descriptor, &PyGetSetDescr_Type)) {
        PyGetSetDef *def = ((PyGetSetDescrObject *)descriptor)->d_getset;
        if (def->set != wrapper) {
            *original = def->set;
            def->set = wrapper;
        }
    }
    PyErr_Clear();
    Py_XDECREF(descriptor);
    Py_XDECREF(mapping);
}

int cw_watch_init(void) {
    if (python_dealloc != NULL) return 0;
    PyObject *probe = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "probe");
    if (probe == NULL) return -1;
    python_dealloc = ((PyTypeObject *)probe)->tp_dealloc;
    Py_DECREF(probe);
    wrap_setter(&PyBaseObject_Type, "__class__", assign_class, &set_class);
    wrap_setter(&PyType_Type, "__bases__", assign_bases, &set_bases);
    return 0;
}
