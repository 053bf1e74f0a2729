/* Audit events of the interpreter, for boundaries (audit.c). */
#ifndef CW_AUDIT_H
#define CW_AUDIT_H

#include <Python.h>
#include <stdbool.h>

/* Whether anybody but this recorder may listen to audit events. */
bool cw_audited_by_others(void);
/* Adds the function audit to the module; 0, or -1 with an exception. */
int audit_init(PyObject *module);

#endif
