/* What callables and coroutines run: the code behind methods, partials and wrappers. */
#include "describe.h"

#include "around.h"

static PyTypeObject *partial; /* functools.partial once it is known */
static PyObject *name_func;

/* Copies a str's UTF-8 to `at`, at most up to `end`; gives the new end. */
static char *append(char *at, char *end, PyObject *text) {
    Py_ssize_t length;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &length);
    if (!utf8) {
        PyErr_Clear();
        return at;
    }
    if (length > end - at) length = end - at;
    memcpy(at, utf8, (size_t)length);
    return at + length;
}

static void describe_code(PyCodeObject *code, char *function, size_t function_size, char *name, size_t name_size) {
    *append(name, name + name_size - 1, code->co_qualname) = 0;
    char *at = append(function, function + function_size - 16, code->co_filename), digits[12];
    int n = 0;
    for (unsigned line = (unsigned)code->co_firstlineno; line || !n; line /= 10) digits[n++] = (char)('0' + line % 10);
    *at++ = ':';
    while (n) *at++ = digits[--n];
    *at++ = ':';
    *append(at, function + function_size - 1, code->co_qualname) = 0;
}

void cw_describe(PyObject *it, char *function, size_t function_size, char *name, size_t name_size) {
    function[0] = name[0] = 0;
    for (int unwrapped = 0; unwrapped < 8; unwrapped++) {
        if (PyMethod_Check(it)) {
            it = PyMethod_GET_FUNCTION(it);
        } else if (partial && Py_TYPE(it) == partial) {
            PyObject *inner = PyObject_GenericGetAttr(it, name_func);
            PyErr_Clear();
            if (!inner) break;
            Py_DECREF(inner); /* the partial holds it */
            it = inner;
        } else {
            PyObject *inner = cw_around_function(it);
            if (!inner) break;
            it = inner;
        }
    }
    if (PyFunction_Check(it)) {
        describe_code((PyCodeObject *)PyFunction_GET_CODE(it), function, function_size, name, name_size);
    } else if (PyGen_CheckExact(it) || PyCoro_CheckExact(it)) {
#if PY_VERSION_HEX < 0x030C0000
        PyCodeObject *code = (PyCodeObject *)Py_NewRef(((PyGenObject *)it)->gi_code);
#else
        PyCodeObject *code = PyGen_GetCode((PyGenObject *)it);
#endif
        describe_code(code, function, function_size, name, name_size);
        Py_DECREF(code);
    } else if (PyCFunction_Check(it)) {
        snprintf(name, name_size, "%s", ((PyCFunctionObject *)it)->m_ml->ml_name);
    } else {
        snprintf(name, name_size, "%s", Py_TYPE(it)->tp_name);
    }
}

void cw_describe_partials(PyTypeObject *type) { Py_XSETREF(partial, (PyTypeObject *)Py_NewRef(type)); }

int cw_describe_init(void) {
    name_func = PyUnicode_InternFromString("func");
    return name_func ? 0 : -1;
}
