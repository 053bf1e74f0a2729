/* Python hooks on methods of types written in C, by exchange of the C function behind the method.
 *
 * The type, its method descriptors, bound methods, subclasses and their super() calls stay what they are; a hooked call builds one tuple more than a plain one. The
 * replacement must know which method it stands for, and a C function carries no data: so there is a fixed number of them, one a method. */
#include "method.h"
#include "failure.h"
#include "swap.h"
#include "tap.h"

typedef struct {
    cw_swap swap;
    PyObject *enter; /* enter(self, args, kwargs), or NULL */
    PyObject *leave; /* leave(self, args, kwargs, result, exception, started), or NULL */
    char hook[64];   /* for GAP records */
    bool broken;     /* a hook raised: transparent for good */
    bool always;     /* enter is called also when nothing records */
} Method;

#define METHODS 64
static Method methods[METHODS];
static int used;

/* The positional arguments as a tuple and the keywords as a dict or None; -1 with an exception. */
static int pack(Method *m, void *b, void *c, void *d, void *e, PyObject **args, PyObject **kwargs) {
    *kwargs = Py_NewRef(Py_None);
    if (m->swap.flags & METH_NOARGS) return (*args = PyTuple_New(0)) ? 0 : -1;
    if (m->swap.flags & METH_O) return (*args = PyTuple_Pack(1, (PyObject *)b)) ? 0 : -1;
    cw_arguments given = cw_swap_arguments(&m->swap, b, c, d, e);
    Py_ssize_t n = given.count;
    if (!(*args = PyTuple_New(n))) return -1;
    for (Py_ssize_t i = 0; i < n; i++) PyTuple_SET_ITEM(*args, i, Py_NewRef(given.positional[i]));
    if (given.dict) {
        Py_SETREF(*kwargs, PyDict_Copy(given.dict));
    } else if (given.names && PyTuple_GET_SIZE(given.names)) {
        Py_SETREF(*kwargs, PyDict_New());
        for (Py_ssize_t i = 0; *kwargs && i < PyTuple_GET_SIZE(given.names); i++)
            if (PyDict_SetItem(*kwargs, PyTuple_GET_ITEM(given.names, i), given.positional[n + i]) < 0) Py_CLEAR(*kwargs);
    }
    return *kwargs ? 0 : -1;
}

static PyObject *call_leave(Method *m, PyObject *self, PyObject *args, PyObject *kwargs, PyObject *result, PyObject *started) {
    PyObject *stack[6] = {self, args, kwargs, NULL, NULL, started};
    return cw_call_leave(m->leave, m->hook, &m->broken, result, stack, 6, 3);
}

static PyObject *hooked(Method *m, PyObject *self, void *b, void *c, void *d, void *e) {
    cw_method original = m->swap.original;
    bool records = cw_active();
    if (m->broken || !(records || m->always)) return original(self, b, c, d, e);
    PyObject *args = NULL, *kwargs = NULL, *result = NULL, *started = NULL;
    if (pack(m, b, c, d, e, &args, &kwargs) < 0) goto done;
    if (m->enter) {
        PyObject *stack[3] = {self, args, kwargs};
        cw_pause();
        PyObject *entered = PyObject_Vectorcall(m->enter, stack, 3, NULL);
        cw_resume();
        if (!entered && cw_interrupted(m->hook, &m->broken)) goto done;
        Py_XDECREF(entered);
    }
    bool leaves = m->leave && records;
    if (leaves && !(started = PyLong_FromLongLong(cw_now()))) goto done;
    result = original(self, b, c, d, e);
    if (leaves && !m->broken) result = call_leave(m, self, args, kwargs, result, started);
done:
    Py_XDECREF(started);
    Py_XDECREF(args);
    Py_XDECREF(kwargs);
    return result;
}

#define STAND_IN(n) \
    static PyObject *stand_in_##n(PyObject *self, void *b, void *c, void *d, void *e) { return hooked(&methods[0x##n], self, b, c, d, e); }
#define SIXTEEN(DO, x) \
    DO(x##0) DO(x##1) DO(x##2) DO(x##3) DO(x##4) DO(x##5) DO(x##6) DO(x##7) DO(x##8) DO(x##9) DO(x##a) DO(x##b) DO(x##c) DO(x##d) DO(x##e) DO(x##f)
SIXTEEN(STAND_IN, 0) SIXTEEN(STAND_IN, 1) SIXTEEN(STAND_IN, 2) SIXTEEN(STAND_IN, 3)

#define NAME(n) stand_in_##n,
static const cw_method stand_ins[METHODS] = {SIXTEEN(NAME, 0) SIXTEEN(NAME, 1) SIXTEEN(NAME, 2) SIXTEEN(NAME, 3)};

/* The place of a method that is hooked already, or NULL. */
static Method *hooked_already(PyObject *owner, const char *name) {
    PyObject *object = PyObject_GetAttrString(owner, name);
    Method *found = NULL;
    for (int i = 0; i < used && object && !found; i++)
        if (Py_IS_TYPE(object, &PyMethodDescr_Type) && ((PyMethodDescrObject *)object)->d_method == methods[i].swap.def) found = &methods[i];
    if (!object) PyErr_Clear();
    Py_XDECREF(object);
    return found;
}

/* Adds the hooks that a method does not have yet. */
static bool add(Method *m, PyObject *enter, PyObject *leave, bool always) {
    bool enters = !m->enter && enter != Py_None, leaves = !m->leave && leave != Py_None;
    if (enters) m->enter = Py_NewRef(enter), m->always = always;
    if (leaves) m->leave = Py_NewRef(leave);
    return enters || leaves;
}

static PyObject *patch_method(PyObject *module, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"owner", "name", "enter", "leave", "always", NULL};
    PyObject *owner, *enter = Py_None, *leave = Py_None;
    const char *name;
    int always = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "Os|OOp", names, &owner, &name, &enter, &leave, &always)) return NULL;
    Method *m = hooked_already(owner, name);
    if (m) return PyBool_FromLong(add(m, enter, leave, always));
    if (used == METHODS) return PyErr_Format(PyExc_RuntimeError, "all %d places for hooked methods are taken", METHODS);
    m = &methods[used];
    cw_swap_method(&m->swap, owner, name, stand_ins[used]);
    if (!m->swap.def) Py_RETURN_FALSE;
    used++;
    add(m, enter, leave, always);
    snprintf(m->hook, sizeof m->hook, "%s.%s", PyType_Check(owner) ? ((PyTypeObject *)owner)->tp_name : "function", name);
    Py_RETURN_TRUE;
}

static PyMethodDef functions[] = {
    {"patch_method", (PyCFunction)(void (*)(void))patch_method, METH_VARARGS | METH_KEYWORDS,
     "patch_method(owner, name, enter=None, leave=None, always=False) -> bool\n\nHooks a method of a C type, or a C function of a module, in place, for good. enter(self, args, kwargs) and leave(self, args, kwargs, result, exception,\n"
     "started) run with recording paused; kwargs is None when there are none, started is the monotonic clock in ns. `always`: enter is called when nothing records, too. A method that is\n"
     "hooked already gets the hook that it does not have yet. False when it is no C method, or has them."},
    {NULL},
};

int method_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
