/* A call that the callee sees as the first of its thread: the launcher's own frames must not be in the program's stacks, warnings and `sys._getframe`. */
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

int bottom_init(PyObject *module) {
    static PyMethodDef functions[] = {{"at_bottom", (PyCFunction)(void (*)(void))at_bottom, METH_FASTCALL,
                                       "at_bottom(function, *args)\n\nCalls `function(*args)` with no frame below it: f_back of its first frame is None."},
                                      {NULL}};
    return PyModule_AddFunctions(module, functions);
}
