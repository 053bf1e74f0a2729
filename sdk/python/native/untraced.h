/* Frames whose lines the tracer does not want run untraced between their calls (untraced.c). */
#ifndef CW_UNTRACED_H
#define CW_UNTRACED_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>

/* Whether frames may rest. Later interpreters than CPython 3.11 have sys.monitoring, which costs nothing where nothing is watched. */
#if PY_VERSION_HEX < 0x030C0000
extern bool cw_resting;
/* Has the running frame rest where it may. */
void cw_rest_frame(void);
#endif

/* For the taps that come first in a frame, and again in its loops. */
static inline void cw_rest(void) {
#if PY_VERSION_HEX < 0x030C0000
    if (__builtin_expect(cw_resting, 0)) cw_rest_frame();
#endif
}

/* Adds rest_under to the module; 0, or -1 with an exception. */
int untraced_init(PyObject *module);

#endif
