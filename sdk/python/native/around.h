/* Wrapping functions of the standard library (around.c). */
#ifndef CW_AROUND_H
#define CW_AROUND_H

#include <Python.h>

/* Adds the type Around to the module; 0, or -1 with an exception. */
int around_init(PyObject *module);

/* What an Around or the awaitable it made stands for, NULL for anything else. Borrowed. */
PyObject *cw_around_function(PyObject *object);

#endif
