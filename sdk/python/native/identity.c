/* Object ids: a table from addresses to ids whose entries end when the objects do (watch.c). */
#include "identity.h"

#include "attributes.h"
#include "snapshot.h"
#include "types.h"
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 4096
#define MOST_SLOTS (1u << 20)
#define MOST_LIVE 500000
#define LAST_ID ((1u << 28) - 1)
/* From 3.14 on the evaluation stack borrows from local variables. */
#if PY_VERSION_HEX >= 0x030E0000
#define BOUND_REFERENCES 1
#else
#define BOUND_REFERENCES 2
#endif

enum { DESCRIBED = CW_DESCRIBED, PUBLISHED = CW_PUBLISHED, SNAPSHOT = CW_PICTURED, MARKED = CW_MARKED };

typedef cw_identity entry;

static entry nobody[2];
cw_identity *cw_identities = nobody;
uint32_t cw_identity_shift = 63, cw_identity_mask = 1;
static uint32_t slots, live;
static uint32_t next_id = 1;

#define table cw_identities
#define home cw_identity_home
#define find cw_identity_find

static bool resize(uint32_t size) {
    entry *old = table, *new = calloc(size, sizeof *new);
    uint32_t old_slots = slots;
    if (new == NULL) return false;
    table = new;
    slots = size;
    cw_identity_mask = size - 1;
    cw_identity_shift = 64 - (uint32_t)__builtin_ctz(size);
    for (uint32_t i = 0; i < old_slots; i++)
        if (old[i].object != NULL) *find(old[i].object) = old[i];
    if (old_slots != 0) free(old);
    return true;
}

static bool make_room(void) {
    if (live >= MOST_LIVE) return false;
    if (live < slots / 2) return true;
    return slots < MOST_SLOTS ? resize(slots == 0 ? FIRST_SLOTS : slots * 2) : true;
}

/* Backward-shift deletion: no tombstones. */
static void remove_entry(entry *e) {
    uint32_t mask = slots - 1, hole = (uint32_t)(e - table);
    for (uint32_t at = (hole + 1) & mask; table[at].object != NULL; at = (at + 1) & mask) {
        uint32_t wanted = home(table[at].object);
        if (((at - wanted) & mask) >= ((at - hole) & mask)) {
            table[hole] = table[at];
            hole = at;
        }
    }
    table[hole].object = NULL;
    live--;
}

void cw_retire(PyObject *object) {
    if (live == 0) return;
    entry *e = find(object);
    if (e->object == NULL) return;
    remove_entry(e);
    if (PyType_Check(object)) cw_type_forget((PyTypeObject *)object);
}

uint32_t cw_objects_live(void) { return live; }
uint32_t cw_objects_registered(void) { return next_id - 1; }

static bool is_class(const entry *e) { return PyType_Check(e->object); }

void cw_objects_undefine(void) {
    for (uint32_t i = 0; i < slots; i++)
        if (table[i].object != NULL) table[i].id = (table[i].id & ~(uint32_t)(DESCRIBED | SNAPSHOT)) | PUBLISHED;
    cw_types_undefine();
}

/* Classes stay: the table of types needs to learn of their death. */
void cw_objects_forget(void) {
    entry *old = table;
    uint32_t old_slots = slots;
    table = nobody;
    slots = live = 0;
    cw_identity_mask = 1;
    cw_identity_shift = 63;
    for (uint32_t i = 0; i < old_slots; i++)
        if (old[i].object != NULL && is_class(&old[i]) && !cw_object_follow(old[i].object)) cw_type_forget((PyTypeObject *)old[i].object);
    if (old_slots != 0) free(old);
    cw_types_undefine();
}

/* True when nobody but the running actor can hold an object that is met like this for the first time: all its references are accounted for. An instance
 * without attributes is being made: __init__ holds one more. */
static bool held_alone(PyObject *object, unsigned how) {
    Py_ssize_t expected = how & CW_BOUND ? BOUND_REFERENCES : how & CW_PASSING ? 1 : 0, found = Py_REFCNT(object);
    if (expected == 0 || found > expected + 1) return false;
    if (found <= expected) return true;
    cw_attribute any;
    return cw_python_class(Py_TYPE(object)) && cw_attributes(object, &any, 1) == 0;
}

/* A new entry, not described yet; NULL when there is no room. */
static entry *insert(PyObject *object, unsigned how) {
    if (next_id > LAST_ID || !make_room()) return NULL;
    cw_stream *s = cw_stream_here;
    bool alone = s != NULL && !(how & CW_PUBLISH) && held_alone(object, how);
    entry *e = find(object);
    *e = (entry){object, next_id++ << 4 | (alone ? 0 : PUBLISHED), s == NULL ? 0 : s->privacy};
    live++;
    return e;
}

bool cw_object_follow(PyObject *object) {
    if (find(object)->object != NULL) return true;
    cw_type_of(Py_TYPE(object));
    return find(object)->object != NULL || insert(object, CW_PUBLISH) != NULL;
}

/* First sight, or a fuller look at what was known only in passing. */
uint32_t cw_object_look(PyObject *object, unsigned how) {
    if (!cw_active() || cw_stream_get() == NULL) return 0;
    /* A member of an enum is a value where it is encoded: only a look without a snapshot keeps it from the short way of objects (cw_quick). Asked first: a
     * class that is met here is registered, which may move the table. */
    bool full = cw_snapshot_allowed(how) && !cw_is_enum(Py_TYPE(object));
    entry *e = find(object);
    if (e->object == NULL) {
        cw_type *type = cw_type_of(Py_TYPE(object));
        if (type == NULL || !type->trackable || cw_dying(object)) return 0;
        e = find(object); /* a class is registered with its own first instance */
        if (e->object == NULL) e = insert(object, how);
        if (e == NULL) return 0;
    }
    uint32_t flags = DESCRIBED | (full ? SNAPSHOT : 0);
    uint32_t id = e->id >> 4;
    if ((e->id & flags) == flags) return id;
    if (!full && (e->id & DESCRIBED)) return id;
    e->id |= flags | (how & CW_SECRET ? MARKED : 0);
    if (e->id & MARKED && !PyExceptionInstance_Check(object)) how |= CW_SECRET;
    cw_describe_object(object, id, how, full); /* may register others and move the table */
    return id;
}

uint32_t cw_object_id(PyObject *object) { return cw_object_seen(object, 0); }

uint32_t cw_object_known(PyObject *object) {
    if (live == 0) return 0;
    entry *e = find(object);
    return e->object == NULL || !(e->id & DESCRIBED) ? 0 : e->id >> 4;
}

cw_owner cw_owner_of(PyObject *object) {
    cw_owner owner = {cw_object_seen(object, 0), false, false};
    if (owner.id == 0) return owner;
    entry *e = find(object);
    if (e->object == NULL) return owner;
    owner.secret = (e->id & MARKED) != 0;
    cw_stream *s = cw_stream_here;
    if (e->id & PUBLISHED || s == NULL) return owner;
    if (e->privacy == s->privacy) owner.private = true;
    else e->id |= PUBLISHED;
    return owner;
}

bool cw_mark_raised(PyObject *exception) {
    if (cw_object_seen(exception, 0) == 0) return false;
    entry *e = find(exception);
    if (e->object == NULL || e->id & MARKED) return false;
    e->id |= MARKED;
    return true;
}

void cw_snapshot(PyObject *object) {
    if (!cw_active() || live == 0) return;
    entry *e = find(object);
    if (e->object == NULL) return;
    e->id |= DESCRIBED | SNAPSHOT;
    bool secret = (e->id & MARKED) && !PyExceptionInstance_Check(object);
    cw_describe_object(object, e->id >> 4, secret ? CW_SECRET : 0, true);
}
