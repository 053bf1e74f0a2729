/* The second pass: accesses of places that more than one actor touched. */
#ifndef CW_ACCESS_H
#define CW_ACCESS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

extern PyTypeObject cw_access_scan_type;

#endif
