/* Tokens of items on their way through a queue: which put a get belongs to, whatever the queue's order (items.c). Needs the GIL. */
#ifndef CW_ITEMS_H
#define CW_ITEMS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

/* SYNC `op` (put, submit): `item` enters `queue`. */
void cw_item_put(uint32_t op, PyObject *queue, PyObject *item, uint32_t flags);
/* SYNC `op` (get, run): `item` left `queue`; its token is 0 when its put was not seen. */
void cw_item_get(uint32_t op, PyObject *queue, PyObject *item, uint32_t flags);
/* Forgets all. */
void cw_items_clear(void);

#endif
