/* Keys that are objects and compare by what they hold: equal ones are one key on the wire. */
#ifndef CW_KEY_H
#define CW_KEY_H

#include "value.h"

/* Of a key that was encoded as OBJECT, or as TUPLE with such in it: puts the id of the first key met that is equal to it in place of its own. Keys that compare by identity, and those
 * of which it cannot be told without running code of the program, stay as they are. */
void cw_key_unify(PyObject *key, cw_value *out);
/* Forgets which keys were met. */
void cw_keys_forget(void);

/* Encodes the key of a mapping or an element of a set, which others can reach now. */
static inline void cw_encode_key(PyObject *key, cw_value *out) {
    cw_encode_published(key, out);
    if (out->kind == CW_OBJECT || out->kind == CW_TUPLE) cw_key_unify(key, out);
}

#endif
