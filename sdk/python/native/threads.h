/* Threads as actors: fork in the starter, begin and end in the started (threads.c). Needs the GIL. */
#ifndef CW_THREADS_H
#define CW_THREADS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* The actor number that the running thread was given when it was started, with its name, function ("path:line:qualname") and known object id;
 * 0 for threads nobody was seen to start, and for those of an earlier recording. Writes no record. */
uint32_t cw_born(char *name, size_t name_size, char *function, size_t function_size, uint32_t *object);
/* The running thread is this actor, for actor_of_thread(). */
void cw_thread_runs(uint32_t actor);
/* Actor numbers begin anew: what was given so far is void. */
void cw_threads_forget(void);

/* The actor of a threading.Thread that was started while recording, else 0. */
uint32_t cw_thread_actor(PyObject *thread);
/* Its name changed: ACTOR again. */
void cw_thread_renamed(PyObject *thread);

/* Adds patch_threads and thread_actor to the module; 0, or -1 with an exception. */
int threads_init(PyObject *module);

#endif
