/* What several processes share: memory mapped by all of them, and objects of a server process. Its reads matter in a process with one actor too.
 *
 * A process may have many objects for one place (views of memory, proxies), and each process has its own. A SHARED record says by which name all of them
 * know an object, once an object and process, before its first access. */
#ifndef CW_SHARING_H
#define CW_SHARING_H

#include "value.h"

/* 1 once this process may have something to share (`share()`); it stays so. Added to the number of actors where it is asked whether reads matter. */
extern uint32_t cw_sharing;

/* What of an object is shared. */
enum { CW_ATTRIBUTES = 1, CW_ITEMS = 2, CW_METHODS = 4 };

/* The id of `object` when it is known between processes and `what` of it is shared, else 0. Its SHARED record is written. Keeps a pending exception. */
uint32_t cw_shared_id(PyObject *object, unsigned what);
/* The same for its attribute `name`: 0 when that is no data (methods, `shape` …). */
uint32_t cw_shared_attribute_id(PyObject *object, PyObject *name);
/* The value of a shared attribute, where it can be had without code of the program or another process: a new reference or NULL. No exception is set. */
PyObject *cw_shared_value(PyObject *object, PyObject *name);
/* The key of a shared item; an index counts from the front where the length is known. */
void cw_encode_shared_key(PyObject *object, PyObject *key, cw_value *out);
/* The function in the class of a shared object that `object.name` binds, borrowed, or NULL. */
PyObject *cw_shared_method(PyObject *object, PyObject *name);
/* Forgets which objects were named: they are named again (start, fork). */
void cw_sharing_forget(void);
/* Adds share() and share_type(); 0, or -1 with an exception. */
int cw_sharing_init(PyObject *module);

#endif
