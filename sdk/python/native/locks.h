/* Recording of _thread.lock, _thread.RLock and _queue.SimpleQueue by exchange of their C functions (locks.c). */
#ifndef CW_LOCKS_H
#define CW_LOCKS_H

#include <Python.h>
#include <stdbool.h>

/* Nobody waits any more: in the child of a fork. */
void cw_locks_forget(void);

/* From now on nothing is recorded of this _thread.lock: it belongs to the inside of an object that is recorded itself. */
void cw_lock_private(PyObject *lock);
bool cw_lock_is_private(PyObject *lock);

/* Adds blocked, patch_locks, unpatch_locks and patch_simple_queue to the module; 0, or -1 with an exception. */
int locks_init(PyObject *module);

#endif
