/* asyncio: handles, the steps they run, and the tasks behind them (step.c, tasks.c). No function raises or runs code of the program. Needs the GIL. */
#ifndef CW_STEP_H
#define CW_STEP_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

/* Adds to the module the functions about asyncio, and those of mark.c, locks.c, threads.c, interrupt.c and pipes.c; 0, or -1 with an exception. */
int step_init(PyObject *module);

/* HANDLE: the current actor made `handle` runnable; kind 0: as the handle's type and cw_next_handle_kind tell. */
void cw_handle_made(PyObject *handle, uint32_t kind);
/* A handle that was made while nothing recorded: what was known of its address is stale. */
void cw_forget_handle(PyObject *handle);
/* A task is being made: likewise. Also while nothing records. */
void cw_task_made(PyObject *task);
/* The kind of the next handle this thread makes, told by the method that is about to make it. */
void cw_next_handle_kind(uint32_t kind);
/* STEP and STEP_END around the run of a handle. Pairs nest and balance also when nothing records. */
void cw_handle_runs(PyObject *handle);
void cw_handle_ran(void);

/* The same for loops that are not asyncio's own: HANDLE for a callback (announcing its task), and a callable in its place that runs it as a step. NULL
 * without an exception when nothing is to be recorded. New reference. */
PyObject *cw_callback_made(PyObject *callback, uint32_t kind);

/* The actor of an asyncio task, announced at first sight, or of trio's; 0 when `task` is none or nothing records. */
uint32_t cw_task_actor(PyObject *task);

#endif
