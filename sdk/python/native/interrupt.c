/* A hook on the interpreter's own SIGINT handler.
 *
 * The C function behind signal.default_int_handler is exchanged, so that the handler stays the object it was: programs compare it. */
#include "interrupt.h"
#include "swap.h"
#include "tap.h"

static cw_swap handler;
static PyObject *hook;

/* default_int_handler(signum, frame): tell the hook the frame, with recording paused; what the hook raises is dropped. */
static PyObject *on_interrupt(PyObject *self, void *b, void *c, void *d, void *e) {
    if (hook && cw_active()) {
        cw_arguments given = cw_swap_arguments(&handler, b, c, d, e);
        PyObject *frame = cw_argument(&given, 1, "frame");
        cw_pause();
        PyObject *done = PyObject_CallOneArg(hook, frame ? frame : Py_None);
        cw_resume();
        if (!done) PyErr_Clear();
        Py_XDECREF(done);
    }
    return handler.original(self, b, c, d, e);
}

static PyObject *before_interrupt(PyObject *module, PyObject *callable) {
    Py_XSETREF(hook, Py_NewRef(callable));
    PyObject *from = PyImport_ImportModule("_signal");
    if (!from) return NULL;
    cw_swap_method(&handler, from, "default_int_handler", on_interrupt);
    Py_DECREF(from);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"before_interrupt", before_interrupt, METH_O, "before_interrupt(hook) -> None\n\nCall hook(frame) whenever the default SIGINT handler runs, before it raises KeyboardInterrupt."},
    {NULL},
};

int interrupt_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
