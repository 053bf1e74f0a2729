/* Making taps, and the records they share. */
#include "taps.h"

#include <string.h>

static cw_tap *named; /* list of all taps with a name */

/* Payloads are a word or two: a loop that the compiler leaves alone beats memcpy. */
static inline void copy(uint32_t *to, const uint32_t *from, uint32_t n) {
    switch (n) {
        case 0: return;
        case 1: to[0] = from[0]; return;
        default: for (uint32_t i = 0; i < n; i++) to[i] = from[i];
    }
}

void cw_record(uint32_t first, const uint32_t *lead, uint32_t n, const cw_value *value) {
    uint32_t words = 1 + n + value->words;
    uint32_t *at = cw_reserve(words);
    if (at == NULL) return;
    copy(at + 1, lead, n);
    copy(at + 1 + n, value->payload, value->words);
    cw_commit(at, words, first | value->kind << 4);
}

static __attribute__((noinline)) void record_encoded(uint32_t first, const uint32_t *lead, uint32_t n, PyObject *value, bool secret, unsigned how) {
    if (!cw_active()) return;
    cw_value v;
    if (secret) cw_encode_secret_how(value, &v, how);
    else cw_encode_how(value, &v, how);
    cw_record(first, lead, n, &v);
}

void cw_record_other(uint32_t first, PyObject *value, bool secret, unsigned how) {
    uint32_t kind;
    cw_stream *s = cw_ready(3);
    int words = secret || s == NULL ? -1 : cw_quick(value, &kind, s->next + 1, how);
    if (CW_UNLIKELY(words < 0)) record_encoded(first, NULL, 0, value, secret, how);
    else cw_finish(s, 1 + (uint32_t)words, first | kind << 4);
}

void cw_record_after(uint32_t first, uint32_t lead, PyObject *value, bool secret, unsigned how) {
    uint32_t kind;
    cw_stream *s = cw_ready(4);
    int words = secret || s == NULL ? -1 : cw_quick(value, &kind, s->next + 2, how);
    if (CW_UNLIKELY(words < 0)) {
        record_encoded(first, &lead, 1, value, secret, how);
        return;
    }
    s->next[1] = lead;
    cw_finish(s, 2 + (uint32_t)words, first | kind << 4);
}

void cw_line_slow(const cw_tap *tap) {
    uint32_t *at = cw_reserve(1);
    if (at != NULL) cw_commit(at, 1, tap->after);
}

void cw_record_item(uint32_t first, uint32_t owner, const cw_value *key, const cw_value *value) {
    uint32_t words = 2 + key->words + value->words;
    uint32_t *at = cw_reserve(words);
    if (at == NULL) return;
    at[1] = owner << 4 | key->kind;
    copy(at + 2, key->payload, key->words);
    copy(at + 2 + key->words, value->payload, value->words);
    cw_commit(at, words, first | value->kind << 4);
}

static const cw_tap_kind *const tables[] = {cw_flow_taps, cw_entry_taps, cw_binding_taps, cw_attribute_taps, cw_item_taps, cw_method_taps, cw_bound_taps, cw_named_taps};

static const cw_tap_kind *kind_of(const char *name) {
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const cw_tap_kind *k = tables[i]; k->kind != NULL; k++)
            if (strcmp(k->kind, name) == 0) return k;
    return NULL;
}

static bool is_secret(PyObject *name) {
    Py_ssize_t length;
    const char *text = PyUnicode_CheckExact(name) ? PyUnicode_AsUTF8AndSize(name, &length) : NULL;
    if (text == NULL) PyErr_Clear();
    return text != NULL && cw_secret_name(text, (size_t)length);
}

static void judge(cw_tap *tap) {
    tap->secrets = 0;
    if (!PyTuple_CheckExact(tap->name)) {
        tap->secrets = is_secret(tap->name);
        return;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tap->name) && i < 64; i++)
        if (is_secret(PyTuple_GET_ITEM(tap->name, i))) tap->secrets |= (uint64_t)1 << i;
}

void cw_taps_judge(void) {
    for (cw_tap *tap = named; tap != NULL; tap = tap->later) judge(tap);
}

void cw_tap_dealloc(PyObject *self) {
    cw_tap *tap = (cw_tap *)self;
    if (tap->name != NULL) {
        if (tap->earlier != NULL) tap->earlier->later = tap->later;
        else named = tap->later;
        if (tap->later != NULL) tap->later->earlier = tap->earlier;
        Py_DECREF(tap->name);
    }
    Py_XDECREF(tap->named);
    PyObject_Free(tap);
}

/* `known`: the judgement of an earlier tap on the same name. */
static void give_name(cw_tap *tap, PyObject *name, const uint64_t *known) {
    Py_INCREF(name);
    if (PyUnicode_CheckExact(name)) PyUnicode_InternInPlace(&name);
    tap->name = name;
    tap->later = named;
    if (named != NULL) named->earlier = tap;
    named = tap;
    if (known != NULL) tap->secrets = *known;
    else judge(tap);
    if (tap->kind->record == 0 && PyUnicode_CheckExact(name)) cw_method_prepare(tap);
}

static PyObject *tap_of(const cw_tap_kind *kind, unsigned long site, PyObject *name, unsigned long site2, const uint64_t *known) {
    if (name != Py_None && !PyUnicode_CheckExact(name) && !PyTuple_CheckExact(name)) return PyErr_Format(PyExc_TypeError, "a tap's name is a str, a tuple of them or None");
    if (site >= 1u << 24) return PyErr_Format(PyExc_ValueError, "site numbers have 24 bits");
    cw_tap *tap = PyObject_New(cw_tap, kind->type);
    if (tap == NULL) return NULL;
    memset((char *)tap + sizeof(PyObject), 0, sizeof *tap - sizeof(PyObject));
    tap->kind = kind;
    tap->site = (uint32_t)site;
    tap->site2 = (uint32_t)site2 & 1;
    tap->after = site2 >> 1 == 0 ? 0 : CW_LINE | (tap->site + (uint32_t)(site2 >> 1)) << 8;
    tap->first = kind->record | tap->site << 8;
    if (name != Py_None) give_name(tap, name, known);
    return (PyObject *)tap;
}

static PyObject *new_tap(const char *kind_name, unsigned long site, PyObject *name, unsigned long site2) {
    const cw_tap_kind *kind = kind_of(kind_name);
    if (kind == NULL) return PyErr_Format(PyExc_ValueError, "no tap is of kind '%s'", kind_name);
    return tap_of(kind, site, name, site2, NULL);
}

PyObject *cw_make_tap(const char *kind, unsigned long site, PyObject *name) { return new_tap(kind, site, name, 0); }

static PyObject *make(PyObject *Py_UNUSED(module), PyObject *args, PyObject *keywords) {
    static char *names[] = {"kind", "site", "name", "site2", NULL};
    const char *kind;
    unsigned long site, site2 = 0;
    PyObject *name = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "sk|Ok:make", names, &kind, &site, &name, &site2)) return NULL;
    return new_tap(kind, site, name, site2);
}

static PyObject *make_many(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *rows;
    unsigned long base;
    if (!PyArg_ParseTuple(args, "O!k:make_many", &PyList_Type, &rows, &base)) return NULL;
    PyObject *result = PyList_New(PyList_GET_SIZE(rows));
    for (Py_ssize_t i = 0; result != NULL && i < PyList_GET_SIZE(rows); i++) {
        const char *kind;
        unsigned long site, site2;
        PyObject *name, *row = PyList_GET_ITEM(rows, i), *tap = NULL;
        if (!PyTuple_Check(row)) PyErr_SetString(PyExc_TypeError, "a row is a tuple (kind, site, name, site2)");
        else if (PyArg_ParseTuple(row, "skOk:make_many", &kind, &site, &name, &site2)) tap = new_tap(kind, site + base, name, site2);
        if (tap == NULL) Py_CLEAR(result);
        else PyList_SET_ITEM(result, i, tap);
    }
    return result;
}

#define KINDS 64
typedef struct {
    uint32_t kind, site, name, site2;
} packed_row;

/* One row of make_packed; `judged` keeps the judgement of each name once it is known. */
static PyObject *unpack(const packed_row *row, const cw_tap_kind **kinds, Py_ssize_t kind_count, PyObject *names, uint64_t *judged, bool *known, unsigned long base) {
    if (row->kind >= (size_t)kind_count || row->name >= (size_t)PyTuple_GET_SIZE(names)) return PyErr_Format(PyExc_ValueError, "a packed row names no kind or name");
    PyObject *name = PyTuple_GET_ITEM(names, row->name);
    PyObject *tap = tap_of(kinds[row->kind], row->site + base, name, row->site2, known[row->name] ? &judged[row->name] : NULL);
    if (tap != NULL) {
        judged[row->name] = ((cw_tap *)tap)->secrets;
        known[row->name] = true;
    }
    return tap;
}

static PyObject *make_packed(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *kind_names, *names, *rows;
    unsigned long base;
    if (!PyArg_ParseTuple(args, "O!SO!k:make_packed", &PyTuple_Type, &kind_names, &rows, &PyTuple_Type, &names, &base)) return NULL;
    const cw_tap_kind *kinds[KINDS];
    Py_ssize_t kind_count = PyTuple_GET_SIZE(kind_names), count = PyBytes_GET_SIZE(rows) / (Py_ssize_t)sizeof(packed_row);
    for (Py_ssize_t i = 0; i < kind_count; i++) {
        const char *text = i < KINDS && PyUnicode_Check(PyTuple_GET_ITEM(kind_names, i)) ? PyUnicode_AsUTF8(PyTuple_GET_ITEM(kind_names, i)) : NULL;
        if (text == NULL || (kinds[i] = kind_of(text)) == NULL) return PyErr_Format(PyExc_ValueError, "no tap is of kind %R", PyTuple_GET_ITEM(kind_names, i));
    }
    uint64_t *judged = PyMem_Calloc((size_t)PyTuple_GET_SIZE(names) + 1, sizeof *judged);
    bool *known = PyMem_Calloc((size_t)PyTuple_GET_SIZE(names) + 1, sizeof *known);
    PyObject *result = judged == NULL || known == NULL ? PyErr_NoMemory() : PyList_New(count);
    for (Py_ssize_t i = 0; result != NULL && i < count; i++) {
        packed_row row;
        memcpy(&row, PyBytes_AS_STRING(rows) + i * (Py_ssize_t)sizeof row, sizeof row);
        PyObject *tap = unpack(&row, kinds, kind_count, names, judged, known, base);
        if (tap == NULL) Py_CLEAR(result);
        else PyList_SET_ITEM(result, i, tap);
    }
    PyMem_Free(judged);
    PyMem_Free(known);
    return result;
}

/* A copy is a tap of the same kind without a place: sites belong to the process that registered them. */
static PyObject *reduce(PyObject *self, PyObject *Py_UNUSED(ignored)) {
    cw_tap *tap = (cw_tap *)self;
    PyObject *module = PyImport_ImportModule("causeway._tap"), *maker = module == NULL ? NULL : PyObject_GetAttrString(module, "make");
    Py_XDECREF(module);
    if (maker == NULL) return NULL;
    return Py_BuildValue("N(siOk)", maker, tap->kind->kind, 0, tap->name == NULL ? Py_None : tap->name, (unsigned long)tap->site2);
}

PyMethodDef cw_tap_methods[] = {{"__reduce__", reduce, METH_NOARGS, "How copies and pickles are made."}, {NULL}};

int cw_taps_init(PyObject *module) {
    static PyMethodDef functions[] = {{"make", (PyCFunction)(void (*)(void))make, METH_VARARGS | METH_KEYWORDS,
                                       "make(kind, site, name=None, site2=0) -> tap\n\nA tap object of one kind for one site; see native/README.md."},
                                      {"make_many", make_many, METH_VARARGS, "make_many(rows, base) -> list\n\nA tap for each (kind, site, name, site2), base added to the site."},
                                      {"make_packed", make_packed, METH_VARARGS,
                                       "make_packed(kinds, rows, names, base) -> list\n\nThe same from rows of four little-endian words: index of the kind, site, index of the name, site2."},
                                      {NULL}};
    if (cw_methods_init() < 0 || cw_bound_init() < 0 || cw_named_init(module) < 0) return -1;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const cw_tap_kind *k = tables[i]; k->kind != NULL; k++)
            if (PyType_Ready(k->type) < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
