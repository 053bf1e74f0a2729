/* Taps of names: locals, globals, closure cells. */
#include "taps.h"

#include <string.h>

static inline void record_local(cw_tap *tap, PyObject *value, unsigned how) {
    cw_record_value(tap->first, value, tap->secrets & 1, how);
    cw_line_after(tap);
}

/* del T[x] */
static int local(PyObject *self, PyObject *key, PyObject *Py_UNUSED(value)) {
    record_local((cw_tap *)self, key, CW_BOUND);
    return 0;
}

/* T @ x: the same in a place that wants an expression. */
static PyObject *local_true(PyObject *self, PyObject *value) {
    record_local((cw_tap *)self, value, CW_BOUND);
    return cw_true();
}

/* del T[x, y, z]: consecutive sites. */
static int locals(PyObject *self, PyObject *key, PyObject *Py_UNUSED(value)) {
    cw_tap *tap = (cw_tap *)self;
    if (!PyTuple_CheckExact(key)) return local(self, key, NULL);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); i++)
        cw_record_value(tap->first + ((uint32_t)i << 8), PyTuple_GET_ITEM(key, i), i < 64 && (tap->secrets >> i & 1), CW_BOUND);
    cw_line_after(tap);
    return 0;
}

static PyObject *locals_true(PyObject *self, PyObject *value) {
    locals(self, value, NULL);
    return cw_true();
}

static void set_variable(cw_tap *tap, uint32_t cell, PyObject *value) {
    if (!cw_active()) return;
    if (value == NULL) cw_record((tap->first & ~15u) | CW_SETVAR, &cell, 1, &(cw_value){CW_ABSENT, 0, {0}});
    else cw_record_after((tap->first & ~15u) | CW_SETVAR, cell, value, tap->secrets & 1, CW_PUBLISH);
    cw_line_after(tap);
}

static void get_variable(cw_tap *tap, uint32_t cell, PyObject *value) {
    if (!cw_reads_matter() || cw_read_again(tap, cell)) return;
    cw_record_after((tap->first & ~15u) | CW_GETVAR, cell, value, tap->secrets & 1, CW_PUBLISH);
}

static int global_set(PyObject *self, PyObject *key, PyObject *Py_UNUSED(value)) {
    set_variable((cw_tap *)self, 0, key);
    return 0;
}

static PyObject *global_get(PyObject *self, PyObject *value) {
    get_variable((cw_tap *)self, 0, value);
    return cw_same(value);
}

/* T @ value inside (x := …) or x = …; site2 tells a global from a local. */
static PyObject *walrus(PyObject *self, PyObject *value) {
    cw_tap *tap = (cw_tap *)self;
    if (tap->site2 == 1) set_variable(tap, 0, value);
    else record_local(tap, value, CW_PASSING);
    return cw_same(value);
}

static PyObject *unbind(PyObject *self) {
    cw_tap *tap = (cw_tap *)self;
    if (tap->site2 == 1) {
        set_variable(tap, 0, NULL);
    } else {
        uint32_t *at = cw_reserve(1);
        if (CW_LIKELY(at != NULL)) cw_commit(at, 1, tap->first);
    }
    return cw_true();
}

static PyObject *unbind_global(PyObject *self) {
    set_variable((cw_tap *)self, 0, NULL);
    return cw_true();
}

/* The id in a cell's companion variable; 0 when the program is in a state where it is not bound. */
static uint32_t cell_of(PyObject *pair) {
    PyObject *id = PyTuple_GET_ITEM(pair, 0);
    if (!PyLong_CheckExact(id)) return 0;
    int overflow;
    return (uint32_t)PyLong_AsLongLongAndOverflow(id, &overflow);
}

static bool is_pair(PyObject *key) { return PyTuple_CheckExact(key) && PyTuple_GET_SIZE(key) == 2; }

/* T[cellid:x] */
static PyObject *cell_slice(PyObject *self, PyObject *key) {
    if (!PySlice_Check(key)) return PyErr_Format(PyExc_TypeError, "a cell tap takes the cell's id and its value");
    PySliceObject *both = (PySliceObject *)key;
    int overflow;
    if (PyLong_CheckExact(both->start)) get_variable((cw_tap *)self, (uint32_t)PyLong_AsLongLongAndOverflow(both->start, &overflow), both->stop);
    return cw_same(both->stop);
}

/* del T[cellid, x]; del T[cellid,] when x was deleted */
static int cell_set(PyObject *self, PyObject *key, PyObject *Py_UNUSED(value)) {
    if (PyTuple_CheckExact(key) && PyTuple_GET_SIZE(key) == 1) set_variable((cw_tap *)self, cell_of(key), NULL);
    else if (is_pair(key)) set_variable((cw_tap *)self, cell_of(key), PyTuple_GET_ITEM(key, 1));
    return 0;
}

static PyObject *cell_get(PyObject *self, PyObject *key) {
    if (!is_pair(key)) return PyErr_Format(PyExc_TypeError, "a cell tap takes the cell's id and its value");
    get_variable((cw_tap *)self, cell_of(key), PyTuple_GET_ITEM(key, 1));
    return cw_same(PyTuple_GET_ITEM(key, 1));
}

static PyObject *new_cell(PyObject *Py_UNUSED(self)) {
    static uint32_t cells;
    return PyLong_FromUnsignedLong(++cells);
}

#define UNARY(function) .tp_as_number = &(PyNumberMethods){.nb_invert = function}
#define BINARY(function) .tp_as_number = &(PyNumberMethods){.nb_matrix_multiply = function}
#define STORE(function) .tp_as_mapping = &(PyMappingMethods){.mp_ass_subscript = function}

CW_TAP_TYPE(local_tap, "local", STORE(local), BINARY(local_true));
CW_TAP_TYPE(locals_tap, "locals", STORE(locals), BINARY(locals_true));
CW_TAP_TYPE(unbind_tap, "unbind", UNARY(unbind));
CW_TAP_TYPE(walrus_tap, "walrus", CW_VALUE_SLOTS(walrus));
CW_TAP_TYPE(comp_tap, "comp", CW_VALUE_SLOTS(local_true));
CW_TAP_TYPE(global_tap, "global", .tp_as_mapping = &(PyMappingMethods){.mp_ass_subscript = global_set, .mp_subscript = global_get}, .tp_as_number = &(PyNumberMethods){.nb_matrix_multiply = global_get, .nb_invert = unbind_global});
CW_TAP_TYPE(cell_tap, "cell", BINARY(cell_get), .tp_as_mapping = &(PyMappingMethods){.mp_ass_subscript = cell_set, .mp_subscript = cell_slice});
CW_TAP_TYPE(newcell_tap, "newcell", UNARY(new_cell));

const cw_tap_kind cw_binding_taps[] = {
    {"local", &local_tap, CW_LOCAL}, {"locals", &locals_tap, CW_LOCAL}, {"unbind", &unbind_tap, CW_LOCAL}, {"walrus", &walrus_tap, CW_LOCAL},
    {"comp", &comp_tap, CW_LOCAL},   {"global", &global_tap, CW_SETVAR}, {"cell", &cell_tap, CW_SETVAR},  {"newcell", &newcell_tap, 0},
    {NULL, NULL, 0},
};
