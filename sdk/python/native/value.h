/* Values on the wire: encoding, texts, secrets. No function here runs code of the program, raises, or touches a pending exception. */
#ifndef CW_VALUE_H
#define CW_VALUE_H

#include "segment.h"

enum {
    CW_ABSENT, CW_NONE, CW_FALSE, CW_TRUE, CW_INT32, CW_INT64, CW_FLOAT, CW_TEXT, CW_OBJECT, CW_TUPLE, CW_REDACTED, CW_UNCAPTURED
};
enum { CW_TOO_LARGE = 1, CW_TABLE_FULL, CW_HOSTILE, CW_DETAIL, CW_DISABLED, CW_NOT_LOOKED_AT };

/* Around code that may set or clear an exception while one is pending. */
#if PY_VERSION_HEX >= 0x030C0000
#define CW_KEEP_ERROR_BEGIN { PyObject *kept_error = PyErr_GetRaisedException();
#define CW_KEEP_ERROR_END PyErr_SetRaisedException(kept_error); }
#else
#define CW_KEEP_ERROR_BEGIN { PyObject *kept_type, *kept_error, *kept_trace; PyErr_Fetch(&kept_type, &kept_error, &kept_trace);
#define CW_KEEP_ERROR_END PyErr_Restore(kept_type, kept_error, kept_trace); }
#endif

#define CW_VALUE_WORDS 26

/* An encoded value: its kind and `words` payload words. Not initialised beyond `words`. */
typedef struct {
    uint32_t kind;
    uint32_t words;
    uint32_t payload[CW_VALUE_WORDS];
} cw_value;

/* Encodes `value` (NULL: ABSENT). May write TEXT, TYPE and OBJECT records first: call before cw_reserve. */
void cw_encode(PyObject *value, cw_value *out);

/* The id of a TEXT record for an exact str or bytes (bounded to 4,096 bytes); 0 when there is no room or nothing records; CW_TEXT_REDACTED
 * when the text is a secret itself. */
uint32_t cw_text(PyObject *text);
/* The same, or-ed with CW_TEXT_SECRET_NAME when the text is a name that marks what it names as a secret. */
uint32_t cw_text_named(PyObject *text);
#define CW_TEXT_REDACTED 0x7FFFFFFFu
#define CW_TEXT_SECRET_NAME 0x80000000u
uint32_t cw_text_utf8(const char *text, size_t length);
/* The id of the TEXT record of a member of an enum: the name of its class, a dot, its own name. */
uint32_t cw_text_member(PyObject *class_name, PyObject *name);
uint32_t cw_text_decimal(const char *digits, size_t length);

/* How an object is reached when it is encoded: may be or-ed. */
enum {
    CW_PUBLISH = 1, /* others can reach it now */
    CW_SECRET = 2,  /* under a secret name: its texts are redacted */
    CW_BOUND = 4,   /* a local variable and the evaluation stack hold it: if nothing else does, it is the running actor's alone */
    CW_PASSING = 8, /* the same of the evaluation stack */
};
void cw_encode_how(PyObject *value, cw_value *out, unsigned how);

/* Encodes a value bound to a secret name: REDACTED unless it is None, a bool or a container, which is marked so that its texts are redacted too. */
void cw_encode_secret(PyObject *value, cw_value *out);
void cw_encode_secret_how(PyObject *value, cw_value *out, unsigned how);

/* As cw_encode, for something that others can now reach: it is no longer private to the running actor. */
void cw_encode_published(PyObject *value, cw_value *out);

/* Appends a word holding the kind and then the payload; gives the words used. `to` has room for CW_VALUE_WORDS + 1. */
static inline uint32_t cw_put_value(uint32_t *to, const cw_value *v) {
    to[0] = v->kind;
    for (uint32_t i = 0; i < v->words; i++) to[1 + i] = v->payload[i];
    return 1 + v->words;
}

/* The UTF-8 of a str, as much as fits; lone surrogates become U+FFFD. Caches nothing in the str. */
size_t cw_utf8_of(PyObject *text, char *to, size_t room);

/* Forgets all texts: they are written again on use, under fresh ids. */
void cw_texts_forget(void);
uint64_t cw_texts_written(void);

/* True when a name marks its value as a secret (SPEC section 4). `name` need not end in NUL. */
bool cw_secret_name(const char *name, size_t length);

/* Names to be treated as secret besides the built-in ones: `count` lower-case patterns, parts of a name, copied. `enabled` false switches redaction off. */
void cw_secret_configure(const char *const *patterns, size_t count, bool enabled);
/* True when the text itself is a credential: a bearer or basic authorization header, a JSON web token, a private key. */
bool cw_secret_text(const char *text, size_t length);
/* True for an exact str that is a secret name; judged once a text. */
bool cw_secret_key(PyObject *key);

/* Appends `word byte_length` and the UTF-8 bytes padded with zeros to `to` (which has `room` words); cut to fit. Gives the words used. */
uint32_t cw_put_text(uint32_t *to, uint32_t room, const char *text, size_t length);

#endif
