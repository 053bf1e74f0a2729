/* Audit events of the interpreter: how files, sockets and databases are seen being opened without a single function being replaced.
 *
 * An audit hook cannot be removed, so this one stands there once a process and does nothing while nothing is recorded. Most events are others (imports, code objects,
 * frames): they cost one look into a small table. */
#include "audit.h"
#include "failure.h"
#include "tap.h"

#include <string.h>

#define WATCHED 32

typedef struct {
    char event[40];
    size_t length;
    PyObject *callback; /* callback(event, args); NULL: switched off after it raised */
} Watched;

static Watched watched[WATCHED];
static int used;
static uint64_t first_letters; /* bit of every first letter that is watched */
static bool others; /* somebody else listens, or may */

bool cw_audited_by_others(void) { return others || !used; }

static int hook(const char *event, PyObject *args, void *data) {
    if (event[0] == 's' && strcmp(event, "sys.addaudithook") == 0) others = true;
    if (!(first_letters >> (event[0] & 63) & 1) || !cw_active()) return 0;
    size_t length = strlen(event);
    for (int i = 0; i < used; i++) {
        Watched *w = &watched[i];
        if (w->length != length || memcmp(w->event, event, length) || !w->callback) continue;
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        cw_pause();
        PyObject *callback = Py_NewRef(w->callback); /* another thread's failure may switch it off meanwhile */
        PyObject *done = PyObject_CallOneArg(callback, args);
        Py_DECREF(callback);
        cw_resume();
        if (!done) {
            if (!cw_hook_failed(w->event)) { /* the program is being interrupted */
                Py_XDECREF(type);
                Py_XDECREF(value);
                Py_XDECREF(trace);
                return -1;
            }
            Py_CLEAR(w->callback);
        }
        Py_XDECREF(done);
        PyErr_Restore(type, value, trace);
        return 0;
    }
    return 0;
}

/* An argument of an audit event, which is made only where somebody listens. */
static PyObject *listened(void *unused) {
    others = true;
    Py_RETURN_NONE;
}

static int begin(void) {
    if (PySys_Audit("causeway.listens", "O&", listened, NULL) < 0) PyErr_Clear(); /* somebody does */
    return PySys_AddAuditHook(hook, NULL);
}

static PyObject *audit(PyObject *module, PyObject *args) {
    const char *event;
    PyObject *callback;
    if (!PyArg_ParseTuple(args, "sO", &event, &callback)) return NULL;
    if (used == WATCHED || strlen(event) >= sizeof watched[0].event) return PyErr_Format(PyExc_RuntimeError, "too many audit events");
    if (!used && begin() < 0) return NULL;
    Watched *w = &watched[used++];
    strcpy(w->event, event);
    w->length = strlen(event);
    w->callback = Py_NewRef(callback);
    first_letters |= 1ull << (event[0] & 63);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"audit", audit, METH_VARARGS,
     "audit(event, callback) -> None\n\nCalls callback(args) at every audit event of that name while recording, with recording paused; for good. A callback that raises is switched off (GAP)."},
    {NULL},
};

int audit_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
