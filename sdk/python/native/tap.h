/* What the other native files (around.c, step.c) may use of the tap module besides segment.h, value.h and identity.h. */
#ifndef CW_TAP_H
#define CW_TAP_H

#include "identity.h"

enum { CW_X_PROCESS = 1, CW_X_SITES, CW_X_TEXT, CW_X_TYPE, CW_X_OBJECT, CW_X_MUTATE, CW_X_ORDER, CW_X_ACTOR, CW_X_STEP, CW_X_STEP_END,
       CW_X_HANDLE, CW_X_SYNC, CW_X_SPAN, CW_X_CUSTOM, CW_X_IO, CW_X_SQL, CW_X_LOG, CW_X_RAISE, CW_X_MESSAGE, CW_X_GAP, CW_X_END,
       CW_X_WAITING, CW_X_HANDLER, CW_X_DROPPED, CW_X_OUTPUT, CW_X_SHARED };

/* Numbers the `count` rows of a site table; gives the first number, or -1 with an exception. */
long cw_add_sites(uint32_t count, const char *key);

/* Actor kinds. */
enum { CW_THREAD = 1, CW_TASK, CW_CALLBACK, CW_CHILD_PROCESS, CW_GENERATOR };

/* Writes SYNC (op and flags as in SPEC section 3) about `object` (NULL: object id 0), with a clock reading; ends the epoch. Gives its position or -1. */
int64_t cw_sync(uint32_t op, PyObject *object, uint32_t extra, uint32_t flags);
/* The same about an object whose id is known. */
int64_t cw_sync_id(uint32_t op, uint32_t object_id, uint32_t extra, uint32_t flags);

/* A new token for HANDLE, put/get, submit/run, fork/begin: from 1, unique in the process. */
uint32_t cw_new_token(void);

/* A new actor number; writes its ACTOR record. `object` may be NULL; name and function are UTF-8 or NULL. Marks objects of the current actor as reachable by others. */
uint32_t cw_new_actor(uint32_t kind, PyObject *object, const char *name, const char *function);
/* Writes ACTOR again for a known number (a name that became known later). */
void cw_name_actor(uint32_t actor, uint32_t kind, PyObject *object, const char *name, const char *function);
/* The actor that runs now on this thread, 0 when nothing is recorded. */
uint32_t cw_current_actor(void);

/* STEP and STEP_END with the stack of actors of the stream; both end the epoch. */
void cw_step_begin(uint32_t actor, uint32_t token, uint32_t flags);
void cw_step_end(uint32_t actor, uint32_t state, uint32_t waiting_on);
/* HANDLE: the current actor made something runnable; gives the new token, 0 when nothing records. */
uint32_t cw_handle(uint32_t kind);

/* Writes GAP {"hook", "reason"} (both ASCII without quotes). */
void cw_gap(const char *hook, const char *reason);

/* Identifies the running Python frame while it lives; 0 when there is none. */
uint32_t cw_frame_key(void);

#endif
