/* asyncio: handles and the steps they run.
 *
 * A handle gets a token when it is made (Handle.__init__ carries a mark, see causeway/hooks/asyncio.py); when it runs, the step carries that
 * token, so that every step knows its cause. */
#include "step.h"
#include "asyncio.h"
#include "describe.h"
#include "interrupt.h"
#include "locks.h"
#include "mark.h"
#include "pipes.h"
#include "threads.h"

#define DEPTH 64

typedef struct {
    PyObject *task;
    uint32_t actor; /* 0: this step is not recorded */
} Step;

static _Thread_local Step steps[DEPTH];
static _Thread_local uint32_t depth;
static _Thread_local uint32_t next_kind;

/* The task whose step `callback` runs, or NULL. Borrowed. */
static PyObject *task_of(PyObject *callback) {
    PyTypeObject *type = Py_TYPE(callback);
    if (type == cw_aio.step_wrapper) return ((PyObject **)((char *)callback + sizeof(PyObject)))[0];
    if (PyCFunction_CheckExact(callback)) {
        PyMethodDef *def = ((PyCFunctionObject *)callback)->m_ml;
        PyObject *self = ((PyCFunctionObject *)callback)->m_self;
        if (def == cw_aio.wakeup) return self;
        if (!cw_aio.wakeup && self && cw_aio.task && PyObject_TypeCheck(self, cw_aio.task) && strcmp(def->ml_name, "task_wakeup") == 0) {
            cw_aio.wakeup = def;
            return self;
        }
        return NULL;
    }
    if (PyMethod_Check(callback)) {
        PyObject *function = PyMethod_GET_FUNCTION(callback);
        return function == cw_aio.py_step || function == cw_aio.py_wakeup ? PyMethod_GET_SELF(callback) : NULL;
    }
    const char *dot = strrchr(type->tp_name, '.'); /* a static type has no module in its name, a heap type has */
    if (!cw_aio.step_wrapper && cw_aio.task && strcmp(dot ? dot + 1 : type->tp_name, "TaskStepMethWrapper") == 0) {
        PyObject *task = PyObject_GetAttrString(callback, "__self__");
        PyErr_Clear();
        Py_XDECREF(task); /* the wrapper holds it */
        if (task && ((PyObject **)((char *)callback + sizeof(PyObject)))[0] == task) {
            cw_aio.step_wrapper = type;
            return task;
        }
    }
    return NULL;
}

static PyObject *callback_of(PyObject *handle) {
    if (!cw_aio.handle || !PyObject_TypeCheck(handle, cw_aio.handle)) return NULL;
    return *(PyObject **)((char *)handle + cw_aio.callback);
}

void cw_next_handle_kind(uint32_t kind) { next_kind = kind; }

static cw_note *handle_note(PyObject *handle, bool make) {
    Py_ssize_t room = cw_aio.handle_room ? (PyObject_TypeCheck(handle, cw_aio.timer) ? cw_aio.timer_room : cw_aio.handle_room) : 0;
    return cw_note_of(handle, room, &cw_aio.handles, make);
}

void cw_forget_handle(PyObject *handle) {
    cw_note *note = handle_note(handle, false);
    if (note) *note = (cw_note){0, 0};
    next_kind = 0;
}

void cw_handle_made(PyObject *handle, uint32_t kind) {
    PyObject *callback = callback_of(handle);
    if (!kind) kind = next_kind ? next_kind : Py_TYPE(handle) == cw_aio.timer ? CW_TIMER : CW_CALL_SOON;
    next_kind = 0;
    if (!callback) return;
    PyObject *task = task_of(callback);
    if (task) cw_known_task(task); /* so that ACTOR stands where the task was made */
    uint32_t token = cw_handle(kind);
    cw_note *note = handle_note(handle, token != 0);
    if (note) *note = token ? (cw_note){token, cw_aio.recording | kind} : (cw_note){0, 0};
}

static Step *push(void) {
    if (depth++ >= DEPTH) return NULL;
    Step *step = &steps[depth - 1];
    *step = (Step){0};
    return step;
}

static void begin_task(Step *step, PyObject *task, uint32_t token) {
    cw_note *note = cw_known_task(task);
    if (!note || !note->number) return;
    step->task = Py_NewRef(task);
    step->actor = note->number;
    uint32_t first = note->more & CW_MORE ? 0 : 1;
    note->more |= 1;
    cw_step_begin(step->actor, token, first);
}

static void run_callback(Step *step, PyObject *callback, uint32_t token) {
    PyObject *task = task_of(callback);
    if (task) {
        begin_task(step, task, token);
    } else {
        char function[1200], name[400];
        cw_describe(callback, function, sizeof function, name, sizeof name);
        step->actor = cw_new_actor(CW_CALLBACK, NULL, name, function);
        if (step->actor) cw_step_begin(step->actor, token, 1);
    }
}

void cw_handle_runs(PyObject *handle) {
    Step *step = push();
    if (!step || !cw_active()) return;
    PyObject *callback = callback_of(handle);
    if (!callback) return;
    cw_note *note = handle_note(handle, false);
    run_callback(step, callback, note ? note->number : 0);
}

void cw_handle_ran(void) {
    if (depth == 0 || depth-- > DEPTH) return;
    Step *step = &steps[depth];
    if (!step->actor) return;
    uint32_t state = CW_FINISHED, waiting_on = 0;
    PyObject *task = step->task;
    uint32_t actor = step->actor;
    *step = (Step){0};
    if (task) state = cw_task_state(task, &waiting_on);
    cw_step_end(actor, state, waiting_on);
    Py_XDECREF(task); /* never the last one: the handle, its caller or the loop still hold it */
}

/* Stands for a callback in the handle of a loop that carries no marks. */
typedef struct {
    PyObject_HEAD
    PyObject *callback;
    uint32_t token;
} Callback;

static PyTypeObject *callback_type;

PyObject *cw_callback_made(PyObject *callback, uint32_t kind) {
    if (!cw_active() || Py_IS_TYPE(callback, callback_type)) return NULL;
    PyObject *task = task_of(callback);
    if (task) cw_known_task(task);
    uint32_t token = cw_handle(kind);
    Callback *it = token ? PyObject_GC_New(Callback, callback_type) : NULL;
    if (!it) {
        PyErr_Clear();
        return NULL;
    }
    it->callback = Py_NewRef(callback);
    it->token = token;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

static PyObject *callback_call(PyObject *op, PyObject *args, PyObject *kwargs) {
    Callback *self = (Callback *)op;
    Step *step = push();
    Py_INCREF(op);
    if (step && cw_active()) run_callback(step, self->callback, self->token);
    PyObject *result = PyObject_Call(self->callback, args, kwargs);
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    cw_handle_ran();
    PyErr_Restore(type, value, trace);
    Py_DECREF(op);
    return result;
}

static int callback_traverse(PyObject *op, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(((Callback *)op)->callback);
    return 0;
}

static int callback_clear(PyObject *op) {
    Py_CLEAR(((Callback *)op)->callback);
    return 0;
}

static void callback_dealloc(PyObject *op) {
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    callback_clear(op);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyObject *callback_getattro(PyObject *op, PyObject *name) { return PyObject_GetAttr(((Callback *)op)->callback, name); }
static PyObject *callback_repr(PyObject *op) { return PyObject_Repr(((Callback *)op)->callback); }

static PyType_Slot callback_slots[] = {
    {Py_tp_call, callback_call}, {Py_tp_traverse, callback_traverse}, {Py_tp_clear, callback_clear}, {Py_tp_dealloc, callback_dealloc},
    {Py_tp_getattro, callback_getattro}, {Py_tp_repr, callback_repr}, {0, NULL},
};
static PyType_Spec callback_spec = {"causeway._tap.Callback", sizeof(Callback), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, callback_slots};

void cw_eager_step(PyObject *task, uint32_t actor, uint32_t token) {
    Step *step = push();
    if (!step) return;
    *step = (Step){Py_NewRef(task), actor};
    cw_step_begin(actor, token, 1);
}

void cw_steps_forget(void) {
    for (uint32_t i = 0; i < depth && i < DEPTH; i++) steps[i].actor = 0;
}

int step_init(PyObject *module) {
    callback_type = (PyTypeObject *)PyType_FromSpec(&callback_spec);
    if (!callback_type || cw_describe_init() < 0 || cw_tasks_init(module) < 0 || cw_asyncio_init(module) < 0) return -1;
    return mark_init(module) < 0 || locks_init(module) < 0 || threads_init(module) < 0 || interrupt_init(module) < 0 || pipes_init(module) < 0 ? -1 : 0;
}
