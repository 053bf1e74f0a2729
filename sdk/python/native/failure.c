/* What a hook raised: its own mistake, or what a signal handler of the program raised while it ran. */
#include "failure.h"
#include "tap.h"

#include <string.h>

/* Whether causeway.interrupted finds the frame of a signal handler in the traceback. -1: the question itself was interrupted; that exception is pending. */
static int from_handler(PyObject *exception) {
    cw_pause();
    PyObject *module = PyImport_ImportModule("causeway.interrupted");
    PyObject *answer = module ? PyObject_CallMethod(module, "from_handler", "O", exception) : NULL;
    cw_resume();
    Py_XDECREF(module);
    if (!answer && !PyErr_ExceptionMatches(PyExc_Exception)) return -1;
    if (!answer) PyErr_Clear();
    bool yes = answer == Py_True;
    Py_XDECREF(answer);
    return yes;
}

bool cw_hook_failed(const char *hook) {
    if (!PyErr_ExceptionMatches(PyExc_Exception)) return false; /* no hook raises these itself */
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace) PyException_SetTraceback(value, trace);
    int asynchronous = from_handler(value);
    if (asynchronous > 0) {
        PyErr_Restore(type, value, trace);
        return false;
    }
    if (!asynchronous) {
        char reason[120];
        snprintf(reason, sizeof reason, "raised %.100s", ((PyTypeObject *)type)->tp_name);
        cw_gap(hook, reason);
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    return !asynchronous;
}

bool cw_interrupted(const char *hook, bool *broken) {
    if (!cw_hook_failed(hook)) return true;
    *broken = true;
    return false;
}

PyObject *cw_call_leave(PyObject *leave, const char *hook, bool *broken, PyObject *result, PyObject **stack, size_t count, size_t at) {
    PyObject *type = NULL, *value = NULL, *trace = NULL;
    if (!result) {
        PyErr_Fetch(&type, &value, &trace);
        PyErr_NormalizeException(&type, &value, &trace);
        if (trace && value) PyException_SetTraceback(value, trace);
    }
    stack[at] = result ? result : Py_None;
    stack[at + 1] = value ? value : Py_None;
    cw_pause();
    PyObject *done = PyObject_Vectorcall(leave, stack, count, NULL);
    cw_resume();
    if (!done && cw_interrupted(hook, broken)) {
        Py_CLEAR(result);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(trace);
        return NULL;
    }
    Py_XDECREF(done);
    if (!result) PyErr_Restore(type, value, trace);
    return result;
}
