/* What keeps the launcher out of sight: a call that the callee sees as the first of its thread, so that the launcher's frames are not in the program's
 * stacks, warnings and `sys._getframe`, and an excepthook that prints the program's part of a traceback only. */
#include "bottom.h"

#if PY_VERSION_HEX >= 0x030D0000
#define CURRENT_FRAME(state) ((state)->current_frame)
#else
#define CURRENT_FRAME(state) ((state)->cframe->current_frame)
#endif

static PyObject *at_bottom(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count) {
    if (count < 1) return PyErr_Format(PyExc_TypeError, "at_bottom() takes a function");
    PyThreadState *state = PyThreadState_Get();
    void *callers = CURRENT_FRAME(state);
    CURRENT_FRAME(state) = NULL; /* as in a thread that has just begun */
    PyObject *result = PyObject_Vectorcall(args[0], args + 1, (size_t)count - 1, NULL);
    CURRENT_FRAME(state) = callers;
    return result;
}

/* sys.excepthook for one exception: `self` is (exception, traceback, the hook before). Not in Python: between that hook's return and the end of a Python
 * function pending signals are handled, and a second Ctrl-C would be raised here and lost; from here it goes on to the wait for threads, as without us. */
static PyObject *excepthook(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    PyObject *error = PyTuple_GET_ITEM(self, 0), *traceback = PyTuple_GET_ITEM(self, 1), *hook = PyTuple_GET_ITEM(self, 2);
    if (PySys_SetObject("excepthook", hook) < 0) return NULL;
    if (count != 3 || args[1] != error) return PyObject_Vectorcall(hook, args, (size_t)count, NULL);
    if (PyException_SetTraceback(error, traceback) < 0 || PySys_SetObject("last_traceback", traceback) < 0) return NULL;
    PyObject *given[] = {args[0], error, traceback};
    return PyObject_Vectorcall(hook, given, 3, NULL);
}

static PyMethodDef excepthook_definition = {"excepthook", (PyCFunction)(void (*)(void))excepthook, METH_FASTCALL, NULL};

static PyObject *show_only(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count) {
    if (count != 2 || !PyExceptionInstance_Check(args[0])) return PyErr_Format(PyExc_TypeError, "show_only() takes an exception and a traceback");
    PyObject *before = PySys_GetObject("excepthook");
    if (!before) Py_RETURN_NONE;
    PyObject *self = PyTuple_Pack(3, args[0], args[1], before);
    PyObject *hook = self ? PyCFunction_New(&excepthook_definition, self) : NULL;
    Py_XDECREF(self);
    int set = hook ? PySys_SetObject("excepthook", hook) : -1;
    Py_XDECREF(hook);
    if (set < 0) return NULL;
    Py_RETURN_NONE;
}

int bottom_init(PyObject *module) {
    static PyMethodDef functions[] = {{"at_bottom", (PyCFunction)(void (*)(void))at_bottom, METH_FASTCALL,
                                       "at_bottom(function, *args)\n\nCalls `function(*args)` with no frame below it: f_back of its first frame is None."},
                                      {"show_only", (PyCFunction)(void (*)(void))show_only, METH_FASTCALL,
                                       "show_only(exception, traceback)\n\nHave sys.excepthook print this traceback, once, if this exception ends the program."},
                                      {NULL}};
    return PyModule_AddFunctions(module, functions);
}
