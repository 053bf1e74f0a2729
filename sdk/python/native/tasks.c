/* Tasks of asyncio as actors: announced at first sight, also those that start within their constructor; and what can be asked about them. */
#include "asyncio.h"
#include "describe.h"
#include "step.h"
#include "trio.h"

static PyObject *name_state, *name_exception, *name_waiter, *name_coro, *name_name;

/* A private field of a task: the C getter, or the instance attribute of the Python one. New reference or NULL, never an exception. */
static PyObject *field(PyObject *task, getter get, PyObject *name) {
    PyObject *value = cw_aio.task && PyObject_TypeCheck(task, cw_aio.task) ? (get ? get(task, NULL) : NULL) : PyObject_GenericGetAttr(task, name);
    if (!value) PyErr_Clear();
    return value;
}

/* Its name, and what its coroutine runs. */
uint32_t cw_announce_task(PyObject *task, uint32_t number, bool registered) {
    char function[1200], qualname[400];
    PyObject *coro = field(task, cw_aio.coro, name_coro), *name = NULL;
    if (coro) cw_describe(coro, function, sizeof function, qualname, sizeof qualname);
    if (cw_aio.task && PyObject_TypeCheck(task, cw_aio.task) && cw_aio.get_name)
        name = cw_aio.get_name(task, NULL);
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

void cw_task_made(PyObject *task) {
    cw_note *stale = cw_task_note(task, false);
    if (stale) *stale = (cw_note){0, 0};
}

cw_note *cw_new_task_note(PyObject *task) {
    uint32_t actor = cw_announce_task(task, 0, cw_aio.full);
    cw_note *note = cw_task_note(task, true);
    if (note) note->number = actor;
    return note;
}

uint32_t cw_task_actor(PyObject *task) {
    if (!cw_is_task(task)) return cw_trio_actor(task);
    cw_note *note = cw_active() ? cw_known_task(task) : cw_task_note(task, false); /* a hook, while it is paused, gets what is known */
    return note ? note->number : 0;
}

/* The object id of something a task waits for; a task gets one when it is waited for. */
static uint32_t waited_for(PyObject *future) {
    if (cw_aio.known_futures == 0 && Py_TYPE(future) == cw_aio.future) return 0;
    uint32_t id = cw_object_known(future);
    cw_note *note = id || !cw_is_task(future) ? NULL : cw_task_note(future, false);
    if (!note) return id;
    cw_announce_task(future, note->number, true);
    return cw_object_known(future);
}

uint32_t cw_task_state(PyObject *task, uint32_t *waiting_on) {
    uint32_t state = CW_SUSPENDED;
    *waiting_on = 0;
    PyObject *value = field(task, cw_aio.state, name_state);
    if (value && PyUnicode_CheckExact(value) && PyUnicode_GET_LENGTH(value)) {
        switch (PyUnicode_READ_CHAR(value, 0)) {
        case 'C':
            state = CW_CANCELLED;
            break;
        case 'F': {
            PyObject *exception = field(task, cw_aio.exception, name_exception);
            state = exception && exception != Py_None ? CW_FAILED : CW_FINISHED;
            Py_XDECREF(exception);
            break;
        }
        default: {
            PyObject *waiter = field(task, cw_aio.waiter, name_waiter);
            if (waiter && waiter != Py_None) *waiting_on = waited_for(waiter);
            Py_XDECREF(waiter);
        }
        }
    }
    Py_XDECREF(value);
    return state;
}

static bool starts_eagerly(PyObject *kwargs) {
    PyObject *eager = kwargs ? PyDict_GetItemString(kwargs, "eager_start") : NULL;
    if (eager != Py_True || !cw_aio.running_loop) return false;
    PyObject *loop = PyDict_GetItemString(kwargs, "loop"), *running = PyObject_CallNoArgs(cw_aio.running_loop);
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
    cw_note *note = actor ? cw_task_note(self, true) : NULL;
    if (!note) return cw_aio.task_init(self, args, kwargs);
    *note = (cw_note){actor, cw_aio.recording | 1};
    cw_eager_step(self, actor, cw_handle(CW_EAGER));
    int failed = cw_aio.task_init(self, args, kwargs);
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    cw_handle_ran();
    if (!failed) cw_announce_task(self, actor, false); /* now it has its name */
    PyErr_Restore(type, value, trace);
    return failed;
}

static int task_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    cw_task_made(self);
    if (cw_active() && starts_eagerly(kwargs)) return init_eagerly(self, args, kwargs);
    return cw_aio.task_init(self, args, kwargs);
}

void cw_install_tasks(void) {
    if (!cw_aio.task || cw_aio.task_init) return;
    cw_aio.state = cw_getter_of(cw_aio.task, "_state");
    cw_aio.exception = cw_getter_of(cw_aio.task, "_exception");
    cw_aio.waiter = cw_getter_of(cw_aio.task, "_fut_waiter");
    cw_aio.coro = cw_getter_of(cw_aio.task, "_coro");
    cw_aio.log_traceback = cw_getter_of(cw_aio.task, "_log_traceback");
    PyObject *get_name = PyObject_GetAttrString((PyObject *)cw_aio.task, "get_name");
    if (get_name && Py_IS_TYPE(get_name, &PyMethodDescr_Type) && ((PyMethodDescrObject *)get_name)->d_method->ml_flags == METH_NOARGS)
        cw_aio.get_name = ((PyMethodDescrObject *)get_name)->d_method->ml_meth;
    Py_XDECREF(get_name);
    PyErr_Clear();
    cw_aio.task_init = cw_aio.task->tp_init;
    cw_aio.task->tp_init = task_init;
}

static PyObject *task_actor(PyObject *module, PyObject *task) { return PyLong_FromUnsignedLong(cw_task_actor(task)); }

/* task_state(task) -> (state, coroutine or None, what it waits for or None), of a task of either kind; nothing of it is marked as looked at. */
static PyObject *task_state(PyObject *module, PyObject *task) {
    if (!cw_is_task(task)) return Py_BuildValue("(OOO)", Py_None, Py_None, Py_None);
    PyObject *state = field(task, cw_aio.state, name_state), *coro = field(task, cw_aio.coro, name_coro), *waiter = field(task, cw_aio.waiter, name_waiter);
    PyObject *out = PyTuple_Pack(3, state ? state : Py_None, coro ? coro : Py_None, waiter ? waiter : Py_None);
    Py_XDECREF(state);
    Py_XDECREF(coro);
    Py_XDECREF(waiter);
    return out;
}

/* never_retrieved(task) -> bool: it failed and nobody has looked at its exception. */
static PyObject *never_retrieved(PyObject *module, PyObject *task) {
    if (!cw_aio.task || !PyObject_TypeCheck(task, cw_aio.task) || !cw_aio.log_traceback) Py_RETURN_FALSE;
    PyObject *value = cw_aio.log_traceback(task, NULL);
    if (!value) PyErr_Clear();
    bool whether = value == Py_True;
    Py_XDECREF(value);
    return PyBool_FromLong(whether);
}

static PyObject *register_tasks(PyObject *module, PyObject *whether) {
    cw_aio.full = PyObject_IsTrue(whether) == 1;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"task_actor", task_actor, METH_O, "task_actor(task) -> int\n\nThe actor of a task of asyncio or trio, 0 if there is none."},
    {"task_state", task_state, METH_O, "task_state(task) -> (state, coroutine, waiting for)\n\nWithout marking its exception as retrieved."},
    {"never_retrieved", never_retrieved, METH_O, "never_retrieved(task) -> bool\n\nWhether it failed and nobody has looked at its exception; without looking at it."},
    {"register_tasks", register_tasks, METH_O, "register_tasks(whether) -> None\n\nWhether tasks get an object id when they are made (full detail) or when they are first waited for."},
    {NULL},
};

int cw_tasks_init(PyObject *module) {
    name_state = PyUnicode_InternFromString("_state");
    name_exception = PyUnicode_InternFromString("_exception");
    name_waiter = PyUnicode_InternFromString("_fut_waiter");
    name_coro = PyUnicode_InternFromString("_coro");
    name_name = PyUnicode_InternFromString("_name");
    if (!name_state || !name_exception || !name_waiter || !name_coro || !name_name) return -1;
    return PyModule_AddFunctions(module, functions);
}
