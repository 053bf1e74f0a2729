/* Who holds which lock and who made which actor, for a debugger that holds the program (holding.c). Needs the GIL. */
#ifndef CW_HOLDING_H
#define CW_HOLDING_H

#include <stdbool.h>
#include <stdint.h>

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Whether it is kept: only where a debugger may ask. */
extern bool cw_holding;
/* A SYNC record of `actor` about an object has been written. */
void cw_holding_sync(uint32_t op, uint32_t flags, uint32_t object, uint32_t actor);
/* `creator` has made `actor`. */
void cw_holding_made(uint32_t actor, uint32_t creator);
/* Actors get their numbers anew. */
void cw_holding_forget(void);
/* Adds keep_holders, holder and creator to the module; 0, or -1 with an exception. */
int holding_init(PyObject *module);

#endif
