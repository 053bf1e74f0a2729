/* The running Python frame: its key, and its first local variables. */
#ifndef CW_FRAME_H
#define CW_FRAME_H

#include "tap.h"

/* The local variables of the running frame in their order, where a function starts with its parameters; NULL where the interpreter's layout is not known.
 * Borrowed; an element is NULL when it is not bound. */
PyObject **cw_frame_locals(void);
/* The value of a local variable: what is in its cell, when the compiler made it one. NULL when it is not bound. */
PyObject *cw_frame_value(PyObject *const *locals, Py_ssize_t index);
/* Finds out where frames keep their locals, on a function made for it. 0, or -1 with an exception. */
int cw_frame_init(PyObject *module);

#endif
