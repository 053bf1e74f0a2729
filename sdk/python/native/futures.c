/* What tasks and futures of asyncio tell each other: results set and got, joins, cancellations. */
#include "asyncio.h"
#include "swap.h"

/* The current actor saw that `future` is done. Futures nobody was told of (the private ones of locks and queues) are passed over. */
static void saw_done(PyObject *future) {
    if (!cw_active()) return;
    if (cw_is_task(future)) {
        cw_note *note = cw_task_note(future, false);
        if (note) cw_sync(CW_SYNC_JOIN, future, note->number, CW_ASYNCHRONOUS);
    } else if (cw_aio.known_futures) {
        uint32_t id = cw_object_known(future);
        if (id) cw_sync_id(CW_SYNC_RESULT_GOT, id, 0, CW_ASYNCHRONOUS);
    }
}

/* `await future`: the iterator holds its future in its first field until it is done. */
static PyObject *awaited_future(PyObject *iter) { return Py_XNewRef(((PyObject **)((char *)iter + sizeof(PyObject)))[0]); }

static PySendResult iter_am_send(PyObject *iter, PyObject *value, PyObject **out) {
    PyObject *future = awaited_future(iter);
    PySendResult sent = cw_aio.iter_send(iter, value, out);
    if (future && sent != PYGEN_NEXT) saw_done(future);
    Py_XDECREF(future);
    return sent;
}

static PyObject *iter_next(PyObject *iter) {
    PyObject *future = awaited_future(iter);
    PyObject *out = cw_aio.iter_next(iter);
    if (future && !out) saw_done(future);
    Py_XDECREF(future);
    return out;
}

/* A future without callbacks may be found done later by anybody: only then, or once it has an id, its result is a fact of its own; else HANDLE tells. */
static void settled(PyObject *future, uint32_t op) {
    if (!cw_active() || cw_is_task(future)) return;
    uint32_t id = cw_object_known(future);
    if (id) {
        cw_sync_id(op, id, 0, CW_ASYNCHRONOUS);
        return;
    }
    cw_aio.known_futures++;
    cw_sync(op, future, 0, CW_ASYNCHRONOUS);
}

static bool has_callbacks(PyObject *future) {
    PyObject *callbacks = cw_aio.callbacks ? cw_aio.callbacks(future, NULL) : NULL;
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
    if (result && !waited) settled(self, CW_SYNC_RESULT_SET);
    return result;
}

static PyObject *on_set_exception(PyObject *self, void *b, void *c, void *d, void *e) {
    PyObject *result = CW_ORIGINAL(set_exception)(self, b, c, d, e);
    if (result) settled(self, CW_SYNC_EXCEPTION_SET);
    return result;
}

static PyObject *on_future_cancel(PyObject *self, void *b, void *c, void *d, void *e) {
    uint32_t id = cw_object_known(self);
    PyObject *result = CW_ORIGINAL(future_cancel)(self, b, c, d, e);
    if (result == Py_True && id) cw_sync_id(CW_SYNC_CANCEL, id, 0, CW_ASYNCHRONOUS);
    return result;
}

static PyObject *on_task_cancel(PyObject *self, void *b, void *c, void *d, void *e) {
    if (cw_active()) {
        cw_note *note = cw_task_note(self, false);
        if (note) cw_sync(CW_SYNC_CANCEL, self, note->number, CW_ASYNCHRONOUS); /* before the handles that it makes */
    }
    return CW_ORIGINAL(task_cancel)(self, b, c, d, e);
}

/* Whether gather() itself asks, or its callback that it calls at once. From Python 3.12 on it looks which of its awaitables are done before it gives way,
 * and starts the others whatever it finds: that is no order between them. Who waits learns of all of them by their results. */
static bool in_gather(void) {
    PyFrameObject *frame = cw_active() && cw_aio.gather ? PyEval_GetFrame() : NULL; /* borrowed */
    if (!frame) return false;
    PyFrameObject *caller = PyFrame_GetBack(frame);
    bool found = false;
    for (int i = 0; i < 2 && !found; i++) {
        PyCodeObject *code = i == 0 ? PyFrame_GetCode(frame) : caller ? PyFrame_GetCode(caller) : NULL;
        found = (PyObject *)code == cw_aio.gather;
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
    cw_note *note = result && cw_active() ? cw_task_note(self, false) : NULL;
    if (note) cw_announce_task(self, note->number, cw_object_known(self) != 0);
    return result;
}

static void install(PyTypeObject *future, PyTypeObject *iter) {
    if (!future || cw_aio.future_iter) return;
    cw_aio.callbacks = cw_getter_of(future, "_callbacks");
    cw_swap_method(&set_result, (PyObject *)future, "set_result", on_set_result);
    cw_swap_method(&set_exception, (PyObject *)future, "set_exception", on_set_exception);
    cw_swap_method(&future_cancel, (PyObject *)future, "cancel", on_future_cancel);
    cw_swap_method(&future_result, (PyObject *)future, "result", on_future_result);
    cw_swap_method(&future_exception, (PyObject *)future, "exception", on_future_exception);
    if (!iter || !iter->tp_as_async || !iter->tp_as_async->am_send || !iter->tp_iternext) return;
    cw_aio.future_iter = iter;
    cw_aio.iter_send = iter->tp_as_async->am_send;
    cw_aio.iter_next = iter->tp_iternext;
    iter->tp_as_async->am_send = iter_am_send;
    iter->tp_iternext = iter_next;
}

void cw_install_futures(PyTypeObject *future, PyTypeObject *iter) {
    install(future, iter);
    if (!cw_aio.task) return;
    cw_swap_method(&task_cancel, (PyObject *)cw_aio.task, "cancel", on_task_cancel);
    cw_swap_method(&task_result, (PyObject *)cw_aio.task, "result", on_task_result);
    cw_swap_method(&task_exception, (PyObject *)cw_aio.task, "exception", on_task_exception);
    cw_swap_method(&task_done, (PyObject *)cw_aio.task, "done", on_task_done);
    cw_swap_method(&set_name, (PyObject *)cw_aio.task, "set_name", on_set_name);
}
