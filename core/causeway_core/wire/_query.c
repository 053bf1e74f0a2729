/* Fast questions to the raw words of a process: which activation runs where, and where sites and owners occur (_timeline.h).
 * See _query.pyi for the contract of every function. */
#include "_timeline.h"

/* statistics() -> (segments, activations, stretches, actors) */
static PyObject *timeline_statistics(timeline *t, PyObject *Py_UNUSED(ignored)) {
    return Py_BuildValue("nnnn", (Py_ssize_t)t->segment_count, (Py_ssize_t)t->activation_count, (Py_ssize_t)t->stretch_count, (Py_ssize_t)t->actor_count);
}

static PyObject *timeline_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *none[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "", none)) return NULL;
    timeline *t = (timeline *)type->tp_alloc(type, 0);
    if (t) t->current_stream = SIZE_MAX;
    return (PyObject *)t;
}

static void timeline_dealloc(timeline *t) {
    for (size_t i = 0; i < t->stream_count; i++) {
        PyMem_RawFree(t->streams[i].stretches);
        PyMem_RawFree(t->streams[i].actors);
    }
    void *owned[] = {t->segments, t->activations, t->stretches, t->actors, t->streams, t->frames, t->actor_of, t->function_of, t->flags};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) PyMem_RawFree(owned[i]);
    Py_TYPE(t)->tp_free((PyObject *)t);
}

static PyMethodDef timeline_methods[] = {
    {"feed", (PyCFunction)cw_timeline_feed, METH_VARARGS, NULL},
    {"thread", (PyCFunction)cw_timeline_thread, METH_VARARGS, NULL},
    {"sites", (PyCFunction)cw_timeline_sites, METH_VARARGS, NULL},
    {"locate", (PyCFunction)cw_timeline_locate, METH_O, NULL},
    {"locate_all", (PyCFunction)cw_timeline_locate_all, METH_O, NULL},
    {"segment", (PyCFunction)cw_timeline_segment, METH_O, NULL},
    {"activation", (PyCFunction)cw_timeline_activation, METH_O, NULL},
    {"stack", (PyCFunction)cw_timeline_stack, METH_O, NULL},
    {"neighbour", (PyCFunction)cw_timeline_neighbour, METH_VARARGS, NULL},
    {"actor", (PyCFunction)cw_timeline_actor, METH_O, NULL},
    {"stretches", (PyCFunction)cw_timeline_stretches, METH_NOARGS, NULL},
    {"cut", (PyCFunction)cw_timeline_cut, METH_VARARGS, NULL},
    {"find_in", (PyCFunction)cw_timeline_find_in, METH_VARARGS, NULL},
    {"possible", (PyCFunction)cw_timeline_possible, METH_VARARGS, NULL},
    {"statistics", (PyCFunction)timeline_statistics, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject timeline_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "causeway_core.wire._query.Timeline",
    .tp_basicsize = sizeof(timeline),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "A process laid out in its total order.",
    .tp_new = timeline_new,
    .tp_dealloc = (destructor)timeline_dealloc,
    .tp_methods = timeline_methods,
};

static PyMethodDef functions[] = {
    {"find", cw_query_find, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_query", "Fast questions to the raw words of a process.", -1, functions};

PyMODINIT_FUNC PyInit__query(void) {
    PyObject *m = PyModule_Create(&module);
    if (!m || PyModule_AddType(m, &timeline_type)) Py_CLEAR(m);
    return m;
}
