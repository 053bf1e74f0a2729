/* Who holds which lock, and who made which actor. The recording says it too, but a debugger that holds the program asks at once. */
#include "holding.h"
#include "identity.h"
#include "pointers.h"

#include <string.h>

enum { ACQUIRED = 1, RELEASED };
enum { REENTRANT = 2 };

bool cw_holding;
static cw_pointers holders; /* by object id, in the place of an address; a: the actor */
static struct { uint32_t actor, creator; } made[1 << 14]; /* by the last bits of the actor: of a program that makes millions, the latest */

#define PLACE(actor) ((actor) & (sizeof made / sizeof made[0] - 1))

static uintptr_t key_of(uint32_t object) { return (uintptr_t)object << 4; }

void cw_holding_sync(uint32_t op, uint32_t flags, uint32_t object, uint32_t actor) {
    if (object == 0 || (op != ACQUIRED && op != RELEASED) || flags & REENTRANT) return;
    cw_entry *entry = op == ACQUIRED ? cw_pointers_put(&holders, key_of(object)) : cw_pointers_find(&holders, key_of(object));
    if (!entry) return;
    if (op == ACQUIRED)
        entry->a = actor;
    else
        cw_pointers_remove(&holders, entry);
}

void cw_holding_made(uint32_t actor, uint32_t creator) {
    made[PLACE(actor)].actor = actor;
    made[PLACE(actor)].creator = creator;
}

void cw_holding_forget(void) {
    cw_pointers_clear(&holders);
    memset(made, 0, sizeof made);
}

static PyObject *keep_holders(PyObject *module, PyObject *unused) {
    cw_holding = true;
    Py_RETURN_NONE;
}

static PyObject *holder(PyObject *module, PyObject *lock) {
    cw_entry *entry = cw_pointers_find(&holders, key_of(cw_object_known(lock)));
    return PyLong_FromUnsignedLong(entry ? entry->a : 0);
}

static PyObject *creator(PyObject *module, PyObject *number) {
    uint32_t actor = (uint32_t)PyLong_AsUnsignedLongMask(number);
    if (PyErr_Occurred()) return NULL;
    return PyLong_FromUnsignedLong(made[PLACE(actor)].actor == actor ? made[PLACE(actor)].creator : 0);
}

static PyMethodDef functions[] = {
    {"keep_holders", keep_holders, METH_NOARGS, "keep_holders() -> None\n\nFrom now on holder() and creator() know."},
    {"holder", holder, METH_O, "holder(lock) -> int\n\nThe actor that holds a lock, 0 if unknown."},
    {"creator", creator, METH_O, "creator(actor) -> int\n\nThe actor that made an actor, 0 if unknown."},
    {NULL},
};

int holding_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
