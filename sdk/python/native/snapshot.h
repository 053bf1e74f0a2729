/* OBJECT records: what an object holds, one level deep and bounded, read without running its code. */
#ifndef CW_SNAPSHOT_H
#define CW_SNAPSHOT_H

#include "value.h"

/* True when an object met in this way may be looked into now; else it is only named, and looked into when it is met directly. */
bool cw_snapshot_allowed(unsigned how);
/* Writes the OBJECT record of `object`; opaque unless `full`. */
void cw_describe_object(PyObject *object, uint32_t id, unsigned how, bool full);

#endif
