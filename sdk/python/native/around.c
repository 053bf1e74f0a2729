/* Around: a callable that stands in the place of another one and lets recording happen before and after it.
 *
 * It is no Python function, so it leaves no frame in tracebacks; everything it is asked for (name, signature, code, defaults, class) it
 * asks the original for, so that inspect, functools, mock and pickle see what they saw before. */
#include "around.h"
#include "failure.h"
#include "step.h"
#include "tap.h"

#include <stddef.h>
#include <structmember.h>

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *function;
    PyObject *enter;      /* enter(args, kwargs) -> state, or NULL */
    PyObject *leave;      /* leave(state, args, kwargs, result, exception), or NULL */
    PyObject *weakrefs;
    const char *hook;     /* for GAP records; borrowed from hook_name */
    PyObject *hook_name;
    unsigned char sync_enter, sync_leave, flags;
    bool rewrite;         /* enter gives (state, args, kwargs) */
    bool awaited;         /* leave is called when the coroutine that function returns is done */
    bool late;            /* and enter when it is first run, in its own task and context */
    unsigned char handle, callback; /* handle kind, and where the callback stands among the arguments: this schedules it */
    bool quiet;           /* nothing is recorded while function runs */
    bool broken;          /* a hook raised: transparent for good */
} Around;

/* Stands for a coroutine whose end matters: forwards everything to it. */
typedef struct {
    PyObject_HEAD
    PyObject *coroutine;
    Around *around;       /* NULL once leave was called */
    PyObject *state, *args, *kwargs;
    bool entered;
    PyObject *weakrefs;
} Awaited;

static PyTypeObject *around_type, *plain_type, *awaited_type;

static PyObject *call_leave(Around *self, PyObject *state, PyObject *args, PyObject *kwargs, PyObject *result) {
    PyObject *stack[5] = {state ? state : Py_None, args, kwargs};
    return cw_call_leave(self->leave, self->hook, &self->broken, result, stack, 5, 3);
}

static PyObject *pack_keywords(PyObject *const *values, PyObject *names) {
    PyObject *kwargs = PyDict_New();
    if (!kwargs || !names) return kwargs;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        if (PyDict_SetItem(kwargs, PyTuple_GET_ITEM(names, i), values[i]) < 0) {
            Py_DECREF(kwargs);
            return NULL;
        }
    }
    return kwargs;
}

/* Splits the (state, args, kwargs) of a rewriting hook; anything malformed counts as a failed hook. */
static int take_rewritten(PyObject **state, PyObject **args, PyObject **kwargs) {
    PyObject *all = *state;
    if (!PyTuple_CheckExact(all) || PyTuple_GET_SIZE(all) != 3 || !PyTuple_CheckExact(PyTuple_GET_ITEM(all, 1)) ||
        !PyDict_CheckExact(PyTuple_GET_ITEM(all, 2))) {
        Py_CLEAR(*state);
        PyErr_SetString(PyExc_TypeError, "a rewriting hook gives (state, args, kwargs)");
        return -1;
    }
    *state = Py_NewRef(PyTuple_GET_ITEM(all, 0));
    Py_SETREF(*args, Py_NewRef(PyTuple_GET_ITEM(all, 1)));
    Py_SETREF(*kwargs, Py_NewRef(PyTuple_GET_ITEM(all, 2)));
    Py_DECREF(all);
    return 0;
}

static PyObject *await_end(Around *self, PyObject *coroutine, PyObject *state, PyObject *args, PyObject *kwargs) {
    Awaited *it = PyObject_GC_New(Awaited, awaited_type);
    if (!it) {
        PyErr_Clear();
        return coroutine;
    }
    it->coroutine = coroutine;
    it->around = (Around *)Py_NewRef(self);
    it->state = Py_XNewRef(state);
    it->args = Py_NewRef(args);
    it->kwargs = Py_NewRef(kwargs);
    it->entered = !self->late;
    it->weakrefs = NULL;
    PyObject_GC_Track(it);
    return (PyObject *)it;
}

/* The way through Python callables: about a microsecond, for boundaries. */
static PyObject *call_hooked(Around *self, PyObject *const *stack, size_t nargsf, PyObject *names) {
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    PyObject *args = PyTuple_New(n), *kwargs = NULL, *state = NULL, *result = NULL;
    if (!args) return NULL;
    for (Py_ssize_t i = 0; i < n; i++) PyTuple_SET_ITEM(args, i, Py_NewRef(stack[i]));
    kwargs = pack_keywords(stack + n, names);
    if (!kwargs) goto done;
    if (self->enter && !self->late) {
        PyObject *given[2] = {args, kwargs};
        cw_pause();
        state = PyObject_Vectorcall(self->enter, given, 2, NULL);
        cw_resume();
        if (!state || (self->rewrite && take_rewritten(&state, &args, &kwargs) < 0)) {
            if (cw_interrupted(self->hook, &self->broken)) goto done;
            result = PyObject_Call(self->function, args, kwargs);
            goto done;
        }
    }
    if (self->rewrite)
        result = PyObject_Call(self->function, args, kwargs);
    else
        result = PyObject_Vectorcall(self->function, stack, nargsf, names);
    if (self->leave && !self->broken) {
        if (self->awaited && result && (PyCoro_CheckExact(result) || Py_IS_TYPE(result, awaited_type)))
            result = await_end(self, result, state, args, kwargs);
        else
            result = call_leave(self, state, args, kwargs, result);
    }
done:
    Py_XDECREF(state);
    Py_DECREF(args);
    Py_XDECREF(kwargs);
    return result;
}

/* A loop's call_soon and its like: the callback is replaced by one that runs as a step. */
static PyObject *call_scheduling(Around *self, PyObject *const *stack, size_t nargsf, PyObject *names) {
    Py_ssize_t n = PyVectorcall_NARGS(nargsf), all = n + (names ? PyTuple_GET_SIZE(names) : 0);
    PyObject *given[16], *stand_in = self->callback < n && all <= 16 ? cw_callback_made(stack[self->callback], self->handle) : NULL;
    if (!stand_in) return PyObject_Vectorcall(self->function, stack, nargsf, names);
    memcpy(given, stack, (size_t)all * sizeof *given);
    given[self->callback] = stand_in;
    PyObject *result = PyObject_Vectorcall(self->function, given, (size_t)n, names);
    Py_DECREF(stand_in);
    return result;
}

static PyObject *around_vectorcall(PyObject *callable, PyObject *const *stack, size_t nargsf, PyObject *names) {
    Around *self = (Around *)callable;
    if (self->broken || !cw_active()) return PyObject_Vectorcall(self->function, stack, nargsf, names);
    if (self->quiet) {
        cw_pause();
        PyObject *result = PyObject_Vectorcall(self->function, stack, nargsf, names);
        cw_resume();
        return result;
    }
    if (self->handle) return call_scheduling(self, stack, nargsf, names);
    PyObject *subject = PyVectorcall_NARGS(nargsf) ? stack[0] : NULL;
    if (self->sync_enter) cw_sync(self->sync_enter, subject, 0, self->flags);
    if (!self->enter && !self->leave) {
        PyObject *result = PyObject_Vectorcall(self->function, stack, nargsf, names);
        if (self->sync_leave && result) cw_sync(self->sync_leave, subject, 0, self->flags);
        return result;
    }
    Py_INCREF(self);
    PyObject *result = call_hooked(self, stack, nargsf, names);
    if (self->sync_leave && result) cw_sync(self->sync_leave, subject, 0, self->flags);
    Py_DECREF(self);
    return result;
}

static PyObject *around_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"function", "enter", "leave", "hook", "sync_enter", "sync_leave", "flags", "rewrite", "awaited", "late", "quiet", "handle", "callback", NULL};
    PyObject *function, *enter = Py_None, *leave = Py_None, *hook = NULL;
    unsigned char sync_enter = 0, sync_leave = 0, flags = 0, handle = 0, callback = 0;
    int rewrite = 0, awaited = 0, late = 0, quiet = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOUbbbppppbb", names, &function, &enter, &leave, &hook, &sync_enter, &sync_leave, &flags, &rewrite, &awaited, &late, &quiet, &handle,
                                     &callback))
        return NULL;
    if (!PyCallable_Check(function)) return PyErr_Format(PyExc_TypeError, "function must be callable");
    if (type == around_type && !Py_TYPE(function)->tp_descr_get) type = plain_type;
    Around *self = (Around *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->vectorcall = around_vectorcall;
    self->function = Py_NewRef(function);
    self->enter = enter == Py_None ? NULL : Py_NewRef(enter);
    self->leave = leave == Py_None ? NULL : Py_NewRef(leave);
    self->hook_name = hook ? Py_NewRef(hook) : PyUnicode_FromString("around");
    self->hook = self->hook_name ? PyUnicode_AsUTF8(self->hook_name) : NULL;
    if (!self->hook) {
        Py_DECREF(self);
        return NULL;
    }
    self->sync_enter = sync_enter;
    self->sync_leave = sync_leave;
    self->flags = flags;
    self->rewrite = rewrite;
    self->awaited = awaited;
    self->quiet = quiet;
    self->handle = handle;
    self->callback = callback;
    self->late = late && awaited && PyFunction_Check(function) && (((PyCodeObject *)PyFunction_GET_CODE(function))->co_flags & CO_COROUTINE);
    return (PyObject *)self;
}

static int around_traverse(PyObject *op, visitproc visit, void *arg) {
    Around *self = (Around *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->function);
    Py_VISIT(self->enter);
    Py_VISIT(self->leave);
    return 0;
}

static int around_clear(PyObject *op) {
    Around *self = (Around *)op;
    self->broken = true;
    Py_CLEAR(self->function);
    Py_CLEAR(self->enter);
    Py_CLEAR(self->leave);
    return 0;
}

static void around_dealloc(PyObject *op) {
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    if (((Around *)op)->weakrefs) PyObject_ClearWeakRefs(op);
    around_clear(op);
    Py_CLEAR(((Around *)op)->hook_name);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyObject *around_getattro(PyObject *op, PyObject *name) {
    Around *self = (Around *)op;
    if (PyUnicode_CheckExact(name) && PyUnicode_CompareWithASCIIString(name, "__wrapped__") == 0) return Py_NewRef(self->function);
    if (PyUnicode_CheckExact(name) && PyUnicode_CompareWithASCIIString(name, "__get__") == 0) return PyObject_GenericGetAttr(op, name);
    return PyObject_GetAttr(self->function, name);
}

static int around_setattro(PyObject *op, PyObject *name, PyObject *value) {
    PyObject *function = ((Around *)op)->function;
    return value ? PyObject_SetAttr(function, name, value) : PyObject_DelAttr(function, name);
}

static PyObject *around_get(PyObject *op, PyObject *instance, PyObject *owner) {
    if (!instance || instance == Py_None) return Py_NewRef(op);
    return PyMethod_New(op, instance);
}

static PyObject *around_repr(PyObject *op) { return PyObject_Repr(((Around *)op)->function); }
static PyObject *around_str(PyObject *op) { return PyObject_Str(((Around *)op)->function); }
static Py_hash_t around_hash(PyObject *op) { return PyObject_Hash(((Around *)op)->function); }

static PyObject *around_compare(PyObject *a, PyObject *b, int op) {
    PyTypeObject *ta = Py_TYPE(a), *tb = Py_TYPE(b);
    if (ta == around_type || ta == plain_type) a = ((Around *)a)->function;
    if (tb == around_type || tb == plain_type) b = ((Around *)b)->function;
    return PyObject_RichCompare(a, b, op);
}

static PyMemberDef around_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Around, vectorcall), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Around, weakrefs), READONLY, NULL},
    {NULL},
};

#define AROUND_SLOTS \
    {Py_tp_new, around_new}, {Py_tp_call, PyVectorcall_Call}, {Py_tp_traverse, around_traverse}, {Py_tp_clear, around_clear}, \
    {Py_tp_dealloc, around_dealloc}, {Py_tp_getattro, around_getattro}, {Py_tp_setattro, around_setattro}, {Py_tp_repr, around_repr}, \
    {Py_tp_str, around_str}, {Py_tp_hash, around_hash}, {Py_tp_richcompare, around_compare}, {Py_tp_members, around_members}

static PyType_Slot around_slots[] = {AROUND_SLOTS, {Py_tp_descr_get, around_get}, {0, NULL}};
static PyType_Slot plain_slots[] = {AROUND_SLOTS, {0, NULL}};
static PyType_Spec around_spec = {"causeway._tap.Around", sizeof(Around), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR, around_slots};
static PyType_Spec plain_spec = {"causeway._tap.AroundPlain", sizeof(Around), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, plain_slots};

/* The coroutine is done: result (a new reference, handed on) or the pending exception. */
static PyObject *awaited_done(Awaited *self, PyObject *result) {
    Around *around = self->around;
    if (!around) return result;
    self->around = NULL;
    if (self->entered && !around->broken && cw_active()) result = call_leave(around, self->state, self->args, self->kwargs, result);
    Py_DECREF(around);
    return result;
}

/* Before the coroutine runs for the first time: the enter that was put off. -1: the program was interrupted in it. */
static int awaited_begin(Awaited *self) {
    Around *around = self->around;
    self->entered = true;
    if (!around || !around->enter) return 0;
    if (around->broken || !cw_active()) {
        Py_CLEAR(self->around);
        return 0;
    }
    PyObject *given[2] = {self->args, self->kwargs};
    cw_pause();
    self->state = PyObject_Vectorcall(around->enter, given, 2, NULL);
    cw_resume();
    return self->state || !cw_interrupted(around->hook, &around->broken) ? 0 : -1;
}

static PyObject *awaited_close(PyObject *op, PyObject *unused) {
    Awaited *self = (Awaited *)op;
    PyObject *out = PyObject_CallMethod(self->coroutine, "close", NULL);
    Py_CLEAR(self->around);
    return out;
}

/* The pending exception came before the first step of the coroutine, which will have none: NULL. */
static PyObject *ended_before(PyObject *op) {
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    Py_XDECREF(awaited_close(op, NULL));
    PyErr_Restore(type, value, trace);
    return NULL;
}

static PySendResult awaited_am_send(PyObject *op, PyObject *value, PyObject **out) {
    Awaited *self = (Awaited *)op;
    if (!self->entered && awaited_begin(self) < 0) {
        *out = ended_before(op);
        return PYGEN_ERROR;
    }
    PySendResult sent = PyIter_Send(self->coroutine, value, out);
    if (sent == PYGEN_NEXT) return sent;
    *out = awaited_done(self, sent == PYGEN_RETURN ? *out : NULL);
    return *out ? PYGEN_RETURN : PYGEN_ERROR;
}

/* What a generator method gives its caller: the yielded value, or StopIteration with the result. */
static PyObject *as_method(PySendResult sent, PyObject *out) {
    if (sent != PYGEN_RETURN) return out;
    if (out == Py_None) {
        PyErr_SetNone(PyExc_StopIteration);
    } else {
        PyObject *stop = PyObject_CallOneArg(PyExc_StopIteration, out);
        if (stop) PyErr_SetObject(PyExc_StopIteration, stop);
        Py_XDECREF(stop);
    }
    Py_DECREF(out);
    return NULL;
}

static PyObject *awaited_send(PyObject *op, PyObject *value) {
    PyObject *out = NULL;
    PySendResult sent = awaited_am_send(op, value, &out);
    return as_method(sent, out);
}

static PyObject *awaited_next(PyObject *op) { return awaited_send(op, Py_None); }

/* After throw or close: a value that came back means the coroutine goes on. */
static PyObject *after_call(Awaited *self, PyObject *out) {
    if (out) return out;
    PyObject *value = NULL;
    if (PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyObject *type, *exception, *trace;
        PyErr_Fetch(&type, &exception, &trace);
        PyErr_NormalizeException(&type, &exception, &trace);
        value = exception ? PyObject_GetAttrString(exception, "value") : NULL;
        Py_XDECREF(type);
        Py_XDECREF(exception);
        Py_XDECREF(trace);
        value = awaited_done(self, value);
        return value ? as_method(PYGEN_RETURN, value) : NULL;
    }
    return awaited_done(self, NULL);
}

static PyObject *awaited_throw(PyObject *op, PyObject *args) {
    PyObject *method = PyObject_GetAttrString(((Awaited *)op)->coroutine, "throw");
    if (!method) return NULL;
    PyObject *out = PyObject_CallObject(method, args);
    Py_DECREF(method);
    return after_call((Awaited *)op, out);
}

static PyObject *awaited_await(PyObject *op) { return Py_NewRef(op); }

static int awaited_traverse(PyObject *op, visitproc visit, void *arg) {
    Awaited *self = (Awaited *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->coroutine);
    Py_VISIT(self->around);
    Py_VISIT(self->state);
    Py_VISIT(self->args);
    Py_VISIT(self->kwargs);
    return 0;
}

static int awaited_clear(PyObject *op) {
    Awaited *self = (Awaited *)op;
    Py_CLEAR(self->around);
    Py_CLEAR(self->coroutine);
    Py_CLEAR(self->state);
    Py_CLEAR(self->args);
    Py_CLEAR(self->kwargs);
    return 0;
}

static void awaited_dealloc(PyObject *op) {
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    if (((Awaited *)op)->weakrefs) PyObject_ClearWeakRefs(op);
    awaited_clear(op);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyObject *awaited_getattro(PyObject *op, PyObject *name) {
    static const char *own[] = {"send", "throw", "close", "__await__", "__iter__", "__next__", NULL};
    if (PyUnicode_CheckExact(name)) {
        for (const char **n = own; *n; n++)
            if (PyUnicode_CompareWithASCIIString(name, *n) == 0) return PyObject_GenericGetAttr(op, name);
    }
    return PyObject_GetAttr(((Awaited *)op)->coroutine, name);
}

static PyObject *awaited_repr(PyObject *op) { return PyObject_Repr(((Awaited *)op)->coroutine); }

static PyMethodDef awaited_methods[] = {
    {"send", awaited_send, METH_O, NULL},
    {"throw", awaited_throw, METH_VARARGS, NULL},
    {"close", awaited_close, METH_NOARGS, NULL},
    {NULL},
};
static PyMemberDef awaited_members[] = {{"__weaklistoffset__", T_PYSSIZET, offsetof(Awaited, weakrefs), READONLY, NULL}, {NULL}};
static PyType_Slot awaited_slots[] = {
    {Py_am_await, awaited_await}, {Py_am_send, awaited_am_send}, {Py_tp_iter, PyObject_SelfIter}, {Py_tp_iternext, awaited_next},
    {Py_tp_methods, awaited_methods}, {Py_tp_members, awaited_members}, {Py_tp_traverse, awaited_traverse}, {Py_tp_clear, awaited_clear},
    {Py_tp_dealloc, awaited_dealloc}, {Py_tp_getattro, awaited_getattro}, {Py_tp_repr, awaited_repr}, {0, NULL},
};
static PyType_Spec awaited_spec = {"causeway._tap.Awaited", sizeof(Awaited), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, awaited_slots};

/* set_type_attribute(type, name, value): also on types that forbid it (static and immutable C types). value NULL (two arguments): delete. */
static PyObject *set_type_attribute(PyObject *module, PyObject *args) {
    PyTypeObject *type;
    PyObject *name, *value = NULL;
    if (!PyArg_ParseTuple(args, "O!U|O", &PyType_Type, &type, &name, &value)) return NULL;
#if PY_VERSION_HEX >= 0x030C0000
    if (!type->tp_dict) {
        /* A static type of the interpreter itself: its dict is the interpreter's, and what sets attributes would make a second one. */
        PyObject *dict = PyType_GetDict(type);
        int unset = !dict || (value ? PyDict_SetItem(dict, name, value) : PyDict_DelItem(dict, name)) < 0;
        Py_XDECREF(dict);
        PyType_Modified(type);
        if (unset) return NULL;
        Py_RETURN_NONE;
    }
#endif
    unsigned long immutable = type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE;
    type->tp_flags &= ~immutable;
    int failed = value ? PyObject_SetAttr((PyObject *)type, name, value) : PyObject_DelAttr((PyObject *)type, name);
    type->tp_flags |= immutable;
    if (failed) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"set_type_attribute", set_type_attribute, METH_VARARGS, "set_type_attribute(type, name, value) -> None\n\nsetattr that also reaches immutable types; without value, delattr."},
    {NULL},
};

PyObject *cw_around_function(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    if (type == around_type || type == plain_type) return ((Around *)object)->function;
    return type == awaited_type ? ((Awaited *)object)->coroutine : NULL;
}

int around_init(PyObject *module) {
    around_type = (PyTypeObject *)PyType_FromSpec(&around_spec);
    plain_type = (PyTypeObject *)PyType_FromSpec(&plain_spec);
    awaited_type = (PyTypeObject *)PyType_FromSpec(&awaited_spec);
    if (!around_type || !plain_type || !awaited_type) return -1;
    if (PyModule_AddObjectRef(module, "Around", (PyObject *)around_type) < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
