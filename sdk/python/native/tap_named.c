/* Taps of attributes whose names are known only when the program runs: `getattr(thing, name)`, `setattr(thing, f"_{name}", value)`.
 *
 * A record names its attribute by its site. So each name that comes to a place gets a site of its own, once, and a tap of the kind that `thing.name` would have. */
#include "taps.h"

#include "tap.h"

#include <stddef.h>

#define MOST_NAMES 64 /* of one place; a place that has more is a mapping in all but name */

static PyObject *tables; /* tables(site, name): the key of a table of one site, or None */
static PyObject *functions[4], *dunder;
enum { GETS, LOOKS, SETS, DELETES };
static const char *const function_names[] = {"getattr", "hasattr", "setattr", "delattr"};

/* What `T[f]` gives for `T[f](args)`. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    cw_tap *tap;
    PyObject *function;
} call;

static void call_dealloc(PyObject *op) {
    Py_DECREF(((call *)op)->tap);
    Py_DECREF(((call *)op)->function);
    PyObject_Free(op);
}

static PyTypeObject call_type = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "causeway._tap.named_call", .tp_basicsize = sizeof(call), .tp_dealloc = call_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION, .tp_vectorcall_offset = offsetof(call, vectorcall),
    .tp_call = PyVectorcall_Call,
};

/* A new tap for a name, or NULL; what goes wrong is nobody's concern. */
static PyObject *new_tap(const cw_tap *tap, PyObject *name) {
    if (tables == NULL) return NULL;
    cw_pause();
    PyObject *key = PyObject_CallFunction(tables, "kO", (unsigned long)tap->site, name), *made = NULL;
    cw_resume();
    const char *text = key == NULL || key == Py_None ? NULL : PyUnicode_AsUTF8(key);
    long site = text == NULL ? -1 : cw_add_sites(1, text);
    if (site >= 0) made = cw_make_tap("attr", (unsigned long)site, name);
    Py_XDECREF(key);
    PyErr_Clear();
    return made;
}

/* The tap of a name at this place, borrowed; NULL where it is not recorded. */
static cw_tap *tap_of(cw_tap *tap, PyObject *name) {
    if (tap->named == NULL && (tap->named = PyDict_New()) == NULL) return NULL;
    PyObject *known = PyDict_GetItemWithError(tap->named, name);
    if (known == NULL && PyDict_GET_SIZE(tap->named) < MOST_NAMES) {
        PyObject *made = PyUnicode_Tailmatch(name, dunder, 0, PY_SSIZE_T_MAX, -1) == 1 ? NULL : new_tap(tap, name);
        known = PyDict_SetDefault(tap->named, name, made == NULL ? Py_None : made); /* another thread may have been quicker, and be using its tap */
        Py_XDECREF(made);
    }
    return known == NULL || known == Py_None ? NULL : (cw_tap *)known;
}

/* Which of the functions is called, and as they are meant to be; else -1. */
static int which(const call *c, PyObject *const *args, Py_ssize_t count, PyObject *keywords) {
    if (keywords != NULL || count < 2 || count > 3 || !PyUnicode_CheckExact(args[1])) return -1;
    for (int i = GETS; i <= DELETES; i++)
        if (c->function == functions[i]) return (i == SETS) == (count == 3) || (i == GETS && count == 3) ? i : -1;
    return -1;
}

static PyObject *call_named(PyObject *op, PyObject *const *args, size_t flags, PyObject *keywords) {
    call *c = (call *)op;
    cw_tap *named = NULL;
    int what = which(c, args, PyVectorcall_NARGS(flags), keywords);
    bool reads = what == GETS || what == LOOKS;
    if (what >= 0 && (reads ? cw_reads_matter() : cw_active())) {
        PyObject *type, *error, *traceback;
        PyErr_Fetch(&type, &error, &traceback);
        named = tap_of(c->tap, args[1]);
        PyErr_Clear();
        PyErr_Restore(type, error, traceback);
    }
    if (named == NULL) return PyObject_Vectorcall(c->function, args, flags, keywords);
    if (reads) {
        cw_look_at_attribute(named, args[0]);
        return PyObject_Vectorcall(c->function, args, flags, keywords);
    }
    return cw_set_attribute(named, args[0], what == SETS ? args[2] : NULL) < 0 ? NULL : Py_NewRef(Py_None);
}

/* T[f] */
static PyObject *load(PyObject *self, PyObject *function) {
    call *c = PyObject_New(call, &call_type);
    if (c == NULL) return NULL;
    c->vectorcall = call_named;
    c->tap = (cw_tap *)cw_same(self);
    c->function = cw_same(function);
    return (PyObject *)c;
}

CW_TAP_TYPE(named_tap, "named", .tp_as_mapping = &(PyMappingMethods){.mp_subscript = load});

const cw_tap_kind cw_named_taps[] = {{"named", &named_tap, CW_SETATTR}, {NULL, NULL, 0}};

static PyObject *name_sites(PyObject *Py_UNUSED(module), PyObject *callback) {
    Py_XSETREF(tables, callback == Py_None ? NULL : Py_NewRef(callback));
    Py_RETURN_NONE;
}

int cw_named_init(PyObject *module) {
    static PyMethodDef added[] = {{"name_sites", name_sites, METH_O, "name_sites(callback)\n\ncallback(site, name) gives the key of a table whose one site is `site` with a name, or None."}, {NULL}};
    PyObject *builtins = PyEval_GetBuiltins();
    dunder = PyUnicode_InternFromString("__");
    for (int i = GETS; i <= DELETES; i++) functions[i] = builtins == NULL ? NULL : Py_XNewRef(PyDict_GetItemString(builtins, function_names[i]));
    return dunder == NULL || PyType_Ready(&call_type) < 0 ? -1 : PyModule_AddFunctions(module, added);
}
