/* Threads as actors: fork in the starter, begin and end in the started (threads.c). Needs the GIL. */
#ifndef CW_THREADS_H
#define CW_THREADS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* The actor number that was given to the running thread when it was started, 0 for threads nobody was seen to start.
 * The first record of a thread's stream is ACTOR with this number. */
extern _Thread_local uint32_t cw_born_actor;

/* Name and function of the running thread for its ACTOR record ("" when unknown), and its Thread object (borrowed) or NULL. */
void cw_describe_thread(char *name, size_t name_size, char *function, size_t function_size, PyObject **thread);

/* Adds patch_threads and thread_actor to the module; 0, or -1 with an exception. */
int threads_init(PyObject *module);

#endif
