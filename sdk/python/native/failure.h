/* Hooks that raise (failure.c). */
#ifndef CW_FAILURE_H
#define CW_FAILURE_H

#include <Python.h>

#include <stdbool.h>

/* With the exception that a hook raised pending. True: it is ours; it is dropped, and a GAP names `hook` as switched off. False: a signal handler of
 * the program raised it while the hook ran; it stays pending, the program is to get it, and the hook is none the worse. */
bool cw_hook_failed(const char *hook);

#endif
