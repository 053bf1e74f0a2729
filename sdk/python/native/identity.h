/* Object ids that survive address reuse, and who has touched an object. Needs the GIL; never runs code of the program. */
#ifndef CW_IDENTITY_H
#define CW_IDENTITY_H

#include "value.h"

/* The id of `object`, registering it (TYPE, OBJECT records and a snapshot) at first sight. 0: the table is full or nothing records. */
uint32_t cw_object_id(PyObject *object);

/* The id of `object` if it has one already, else 0. A few instructions for objects never seen. */
uint32_t cw_object_known(PyObject *object);

/* Writes a new OBJECT snapshot of a registered object: for changes that do not follow from a record. */
void cw_snapshot(PyObject *object);

#endif
