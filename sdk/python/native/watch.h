/* Learning of an object's death without a reference, a weak reference or a finalizer: by the slots that free it. */
#ifndef CW_WATCH_H
#define CW_WATCH_H

#include "segment.h"

/* Makes sure that cw_retire is called for every instance of `type` that is freed; false when no way is known. Idempotent and permanent. */
bool cw_watch(PyTypeObject *type);
/* True while `object` is inside its deallocator (a finalizer may still show it to the program): it must not be registered again. */
bool cw_dying(PyObject *object);
/* Finds the deallocator that Python classes share and keeps `__class__` assignment possible. 0, or -1 with an exception. */
int cw_watch_init(void);
/* True when instances of `type` are freed by the deallocator of Python classes. */
bool cw_python_class(PyTypeObject *type);

#endif
