/* trio: its tasks, what makes them runnable, and their steps. The marks are in trio/_core/_run.py, see causeway/hooks/trio.py.
 *
 * A task has at most one pending wake, so its token needs no object of its own: it is kept with the task, by the task's address. Whatever makes a task
 * first drops what an earlier one at its address has left. */
#include "trio.h"
#include "describe.h"
#include "pointers.h"
#include "tap.h"

#include <string.h>

enum { CALL_SOON = 1 };
enum { SUSPENDED, FINISHED, FAILED, CANCELLED };

#define BEGUN 0x80000000u      /* in the word of the actor: it has had a step */
#define OWN 0x7FFFFFFFu        /* instead of an actor: a task of trio's own */
#define DEEPEST 8              /* groups of exceptions that are looked into */

static cw_pointers tasks; /* a: the actor, b: the token of its pending wake */

/* The step that the thread runs. A thread runs one trio loop at a time, so steps do not nest. */
static _Thread_local struct {
    uint32_t actor, state; /* actor 0: none, or it is not recorded */
} step;

static _Thread_local uint32_t loop_kind;

void cw_trio_kind(uint32_t kind) { loop_kind = kind; }

static PyObject *attribute(PyObject *object, const char *name) {
    PyObject *key = PyUnicode_InternFromString(name);
    PyObject *value = key ? PyObject_GenericGetAttr(object, key) : NULL;
    Py_XDECREF(key);
    if (!value) PyErr_Clear();
    return value;
}

static const char *last_part(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* Whether it is a name as trio and AnyIO give one, `module.function`. */
static bool is_dotted(const char *name) {
    if (!strchr(name, '.') || (*name >= '0' && *name <= '9')) return false;
    for (; *name; name++)
        if (!strchr("._<>", *name) && !Py_ISALNUM((unsigned char)*name)) return false;
    return true;
}

/* A task is called by the name that the program gave it; else by its function, with a number that tells it from others of that function. */
static uint32_t announce(PyObject *task) {
    char function[1200] = "", qualname[400] = "", numbered[440];
    PyObject *coro = attribute(task, "coro"), *name = attribute(task, "name"), *counter = attribute(task, "_counter");
    if (coro) cw_describe(coro, function, sizeof function, qualname, sizeof qualname);
    const char *text = name && PyUnicode_CheckExact(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (!text) PyErr_Clear();
    if (!text || is_dotted(text)) {
        long number = counter && PyLong_CheckExact(counter) ? PyLong_AsLong(counter) : 0;
        PyErr_Clear();
        snprintf(numbered, sizeof numbered, "%.400s-%ld", last_part(text ? text : qualname), number);
        text = numbered;
    }
    uint32_t actor = cw_new_actor(CW_TASK, task, text, function);
    Py_XDECREF(counter);
    Py_XDECREF(name);
    Py_XDECREF(coro);
    return actor;
}

/* The entry of a task that is an actor, announced if it is new; NULL for one of trio's own. Valid until the next call. */
static cw_entry *known(PyObject *task) {
    cw_entry *entry = cw_pointers_find(&tasks, (uintptr_t)task);
    if (!entry) {
        uint32_t actor = announce(task);
        entry = actor ? cw_pointers_put(&tasks, (uintptr_t)task) : NULL;
        if (entry) *entry = (cw_entry){entry->key, actor, 0};
    }
    return entry && entry->a != OWN ? entry : NULL;
}

void cw_trio_task_made(PyObject *task, bool own) {
    cw_entry *stale = cw_pointers_find(&tasks, (uintptr_t)task);
    if (stale) cw_pointers_remove(&tasks, stale);
    if (own) {
        cw_entry *entry = cw_pointers_put(&tasks, (uintptr_t)task);
        if (entry) entry->a = OWN;
    } else if (cw_active()) {
        known(task); /* so that ACTOR stands where the task was made */
    }
}

void cw_trio_task_ready(PyObject *task) {
    if (!cw_active()) {
        cw_entry *entry = cw_pointers_find(&tasks, (uintptr_t)task);
        if (entry) entry->b = 0;
        return;
    }
    cw_entry *entry = known(task);
    if (entry) entry->b = cw_handle(step.actor || !loop_kind ? CALL_SOON : loop_kind);
}

void cw_trio_step_begin(PyObject *task) {
    step.actor = 0;
    if (!cw_active()) return;
    cw_entry *entry = known(task);
    if (!entry) return;
    uint32_t actor = entry->a & ~BEGUN, first = entry->a & BEGUN ? 0 : 1, token = entry->b;
    entry->a |= BEGUN;
    entry->b = 0;
    step.actor = actor;
    step.state = SUSPENDED;
    cw_step_begin(actor, token, first);
}

void cw_trio_call(PyObject *callback) {
    char function[1200], name[400];
    step.actor = 0;
    if (!cw_active()) return;
    cw_describe(callback, function, sizeof function, name, sizeof name);
    step.actor = cw_new_actor(CW_CALLBACK, NULL, name, function);
    step.state = FINISHED;
    if (step.actor) cw_step_begin(step.actor, 0, 1);
}

static bool named(PyObject *object, const char *name) { return strcmp(last_part(Py_TYPE(object)->tp_name), name) == 0; }

/* Whether the exception is trio.Cancelled, or a group of nothing else. */
static bool is_cancelled(PyObject *error, int depth) {
    if (named(error, "Cancelled")) return true;
    if (depth > DEEPEST || !PyObject_TypeCheck(error, (PyTypeObject *)PyExc_BaseExceptionGroup)) return false;
    PyObject *inside = attribute(error, "exceptions");
    bool all = inside && PyTuple_CheckExact(inside);
    for (Py_ssize_t i = 0; all && i < PyTuple_GET_SIZE(inside); i++) all = is_cancelled(PyTuple_GET_ITEM(inside, i), depth + 1);
    Py_XDECREF(inside);
    return all;
}

void cw_trio_outcome(PyObject *task, PyObject *outcome) {
    cw_entry *entry = cw_pointers_find(&tasks, (uintptr_t)task);
    if (entry) cw_pointers_remove(&tasks, entry);
    PyObject *error = named(outcome, "Error") ? attribute(outcome, "error") : NULL;
    step.state = !error ? FINISHED : is_cancelled(error, 0) ? CANCELLED : FAILED;
    Py_XDECREF(error);
}

void cw_trio_step_end(void) {
    uint32_t actor = step.actor;
    step.actor = 0;
    if (actor) cw_step_end(actor, step.state, 0);
}

uint32_t cw_trio_actor(PyObject *task) {
    cw_entry *entry = cw_pointers_find(&tasks, (uintptr_t)task);
    return entry && entry->a != OWN ? entry->a & ~BEGUN : 0;
}

void cw_trio_forget(void) {
    cw_pointers_clear(&tasks);
    step.actor = 0;
}
