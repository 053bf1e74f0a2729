/* What a callable or coroutine runs, in words (describe.c). */
#ifndef CW_DESCRIBE_H
#define CW_DESCRIBE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* `path:line:qualname` of what a callable or coroutine runs, "" if unknown; `name` gets the bare qualname. Both are cut to their sizes. */
void cw_describe(PyObject *callable, char *function, size_t function_size, char *name, size_t name_size);
/* Has partials of this type (functools.partial) described by what they call. */
void cw_describe_partials(PyTypeObject *type);
/* 0, or -1 with an exception. */
int cw_describe_init(void);

#endif
