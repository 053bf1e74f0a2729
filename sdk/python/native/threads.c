/* Threads as actors.
 *
 * The C function behind _thread.start_new_thread is exchanged (threading.Thread.start calls the same one). The callable that the new thread runs is
 * wrapped in a Start, which is no Python function and so leaves no frame; it writes begin and end in the new thread. */
#include "threads.h"
#include "describe.h"
#include "pointers.h"
#include "swap.h"
#include "tap.h"

enum { FORK = 17, BEGIN = 18, END = 19 };

typedef struct {
    PyObject_HEAD
    PyObject *function;
    PyObject *thread; /* the threading.Thread, or NULL */
    uint32_t actor, recording;
    bool muted; /* started by a thread that was paused: not the program's */
} Start;

static PyTypeObject *start_type;
static cw_pointers threads; /* Thread -> a: actor, b: object id, by which a later Thread at the same address is told from it */
static cw_pointers idents;  /* ident of a running thread -> a: actor */
static _Thread_local Start *running;
static uint32_t recording = 1; /* counts recordings: an actor number means something in one only */
static PyObject *name_name, *name_target, *name_run, *name_original;

/* A field of a Thread, without its class's own attribute access. New reference or NULL. */
static PyObject *field(PyObject *thread, PyObject *name) {
    PyObject *value = PyObject_GenericGetAttr(thread, name);
    if (!value) PyErr_Clear();
    return value;
}

static void describe(Start *start, char *name, size_t name_size, char *function, size_t function_size) {
    char qualname[400] = "";
    name[0] = function[0] = 0;
    PyObject *target = start->thread ? field(start->thread, name_target) : Py_NewRef(start->function);
    if (start->thread && (!target || target == Py_None)) Py_XSETREF(target, field(start->thread, name_run)); /* a subclass's own run */
    if (target) cw_describe(target, function, function_size, qualname, sizeof qualname);
    Py_XDECREF(target);
    PyObject *given = start->thread ? field(start->thread, name_name) : NULL;
    const char *text = given && PyUnicode_Check(given) ? PyUnicode_AsUTF8(given) : NULL;
    if (!text) PyErr_Clear();
    snprintf(name, name_size, "%s", text ? text : qualname);
    Py_XDECREF(given);
}

uint32_t cw_born(char *name, size_t name_size, char *function, size_t function_size, uint32_t *object) {
    if (!running || running->recording != recording) return 0;
    describe(running, name, name_size, function, function_size);
    *object = running->thread ? cw_object_known(running->thread) : 0;
    return running->actor;
}

void cw_threads_forget(void) {
    recording++;
    cw_pointers_clear(&threads);
    cw_pointers_clear(&idents);
}

void cw_thread_runs(uint32_t actor) {
    cw_entry *entry = actor ? cw_pointers_put(&idents, (uintptr_t)PyThread_get_thread_ident()) : NULL;
    if (entry) entry->a = actor;
}

/* The ident of a thread that ends may go to one that nobody announces. */
static void forget_ident(void) {
    cw_entry *entry = cw_pointers_find(&idents, (uintptr_t)PyThread_get_thread_ident());
    if (entry) cw_pointers_remove(&idents, entry);
}

static PyObject *start_call(PyObject *op, PyObject *args, PyObject *kwargs) {
    Start *self = (Start *)op;
    if (self->muted) {
        cw_pause(); /* for as long as this thread lives */
        return PyObject_Call(self->function, args, kwargs);
    }
    running = self;
    if (self->recording == recording) cw_thread_runs(self->actor);
    if (cw_stream_get()) cw_sync(BEGIN, self->thread, self->actor, 0);
    PyObject *result = PyObject_Call(self->function, args, kwargs);
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    cw_sync(END, self->thread, self->actor, 0);
    PyErr_Restore(type, value, trace);
    running = NULL;
    forget_ident();
#if PY_VERSION_HEX < 0x030D0000
    /* The interpreter would name this Start as the object; later versions only show its repr. */
    if (!result && !PyErr_ExceptionMatches(PyExc_SystemExit)) {
        _PyErr_WriteUnraisableMsg("in thread started by", self->function);
        Py_RETURN_NONE;
    }
#endif
    return result;
}

static void start_dealloc(PyObject *op) {
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    Py_XDECREF(((Start *)op)->function);
    Py_XDECREF(((Start *)op)->thread);
    type->tp_free(op);
    Py_DECREF(type);
}

static int start_traverse(PyObject *op, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(((Start *)op)->function);
    Py_VISIT(((Start *)op)->thread);
    return 0;
}

static PyObject *start_repr(PyObject *op) { return PyObject_Repr(((Start *)op)->function); }

static PyType_Slot start_slots[] = {
    {Py_tp_call, start_call}, {Py_tp_dealloc, start_dealloc}, {Py_tp_traverse, start_traverse}, {Py_tp_repr, start_repr}, {0, NULL},
};
static PyType_Spec start_spec = {"causeway._tap.Start", sizeof(Start), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, start_slots};

/* debugpy wraps the callable of every thread in an object of this class. */
static bool is_wrapped(PyObject *function) {
    const char *name = Py_TYPE(function)->tp_name;
    return strcmp(name, "_NewThreadStartupWithTrace") == 0 || strcmp(name, "_NewThreadStartupWithoutTrace") == 0;
}

/* The Thread whose _bootstrap is about to run, or NULL. */
static PyObject *thread_of(PyObject *function) {
    if (is_wrapped(function)) {
        PyObject *inner = field(function, name_original);
        PyObject *thread = inner && PyMethod_Check(inner) ? thread_of(inner) : NULL;
        Py_XDECREF(inner); /* which its wrapper holds */
        return thread;
    }
    if (!PyMethod_Check(function) || !PyFunction_Check(PyMethod_GET_FUNCTION(function))) return NULL;
    PyObject *name = ((PyFunctionObject *)PyMethod_GET_FUNCTION(function))->func_name;
    return PyUnicode_CompareWithASCIIString(name, "_bootstrap") == 0 ? PyMethod_GET_SELF(function) : NULL;
}

/* A Start for `function` with its actor announced and the fork written, unless this thread is paused. NULL, without exception, when that cannot be. */
static PyObject *announce(PyObject *function) {
    Start *start = PyObject_GC_New(Start, start_type);
    if (!start) {
        PyErr_Clear();
        return NULL;
    }
    start->function = Py_NewRef(function);
    start->thread = NULL;
    start->recording = recording;
    start->actor = 0;
    start->muted = cw_paused > 0;
    if (start->muted) {
        PyObject_GC_Track(start);
        return (PyObject *)start;
    }
    start->thread = Py_XNewRef(thread_of(function));
    char name[400], code[1200];
    describe(start, name, sizeof name, code, sizeof code);
    start->actor = cw_new_actor(CW_THREAD, start->thread, name, code);
    cw_entry *entry = start->thread && start->actor ? cw_pointers_put(&threads, (uintptr_t)start->thread) : NULL;
    if (entry) *entry = (cw_entry){entry->key, start->actor, cw_object_known(start->thread)};
    PyObject_GC_Track(start);
    cw_sync(FORK, start->thread, start->actor, 0);
    return (PyObject *)start;
}

/* All variants take the function first, and positional; anything else is left to the original. */
static PyObject *start_thread(cw_swap *swap, PyObject *self, void *b, void *c, void *d, void *e) {
    PyObject *args = (PyObject *)b;
    if (!cw_recording || !(swap->flags & METH_VARARGS) || !args || PyTuple_GET_SIZE(args) < 1 || !PyCallable_Check(PyTuple_GET_ITEM(args, 0)))
        return swap->original(self, b, c, d, e);
    PyObject *start = announce(PyTuple_GET_ITEM(args, 0));
    PyObject *given = start ? PyTuple_New(PyTuple_GET_SIZE(args)) : NULL;
    if (!given) {
        PyErr_Clear();
        Py_XDECREF(start);
        return swap->original(self, b, c, d, e);
    }
    PyTuple_SET_ITEM(given, 0, start);
    for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(args); i++) PyTuple_SET_ITEM(given, i, Py_NewRef(PyTuple_GET_ITEM(args, i)));
    PyObject *result = swap->original(self, given, c, d, e);
    Py_DECREF(given);
    return result;
}

#define METHOD(name) \
    static cw_swap name##_swap; \
    static PyObject *name(PyObject *self, void *b, void *c, void *d, void *e) { return start_thread(&name##_swap, self, b, c, d, e); }
METHOD(start_new_thread)
METHOD(start_new)
METHOD(start_joinable_thread)

static PyObject *patch_threads(PyObject *module, PyObject *unused) {
    PyObject *from = PyImport_ImportModule("_thread");
    if (!from) return NULL;
    cw_swap_method(&start_new_thread_swap, from, "start_new_thread", start_new_thread);
    cw_swap_method(&start_new_swap, from, "start_new", start_new);
    cw_swap_method(&start_joinable_thread_swap, from, "start_joinable_thread", start_joinable_thread);
    Py_DECREF(from);
    Py_RETURN_NONE;
}

static PyObject *actor_of_thread(PyObject *module, PyObject *ident) {
    unsigned long number = PyLong_AsUnsignedLongMask(ident);
    if (PyErr_Occurred()) return NULL;
    cw_entry *entry = cw_pointers_find(&idents, (uintptr_t)number);
    return PyLong_FromUnsignedLong(entry ? entry->a : 0);
}

/* Whatever the depth of pauses of the running thread, let it record; repause puts the depth back. */
static PyObject *unpause(PyObject *module, PyObject *unused) {
    int depth = cw_paused;
    cw_paused = 0;
    return PyLong_FromLong(depth);
}

static PyObject *repause(PyObject *module, PyObject *depth) {
    int wanted = (int)PyLong_AsLong(depth);
    if (PyErr_Occurred()) return NULL;
    while (cw_paused < wanted) cw_pause();
    Py_RETURN_NONE;
}

static PyObject *thread_ident(PyObject *module, PyObject *unused) { return PyLong_FromUnsignedLong(PyThread_get_thread_ident()); }

static PyObject *main_interpreter(PyObject *module, PyObject *unused) { return PyBool_FromLong(PyInterpreterState_Get() == PyInterpreterState_Main()); }

uint32_t cw_thread_actor(PyObject *thread) {
    cw_entry *entry = cw_pointers_find(&threads, (uintptr_t)thread);
    return entry && entry->b == cw_object_known(thread) ? entry->a : 0;
}

void cw_thread_renamed(PyObject *thread) {
    uint32_t actor = cw_thread_actor(thread);
    char name[400], function[1200];
    Start about = {.function = thread, .thread = thread};
    if (!actor) return;
    describe(&about, name, sizeof name, function, sizeof function);
    cw_name_actor(actor, CW_THREAD, thread, name, function);
}

static PyObject *thread_actor(PyObject *module, PyObject *thread) { return PyLong_FromUnsignedLong(cw_thread_actor(thread)); }

static PyMethodDef functions[] = {
    {"patch_threads", patch_threads, METH_NOARGS, "patch_threads() -> None\n\nFrom now on every started thread is an actor with fork, begin and end, while something records."},
    {"actor_of_thread", actor_of_thread, METH_O, "actor_of_thread(ident) -> int\n\nThe actor of a running thread by its ident, 0 if unknown."},
    {"unpause", unpause, METH_NOARGS, "unpause() -> depth\n\nLets the running thread record whatever its depth of pauses, until repause(depth)."},
    {"repause", repause, METH_O, "repause(depth) -> None\n\nPuts the depth of pauses back."},
    {"thread_ident", thread_ident, METH_NOARGS, "thread_ident() -> int\n\nThe ident of the running thread."},
    {"main_interpreter", main_interpreter, METH_NOARGS, "main_interpreter() -> bool\n\nWhether this is the main interpreter of the process."},
    {"thread_actor", thread_actor, METH_O, "thread_actor(thread) -> int\n\nThe actor of a threading.Thread that was started while recording, else 0."},
    {NULL},
};

int threads_init(PyObject *module) {
    name_name = PyUnicode_InternFromString("_name");
    name_target = PyUnicode_InternFromString("_target");
    name_run = PyUnicode_InternFromString("run");
    name_original = PyUnicode_InternFromString("original_func");
    start_type = (PyTypeObject *)PyType_FromSpec(&start_spec);
    if (!name_name || !name_target || !name_run || !name_original || !start_type) return -1;
    return PyModule_AddFunctions(module, functions);
}
