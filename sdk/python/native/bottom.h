/* What keeps the launcher out of sight (bottom.c). */
#ifndef CW_BOTTOM_H
#define CW_BOTTOM_H

#include <Python.h>

/* Adds the functions at_bottom and show_only to the module; 0, or -1 with an exception. */
int bottom_init(PyObject *module);

#endif
