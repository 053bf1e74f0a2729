/* The module causeway._tap: starting and stopping, and what hooks in Python call. */
#include "taps.h"

#include "around.h"
#include "audit.h"
#include "bottom.h"
#include "frame.h"
#include "holding.h"
#include "boundary.h"
#include "method.h"
#include "items.h"
#include "key.h"
#include "step.h"
#include "threads.h"
#include "types.h"
#include "untraced.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Site tables registered so far: a forked child, or a recording that starts later, is told of them again. */
typedef struct {
    uint32_t base, count;
    char *key;
} site_table;

static site_table *site_tables;
static size_t site_table_count, site_table_room;
static uint32_t next_site = 1;

static int64_t emit_text(uint32_t xkind, const char *text, size_t length) {
    uint32_t room = 1 + (uint32_t)((length + 3) / 4), *payload = PyMem_Malloc((size_t)room * 4);
    if (payload == NULL) return -1;
    int64_t position = cw_emit(xkind, payload, cw_put_text(payload, room, text, length));
    PyMem_Free(payload);
    return position;
}

static void write_sites(const site_table *table) {
    uint32_t payload[2 + 1 + 64] = {table->base, table->count};
    cw_emit(CW_X_SITES, payload, 2 + cw_put_text(payload + 2, 1 + 64, table->key, strlen(table->key)));
}

static void write_all_sites(void) {
    for (size_t i = 0; i < site_table_count; i++) write_sites(&site_tables[i]);
}

long cw_add_sites(uint32_t count, const char *key) {
    if ((uint64_t)next_site + count >= 1u << 24) {
        PyErr_SetString(PyExc_OverflowError, "more than 2**24 sites");
        return -1;
    }
    if (site_table_count == site_table_room) {
        size_t room = site_table_room ? site_table_room * 2 : 64;
        site_table *grown = realloc(site_tables, room * sizeof *grown);
        if (grown == NULL) return PyErr_NoMemory(), -1;
        site_tables = grown;
        site_table_room = room;
    }
    char *copy = strdup(key);
    if (copy == NULL) return PyErr_NoMemory(), -1;
    site_tables[site_table_count] = (site_table){next_site, count, copy};
    write_sites(&site_tables[site_table_count++]);
    next_site += count;
    return (long)(next_site - count);
}

static PyObject *add_sites(PyObject *Py_UNUSED(module), PyObject *args) {
    unsigned int count;
    const char *key, *name = NULL;
    if (!PyArg_ParseTuple(args, "Is|s:add_sites", &count, &key, &name)) return NULL;
    if (name != NULL && cw_types_weave(name) < 0) return NULL;
    long base = cw_add_sites(count, key);
    return base < 0 ? NULL : PyLong_FromLong(base);
}

/* exclude_patterns and sanitize_values; other options are the hooks' own business. */
static int take_options(PyObject *options) {
    static bool enabled = true;
    static PyObject *patterns; /* a tuple of str */
    if (options == NULL || options == Py_None) return 0;
    if (!PyDict_Check(options)) {
        PyErr_SetString(PyExc_TypeError, "options are a dict");
        return -1;
    }
    PyObject *sanitize = PyDict_GetItemString(options, "sanitize_values"), *given = PyDict_GetItemString(options, "exclude_patterns");
    int truth = sanitize != NULL && sanitize != Py_None ? PyObject_IsTrue(sanitize) : enabled;
    if (truth < 0) return -1;
    enabled = truth;
    if (given != NULL && given != Py_None) {
        PyObject *all = PySequence_Tuple(given);
        if (all == NULL) return -1;
        Py_XSETREF(patterns, all);
    }
    const char *texts[64];
    size_t count = 0;
    for (Py_ssize_t i = 0; patterns != NULL && i < PyTuple_GET_SIZE(patterns) && count < 64; i++)
        if ((texts[count] = PyUnicode_AsUTF8(PyTuple_GET_ITEM(patterns, i))) == NULL) return -1;
        else count++;
    cw_secret_configure(texts, count, enabled);
    cw_taps_judge();
    return 0;
}

static void forget_all(void) {
    cw_texts_forget();
    cw_objects_forget();
    cw_keys_forget();
    cw_actors_forget();
    cw_threads_forget();
    cw_sharing_forget();
    cw_items_clear();
}

static PyObject *start(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *spool, *options = NULL;
    const char *detail, *process;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "O&ss#|O:start", PyUnicode_FSConverter, &spool, &detail, &process, &length, &options)) return NULL;
    PyObject *result = NULL;
#ifdef Py_GIL_DISABLED
    result = PyUnicode_FromString("free-threaded builds of Python cannot be recorded yet");
#else
    if (cw_started()) {
        PyErr_SetString(PyExc_RuntimeError, "a recording is running");
    } else if (take_options(options) == 0) {
        forget_all();
        int error = cw_streams_start(PyBytes_AS_STRING(spool));
        if (error != 0) {
            errno = error;
            PyErr_SetFromErrnoWithFilename(PyExc_OSError, PyBytes_AS_STRING(spool));
        } else {
            emit_text(CW_X_PROCESS, process, (size_t)length);
            write_all_sites();
            result = cw_same(Py_None);
        }
    }
#endif
    Py_DECREF(spool);
    return result;
}

static PyObject *stop(PyObject *Py_UNUSED(module), PyObject *args) {
    const char *end = NULL;
    Py_ssize_t length = 0;
    if (!PyArg_ParseTuple(args, "|z#:stop", &end, &length)) return NULL;
    if (cw_started()) {
        int paused = cw_paused;
        cw_paused = 0; /* a hook may stop the recording */
        if (end != NULL) emit_text(CW_X_END, end, (size_t)length);
        cw_paused = paused;
        cw_streams_stop();
        forget_all();
    }
    Py_RETURN_NONE;
}

static PyObject *after_fork(PyObject *Py_UNUSED(module), PyObject *args) {
    const char *process = NULL;
    Py_ssize_t length = 0;
    if (!PyArg_ParseTuple(args, "|z#:after_fork", &process, &length)) return NULL;
    cw_streams_after_fork();
    cw_texts_forget();
    cw_objects_undefine();
    cw_keys_forget();
    cw_actors_forget();
    cw_threads_forget();
    cw_sharing_forget();
    if (!cw_recording) Py_RETURN_NONE;
    int paused = cw_paused;
    cw_paused = 0;
    if (process != NULL) emit_text(CW_X_PROCESS, process, (size_t)length);
    write_all_sites();
    cw_paused = paused;
    Py_RETURN_NONE;
}

static PyObject *active(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) { return PyBool_FromLong(cw_active()); }
static PyObject *uid(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) { return PyLong_FromUnsignedLongLong(cw_uid()); }

static PyObject *emit(PyObject *Py_UNUSED(module), PyObject *args) {
    unsigned int xkind;
    Py_buffer payload;
    if (!PyArg_ParseTuple(args, "Iy*:emit", &xkind, &payload)) return NULL;
    size_t words = ((size_t)payload.len + 3) / 4;
    uint32_t *copy = PyMem_Calloc(words + 1, 4);
    int64_t position = -1;
    if (copy != NULL && xkind < 256) {
        memcpy(copy, payload.buf, (size_t)payload.len);
        position = cw_emit(xkind, copy, (uint32_t)words);
    }
    PyMem_Free(copy);
    PyBuffer_Release(&payload);
    return PyLong_FromLongLong(position);
}

static PyObject *here(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) {
    int64_t position = cw_position();
    return position < 0 ? Py_BuildValue("iL", -1, -1LL) : Py_BuildValue("IL", cw_stream_here->number, (long long)position);
}

static PyObject *text(PyObject *Py_UNUSED(module), PyObject *value) {
    uint32_t id = cw_text(value);
    return PyLong_FromUnsignedLong(id == CW_TEXT_REDACTED ? 0 : id);
}

static PyObject *object_id(PyObject *Py_UNUSED(module), PyObject *object) { return PyLong_FromUnsignedLong(cw_object_seen(object, CW_PUBLISH)); }

static PyObject *sync_record(PyObject *Py_UNUSED(module), PyObject *args) {
    unsigned int op, extra = 0, flags = 0;
    PyObject *object;
    if (!PyArg_ParseTuple(args, "IO|II:sync", &op, &object, &extra, &flags)) return NULL;
    cw_sync(op, object == Py_None ? NULL : object, extra, flags);
    Py_RETURN_NONE;
}

static PyObject *new_token(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) { return PyLong_FromUnsignedLong(cw_new_token()); }

static PyObject *actor(PyObject *Py_UNUSED(module), PyObject *args) {
    unsigned int kind;
    PyObject *object;
    const char *name, *function;
    if (!PyArg_ParseTuple(args, "IOzz:actor", &kind, &object, &name, &function)) return NULL;
    return PyLong_FromUnsignedLong(cw_new_actor(kind, object == Py_None ? NULL : object, name, function));
}

static PyObject *name_actor(PyObject *Py_UNUSED(module), PyObject *args) {
    unsigned int number, kind;
    PyObject *object;
    const char *name, *function;
    if (!PyArg_ParseTuple(args, "IIOzz:name_actor", &number, &kind, &object, &name, &function)) return NULL;
    cw_name_actor(number, kind, object == Py_None ? NULL : object, name, function);
    Py_RETURN_NONE;
}

static PyObject *current_actor(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) { return PyLong_FromUnsignedLong(cw_current_actor()); }

static PyObject *step_begin(PyObject *Py_UNUSED(module), PyObject *args) {
    unsigned int number, token = 0, flags = 0;
    if (!PyArg_ParseTuple(args, "I|II:step_begin", &number, &token, &flags)) return NULL;
    cw_step_begin(number, token, flags);
    Py_RETURN_NONE;
}

static PyObject *step_end(PyObject *Py_UNUSED(module), PyObject *args) {
    unsigned int number, state = 0, waiting_on = 0;
    if (!PyArg_ParseTuple(args, "I|II:step_end", &number, &state, &waiting_on)) return NULL;
    cw_step_end(number, state, waiting_on);
    Py_RETURN_NONE;
}

static PyObject *pause_thread(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) {
    cw_pause();
    Py_RETURN_NONE;
}

static PyObject *resume_thread(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) {
    if (cw_paused > 0) cw_resume();
    Py_RETURN_NONE;
}

static PyObject *thread_end(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) {
    cw_stream_end();
    Py_RETURN_NONE;
}

static PyObject *configure(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(args), PyObject *options) {
    if (take_options(options) < 0) return NULL;
    Py_RETURN_NONE;
}

static PyObject *statistics(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored)) {
    return Py_BuildValue("{s:K,s:K,s:K,s:I,s:I,s:K,s:I}", "bytes", (unsigned long long)cw_words_written() * 4, "segments", (unsigned long long)cw_counts.segments,
                         "failures", (unsigned long long)cw_counts.failures, "objects", cw_objects_registered(), "objects_live", cw_objects_live(), "texts",
                         (unsigned long long)cw_texts_written(), "actors", cw_actors());
}

/* os.environ does not show what the program changed by putenv(), and children inherit that too. */
static PyObject *environment(PyObject *self, PyObject *unused) {
    extern char **environ;
    (void)self, (void)unused;
    PyObject *entries = PyList_New(0);
    for (char **entry = environ; entries && entry && *entry; entry++) {
        PyObject *bytes = PyBytes_FromString(*entry);
        if (!bytes || PyList_Append(entries, bytes) < 0) Py_CLEAR(entries);
        Py_XDECREF(bytes);
    }
    return entries;
}

static PyMethodDef functions[] = {
    {"start", start, METH_VARARGS, "start(spool, detail, process_json, options=None)\n\nBegins recording; gives a reason instead of None when this interpreter cannot be recorded. OSError: the spool cannot be written."},
    {"stop", stop, METH_VARARGS, "stop(end_json=None)\n\nWrites END and seals all segments."},
    {"after_fork", after_fork, METH_VARARGS, "after_fork(process_json=None)\n\nIn the child: a new uid and new streams, when the parent was recording."},
    {"active", active, METH_NOARGS, "True when the running thread records."},
    {"uid", uid, METH_NOARGS, "The process uid of the running recording, or of the next one."},
    {"add_sites", add_sites, METH_VARARGS, "add_sites(count, key, module=None) -> base\n\nNumbers the rows of a site table. Once a module is named, objects of classes of other modules are looked into one level deep."},
    {"emit", emit, METH_VARARGS, "emit(xkind, payload) -> position\n\nWrites an extended record; -1 when nothing is recorded."},
    {"here", here, METH_NOARGS, "here() -> (stream, position)\n\nOf the next record; (-1, -1) when nothing is recorded."},
    {"text", text, METH_O, "text(value) -> id\n\nOf a str or bytes, written at first sight; 0: not recorded."},
    {"object_id", object_id, METH_O, "object_id(object) -> id\n\nRegisters the object; 0: not recorded."},
    {"sync", sync_record, METH_VARARGS, "sync(op, object, extra=0, flags=0)"},
    {"new_token", new_token, METH_NOARGS, "A token, unique in the process."},
    {"actor", actor, METH_VARARGS, "actor(kind, object, name, function) -> number"},
    {"name_actor", name_actor, METH_VARARGS, "name_actor(number, kind, object, name, function)\n\nWrites ACTOR again."},
    {"current_actor", current_actor, METH_NOARGS, "The actor that runs now on this thread, 0 when nothing is recorded."},
    {"step_begin", step_begin, METH_VARARGS, "step_begin(actor, token=0, flags=0)"},
    {"step_end", step_end, METH_VARARGS, "step_end(actor, state=0, waiting_on=0)"},
    {"pause", pause_thread, METH_NOARGS, "The running thread records nothing until resume(); pairs nest."},
    {"resume", resume_thread, METH_NOARGS, "Undoes one pause()."},
    {"thread_end", thread_end, METH_NOARGS, "Seals the running thread's stream."},
    {"configure", (PyCFunction)(void (*)(void))configure, METH_VARARGS | METH_KEYWORDS, "configure(sanitize_values=None, exclude_patterns=None)"},
    {"statistics", statistics, METH_NOARGS, "Counters since start()."},
    {"environment", environment, METH_NOARGS, "environment() -> [b\"NAME=value\", ...]\n\nWhat a child of this process inherits."},
    {NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_tap", "Taps: one record appended to the running thread's segment.", -1, functions};

PyMODINIT_FUNC PyInit__tap(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL) return NULL;
    cw_actors_init();
    if (cw_watch_init() < 0 || cw_attributes_init() < 0 || cw_frame_init(module) < 0 || cw_types_init() < 0 || cw_taps_init(module) < 0 || around_init(module) < 0 ||
        step_init(module) < 0 || boundary_init(module) < 0 || method_init(module) < 0 || audit_init(module) < 0 || bottom_init(module) < 0 || holding_init(module) < 0 || cw_sharing_init(module) < 0 || untraced_init(module) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
