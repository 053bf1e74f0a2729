/* Marks: constants that causeway.hooks.inline puts into copies of the code of standard library functions.
 *
 *     del M[subject]           something happened to subject
 *     M[subject] = value       … with a value (the item of a queue, whether a wait succeeded)
 *     M[subject:value]         the same inside an expression; gives value
 *     ~M                       something happens here
 *
 * A mark never raises. It costs a type slot and a record. */
#include "mark.h"
#include "items.h"
#include "locks.h"
#include "step.h"
#include "tap.h"
#include "threads.h"
#include "trio.h"

enum {
    SYNC, SYNC_IF, PRIVATE, READ, PUT, GET, SUBMIT, RUN, JOIN, JOINED, RENAMED, HANDLE, STEP, STEP_END, KIND, TASK,
    TRIO_TASK, TRIO_READY, TRIO_KIND, TRIO_STEP, TRIO_OUTCOME, TRIO_STEP_END, TRIO_CALL, MODES
};
#define SYNC_JOIN 20
#define SYNC_TIMEOUT 28

typedef struct {
    PyObject_HEAD
    uint32_t mode, op, flags, other;
} Mark;

/* Truth of an exact bool, int or None; anything else counts as true: nothing of the program is asked. */
static bool truth(PyObject *value) {
    return value != Py_False && value != Py_None && !(PyLong_CheckExact(value) && PyObject_RichCompareBool(value, Py_False, Py_EQ) == 1);
}

static bool of_standard_library(PyObject *object) {
    PyObject *module = Py_TYPE(object)->tp_dict ? PyDict_GetItemString(Py_TYPE(object)->tp_dict, "__module__") : NULL;
    return module && PyUnicode_Check(module) && (PyUnicode_CompareWithASCIIString(module, "threading") == 0 || PyUnicode_CompareWithASCIIString(module, "queue") == 0);
}

static int mark_assign(PyObject *self, PyObject *subject, PyObject *value) {
    Mark *mark = (Mark *)self;
    if (mark->mode == STEP) {
        cw_handle_runs(subject);
        return 0;
    }
    if (mark->mode == TASK) {
        cw_task_made(subject);
        return 0;
    }
    switch (mark->mode) {
    case TRIO_TASK: /* value: whether it is trio's own */
        cw_trio_task_made(subject, value && truth(value));
        return 0;
    case TRIO_READY:
        cw_trio_task_ready(subject);
        return 0;
    case TRIO_STEP:
        cw_trio_step_begin(subject);
        return 0;
    case TRIO_CALL:
        cw_trio_call(subject);
        return 0;
    case TRIO_OUTCOME:
        if (value) cw_trio_outcome(subject, value);
        return 0;
    }
    if (mark->mode == PRIVATE) { /* value: what the lock is inside of; a subclass of the program's may do anything under it */
        if (!value || of_standard_library(value)) cw_lock_private(subject);
        return 0;
    }
    if (!cw_active()) {
        if (mark->mode == HANDLE) cw_forget_handle(subject);
        return 0;
    }
    switch (mark->mode) {
    case SYNC: /* value: the lock inside; when that is private, subject is the inside of something else */
        if (!value || !cw_lock_is_private(value)) cw_sync(mark->op, subject, 0, mark->flags);
        break;
    case SYNC_IF: /* op when value is true, else other (0: nothing); subject may be (subject, the lock inside) */
        if (PyTuple_CheckExact(subject)) {
            if (cw_lock_is_private(PyTuple_GET_ITEM(subject, 1))) return 0;
            subject = PyTuple_GET_ITEM(subject, 0);
        }
        if (truth(value))
            cw_sync(mark->op, subject, 0, mark->flags);
        else if (mark->other)
            cw_sync(mark->other, subject, 0, mark->flags);
        break;
    case READ:
        cw_sync(mark->op, subject, truth(value), mark->flags);
        break;
    case PUT:
    case SUBMIT:
        cw_item_put(mark->op, subject, value ? value : subject, mark->flags);
        break;
    case GET:
    case RUN:
        cw_item_get(mark->op, subject, value ? value : subject, mark->flags);
        break;
    case JOIN:
        cw_sync(mark->op, subject, cw_thread_actor(subject), mark->flags);
        break;
    case JOINED: /* value: whether the thread has ended */
        cw_sync(truth(value) ? SYNC_JOIN : SYNC_TIMEOUT, subject, cw_thread_actor(subject), mark->flags);
        break;
    case RENAMED:
        cw_thread_renamed(subject);
        break;
    case HANDLE:
        cw_handle_made(subject, mark->op);
        break;
    }
    return 0;
}

static PyObject *mark_invert(PyObject *self) {
    Mark *mark = (Mark *)self;
    if (mark->mode == STEP_END)
        cw_handle_ran();
    else if (mark->mode == KIND)
        cw_next_handle_kind(mark->op);
    else if (mark->mode == TRIO_KIND)
        cw_trio_kind(mark->op);
    else if (mark->mode == TRIO_STEP_END)
        cw_trio_step_end();
    Py_RETURN_NONE;
}

/* M[subject:value] */
static PyObject *mark_pass(PyObject *self, PyObject *slice) {
    if (!PySlice_Check(slice)) return PyErr_Format(PyExc_TypeError, "a mark takes subject:value");
    PyObject *value = ((PySliceObject *)slice)->stop;
    mark_assign(self, ((PySliceObject *)slice)->start, value);
    return Py_NewRef(value);
}

static PyObject *mark_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"mode", "op", "flags", "other", NULL};
    static const char *modes[MODES] = {"sync", "sync_if", "private", "read", "put", "get", "submit", "run", "join", "joined", "renamed", "handle", "step", "step_end", "kind", "task", "trio_task", "trio_ready", "trio_kind", "trio_step", "trio_outcome", "trio_step_end", "trio_call"};
    const char *mode;
    unsigned int op = 0, flags = 0, other = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s|III", names, &mode, &op, &flags, &other)) return NULL;
    for (uint32_t i = 0; i < MODES; i++) {
        if (strcmp(mode, modes[i]) != 0) continue;
        Mark *self = (Mark *)type->tp_alloc(type, 0);
        if (!self) return NULL;
        self->mode = i;
        self->op = op;
        self->flags = flags;
        self->other = other;
        return (PyObject *)self;
    }
    return PyErr_Format(PyExc_ValueError, "no such mode: %s", mode);
}

static PyType_Slot mark_slots[] = {{Py_tp_new, mark_new}, {Py_mp_ass_subscript, mark_assign}, {Py_mp_subscript, mark_pass}, {Py_nb_invert, mark_invert}, {0, NULL}};
static PyType_Spec mark_spec = {"causeway._tap.Mark", sizeof(Mark), 0, Py_TPFLAGS_DEFAULT, mark_slots};

int mark_init(PyObject *module) {
    PyObject *type = PyType_FromSpec(&mark_spec);
    if (!type) return -1;
    int failed = PyModule_AddObjectRef(module, "Mark", type);
    Py_DECREF(type);
    return failed;
}
