/* Calls without callers (bottom.c). */
#ifndef CW_BOTTOM_H
#define CW_BOTTOM_H

#include <Python.h>

/* Adds the function at_bottom to the module; 0, or -1 with an exception. */
int bottom_init(PyObject *module);

#endif
