/* Local variables of the running frame without a frame object. Where they are is the interpreter's own business, so it is looked for at import: in a
 * function called with two objects that nobody else has. */
#include "frame.h"

#define FURTHEST 32

static Py_ssize_t offset; /* in words, 0: not known */

static void *running(void) {
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
    PyFrameObject *frame = PyEval_GetFrame(); /* borrowed */
    if (frame == NULL) return false;
    PyCodeObject *code = PyFrame_GetCode(frame);
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
    Py_RETURN_NONE;
}

int cw_frame_init(void) {
    static PyMethodDef method = {"find", find, METH_VARARGS, NULL};
    PyObject *names = PyDict_New(), *function = PyCFunction_New(&method, NULL), *result = NULL;
    if (names != NULL && function != NULL && PyDict_SetItemString(names, "find", function) == 0)
        result = PyRun_String("def probe(one, two):\n    find(one, two)\nprobe(object(), object())\n", Py_file_input, names, names);
    Py_XDECREF(names);
    Py_XDECREF(function);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}
