/* Hooks that raise (failure.c). */
#ifndef CW_FAILURE_H
#define CW_FAILURE_H

#include <Python.h>

#include <stdbool.h>

/* With the exception that a hook raised pending. True: it is ours; it is dropped, and a GAP names `hook` as switched off. False: a signal handler of
 * the program raised it while the hook ran; it stays pending, the program is to get it, and the hook is none the worse. */
bool cw_hook_failed(const char *hook);

/* The same for a hook that stays off once it has failed: sets *broken. True: the program is to get what is pending. */
bool cw_interrupted(const char *hook, bool *broken);

/* Calls the hook `leave` with recording paused, after what it observes. stack[at] and stack[at + 1] become what came of that: `result` (stolen) or None, and
 * the pending exception or None. Hands both through; they are replaced only when the program itself was interrupted. */
PyObject *cw_call_leave(PyObject *leave, const char *hook, bool *broken, PyObject *result, PyObject **stack, size_t count, size_t at);

#endif
