/* trio: its tasks, what makes them runnable, and their steps (trio.c). No function raises or runs code of the program. Needs the GIL. */
#ifndef CW_TRIO_H
#define CW_TRIO_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

/* A task has been made. `own`: it is trio's own, no actor; its steps belong to the thread. Also while nothing records. */
void cw_trio_task_made(PyObject *task, bool own);
/* HANDLE: the current actor made the task runnable. */
void cw_trio_task_ready(PyObject *task);
/* The kind of the handles that the loop of this thread makes from here on. */
void cw_trio_kind(uint32_t kind);
/* STEP and STEP_END. In between, the outcome of a task that ends, which is forgotten then. STEP_END without a STEP does nothing. */
void cw_trio_step_begin(PyObject *task);
void cw_trio_outcome(PyObject *task, PyObject *outcome);
void cw_trio_step_end(void);
/* STEP of a callback that another thread passed to the loop; its STEP_END is cw_trio_step_end. */
void cw_trio_call(PyObject *callback);
/* The actor of a task of trio, 0 where none is known. */
uint32_t cw_trio_actor(PyObject *task);
/* Drops what is known of tasks: at the end of a recording and in the child of a fork. */
void cw_trio_forget(void);

#endif
