/* Object ids that survive address reuse, and who has touched an object. Needs the GIL; never runs code of the program. */
#ifndef CW_IDENTITY_H
#define CW_IDENTITY_H

#include "value.h"

/* The id of `object`, registering it (TYPE, OBJECT records and a snapshot) at first sight. 0: the table is full or nothing records. */
uint32_t cw_object_id(PyObject *object);

/* First sight of an object, or a fuller look at one that was known only in passing: the slow half of cw_object_seen. */
uint32_t cw_object_look(PyObject *object, unsigned how);

/* The table of objects: open addressing by address, half full at most. */
typedef struct {
    PyObject *object; /* NULL: free */
    uint32_t id;      /* id << 4 | flags */
    uint32_t privacy; /* of the actor that registered it */
} cw_identity;
enum { CW_DESCRIBED = 1, CW_PUBLISHED = 2, CW_PICTURED = 4 /* its snapshot is written */, CW_MARKED = 8 /* secret container, raised exception */ };
extern cw_identity *cw_identities;
extern uint32_t cw_identity_shift, cw_identity_mask;

static inline uint32_t cw_identity_home(const PyObject *object) {
    return (uint32_t)(((uint64_t)(uintptr_t)object >> 4) * 0x9E3779B97F4A7C15u >> cw_identity_shift);
}

/* The entry of an object, or the free one where it belongs. */
static inline cw_identity *cw_identity_find(const PyObject *object) {
    uint32_t at = cw_identity_home(object);
    while (cw_identities[at].object != object && cw_identities[at].object != NULL) at = (at + 1) & cw_identity_mask;
    return &cw_identities[at];
}

/* The id of `object`, registering it when need be; `how` as in value.h. */
static inline uint32_t cw_object_seen(PyObject *object, unsigned how) {
    cw_identity *e = cw_identity_find(object);
    if (__builtin_expect(e->object != NULL && (e->id & CW_PICTURED), 1)) {
        uint32_t flags = (how & CW_PUBLISH ? CW_PUBLISHED : 0) | (how & CW_SECRET ? CW_MARKED : 0);
        if ((e->id & flags) != flags) e->id |= flags;
        return e->id >> 4;
    }
    return cw_object_look(object, how);
}

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
/* Registers a class so that its death is seen; writes nothing. False: there is no room. */
bool cw_object_follow(PyObject *object);
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
