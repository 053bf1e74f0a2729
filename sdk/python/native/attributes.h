/* The attributes an instance holds itself, read from its storage. */
#ifndef CW_ATTRIBUTES_H
#define CW_ATTRIBUTES_H

#include "segment.h"

typedef struct {
    PyObject *name, *value; /* borrowed */
} cw_attribute;

/* Fills `to` with at most `room` attributes of the instance dictionary and of slots; gives how many there are in all. Runs no code of the program and
 * leaves the instance as it is: it does not make a dictionary of inline values where their layout is known. */
size_t cw_attributes(PyObject *object, cw_attribute *to, size_t room);
/* The value of one attribute in the instance's own storage, borrowed; NULL when it is not there. `name` is an exact interned str. */
PyObject *cw_own_attribute(PyObject *object, PyObject *name);
/* Tests the layout of inline values on an instance made for it. 0, or -1 with an exception. */
int cw_attributes_init(void);

#endif
