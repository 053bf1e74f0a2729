/* asyncio handles and steps, locks (step.c). */
#ifndef CW_STEP_H
#define CW_STEP_H

#include <Python.h>

/* Adds the functions of step.c to the module; 0, or -1 with an exception. */
int step_init(PyObject *module);

#endif
