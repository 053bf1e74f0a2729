/* Hooks on methods of types written in C (method.c). */
#ifndef CW_METHOD_H
#define CW_METHOD_H

#include <Python.h>

/* Adds the function patch_method to the module; 0, or -1 with an exception. */
int method_init(PyObject *module);

#endif
