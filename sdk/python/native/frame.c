/* Local variables of the running frame without a frame object. Where they are is the interpreter's own business, so it is looked for at import: in a
 * function called with two objects that nobody else has. */
#include "frame.h"

#define FURTHEST 32

static Py_ssize_t offset; /* in words, 0: not known */

/* Code of the methods that stand between woven code and its tap while an order is in force (causeway/order/gate.py). */
static PyObject *gate_codes; /* a frozenset, or NULL */
static bool frames_known; /* whether a frame object holds its frame where it is looked for below */

static void *frame_behind(PyFrameObject *frame) { return ((void **)frame)[sizeof(PyObject) / sizeof(void *) + 1]; }

/* The frame that called the running gate, a new reference; the running one if that is no gate's. NULL without a frame. */
static PyFrameObject *woven(void) {
    PyFrameObject *frame = PyEval_GetFrame(); /* borrowed */
    Py_XINCREF(frame);
    while (frame != NULL) {
        PyCodeObject *code = PyFrame_GetCode(frame);
        int gate = gate_codes == NULL ? 0 : PySet_Contains(gate_codes, (PyObject *)code);
        Py_DECREF(code);
        if (gate <= 0) break;
        PyFrameObject *caller = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = caller;
    }
    return frame;
}

static void *running(void) {
    if (gate_codes != NULL && frames_known) {
        void *found = NULL;
        CW_KEEP_ERROR_BEGIN
        PyFrameObject *frame = woven();
        if (frame != NULL) found = frame_behind(frame);
        Py_XDECREF(frame);
        PyErr_Clear();
        CW_KEEP_ERROR_END
        return found;
    }
    PyThreadState *state = _PyThreadState_UncheckedGet();
    if (state == NULL) return NULL;
#if PY_VERSION_HEX >= 0x030D0000
    return state->current_frame;
#else
    return state->cframe->current_frame;
#endif
}

uint32_t cw_frame_key(void) { return (uint32_t)((uintptr_t)running() >> 3); }

PyObject **cw_frame_locals(void) {
    PyObject **frame = running();
    return frame == NULL || offset == 0 ? NULL : frame + offset;
}

/* A cell may also be what the program passed: the code tells. */
static bool is_cell_variable(Py_ssize_t index) {
    PyFrameObject *frame = woven();
    if (frame == NULL) return false;
    PyCodeObject *code = PyFrame_GetCode(frame);
    Py_DECREF(frame);
    PyObject *names = PyCode_GetVarnames(code), *cells = PyCode_GetCellvars(code);
    bool found = names != NULL && cells != NULL && index < PyTuple_GET_SIZE(names) && PySequence_Contains(cells, PyTuple_GET_ITEM(names, index)) == 1;
    Py_XDECREF(names);
    Py_XDECREF(cells);
    Py_DECREF(code);
    return found;
}

PyObject *cw_frame_value(PyObject *const *locals, Py_ssize_t index) {
    PyObject *value = locals[index];
    if (value == NULL || !PyCell_Check(value)) return value;
    bool cell;
    CW_KEEP_ERROR_BEGIN
    cell = is_cell_variable(index);
    PyErr_Clear();
    CW_KEEP_ERROR_END
    return cell ? PyCell_GET(value) : value;
}

static PyObject *find(PyObject *Py_UNUSED(self), PyObject *both) {
    PyObject **frame = running(), *one = PyTuple_GET_ITEM(both, 0), *two = PyTuple_GET_ITEM(both, 1);
    for (Py_ssize_t i = 1; frame != NULL && i < FURTHEST && offset == 0; i++)
        if (frame[i] == one && frame[i + 1] == two) offset = i;
    PyFrameObject *object = PyEval_GetFrame(); /* borrowed */
    frames_known = object != NULL && frame_behind(object) == (void *)frame;
    Py_RETURN_NONE;
}

/* stand_behind(codes) -> None */
static PyObject *stand_behind(PyObject *Py_UNUSED(module), PyObject *codes) {
    PyObject *known = PyFrozenSet_New(codes);
    if (known == NULL) return NULL;
    Py_XSETREF(gate_codes, known);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"stand_behind", stand_behind, METH_O,
     "stand_behind(codes) -> None\n\nTaps called from functions with this code record as if their callers had called them (gates of an order)."},
    {NULL, NULL, 0, NULL},
};

int cw_frame_init(PyObject *module) {
    if (PyModule_AddFunctions(module, functions) < 0) return -1;
    static PyMethodDef method = {"find", find, METH_VARARGS, NULL};
    PyObject *names = PyDict_New(), *function = PyCFunction_New(&method, NULL), *result = NULL;
    if (names != NULL && function != NULL && PyDict_SetItemString(names, "find", function) == 0)
        result = PyRun_String("def probe(one, two):\n    find(one, two)\nprobe(object(), object())\n", Py_file_input, names, names);
    Py_XDECREF(names);
    Py_XDECREF(function);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}
