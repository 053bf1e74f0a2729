/* What the files about asyncio share: its types as they were found, and what is kept with its handles and tasks. A token lives in the handle and an actor in
 * the task: their types are given eight more bytes when asyncio has just been imported and no instance exists. Where that is too late (and for tasks written
 * in Python) they live in tables by address: whatever makes a handle or a task first drops what an earlier object at its address has left there. */
#ifndef CW_ASYNCIO_H
#define CW_ASYNCIO_H

#include "pointers.h"
#include "tap.h"

#include <stddef.h>

enum { CW_CALL_SOON = 1, CW_TIMER, CW_READER, CW_THREADSAFE, CW_EXECUTOR, CW_EAGER };
enum { CW_SUSPENDED, CW_FINISHED, CW_FAILED, CW_CANCELLED };
enum { CW_SYNC_JOIN = 20, CW_SYNC_RESULT_SET, CW_SYNC_RESULT_GOT, CW_SYNC_EXCEPTION_SET, CW_SYNC_CANCEL };
#define CW_ASYNCHRONOUS 4

#pragma GCC visibility push(hidden)

typedef struct {
    PyTypeObject *handle, *timer;
    Py_ssize_t callback;            /* offset of Handle._callback */
    Py_ssize_t handle_room, timer_room, task_room; /* offsets of the eight bytes, 0: none */
    PyTypeObject *task, *py_task;   /* _asyncio.Task and asyncio.tasks._PyTask */
    PyTypeObject *step_wrapper;     /* the type of what a C task hands to call_soon; known once one was seen */
    PyMethodDef *wakeup;            /* and of what it adds to a future's callbacks */
    PyObject *py_step, *py_wakeup;  /* functions of the Python task */
    getter state, exception, waiter, coro, callbacks, log_traceback;
    PyCFunction get_name;
    initproc task_init;
    PyTypeObject *future, *future_iter;
    sendfunc iter_send;
    iternextfunc iter_next;
    PyObject *running_loop, *gather; /* and the code of asyncio.gather */
    cw_pointers handles, tasks;     /* notes by address: an entry's a and b are a cw_note */
    uint32_t recording;             /* counts in steps of CW_MORE + 1 */
    uint32_t known_futures;         /* futures other than tasks that were given an id */
    bool full;                      /* tasks are registered as objects when they are made */
} cw_asyncio;
extern cw_asyncio cw_aio;

/* What is kept with a handle (number: token, more: kind) or task (number: actor, more: 1 once it has run). */
typedef struct {
    uint32_t number;
    uint32_t more; /* and the count of recordings above CW_MORE: notes of an earlier one are void */
} cw_note;
#define CW_MORE 15u
_Static_assert(offsetof(cw_entry, b) == offsetof(cw_entry, a) + 4, "an entry's words are a cw_note");

static inline bool cw_is_task(PyObject *object) {
    return (cw_aio.task && PyObject_TypeCheck(object, cw_aio.task)) || (cw_aio.py_task && PyObject_TypeCheck(object, cw_aio.py_task));
}

/* The note in an object, or in the table; with `make` a new one where there is none. Valid until the next call. */
static inline cw_note *cw_note_of(PyObject *object, Py_ssize_t room, cw_pointers *table, bool make) {
    cw_note *note;
    if (room) {
        note = (cw_note *)((char *)object + room);
    } else {
        cw_entry *entry = make ? cw_pointers_put(table, (uintptr_t)object) : cw_pointers_find(table, (uintptr_t)object);
        if (!entry) return NULL;
        note = (cw_note *)&entry->a;
    }
    if ((note->more & ~CW_MORE) == cw_aio.recording && note->number) return note;
    if (!make) return NULL;
    *note = (cw_note){0, cw_aio.recording};
    return note;
}

static inline cw_note *cw_task_note(PyObject *task, bool make) {
    return cw_note_of(task, cw_aio.task_room && PyObject_TypeCheck(task, cw_aio.task) ? cw_aio.task_room : 0, &cw_aio.tasks, make);
}

/* tasks.c */

/* The slow half of cw_known_task. */
cw_note *cw_new_task_note(PyObject *task);
/* The note of a task with an actor in it, announced if it is new. */
static inline cw_note *cw_known_task(PyObject *task) {
    cw_note *note = cw_task_note(task, false);
    return note ? note : cw_new_task_note(task);
}
/* Writes ACTOR for a task: of a new one, 0, gives the number. `registered`: with its object id. */
uint32_t cw_announce_task(PyObject *task, uint32_t number, bool registered);
/* How a step of a task ended, and the id of what it waits for, without touching what the program can see (Task.exception() would mark it as retrieved). */
uint32_t cw_task_state(PyObject *task, uint32_t *waiting_on);
/* Exchanges the constructor of the C task, and finds its fields. */
void cw_install_tasks(void);
/* Adds the functions about tasks to the module; 0, or -1 with an exception. */
int cw_tasks_init(PyObject *module);

/* futures.c: exchanges the methods of the C types by which tasks and futures tell each other. */
void cw_install_futures(PyTypeObject *future, PyTypeObject *iter);

/* step.c: the first step of an eager task begins, which cw_handle_ran ends; what is known of steps is dropped. */
void cw_eager_step(PyObject *task, uint32_t actor, uint32_t token);
void cw_steps_forget(void);

/* asyncio.c: the C function behind an attribute of a type, NULL where there is none; and the functions of the module. */
getter cw_getter_of(PyTypeObject *type, const char *name);
int cw_asyncio_init(PyObject *module);

#pragma GCC visibility pop
#endif
