/* Records of boundaries, written from Python hooks (boundary.c). */
#ifndef CW_BOUNDARY_H
#define CW_BOUNDARY_H

#include <Python.h>

/* Adds the function record to the module; 0, or -1 with an exception. */
int boundary_init(PyObject *module);

#endif
