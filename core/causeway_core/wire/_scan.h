/* The scanner's loop: records in, rows and keyframes out. Needs the GIL (rows are Python tuples). */
#ifndef CW_SCAN_H
#define CW_SCAN_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_state.h"

/* Why a scan stopped. */
enum { CW_AT_END, CW_AT_ORDER, CW_AT_SITES, CW_AT_FULL, CW_AT_BAD };

typedef struct {
    PyObject_HEAD
    process *processes;
    stream *streams;
    table stream_of;                          /* stream_entry by stream.id */
    int64_t next_actor, next_step;
    uint64_t next_serial;
    uint64_t events;
    size_t chunk_words;
    PyObject *steps, *syncs, *runs, *records; /* lists of tuples since the last take() */
    PyObject *op_names, *state_names;         /* tuples of str by number */
} scanner;

/* Reads records of a stream from w[0..n) up to where it must stop; *used: words read, *detail: the order number that is waited for.
 * `force`: go on with the first ORDER, whatever its number. -1 with an exception. */
int cw_scan(scanner *z, stream *s, const uint32_t *w, size_t n, bool force, size_t *used, uint64_t *detail);
/* Ends the open step of a stream, as at its last record. */
bool cw_step_row(scanner *z, const stream *s, int64_t ended, PyObject *ending, uint32_t waiting_on);
bool cw_step_close(scanner *z, stream *s, int64_t ended, PyObject *ending, uint32_t waiting_on);
#endif
