/* Marks: constants that causeway.hooks.inline puts into copies of the code of standard library functions.
 *
 *     del M[subject]           something happened to subject
 *     M[subject] = value       … with a value (the item of a queue, whether a wait succeeded)
 *     ~M                       something happens here
 *
 * A mark never raises. It costs a type slot and a record. */
#include "mark.h"
#include "items.h"
#include "step.h"
#include "tap.h"

enum { SYNC, SYNC_IF, PUT, GET, HANDLE, STEP, STEP_END, KIND, MODES };

typedef struct {
    PyObject_HEAD
    uint32_t mode, op, flags, other;
} Mark;

static int mark_assign(PyObject *self, PyObject *subject, PyObject *value) {
    Mark *mark = (Mark *)self;
    if (!cw_active()) {
        if (mark->mode == HANDLE) cw_forget_handle(subject);
        return 0;
    }
    switch (mark->mode) {
    case SYNC:
        cw_sync(mark->op, subject, 0, mark->flags);
        break;
    case SYNC_IF: /* op when value is true, else other (0: nothing) */
        if (value == Py_True || (value != Py_False && value != Py_None && PyLong_CheckExact(value) && Py_SIZE(value) != 0))
            cw_sync(mark->op, subject, 0, mark->flags);
        else if (mark->other)
            cw_sync(mark->other, subject, 0, mark->flags);
        break;
    case PUT:
        cw_item_put(subject, value, mark->flags);
        break;
    case GET:
        cw_item_get(subject, value, mark->flags);
        break;
    case HANDLE:
        cw_handle_made(subject, mark->op);
        break;
    case STEP:
        cw_handle_runs(subject);
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
    Py_RETURN_NONE;
}

static PyObject *mark_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"mode", "op", "flags", "other", NULL};
    static const char *modes[MODES] = {"sync", "sync_if", "put", "get", "handle", "step", "step_end", "kind"};
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

static PyType_Slot mark_slots[] = {{Py_tp_new, mark_new}, {Py_mp_ass_subscript, mark_assign}, {Py_nb_invert, mark_invert}, {0, NULL}};
static PyType_Spec mark_spec = {"causeway._tap.Mark", sizeof(Mark), 0, Py_TPFLAGS_DEFAULT, mark_slots};

int mark_init(PyObject *module) {
    PyObject *type = PyType_FromSpec(&mark_spec);
    if (!type) return -1;
    int failed = PyModule_AddObjectRef(module, "Mark", type);
    Py_DECREF(type);
    return failed;
}
