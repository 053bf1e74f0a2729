/* Counters that processes share, to number the messages of a pipe: a page of a file in the spool, incremented atomically. */
#define _GNU_SOURCE
#include "pipes.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define COUNTERS 8

/* counters_open(path, create) -> handle, 0 when there is no such file. The mapping lasts as long as the process and its forks. */
static PyObject *counters_open(PyObject *module, PyObject *args) {
    PyObject *path;
    int create;
    if (!PyArg_ParseTuple(args, "O&p", PyUnicode_FSConverter, &path, &create)) return NULL;
    int fd = open(PyBytes_AS_STRING(path), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
    Py_DECREF(path);
    void *map = MAP_FAILED;
    if (fd >= 0) {
        if (ftruncate(fd, COUNTERS * 8) == 0) map = mmap(NULL, COUNTERS * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
    }
    return PyLong_FromVoidPtr(map == MAP_FAILED ? NULL : map);
}

static uint64_t *counter(PyObject *args, unsigned int *index) {
    PyObject *handle;
    if (!PyArg_ParseTuple(args, "OI", &handle, index)) return NULL;
    uint64_t *map = PyLong_AsVoidPtr(handle);
    if (!map || *index >= COUNTERS) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "no such counter");
        return NULL;
    }
    return map + *index;
}

static PyObject *counters_next(PyObject *module, PyObject *args) {
    unsigned int index;
    uint64_t *at = counter(args, &index);
    return at ? PyLong_FromUnsignedLongLong(__atomic_add_fetch(at, 1, __ATOMIC_SEQ_CST)) : NULL;
}

static PyObject *counters_set(PyObject *module, PyObject *args) {
    PyObject *handle;
    unsigned int index;
    unsigned long long value;
    if (!PyArg_ParseTuple(args, "OIK", &handle, &index, &value)) return NULL;
    uint64_t *map = PyLong_AsVoidPtr(handle);
    if (!map || index >= COUNTERS) return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_ValueError, "no such counter");
    __atomic_store_n(map + index, (uint64_t)value, __ATOMIC_SEQ_CST);
    Py_RETURN_NONE;
}

static PyObject *counters_get(PyObject *module, PyObject *args) {
    unsigned int index;
    uint64_t *at = counter(args, &index);
    return at ? PyLong_FromUnsignedLongLong(__atomic_load_n(at, __ATOMIC_SEQ_CST)) : NULL;
}

static PyMethodDef functions[] = {
    {"counters_open", counters_open, METH_VARARGS, "counters_open(path, create) -> handle\n\nEight counters shared through a file; 0 when there is none. Opened at most once a path by the caller."},
    {"counters_next", counters_next, METH_VARARGS, "counters_next(handle, index) -> int\n\nAdds one, atomically among processes; gives the new value."},
    {"counters_set", counters_set, METH_VARARGS, "counters_set(handle, index, value) -> None"},
    {"counters_get", counters_get, METH_VARARGS, "counters_get(handle, index) -> int"},
    {NULL},
};

int pipes_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
