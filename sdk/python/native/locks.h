/* Recording of _thread.lock, _thread.RLock and _queue.SimpleQueue by exchange of their C functions (locks.c). */
#ifndef CW_LOCKS_H
#define CW_LOCKS_H

#include <Python.h>

/* Nobody waits any more: in the child of a fork. */
void cw_locks_forget(void);

/* Adds blocked, patch_locks, unpatch_locks and patch_simple_queue to the module; 0, or -1 with an exception. */
int locks_init(PyObject *module);

#endif
