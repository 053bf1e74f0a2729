/* Counters that processes share, to number the messages of a pipe (pipes.c). */
#ifndef CW_PIPES_H
#define CW_PIPES_H

#include <Python.h>

/* Adds counters_open and counters_next to the module; 0, or -1 with an exception. */
int pipes_init(PyObject *module);

#endif
