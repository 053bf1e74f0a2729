/* Marks: what the hooks put into functions of the standard library (mark.c). */
#ifndef CW_MARK_H
#define CW_MARK_H

#include <Python.h>

/* Adds the type Mark to the module; 0, or -1 with an exception. */
int mark_init(PyObject *module);

#endif
