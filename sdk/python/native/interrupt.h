/* A hook on the interpreter's own SIGINT handler (interrupt.c). */
#ifndef CW_INTERRUPT_H
#define CW_INTERRUPT_H

#include <Python.h>

/* Adds before_interrupt to the module; 0, or -1 with an exception. */
int interrupt_init(PyObject *module);

#endif
