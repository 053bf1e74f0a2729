/* asyncio: handles, the steps they run, and the tasks behind them.
 *
 * A handle gets a token when it is made (Handle.__init__ carries a mark, see causeway/hooks/asyncio.py); when it runs, the step carries that
 * token, so that every step knows its cause. The token lives in the handle and the actor in the task: their types are given eight more bytes when
 * asyncio has just been imported and no instance exists. Where that is too late (and for tasks written in Python) they live in tables by address:
 * whatever makes a handle or a task first drops what an earlier object at its address has left there. */
#include "step.h"
#include "around.h"
#include "interrupt.h"
#include "items.h"
#include "locks.h"
#include "mark.h"
#include "pipes.h"
#include "pointers.h"
#include "swap.h"
#include "tap.h"
#include "threads.h"
#include "trio.h"

#include <structmember.h>

#define DEPTH 64
enum { CALL_SOON = 1, TIMER, READER, THREADSAFE, EXECUTOR, EAGER };
enum { SUSPENDED, FINISHED, FAILED, CANCELLED };

typedef struct {
    PyObject *task;
    uint32_t actor; /* 0: this step is not recorded */
} Step;

static struct {
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
    PyTypeObject *future, *future_iter, *partial;
    sendfunc iter_send;
    iternextfunc iter_next;
    PyObject *running_loop, *gather; /* and the code of asyncio.gather */
} aio;

/* What is kept with a handle (number: token, more: kind) or task (number: actor, more: 1 once it has run). */
typedef struct {
    uint32_t number;
    uint32_t more; /* and the count of recordings above MORE: notes of an earlier one are void */
} Note;
#define MORE 15u

static cw_pointers handles, tasks; /* notes by address: an entry's a and b are a Note */
static uint32_t recording = 16;    /* counts in steps of MORE + 1 */
static uint32_t known_futures;     /* futures other than tasks that were given an id */
static bool full;                  /* tasks are registered as objects when they are made */
static _Thread_local Step steps[DEPTH];
static _Thread_local uint32_t depth;
static _Thread_local uint32_t next_kind;

static PyObject *name_state, *name_exception, *name_waiter, *name_coro, *name_name, *name_func;

/* ---- tasks ---- */

static bool is_task(PyObject *object) {
    return (aio.task && PyObject_TypeCheck(object, aio.task)) || (aio.py_task && PyObject_TypeCheck(object, aio.py_task));
}

/* A private field of a task: the C getter, or the instance attribute of the Python one. New reference or NULL, never an exception. */
static PyObject *field(PyObject *task, getter get, PyObject *name) {
    PyObject *value = aio.task && PyObject_TypeCheck(task, aio.task) ? (get ? get(task, NULL) : NULL) : PyObject_GenericGetAttr(task, name);
    if (!value) PyErr_Clear();
    return value;
}

/* The task whose step `callback` runs, or NULL. Borrowed. */
static PyObject *task_of(PyObject *callback) {
    PyTypeObject *type = Py_TYPE(callback);
    if (type == aio.step_wrapper) return ((PyObject **)((char *)callback + sizeof(PyObject)))[0];
    if (PyCFunction_CheckExact(callback)) {
        PyMethodDef *def = ((PyCFunctionObject *)callback)->m_ml;
        PyObject *self = ((PyCFunctionObject *)callback)->m_self;
        if (def == aio.wakeup) return self;
        if (!aio.wakeup && self && aio.task && PyObject_TypeCheck(self, aio.task) && strcmp(def->ml_name, "task_wakeup") == 0) {
            aio.wakeup = def;
            return self;
        }
        return NULL;
    }
    if (PyMethod_Check(callback)) {
        PyObject *function = PyMethod_GET_FUNCTION(callback);
        return function == aio.py_step || function == aio.py_wakeup ? PyMethod_GET_SELF(callback) : NULL;
    }
    const char *dot = strrchr(type->tp_name, '.'); /* a static type has no module in its name, a heap type has */
    if (!aio.step_wrapper && aio.task && strcmp(dot ? dot + 1 : type->tp_name, "TaskStepMethWrapper") == 0) {
        PyObject *task = PyObject_GetAttrString(callback, "__self__");
        PyErr_Clear();
        Py_XDECREF(task); /* the wrapper holds it */
        if (task && ((PyObject **)((char *)callback + sizeof(PyObject)))[0] == task) {
            aio.step_wrapper = type;
            return task;
        }
    }
    return NULL;
}

/* Copies a str's UTF-8 to `at`, at most up to `end`; gives the new end. */
static char *append(char *at, char *end, PyObject *text) {
    Py_ssize_t length;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &length);
    if (!utf8) {
        PyErr_Clear();
        return at;
    }
    if (length > end - at) length = end - at;
    memcpy(at, utf8, (size_t)length);
    return at + length;
}

static void describe_code(PyCodeObject *code, char *function, size_t function_size, char *name, size_t name_size) {
    *append(name, name + name_size - 1, code->co_qualname) = 0;
    char *at = append(function, function + function_size - 16, code->co_filename), digits[12];
    int n = 0;
    for (unsigned line = (unsigned)code->co_firstlineno; line || !n; line /= 10) digits[n++] = (char)('0' + line % 10);
    *at++ = ':';
    while (n) *at++ = digits[--n];
    *at++ = ':';
    *append(at, function + function_size - 1, code->co_qualname) = 0;
}

void cw_describe(PyObject *it, char *function, size_t function_size, char *name, size_t name_size) {
    function[0] = name[0] = 0;
    for (int unwrapped = 0; unwrapped < 8; unwrapped++) {
        if (PyMethod_Check(it)) {
            it = PyMethod_GET_FUNCTION(it);
        } else if (aio.partial && Py_TYPE(it) == aio.partial) {
            PyObject *inner = PyObject_GenericGetAttr(it, name_func);
            PyErr_Clear();
            if (!inner) break;
            Py_DECREF(inner); /* the partial holds it */
            it = inner;
        } else {
            PyObject *inner = cw_around_function(it);
            if (!inner) break;
            it = inner;
        }
    }
    if (PyFunction_Check(it)) {
        describe_code((PyCodeObject *)PyFunction_GET_CODE(it), function, function_size, name, name_size);
    } else if (PyGen_CheckExact(it) || PyCoro_CheckExact(it)) {
#if PY_VERSION_HEX < 0x030C0000
        PyCodeObject *code = (PyCodeObject *)Py_NewRef(((PyGenObject *)it)->gi_code);
#else
        PyCodeObject *code = PyGen_GetCode((PyGenObject *)it);
#endif
        describe_code(code, function, function_size, name, name_size);
        Py_DECREF(code);
    } else if (PyCFunction_Check(it)) {
        snprintf(name, name_size, "%s", ((PyCFunctionObject *)it)->m_ml->ml_name);
    } else {
        snprintf(name, name_size, "%s", Py_TYPE(it)->tp_name);
    }
}

/* What ACTOR says of a task: its name and what its coroutine runs. */
static uint32_t announce_task(PyObject *task, uint32_t number, bool registered) {
    char function[1200], qualname[400];
    PyObject *coro = field(task, aio.coro, name_coro), *name = NULL;
    if (coro) cw_describe(coro, function, sizeof function, qualname, sizeof qualname);
    if (aio.task && PyObject_TypeCheck(task, aio.task) && aio.get_name)
        name = aio.get_name(task, NULL);
    else
        name = PyObject_GenericGetAttr(task, name_name);
    if (!name) PyErr_Clear();
    const char *text = name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (!text) PyErr_Clear();
    if (number)
        cw_name_actor(number, CW_TASK, registered ? task : NULL, text ? text : "Task", coro ? function : "");
    else
        number = cw_new_actor(CW_TASK, registered ? task : NULL, text ? text : "Task", coro ? function : "");
    Py_XDECREF(name);
    Py_XDECREF(coro);
    return number;
}

/* The note in an object, or in the table; with `make` a new one where there is none. Valid until the next call. */
static Note *note_of(PyObject *object, Py_ssize_t room, cw_pointers *table, bool make) {
    Note *note;
    if (room) {
        note = (Note *)((char *)object + room);
    } else {
        cw_entry *entry = make ? cw_pointers_put(table, (uintptr_t)object) : cw_pointers_find(table, (uintptr_t)object);
        if (!entry) return NULL;
        note = (Note *)&entry->a;
    }
    if ((note->more & ~MORE) == recording && note->number) return note;
    if (!make) return NULL;
    *note = (Note){0, recording};
    return note;
}
_Static_assert(offsetof(cw_entry, b) == offsetof(cw_entry, a) + 4, "an entry's words are a Note");

static Note *task_note(PyObject *task, bool make) {
    return note_of(task, aio.task_room && PyObject_TypeCheck(task, aio.task) ? aio.task_room : 0, &tasks, make);
}

void cw_task_made(PyObject *task) {
    Note *stale = task_note(task, false);
    if (stale) *stale = (Note){0, 0};
}

/* The note of a task with an actor in it, announced if it is new. */
static Note *known_task(PyObject *task) {
    Note *note = task_note(task, false);
    if (note) return note;
    uint32_t actor = announce_task(task, 0, full);
    note = task_note(task, true);
    if (note) note->number = actor;
    return note;
}

uint32_t cw_task_actor(PyObject *task) {
    if (!is_task(task)) return cw_trio_actor(task);
    Note *note = cw_active() ? known_task(task) : task_note(task, false); /* a hook, while it is paused, gets what is known */
    return note ? note->number : 0;
}

/* The object id of something a task waits for; a task gets one when it is waited for. */
static uint32_t waited_for(PyObject *future) {
    if (known_futures == 0 && Py_TYPE(future) == aio.future) return 0;
    uint32_t id = cw_object_known(future);
    Note *note = id || !is_task(future) ? NULL : task_note(future, false);
    if (!note) return id;
    announce_task(future, note->number, true);
    return cw_object_known(future);
}

/* How a step of a task ended, without touching what the program can see (Task.exception() would mark it as retrieved). */
static uint32_t state_of(PyObject *task, uint32_t *waiting_on) {
    uint32_t state = SUSPENDED;
    *waiting_on = 0;
    PyObject *value = field(task, aio.state, name_state);
    if (value && PyUnicode_CheckExact(value) && PyUnicode_GET_LENGTH(value)) {
        switch (PyUnicode_READ_CHAR(value, 0)) {
        case 'C':
            state = CANCELLED;
            break;
        case 'F': {
            PyObject *exception = field(task, aio.exception, name_exception);
            state = exception && exception != Py_None ? FAILED : FINISHED;
            Py_XDECREF(exception);
            break;
        }
        default: {
            PyObject *waiter = field(task, aio.waiter, name_waiter);
            if (waiter && waiter != Py_None) *waiting_on = waited_for(waiter);
            Py_XDECREF(waiter);
        }
        }
    }
    Py_XDECREF(value);
    return state;
}

/* ---- handles ---- */

static PyObject *callback_of(PyObject *handle) {
    if (!aio.handle || !PyObject_TypeCheck(handle, aio.handle)) return NULL;
    return *(PyObject **)((char *)handle + aio.callback);
}

void cw_next_handle_kind(uint32_t kind) { next_kind = kind; }

static Note *handle_note(PyObject *handle, bool make) {
    Py_ssize_t room = aio.handle_room ? (PyObject_TypeCheck(handle, aio.timer) ? aio.timer_room : aio.handle_room) : 0;
    return note_of(handle, room, &handles, make);
}

void cw_forget_handle(PyObject *handle) {
    Note *note = handle_note(handle, false);
    if (note) *note = (Note){0, 0};
    next_kind = 0;
}

void cw_handle_made(PyObject *handle, uint32_t kind) {
    PyObject *callback = callback_of(handle);
    if (!kind) kind = next_kind ? next_kind : Py_TYPE(handle) == aio.timer ? TIMER : CALL_SOON;
    next_kind = 0;
    if (!callback) return;
    PyObject *task = task_of(callback);
    if (task) known_task(task); /* so that ACTOR stands where the task was made */
    uint32_t token = cw_handle(kind);
    Note *note = handle_note(handle, token != 0);
    if (note) *note = token ? (Note){token, recording | kind} : (Note){0, 0};
}

static Step *push(void) {
    if (depth++ >= DEPTH) return NULL;
    Step *step = &steps[depth - 1];
    *step = (Step){0};
    return step;
}

static void begin_task(Step *step, PyObject *task, uint32_t token) {
    Note *note = known_task(task);
    if (!note || !note->number) return;
    step->task = Py_NewRef(task);
    step->actor = note->number;
    uint32_t first = note->more & MORE ? 0 : 1;
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
    Note *note = handle_note(handle, false);
    run_callback(step, callback, note ? note->number : 0);
}

void cw_handle_ran(void) {
    if (depth == 0 || depth-- > DEPTH) return;
    Step *step = &steps[depth];
    if (!step->actor) return;
    uint32_t state = FINISHED, waiting_on = 0;
    PyObject *task = step->task;
    uint32_t actor = step->actor;
    *step = (Step){0};
    if (task) state = state_of(task, &waiting_on);
    cw_step_end(actor, state, waiting_on);
    Py_XDECREF(task); /* never the last one: the handle, its caller or the loop still hold it */
}

/* ---- callbacks of other loops ---- */

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
    if (task) known_task(task);
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

/* ---- what tasks and futures tell each other ---- */

#define SYNC_JOIN 20
#define SYNC_RESULT_SET 21
#define SYNC_RESULT_GOT 22
#define SYNC_EXCEPTION_SET 23
#define SYNC_CANCEL 24
#define ASYNCHRONOUS 4

/* The current actor saw that `future` is done. Futures nobody was told of (the private ones of locks and queues) are passed over. */
static void saw_done(PyObject *future) {
    if (!cw_active()) return;
    if (is_task(future)) {
        Note *note = task_note(future, false);
        if (note) cw_sync(SYNC_JOIN, future, note->number, ASYNCHRONOUS);
    } else if (known_futures) {
        uint32_t id = cw_object_known(future);
        if (id) cw_sync_id(SYNC_RESULT_GOT, id, 0, ASYNCHRONOUS);
    }
}

/* `await future`: the iterator holds its future in its first field until it is done. */
static PyObject *awaited_future(PyObject *iter) { return Py_XNewRef(((PyObject **)((char *)iter + sizeof(PyObject)))[0]); }

static PySendResult iter_am_send(PyObject *iter, PyObject *value, PyObject **out) {
    PyObject *future = awaited_future(iter);
    PySendResult sent = aio.iter_send(iter, value, out);
    if (future && sent != PYGEN_NEXT) saw_done(future);
    Py_XDECREF(future);
    return sent;
}

static PyObject *iter_next(PyObject *iter) {
    PyObject *future = awaited_future(iter);
    PyObject *out = aio.iter_next(iter);
    if (future && !out) saw_done(future);
    Py_XDECREF(future);
    return out;
}

/* A future without callbacks may be found done later by anybody: only then, or once it has an id, its result is a fact of its own; else HANDLE tells. */
static void settled(PyObject *future, uint32_t op) {
    if (!cw_active() || is_task(future)) return;
    uint32_t id = cw_object_known(future);
    if (id) {
        cw_sync_id(op, id, 0, ASYNCHRONOUS);
        return;
    }
    known_futures++;
    cw_sync(op, future, 0, ASYNCHRONOUS);
}

static bool has_callbacks(PyObject *future) {
    PyObject *callbacks = aio.callbacks ? aio.callbacks(future, NULL) : NULL;
    if (!callbacks) PyErr_Clear();
    bool some = callbacks && callbacks != Py_None;
    Py_XDECREF(callbacks);
    return some;
}

/* The methods below stand in PyMethodDef tables; all pass on the registers of any calling convention (swap.h). */
static cw_swap set_result, set_exception, future_cancel, task_cancel, set_name;

static PyObject *on_set_result(PyObject *self, void *b, void *c, void *d, void *e) {
    bool waited = cw_active() && has_callbacks(self) && !cw_object_known(self);
    PyObject *result = CW_ORIGINAL(set_result)(self, b, c, d, e);
    if (result && !waited) settled(self, SYNC_RESULT_SET);
    return result;
}

static PyObject *on_set_exception(PyObject *self, void *b, void *c, void *d, void *e) {
    PyObject *result = CW_ORIGINAL(set_exception)(self, b, c, d, e);
    if (result) settled(self, SYNC_EXCEPTION_SET);
    return result;
}

static PyObject *on_future_cancel(PyObject *self, void *b, void *c, void *d, void *e) {
    uint32_t id = cw_object_known(self);
    PyObject *result = CW_ORIGINAL(future_cancel)(self, b, c, d, e);
    if (result == Py_True && id) cw_sync_id(SYNC_CANCEL, id, 0, ASYNCHRONOUS);
    return result;
}

static PyObject *on_task_cancel(PyObject *self, void *b, void *c, void *d, void *e) {
    if (cw_active()) {
        Note *note = task_note(self, false);
        if (note) cw_sync(SYNC_CANCEL, self, note->number, ASYNCHRONOUS); /* before the handles that it makes */
    }
    return CW_ORIGINAL(task_cancel)(self, b, c, d, e);
}

/* Whether gather() itself asks, or its callback that it calls at once. From Python 3.12 on it looks which of its awaitables are done before it gives way,
 * and starts the others whatever it finds: that is no order between them. Who waits learns of all of them by their results. */
static bool in_gather(void) {
    PyFrameObject *frame = cw_active() && aio.gather ? PyEval_GetFrame() : NULL; /* borrowed */
    if (!frame) return false;
    PyFrameObject *caller = PyFrame_GetBack(frame);
    bool found = false;
    for (int i = 0; i < 2 && !found; i++) {
        PyCodeObject *code = i == 0 ? PyFrame_GetCode(frame) : caller ? PyFrame_GetCode(caller) : NULL;
        found = (PyObject *)code == aio.gather;
        Py_XDECREF(code);
    }
    Py_XDECREF(caller);
    return found;
}

/* result(), exception() and a true done() of futures and of tasks, which have tables of their own: whoever asks has seen the end. That is how gather
 * and wait learn of each of their tasks, though only the last one wakes them. */
#define SEEING(name, tells) \
    static cw_swap name; \
    static PyObject *on_##name(PyObject *self, void *b, void *c, void *d, void *e) { \
        PyObject *result = CW_ORIGINAL(name)(self, b, c, d, e); \
        if (result && (tells)) saw_done(self); \
        return result; \
    }
SEEING(future_result, true)
SEEING(future_exception, result != Py_None || !in_gather())
SEEING(task_result, true)
SEEING(task_exception, result != Py_None || !in_gather())
SEEING(task_done, result == Py_True && !in_gather())

static PyObject *on_set_name(PyObject *self, void *b, void *c, void *d, void *e) {
    PyObject *result = CW_ORIGINAL(set_name)(self, b, c, d, e);
    Note *note = result && cw_active() ? task_note(self, false) : NULL;
    if (note) announce_task(self, note->number, cw_object_known(self) != 0);
    return result;
}

/* ---- new tasks ---- */

static bool starts_eagerly(PyObject *kwargs) {
    PyObject *eager = kwargs ? PyDict_GetItemString(kwargs, "eager_start") : NULL;
    if (eager != Py_True || !aio.running_loop) return false;
    PyObject *loop = PyDict_GetItemString(kwargs, "loop"), *running = PyObject_CallNoArgs(aio.running_loop);
    if (!running) PyErr_Clear();
    bool eagerly = running && running == loop;
    Py_XDECREF(running);
    return eagerly;
}

/* The first step of an eager task runs inside its constructor. */
static int init_eagerly(PyObject *self, PyObject *args, PyObject *kwargs) {
    char function[1200] = "", qualname[400] = "";
    PyObject *coro = PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : PyDict_GetItemString(kwargs, "coro");
    PyObject *name = PyDict_GetItemString(kwargs, "name");
    if (coro) cw_describe(coro, function, sizeof function, qualname, sizeof qualname);
    const char *text = name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    if (!text) PyErr_Clear();
    uint32_t actor = cw_new_actor(CW_TASK, NULL, text ? text : qualname, function);
    Note *note = actor ? task_note(self, true) : NULL;
    if (!note) return aio.task_init(self, args, kwargs);
    *note = (Note){actor, recording | 1};
    uint32_t token = cw_handle(EAGER);
    Step *step = push();
    if (step) {
        *step = (Step){Py_NewRef(self), actor};
        cw_step_begin(actor, token, 1);
    }
    int failed = aio.task_init(self, args, kwargs);
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    cw_handle_ran();
    if (!failed) announce_task(self, actor, false); /* now it has its name */
    PyErr_Restore(type, value, trace);
    return failed;
}

static int task_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    cw_task_made(self);
    if (cw_active() && starts_eagerly(kwargs)) return init_eagerly(self, args, kwargs);
    return aio.task_init(self, args, kwargs);
}

/* ---- installing ---- */

static getter getter_of(PyTypeObject *type, const char *name) {
    PyObject *descriptor = PyObject_GetAttrString((PyObject *)type, name);
    getter get = NULL;
    if (!descriptor)
        PyErr_Clear();
    else if (Py_IS_TYPE(descriptor, &PyGetSetDescr_Type))
        get = ((PyGetSetDescrObject *)descriptor)->d_getset->get;
    Py_XDECREF(descriptor);
    return get;
}

static void install_task(void) {
    if (!aio.task || aio.task_init) return;
    aio.state = getter_of(aio.task, "_state");
    aio.exception = getter_of(aio.task, "_exception");
    aio.waiter = getter_of(aio.task, "_fut_waiter");
    aio.coro = getter_of(aio.task, "_coro");
    aio.log_traceback = getter_of(aio.task, "_log_traceback");
    PyObject *get_name = PyObject_GetAttrString((PyObject *)aio.task, "get_name");
    if (get_name && Py_IS_TYPE(get_name, &PyMethodDescr_Type) && ((PyMethodDescrObject *)get_name)->d_method->ml_flags == METH_NOARGS)
        aio.get_name = ((PyMethodDescrObject *)get_name)->d_method->ml_meth;
    Py_XDECREF(get_name);
    PyErr_Clear();
    aio.task_init = aio.task->tp_init;
    aio.task->tp_init = task_init;
    cw_swap_method(&task_cancel, (PyObject *)aio.task, "cancel", on_task_cancel);
    cw_swap_method(&task_result, (PyObject *)aio.task, "result", on_task_result);
    cw_swap_method(&task_exception, (PyObject *)aio.task, "exception", on_task_exception);
    cw_swap_method(&task_done, (PyObject *)aio.task, "done", on_task_done);
    cw_swap_method(&set_name, (PyObject *)aio.task, "set_name", on_set_name);
}

static void install_future(PyTypeObject *future, PyTypeObject *iter) {
    if (!future || aio.future_iter) return;
    aio.callbacks = getter_of(future, "_callbacks");
    cw_swap_method(&set_result, (PyObject *)future, "set_result", on_set_result);
    cw_swap_method(&set_exception, (PyObject *)future, "set_exception", on_set_exception);
    cw_swap_method(&future_cancel, (PyObject *)future, "cancel", on_future_cancel);
    cw_swap_method(&future_result, (PyObject *)future, "result", on_future_result);
    cw_swap_method(&future_exception, (PyObject *)future, "exception", on_future_exception);
    if (!iter || !iter->tp_as_async || !iter->tp_as_async->am_send || !iter->tp_iternext) return;
    aio.future_iter = iter;
    aio.iter_send = iter->tp_as_async->am_send;
    aio.iter_next = iter->tp_iternext;
    iter->tp_as_async->am_send = iter_am_send;
    iter->tp_iternext = iter_next;
}

/* Eight more bytes, zero at first, in every instance of the type that is made from now on. */
static Py_ssize_t add_room(PyTypeObject *type) {
    Py_ssize_t room = type->tp_basicsize;
    if (room % 8 || type->tp_itemsize) return 0;
    type->tp_basicsize += sizeof(Note);
    return room;
}

static PyObject *asyncio_install(PyObject *module, PyObject *args) {
    PyObject *handle, *timer, *task, *py_task, *future, *iter, *running, *partial, *gather;
    int fresh;
    if (!PyArg_ParseTuple(args, "O!O!OOOOOOOp", &PyType_Type, &handle, &PyType_Type, &timer, &task, &py_task, &future, &iter, &running, &partial, &gather, &fresh)) return NULL;
    if (aio.handle) Py_RETURN_NONE;
    PyObject *member = PyObject_GetAttrString(handle, "_callback");
    if (!member) return NULL;
    if (!Py_IS_TYPE(member, &PyMemberDescr_Type)) {
        Py_DECREF(member);
        return PyErr_Format(PyExc_TypeError, "Handle._callback is no slot");
    }
    aio.callback = ((PyMemberDescrObject *)member)->d_member->offset;
    Py_DECREF(member);
    aio.handle = (PyTypeObject *)Py_NewRef(handle);
    aio.timer = (PyTypeObject *)Py_NewRef(timer);
    if (PyType_Check(task)) aio.task = (PyTypeObject *)Py_NewRef(task);
    if (PyType_Check(py_task)) {
        aio.py_task = (PyTypeObject *)Py_NewRef(py_task);
        aio.py_step = PyObject_GetAttrString(py_task, "_Task__step");
        if (!aio.py_step) PyErr_Clear();
        aio.py_wakeup = PyObject_GetAttrString(py_task, "_Task__wakeup");
        if (!aio.py_wakeup) PyErr_Clear();
    }
    aio.running_loop = PyCallable_Check(running) ? Py_NewRef(running) : NULL;
    aio.gather = PyCode_Check(gather) ? Py_NewRef(gather) : NULL;
    if (PyType_Check(partial)) aio.partial = (PyTypeObject *)Py_NewRef(partial);
    if (fresh) {
        aio.handle_room = add_room(aio.handle);
        aio.timer_room = add_room(aio.timer);
        if (aio.task) aio.task_room = add_room(aio.task);
    }
    aio.future = PyType_Check(future) ? (PyTypeObject *)Py_NewRef(future) : NULL;
    install_task();
    install_future(PyType_Check(future) ? (PyTypeObject *)future : NULL, PyType_Check(iter) ? (PyTypeObject *)iter : NULL);
    Py_RETURN_NONE;
}

static PyObject *task_actor(PyObject *module, PyObject *task) { return PyLong_FromUnsignedLong(cw_task_actor(task)); }

/* task_state(task) -> (state, coroutine or None, what it waits for or None), of a task of either kind; nothing of it is marked as looked at. */
static PyObject *task_state(PyObject *module, PyObject *task) {
    if (!is_task(task)) return Py_BuildValue("(OOO)", Py_None, Py_None, Py_None);
    PyObject *state = field(task, aio.state, name_state), *coro = field(task, aio.coro, name_coro), *waiter = field(task, aio.waiter, name_waiter);
    PyObject *out = PyTuple_Pack(3, state ? state : Py_None, coro ? coro : Py_None, waiter ? waiter : Py_None);
    Py_XDECREF(state);
    Py_XDECREF(coro);
    Py_XDECREF(waiter);
    return out;
}

/* never_retrieved(task) -> bool: it failed and nobody has looked at its exception. */
static PyObject *never_retrieved(PyObject *module, PyObject *task) {
    if (!aio.task || !PyObject_TypeCheck(task, aio.task) || !aio.log_traceback) Py_RETURN_FALSE;
    PyObject *value = aio.log_traceback(task, NULL);
    if (!value) PyErr_Clear();
    bool whether = value == Py_True;
    Py_XDECREF(value);
    return PyBool_FromLong(whether);
}

static PyObject *register_tasks(PyObject *module, PyObject *whether) {
    full = PyObject_IsTrue(whether) == 1;
    Py_RETURN_NONE;
}

static PyObject *known_object(PyObject *module, PyObject *object) { return PyLong_FromUnsignedLong(cw_object_known(object)); }

/* The swapped methods stay in place when recording stops: they then only ask cw_active(). What they know is dropped. */
static PyObject *forget(PyObject *module, PyObject *unused) {
    cw_pointers_clear(&handles);
    cw_pointers_clear(&tasks);
    recording += MORE + 1;
    known_futures = 0;
    cw_items_clear();
    cw_threads_forget();
    cw_locks_forget();
    cw_trio_forget();
    for (uint32_t i = 0; i < depth && i < DEPTH; i++) steps[i].actor = 0;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"asyncio_install", asyncio_install, METH_VARARGS,
     "asyncio_install(Handle, TimerHandle, C Task, Python Task, C Future, FutureIter, get_running_loop, partial, code of gather, fresh) -> None\n\n"
     "Tells the types of asyncio and exchanges the methods of its C types. What does not exist is None. fresh: no handle or task can exist yet."},
    {"task_actor", task_actor, METH_O, "task_actor(task) -> int\n\nThe actor of a task of asyncio or trio, 0 if there is none."},
    {"task_state", task_state, METH_O, "task_state(task) -> (state, coroutine, waiting for)\n\nWithout marking its exception as retrieved."},
    {"never_retrieved", never_retrieved, METH_O, "never_retrieved(task) -> bool\n\nWhether it failed and nobody has looked at its exception; without looking at it."},
    {"register_tasks", register_tasks, METH_O, "register_tasks(whether) -> None\n\nWhether tasks get an object id when they are made (full detail) or when they are first waited for."},
    {"known_object", known_object, METH_O, "known_object(object) -> int\n\nIts id, 0 if it has none."},
    {"forget", forget, METH_NOARGS, "forget() -> None\n\nDrops tokens and actors of the past: at the end of a recording and in the child of a fork."},
    {NULL},
};

int step_init(PyObject *module) {
    name_state = PyUnicode_InternFromString("_state");
    name_exception = PyUnicode_InternFromString("_exception");
    name_waiter = PyUnicode_InternFromString("_fut_waiter");
    name_coro = PyUnicode_InternFromString("_coro");
    name_name = PyUnicode_InternFromString("_name");
    name_func = PyUnicode_InternFromString("func");
    callback_type = (PyTypeObject *)PyType_FromSpec(&callback_spec);
    if (!callback_type || !name_state || !name_exception || !name_waiter || !name_coro || !name_name || !name_func) return -1;
    if (mark_init(module) < 0 || locks_init(module) < 0 || threads_init(module) < 0 || interrupt_init(module) < 0 || pipes_init(module) < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
