/* Values on the wire: encoding, texts, secrets. No function here runs code of the program, raises, or touches a pending exception. */
#ifndef CW_VALUE_H
#define CW_VALUE_H

#include "segment.h"

enum {
    CW_ABSENT, CW_NONE, CW_FALSE, CW_TRUE, CW_INT32, CW_INT64, CW_FLOAT, CW_TEXT, CW_OBJECT, CW_TUPLE, CW_REDACTED, CW_UNCAPTURED
};
enum { CW_TOO_LARGE = 1, CW_TABLE_FULL, CW_HOSTILE, CW_DETAIL, CW_DISABLED, CW_NOT_LOOKED_AT };

#define CW_VALUE_WORDS 26

/* An encoded value: its kind and `words` payload words. Not initialised beyond `words`. */
typedef struct {
    uint32_t kind;
    uint32_t words;
    uint32_t payload[CW_VALUE_WORDS];
} cw_value;

/* Encodes `value` (NULL: ABSENT). May write TEXT, TYPE and OBJECT records first: call before cw_reserve. */
void cw_encode(PyObject *value, cw_value *out);

/* The id of a TEXT record for an exact str or bytes (bounded to 4,096 bytes), 0 when the table is full or nothing records. */
uint32_t cw_text(PyObject *text);
uint32_t cw_text_utf8(const char *text, size_t length);

/* True when a name marks its value as a secret (SPEC section 4). `name` need not end in NUL. */
bool cw_secret_name(const char *name, size_t length);

/* Appends `word byte_length` and the UTF-8 bytes padded with zeros to `to` (which has `room` words); cut to fit. Gives the words used. */
uint32_t cw_put_text(uint32_t *to, uint32_t room, const char *text, size_t length);

#endif
