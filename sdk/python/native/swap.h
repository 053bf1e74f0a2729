/* Exchanging the C function behind a built-in method in place, so that everything that already refers to the method is served too. Needs the GIL. */
#ifndef CW_SWAP_H
#define CW_SWAP_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Every calling convention of PyMethodDef takes at most five words (METH_METHOD|METH_FASTCALL|METH_KEYWORDS). A replacement takes and passes on all five:
 * on the ABIs of CPython's platforms the caller cleans up, so words that the convention does not have are copied and never looked at. */
typedef PyObject *(*cw_method)(PyObject *, void *, void *, void *, void *);

typedef struct {
    PyMethodDef *def; /* NULL: not exchanged */
    cw_method original;
    int flags; /* of def */
} cw_swap;

#define CW_ORIGINAL(swap) ((swap).original)

/* Puts `replacement` into the PyMethodDef of `owner.name` (a type's method or a module's function); what is no such thing is left alone. Idempotent. */
static inline void cw_swap_method(cw_swap *swap, PyObject *owner, const char *name, cw_method replacement) {
    if (swap->def) return;
    PyObject *object = PyObject_GetAttrString(owner, name);
    PyMethodDef *def = NULL;
    if (!object)
        PyErr_Clear();
    else if (Py_IS_TYPE(object, &PyMethodDescr_Type))
        def = ((PyMethodDescrObject *)object)->d_method;
    else if (PyCFunction_Check(object))
        def = ((PyCFunctionObject *)object)->m_ml;
    Py_XDECREF(object); /* the type or module keeps it, and the table is static */
    if (!def) return;
    swap->def = def;
    swap->original = (cw_method)(void (*)(void))def->ml_meth;
    swap->flags = def->ml_flags & (METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O | METH_FASTCALL | METH_METHOD);
    def->ml_meth = (PyCFunction)(void (*)(void))replacement;
}

static inline void cw_swap_back(cw_swap *swap) {
    if (swap->def) swap->def->ml_meth = (PyCFunction)(void (*)(void))swap->original;
    swap->def = NULL;
}

/* The arguments of a call in any convention, as far as hooks look at them. */
typedef struct {
    PyObject *const *positional;
    Py_ssize_t count;
    PyObject *names; /* tuple of keyword names behind the positional ones, or NULL */
    PyObject *dict;  /* or a dict of keywords, or NULL */
} cw_arguments;

static inline cw_arguments cw_swap_arguments(const cw_swap *swap, void *b, void *c, void *d, void *e) {
    cw_arguments out = {NULL, 0, NULL, NULL};
    if (swap->flags & METH_METHOD) {
        out = (cw_arguments){(PyObject *const *)c, (Py_ssize_t)d, (PyObject *)e, NULL};
    } else if (swap->flags & METH_FASTCALL) {
        out = (cw_arguments){(PyObject *const *)b, (Py_ssize_t)c, swap->flags & METH_KEYWORDS ? (PyObject *)d : NULL, NULL};
    } else if (swap->flags & METH_VARARGS) {
        PyObject *args = (PyObject *)b;
        out = (cw_arguments){args ? &PyTuple_GET_ITEM(args, 0) : NULL, args ? PyTuple_GET_SIZE(args) : 0, NULL, swap->flags & METH_KEYWORDS ? (PyObject *)c : NULL};
    }
    return out;
}

/* Argument `index` or `name`, NULL when not given. Borrowed. METH_O: see cw_swap.flags. */
static inline PyObject *cw_argument(const cw_arguments *given, Py_ssize_t index, const char *name) {
    if (index < given->count) return given->positional[index];
    if (given->dict) return PyDict_GetItemString(given->dict, name);
    for (Py_ssize_t i = 0; given->names && i < PyTuple_GET_SIZE(given->names); i++)
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(given->names, i), name) == 0) return given->positional[given->count + i];
    return NULL;
}

#endif
