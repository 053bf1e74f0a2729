/* What a debugger's trace function costs in CPython 3.11, kept to the calls that it asks for.
 *
 * The interpreter handles each instruction of a traced thread in a slow way, also in frames whose lines nobody wants: debugpy wants to hear of each call,
 * but of lines only in functions with a breakpoint, or on a step. Such a frame rests: it runs untraced between its calls.
 *
 * Whether instructions are traced is a flag of the C frame that runs them. While resting is on, each Python frame has a C frame of its own (PEP 523), so the
 * flag can be set for a single one. A tap clears the flag. A call sets it for the called function, and afterwards clears it again. Where a frame is given a
 * trace function later, by itself or another thread, all frames are traced until a tap of theirs finds that they have none. */
#include "untraced.h"

#include "audit.h"

#if PY_VERSION_HEX < 0x030C0000
#include <internal/pycore_frame.h>

#define TYPES 4
/* Bytes of C stack below the first Python frame of a thread. Frames with a C frame of their own need it, and a program with a high recursion limit counts on
 * needing none. */
#define DEEPEST (256 * 1024)

bool cw_resting;
static PyTypeObject *tracers[TYPES];
static _Thread_local uintptr_t outermost;
static _Thread_local _PyInterpreterFrame *running; /* the innermost frame that evaluate() runs, whose end gives the caller its flag back */

/* Whether the thread is traced by an object that is asked about calls only, and by nothing else. */
static bool may_rest(const PyThreadState *state) {
    if (state->c_traceobj == NULL || state->c_tracefunc == NULL || state->c_profilefunc != NULL) return false;
    for (int i = 0; i < TYPES; i++)
        if (tracers[i] == Py_TYPE(state->c_traceobj)) return true;
    return false;
}

static bool wants_lines(const _PyInterpreterFrame *frame) { return frame->frame_obj != NULL && frame->frame_obj->f_trace != NULL; }

static void wake(PyInterpreterState *interpreter) {
    for (PyThreadState *state = PyInterpreterState_ThreadHead(interpreter); state != NULL; state = PyThreadState_Next(state))
        if (state->c_tracefunc != NULL && !state->tracing)
            for (_PyCFrame *c = state->cframe; c != NULL; c = c->previous) c->use_tracing = 255;
}

static PyObject *evaluate(PyThreadState *state, _PyInterpreterFrame *frame, int throwing);

static void rest(PyInterpreterState *interpreter, bool on) {
    cw_resting = on;
    _PyInterpreterState_SetEvalFrameFunc(interpreter, on ? evaluate : _PyEval_EvalFrameDefault);
    if (!on) wake(interpreter);
}

static bool is_deep(void) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (outermost < here) outermost = here;
    return outermost - here > DEEPEST;
}

/* In a deep recursion calls are made as without us, until it is over. */
static PyObject *run(PyThreadState *state, _PyInterpreterFrame *frame, int throwing) {
    if (!cw_resting || !is_deep()) return _PyEval_EvalFrameDefault(state, frame, throwing);
    rest(state->interp, false);
    PyObject *result = _PyEval_EvalFrameDefault(state, frame, throwing);
    if (_PyInterpreterState_GetEvalFrameFunc(state->interp) == _PyEval_EvalFrameDefault) rest(state->interp, true);
    return result;
}

static PyObject *evaluate(PyThreadState *state, _PyInterpreterFrame *frame, int throwing) {
    if (state->tracing || !may_rest(state)) return run(state, frame, throwing);
    _PyCFrame *caller = state->cframe;
    bool rested = caller->use_tracing == 0 && caller->current_frame != NULL;
    caller->use_tracing = 255; /* which the called function's C frame takes over */
    _PyInterpreterFrame *before = running;
    running = frame;
    PyObject *result = run(state, frame, throwing);
    running = before;
    /* The called function's C frame has left its flag to this one. */
    if (may_rest(state)) caller->use_tracing = rested && cw_resting && !wants_lines(caller->current_frame) ? 0 : 255;
    return result;
}

void cw_rest_frame(void) {
    PyThreadState *state = _PyThreadState_UncheckedGet();
    if (!may_rest(state)) return;
    _PyFrameEvalFunction evaluator = _PyInterpreterState_GetEvalFrameFunc(state->interp);
    if (evaluator == _PyEval_EvalFrameDefault) {
        rest(state->interp, true);
    } else if (evaluator != evaluate) { /* another library's, which would make calls untraced */
        cw_resting = false;
        wake(state->interp);
        return;
    }
    if (state->cframe->current_frame == running && !wants_lines(running)) state->cframe->use_tracing = 0;
}

static void add_tracers(PyTypeObject *type) {
    for (int i = 0; i < TYPES; i++) {
        if (tracers[i] == type) return;
        if (tracers[i] != NULL) continue;
        tracers[i] = (PyTypeObject *)Py_NewRef(type);
        cw_resting = true; /* the first tap on a traced thread does the rest */
        return;
    }
}

static getter audited_code;

/* frame.f_code, which raises an audit event. Making its arguments takes longer than all else that debugpy does about a call. */
static PyObject *code_of(PyObject *frame, void *closure) {
    if (cw_audited_by_others()) return audited_code(frame, closure);
    return (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
}

static setter plain_trace;

/* frame.f_trace = … */
static int set_trace(PyObject *frame, PyObject *value, void *closure) {
    int done = plain_trace(frame, value, closure);
    if (cw_resting && done == 0 && value != NULL && value != Py_None) wake(PyInterpreterState_Get());
    return done;
}

static PyGetSetDef *attribute_of_frames(const char *name) {
    PyObject *attribute = PyDict_GetItemString(PyFrame_Type.tp_dict, name); /* borrowed */
    return attribute != NULL && Py_IS_TYPE(attribute, &PyGetSetDescr_Type) ? ((PyGetSetDescrObject *)attribute)->d_getset : NULL;
}

/* False where the interpreter is not as we know it. */
static bool exchange_attributes(void) {
    if (plain_trace != NULL) return true;
    PyGetSetDef *trace = attribute_of_frames("f_trace"), *code = attribute_of_frames("f_code");
    if (trace == NULL || code == NULL) return false;
    plain_trace = trace->set;
    trace->set = set_trace;
    audited_code = code->get;
    code->get = code_of;
    return true;
}
#endif

static PyObject *rest_under(PyObject *module, PyObject *type) {
    if (!PyType_Check(type)) return PyErr_Format(PyExc_TypeError, "a type is needed");
#if PY_VERSION_HEX < 0x030C0000
    if (exchange_attributes()) add_tracers((PyTypeObject *)type);
#endif
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"rest_under", rest_under, METH_O,
     "rest_under(type) -> None\n\nTrace functions of this type are asked about calls, and about a frame's lines only where the frame has one of its own (f_trace), as "
     "sys.settrace has it: woven frames that have none may run untraced between their calls. For good. CPython 3.11 only."},
    {NULL},
};

int untraced_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
