/* asyncio's types: found and fitted once it has been imported; what is known of its objects is forgotten when a recording ends. */
#include "asyncio.h"
#include "describe.h"
#include "items.h"
#include "locks.h"
#include "step.h"
#include "threads.h"
#include "trio.h"

#include <structmember.h>

cw_asyncio cw_aio = {.recording = CW_MORE + 1};

getter cw_getter_of(PyTypeObject *type, const char *name) {
    PyObject *descriptor = PyObject_GetAttrString((PyObject *)type, name);
    getter get = NULL;
    if (!descriptor)
        PyErr_Clear();
    else if (Py_IS_TYPE(descriptor, &PyGetSetDescr_Type))
        get = ((PyGetSetDescrObject *)descriptor)->d_getset->get;
    Py_XDECREF(descriptor);
    return get;
}

/* Eight more bytes, zero at first, in every instance of the type that is made from now on. */
static Py_ssize_t add_room(PyTypeObject *type) {
    Py_ssize_t room = type->tp_basicsize;
    if (room % 8 || type->tp_itemsize) return 0;
    type->tp_basicsize += sizeof(cw_note);
    return room;
}

static PyObject *asyncio_install(PyObject *module, PyObject *args) {
    PyObject *handle, *timer, *task, *py_task, *future, *iter, *running, *partial, *gather;
    int fresh;
    if (!PyArg_ParseTuple(args, "O!O!OOOOOOOp", &PyType_Type, &handle, &PyType_Type, &timer, &task, &py_task, &future, &iter, &running, &partial, &gather, &fresh)) return NULL;
    if (cw_aio.handle) Py_RETURN_NONE;
    PyObject *member = PyObject_GetAttrString(handle, "_callback");
    if (!member) return NULL;
    if (!Py_IS_TYPE(member, &PyMemberDescr_Type)) {
        Py_DECREF(member);
        return PyErr_Format(PyExc_TypeError, "Handle._callback is no slot");
    }
    cw_aio.callback = ((PyMemberDescrObject *)member)->d_member->offset;
    Py_DECREF(member);
    cw_aio.handle = (PyTypeObject *)Py_NewRef(handle);
    cw_aio.timer = (PyTypeObject *)Py_NewRef(timer);
    if (PyType_Check(task)) cw_aio.task = (PyTypeObject *)Py_NewRef(task);
    if (PyType_Check(py_task)) {
        cw_aio.py_task = (PyTypeObject *)Py_NewRef(py_task);
        cw_aio.py_step = PyObject_GetAttrString(py_task, "_Task__step");
        if (!cw_aio.py_step) PyErr_Clear();
        cw_aio.py_wakeup = PyObject_GetAttrString(py_task, "_Task__wakeup");
        if (!cw_aio.py_wakeup) PyErr_Clear();
    }
    cw_aio.running_loop = PyCallable_Check(running) ? Py_NewRef(running) : NULL;
    cw_aio.gather = PyCode_Check(gather) ? Py_NewRef(gather) : NULL;
    if (PyType_Check(partial)) cw_describe_partials((PyTypeObject *)partial);
    if (fresh) {
        cw_aio.handle_room = add_room(cw_aio.handle);
        cw_aio.timer_room = add_room(cw_aio.timer);
        if (cw_aio.task) cw_aio.task_room = add_room(cw_aio.task);
    }
    cw_aio.future = PyType_Check(future) ? (PyTypeObject *)Py_NewRef(future) : NULL;
    cw_install_tasks();
    cw_install_futures(cw_aio.future, PyType_Check(iter) ? (PyTypeObject *)iter : NULL);
    Py_RETURN_NONE;
}

static PyObject *known_object(PyObject *module, PyObject *object) { return PyLong_FromUnsignedLong(cw_object_known(object)); }

/* The swapped methods stay in place when recording stops: they then only ask cw_active(). What they know is dropped. */
static PyObject *forget(PyObject *module, PyObject *unused) {
    cw_pointers_clear(&cw_aio.handles);
    cw_pointers_clear(&cw_aio.tasks);
    cw_aio.recording += CW_MORE + 1;
    cw_aio.known_futures = 0;
    cw_items_clear();
    cw_threads_forget();
    cw_locks_forget();
    cw_trio_forget();
    cw_steps_forget();
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"asyncio_install", asyncio_install, METH_VARARGS,
     "asyncio_install(Handle, TimerHandle, C Task, Python Task, C Future, FutureIter, get_running_loop, partial, code of gather, fresh) -> None\n\n"
     "Tells the types of asyncio and exchanges the methods of its C types. What does not exist is None. fresh: no handle or task can exist yet."},
    {"known_object", known_object, METH_O, "known_object(object) -> int\n\nIts id, 0 if it has none."},
    {"forget", forget, METH_NOARGS, "forget() -> None\n\nDrops tokens and actors of the past: at the end of a recording and in the child of a fork."},
    {NULL},
};

int cw_asyncio_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
