/* Object ids that survive address reuse, and who has touched an object. Needs the GIL; never runs code of the program. */
#ifndef CW_IDENTITY_H
#define CW_IDENTITY_H

#include "value.h"

/* The id of `object`, registering it (TYPE, OBJECT records and a snapshot) at first sight. 0: the table is full or nothing records. */
uint32_t cw_object_id(PyObject *object);

/* The same; `how` as in value.h. */
uint32_t cw_object_seen(PyObject *object, unsigned how);

/* What is known of an object that is about to be read or written. */
typedef struct {
    uint32_t id;    /* 0: no room or nothing records */
    bool private;   /* only the running actor can reach it: its reads need not be recorded */
    bool secret;    /* texts inside are redacted */
} cw_owner;
cw_owner cw_owner_of(PyObject *object);

/* Sets a mark on an exception once: true the first time. Registers it. */
bool cw_mark_raised(PyObject *exception);

/* Takes `object` out of the table: it is being freed, or its identity ends. */
void cw_retire(PyObject *object);
/* Registers a class so that its death is seen; writes nothing. */
void cw_object_follow(PyObject *object);
/* Number of live entries; entries that were refused. */
uint32_t cw_objects_live(void);
uint32_t cw_objects_registered(void);
/* Forgets all objects (start), or only that their definitions were written (after fork). */
void cw_objects_forget(void);
void cw_objects_undefine(void);

/* The id of `object` if it has one already, else 0. A few instructions for objects never seen. */
uint32_t cw_object_known(PyObject *object);

/* Writes a new OBJECT snapshot of a registered object: for changes that do not follow from a record. */
void cw_snapshot(PyObject *object);

#endif
