/* causeway_core.wire._stream: reads streams of records at speed. See _stream.pyi for the contract of every function. */
#include "_access.h"
#include "_scan.h"

#include <stddef.h>

/* Rows. */

static PyObject *new_list_for(PyObject **list) {
    PyObject *old = *list, *fresh = PyList_New(0);
    if (!fresh) return NULL;
    *list = fresh;
    return old;
}

static PyObject *take(scanner *z, PyObject *unused) {
    (void)unused;
    PyObject *steps = new_list_for(&z->steps), *syncs = new_list_for(&z->syncs), *runs = new_list_for(&z->runs), *records = new_list_for(&z->records);
    if (!steps || !syncs || !runs || !records) {
        Py_XDECREF(steps), Py_XDECREF(syncs), Py_XDECREF(runs), Py_XDECREF(records);
        return NULL;
    }
    return Py_BuildValue("NNNN", steps, syncs, runs, records);
}

/* Processes and streams. */

static process *find_process(scanner *z, long long id) {
    process *p = z->processes;
    while (p && p->id != id) p = p->following;
    if (!p) PyErr_Format(PyExc_KeyError, "no process %lld", id);
    return p;
}

static stream *find_stream(scanner *z, long long id) {
    stream_entry *entry = id > 0 ? table_find(&z->stream_of, (uint64_t)id) : NULL;
    if (!entry || !entry->stream) {
        PyErr_Format(PyExc_KeyError, "no stream %lld", id);
        return NULL;
    }
    return entry->stream;
}

static PyObject *add_process(scanner *z, PyObject *args) {
    long long id;
    if (!PyArg_ParseTuple(args, "L", &id)) return NULL;
    process *p = calloc(1, sizeof *p);
    if (!p) return PyErr_NoMemory();
    p->id = id;
    p->actors.size = sizeof(actor_entry);
    p->handles.size = sizeof(handle_entry);
    p->objects.size = sizeof(object_info);
    p->fates.size = sizeof(fate_entry);
    p->variables.size = sizeof(touched_entry);
    p->following = z->processes;
    z->processes = p;
    Py_RETURN_NONE;
}

static PyObject *add_stream(scanner *z, PyObject *args) {
    long long process_id, id;
    if (!PyArg_ParseTuple(args, "LL", &process_id, &id)) return NULL;
    process *p = find_process(z, process_id);
    if (!p) return NULL;
    z->stream_of.size = sizeof(stream_entry);
    stream_entry *entry = id > 0 ? table_get(&z->stream_of, (uint64_t)id) : NULL;
    stream *s = entry && !entry->stream ? calloc(1, sizeof *s) : NULL;
    if (!s) {
        PyErr_Format(PyExc_ValueError, "stream %lld cannot be added", id);
        return NULL;
    }
    entry->stream = s;
    s->process = p;
    s->id = id;
    s->sites.size = s->owners.size = sizeof(uint64_t);
    s->following = z->streams;
    z->streams = s;
    Py_RETURN_NONE;
}

static PyObject *set_sites(scanner *z, PyObject *args) {
    long long process_id;
    unsigned long base;
    Py_buffer rows;
    if (!PyArg_ParseTuple(args, "Lky*", &process_id, &base, &rows)) return NULL;
    process *p = find_process(z, process_id);
    size_t count = (size_t)rows.len / 16;
    if (p && (rows.len % 16 || base > 1u << 24 || base + count > 1u << 24)) {
        PyErr_SetString(PyExc_ValueError, "sites must be whole rows below 2**24");
        p = NULL;
    }
    if (p && base + count > p->site_count) {
        site_info *sites = realloc(p->sites, (base + count) * sizeof *sites);
        if (sites) {
            memset(sites + p->site_count, 0, (base + count - p->site_count) * sizeof *sites);
            p->sites = sites;
            p->site_count = (uint32_t)(base + count);
        } else {
            PyErr_NoMemory();
            p = NULL;
        }
    }
    const uint32_t *w = rows.buf;
    for (size_t i = 0; p && i < count; i++, w += 4) p->sites[base + i] = (site_info){.function = w[0], .name = w[1], .id = w[2], .kind = (uint8_t)w[3]};
    PyBuffer_Release(&rows);
    if (!p) return NULL;
    Py_RETURN_NONE;
}

static PyObject *feed(scanner *z, PyObject *args) {
    long long id;
    Py_buffer buffer;
    Py_ssize_t start;
    int force;
    if (!PyArg_ParseTuple(args, "Ly*np", &id, &buffer, &start, &force)) return NULL;
    PyObject *result = NULL;
    stream *s = find_stream(z, id);
    if (s && (start < 0 || start > buffer.len / 4 || (uintptr_t)buffer.buf % 4)) {
        PyErr_SetString(PyExc_ValueError, "start lies outside the buffer, or the buffer is not aligned");
        s = NULL;
    }
    if (s) {
        size_t used = 0;
        uint64_t detail = 0;
        int status = cw_scan(z, s, (const uint32_t *)buffer.buf + start, (size_t)(buffer.len / 4 - start), force, &used, &detail);
        if (status >= 0) result = Py_BuildValue("niK", start + (Py_ssize_t)used, status, (unsigned long long)detail);
    }
    PyBuffer_Release(&buffer);
    return result;
}

static PyObject *order(scanner *z, PyObject *args) {
    long long id;
    if (!PyArg_ParseTuple(args, "L", &id)) return NULL;
    process *p = find_process(z, id);
    return p ? PyLong_FromUnsignedLongLong(p->order) : NULL;
}

static PyObject *pending(scanner *z, PyObject *args) {
    long long id;
    if (!PyArg_ParseTuple(args, "L", &id)) return NULL;
    stream *s = find_stream(z, id);
    return s ? PyLong_FromSize_t(s->data.count) : NULL;
}

/* Chunks. */

static int compare_words(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int compare_pairs(const void *a, const void *b) {
    int first = compare_words(a, b);
    return first ? first : compare_words((const uint32_t *)a + 1, (const uint32_t *)b + 1);
}

/* The keys of a set (less one), ascending, as bytes; the set is emptied. */
static PyObject *sorted_set(table *t) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(t->count * 4));
    if (!bytes) return NULL;
    uint32_t *to = (uint32_t *)PyBytes_AS_STRING(bytes);
    for (size_t i = 0; i < t->room; i++) {
        uint64_t key = ((uint64_t *)t->entries)[i];
        if (key) *to++ = (uint32_t)(key - 1);
    }
    qsort(PyBytes_AS_STRING(bytes), t->count, 4, compare_words);
    if (t->room > 4096) table_free(t); /* one wide chunk must not make all later ones slow to empty */
    else table_clear(t);
    return bytes;
}

static PyObject *bytes_of(words *w) {
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)w->data, (Py_ssize_t)(w->count * 4));
    w->count = 0;
    return bytes;
}

static PyObject *close_chunk(scanner *z, PyObject *args) {
    long long id;
    if (!PyArg_ParseTuple(args, "L", &id)) return NULL;
    stream *s = find_stream(z, id);
    if (!s) return NULL;
    if (!s->events) Py_RETURN_NONE;
    if (s->texts.count) qsort(s->texts.data, s->texts.count / 2, 8, compare_pairs);
    if (s->snapshots.count) qsort(s->snapshots.data, s->snapshots.count / 2, 8, compare_pairs);
    unsigned long long first = s->first, count = s->data.count, from = s->order_first, to = s->order;
    unsigned int events = s->events;
    s->events = 0;
    s->serial = 0;
    memset(s->noted, 0, sizeof s->noted);
    return Py_BuildValue("KKIKKNNNNNN", first, count, events, from, to, sorted_set(&s->sites), sorted_set(&s->owners), bytes_of(&s->texts),
                         bytes_of(&s->snapshots), bytes_of(&s->frames), bytes_of(&s->data));
}

static PyObject *skip(scanner *z, PyObject *args) {
    long long id;
    Py_ssize_t count;
    if (!PyArg_ParseTuple(args, "Ln", &id, &count)) return NULL;
    stream *s = find_stream(z, id);
    if (!s) return NULL;
    if (s->events || count < 0) {
        PyErr_SetString(PyExc_ValueError, "close the chunk first; skip forwards");
        return NULL;
    }
    s->position += (uint64_t)count;
    s->serial = 0;
    Py_RETURN_NONE;
}

/* The end. */

static PyObject *finish(scanner *z, PyObject *unused) {
    (void)unused;
    for (stream *s = z->streams; s; s = s->following) {
        while (s->depth) {
            if (!cw_step_close(z, s, -1, Py_None, 0)) return NULL;
            if (s->depth == 1) break;
            s->depth--;
        }
    }
    Py_RETURN_NONE;
}

static PyObject *open_steps(scanner *z, PyObject *unused) {
    (void)unused;
    PyObject *taken = z->steps;
    PyObject *rows = z->steps = PyList_New(0);
    bool good = rows != NULL;
    for (stream *s = z->streams; good && s; s = s->following)
        if (s->depth && s->stepping) good = cw_step_row(z, s, -1, Py_None, 0);
    z->steps = taken;
    if (good) return rows;
    Py_XDECREF(rows);
    return NULL;
}

static PyObject *actor_id(scanner *z, PyObject *args) {
    long long id;
    unsigned int number;
    if (!PyArg_ParseTuple(args, "LI", &id, &number)) return NULL;
    process *p = find_process(z, id);
    if (!p) return NULL;
    actor *a = cw_actor(p, number, &z->next_actor);
    return a ? PyLong_FromLongLong(a->id) : PyErr_NoMemory();
}

static PyObject *actors(scanner *z, PyObject *args) {
    long long id;
    int moved = 0;
    if (!PyArg_ParseTuple(args, "L|p", &id, &moved)) return NULL;
    process *p = find_process(z, id);
    PyObject *list = p ? PyList_New(0) : NULL;
    for (size_t i = 0; list && i < p->actors.room; i++) {
        actor_entry *entry = (actor_entry *)p->actors.entries + i;
        if (!entry->key || !entry->actor) continue;
        actor *a = entry->actor;
        if (moved && a->told_at == a->last_at && a->told_steps == a->steps && a->told_state == a->state) continue;
        a->told_at = a->last_at, a->told_steps = a->steps, a->told_state = a->state;
        PyObject *row = Py_BuildValue("LILLiL", (long long)a->id, a->number, (long long)a->first_at, (long long)a->last_at, a->state, (long long)a->steps);
        if (!row || PyList_Append(list, row)) Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

static PyObject *object_row(scanner *z, PyObject *args) {
    long long id;
    unsigned long wire;
    if (!PyArg_ParseTuple(args, "Lk", &id, &wire)) return NULL;
    process *p = find_process(z, id);
    if (!p) return NULL;
    object_info *o = wire ? table_find(&p->objects, wire) : NULL;
    if (!o) Py_RETURN_NONE;
    return Py_BuildValue("ILIKIIi", o->type, (long long)o->first_at, o->rank, (unsigned long long)o->holder_at, o->holder_owner, o->holder_site,
                         o->actor == CW_MANY);
}

static PyObject *shared(scanner *z, PyObject *args) {
    long long id;
    if (!PyArg_ParseTuple(args, "L", &id)) return NULL;
    process *p = find_process(z, id);
    if (!p) return NULL;
    words owners = {0}, cells = {0}, names = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < p->objects.room; i++) {
        object_info *o = (object_info *)p->objects.entries + i;
        if (o->key && o->actor == CW_MANY) ok = words_push(&owners, (uint32_t)o->key);
    }
    for (size_t i = 0; ok && i < p->variables.room; i++) {
        touched_entry *t = (touched_entry *)p->variables.entries + i;
        if (t->key && t->actor == CW_MANY) ok = words_push(t->key >> 32 ? &names : &cells, (uint32_t)t->key);
    }
    PyObject *result = NULL;
    if (ok) {
        if (owners.count) qsort(owners.data, owners.count, 4, compare_words);
        result = Py_BuildValue("NNN", bytes_of(&owners), bytes_of(&cells), bytes_of(&names));
    } else {
        PyErr_NoMemory();
    }
    words_free(&owners), words_free(&cells), words_free(&names);
    return result;
}

static PyObject *fates(scanner *z, PyObject *args) {
    long long id;
    if (!PyArg_ParseTuple(args, "L", &id)) return NULL;
    process *p = find_process(z, id);
    PyObject *list = p ? PyList_New(0) : NULL;
    for (size_t i = 0; list && i < p->fates.room; i++) {
        fate_entry *f = (fate_entry *)p->fates.entries + i;
        if (!f->key) continue;
        PyObject *row = Py_BuildValue("Li", (long long)f->at, f->fate);
        if (!row || PyList_Append(list, row)) Py_CLEAR(list);
        Py_XDECREF(row);
    }
    return list;
}

/* The type. */

static int scanner_init(scanner *z, PyObject *args, PyObject *keywords) {
    static char *names[] = {"op_names", "state_names", "chunk_words", NULL};
    PyObject *ops, *states;
    Py_ssize_t chunk_words;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!O!n", names, &PyTuple_Type, &ops, &PyTuple_Type, &states, &chunk_words)) return -1;
    if (z->op_names || PyTuple_GET_SIZE(ops) < 1 || PyTuple_GET_SIZE(states) != 4 || chunk_words < 1) {
        PyErr_SetString(PyExc_ValueError, "names of operations (0: unknown), four names of states, chunk size");
        return -1;
    }
    z->op_names = Py_NewRef(ops);
    z->state_names = Py_NewRef(states);
    z->chunk_words = (size_t)chunk_words;
    z->steps = PyList_New(0), z->syncs = PyList_New(0), z->runs = PyList_New(0), z->records = PyList_New(0);
    return z->steps && z->syncs && z->runs && z->records ? 0 : -1;
}

static void scanner_dealloc(scanner *z) {
    for (stream *s = z->streams, *next; s; s = next) {
        next = s->following;
        words_free(&s->data), words_free(&s->frames), words_free(&s->texts), words_free(&s->snapshots);
        table_free(&s->sites), table_free(&s->owners);
        free(s);
    }
    table_free(&z->stream_of);
    for (process *p = z->processes, *next; p; p = next) {
        next = p->following;
        cw_process_free(p);
    }
    Py_XDECREF(z->steps), Py_XDECREF(z->syncs), Py_XDECREF(z->runs), Py_XDECREF(z->records);
    Py_XDECREF(z->op_names), Py_XDECREF(z->state_names);
    Py_TYPE(z)->tp_free((PyObject *)z);
}

static PyObject *events(scanner *z, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLongLong(z->events);
}

static PyMethodDef scanner_methods[] = {
    {"add_process", (PyCFunction)add_process, METH_VARARGS, NULL},
    {"add_stream", (PyCFunction)add_stream, METH_VARARGS, NULL},
    {"set_sites", (PyCFunction)set_sites, METH_VARARGS, NULL},
    {"feed", (PyCFunction)feed, METH_VARARGS, NULL},
    {"order", (PyCFunction)order, METH_VARARGS, NULL},
    {"pending", (PyCFunction)pending, METH_VARARGS, NULL},
    {"close_chunk", (PyCFunction)close_chunk, METH_VARARGS, NULL},
    {"skip", (PyCFunction)skip, METH_VARARGS, NULL},
    {"take", (PyCFunction)take, METH_NOARGS, NULL},
    {"finish", (PyCFunction)finish, METH_NOARGS, NULL},
    {"open_steps", (PyCFunction)open_steps, METH_NOARGS, NULL},
    {"actor_id", (PyCFunction)actor_id, METH_VARARGS, NULL},
    {"actors", (PyCFunction)actors, METH_VARARGS, NULL},
    {"object", (PyCFunction)object_row, METH_VARARGS, NULL},
    {"shared", (PyCFunction)shared, METH_VARARGS, NULL},
    {"fates", (PyCFunction)fates, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef scanner_properties[] = {{"events", (getter)events, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};

static PyTypeObject scanner_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "causeway_core.wire._stream.Scanner",
    .tp_basicsize = sizeof(scanner),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)scanner_init,
    .tp_dealloc = (destructor)scanner_dealloc,
    .tp_methods = scanner_methods,
    .tp_getset = scanner_properties,
};

/* Functions over bare bodies. */

static PyObject *extent(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer buffer;
    Py_ssize_t start;
    if (!PyArg_ParseTuple(args, "y*n", &buffer, &start)) return NULL;
    const uint32_t *w = buffer.buf;
    size_t n = (size_t)buffer.len / 4, at = start < 0 ? n : (size_t)start;
    bool whole = true;
    while (at < n && w[at]) {
        cw_record r = {0};
        size_t length = cw_decode(w + at, n - at, &r);
        if (length == CW_MALFORMED) {
            whole = false;
            break;
        }
        at += length;
    }
    PyBuffer_Release(&buffer);
    return Py_BuildValue("nO", (Py_ssize_t)at, whole ? Py_True : Py_False);
}

static PyObject *checksum(PyObject *module, PyObject *data) {
    (void)module;
    Py_buffer buffer;
    if (PyObject_GetBuffer(data, &buffer, PyBUF_SIMPLE)) return NULL;
    const uint32_t *w = buffer.buf;
    uint32_t a = 0, b = 0;
    for (size_t i = 0; i < (size_t)buffer.len / 4; i++) {
        a += w[i];
        b += a;
    }
    PyBuffer_Release(&buffer);
    return PyLong_FromUnsignedLongLong((uint64_t)b << 32 | a);
}

static PyMethodDef functions[] = {
    {"extent", extent, METH_VARARGS, NULL},
    {"checksum", checksum, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_stream", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__stream(void) {
    PyObject *m = PyModule_Create(&module);
    if (!m) return NULL;
    if (PyModule_AddType(m, &scanner_type) || PyModule_AddType(m, &cw_access_scan_type)) {
        Py_DECREF(m);
        return NULL;
    }
    return m;
}
