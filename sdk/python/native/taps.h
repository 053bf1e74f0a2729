/* The tap types and what they have in common. */
#ifndef CW_TAPS_H
#define CW_TAPS_H

#include "actor.h"
#include "quick.h"
#include "sharing.h"

typedef struct cw_tap {
    PyObject_HEAD
    uint32_t first;      /* first word of the record, value kind 0 */
    uint32_t site;
    uint32_t last_owner; /* of the last read recorded here, in */
    uint32_t last_epoch;
    uint32_t last_key;   /* first word of the key, for items */
    PyObject *name;      /* an interned str, a tuple of names (locals), or NULL */
    const struct cw_tap_kind *kind;
    uint64_t secrets;    /* bit 0: the name is a secret one; of a tuple a bit each */
    uint32_t site2;      /* lowest bit of make()'s site2 */
    uint32_t after;      /* first word of the LINE that follows what this tap records, or 0 */
    uint8_t method;      /* of a method tap: see tap_method.c */
    PyObject *named;     /* of a tap of names that are made up: a tap by name (tap_named.c), or NULL */
    struct cw_bound *bound; /* of a bound tap: what its methods were given in place of their definitions (tap_bound.c) */
    struct cw_tap *earlier, *later; /* all taps with a name, to judge them again after configure() */
} cw_tap;

#define CW_LINE 1u
#define CW_CALL 2u
#define CW_RETURN 3u
#define CW_UNWIND 4u
#define CW_YIELD 5u
#define CW_RESUME 6u
#define CW_LOCAL 7u
#define CW_SETATTR 8u
#define CW_SETITEM 9u
#define CW_GETATTR 10u
#define CW_GETITEM 11u
#define CW_SETVAR 12u
#define CW_GETVAR 13u

#define CW_LIKELY(x) __builtin_expect(!!(x), 1)
#define CW_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* A new reference to True, what statement taps give; immortal from 3.12 on. */
static inline PyObject *cw_true(void) {
#if PY_VERSION_HEX < 0x030C0000
    Py_INCREF(Py_True);
#endif
    return Py_True;
}

/* A new reference to an argument that is given back. */
static inline PyObject *cw_same(PyObject *value) {
    Py_INCREF(value);
    return value;
}

/* True when reads of a shared thing are worth recording: somebody else exists. */
static inline bool cw_reads_matter(void) { return cw_actors() + cw_sharing > 1 && cw_active(); }

/* The same for all values; and with a word before the value. */
void cw_record_other(uint32_t first, PyObject *value, bool secret, unsigned how);
void cw_record_after(uint32_t first, uint32_t lead, PyObject *value, bool secret, unsigned how);

/* The value under the tap's name: redacted when that is a secret one. */
static inline void cw_encode_named(const cw_tap *tap, PyObject *value, cw_value *out, unsigned how) {
    if (CW_UNLIKELY(tap->secrets & 1)) cw_encode_secret_how(value, out, how);
    else cw_encode_how(value, out, how);
}

/* A record of the words in `lead` and one value, secret or not, held as `how` tells. Small ints take the short way. */
static inline void cw_record_value(uint32_t first, PyObject *value, bool secret, unsigned how) {
    uint32_t word;
    cw_stream *s = cw_ready(2);
    if (CW_UNLIKELY(!cw_small_int(value, &word) || secret || s == NULL)) {
        cw_record_other(first, value, secret, how);
        return;
    }
    s->next[1] = word;
    cw_finish(s, 2, first | CW_INT32 << 4);
}

void cw_line_slow(const cw_tap *tap);

/* The next statement's LINE, where this tap is the last thing its own statement does. */
static inline void cw_line_after(const cw_tap *tap) {
    if (tap->after == 0) return;
    cw_stream *s = cw_ready(1);
    if (CW_LIKELY(s != NULL)) cw_finish(s, 1, tap->after);
    else cw_line_slow(tap);
}

/* Writes `first`, `n` words of `lead` and the value. */
void cw_record(uint32_t first, const uint32_t *lead, uint32_t n, const cw_value *value);
/* The same with a key: the word `owner << 4 | key kind`, key, value. */
void cw_record_item(uint32_t first, uint32_t owner, const cw_value *key, const cw_value *value);

/* True when this site has recorded a read of this owner in this epoch; notes it. */
static inline bool cw_read_again(cw_tap *tap, uint32_t owner) {
    if (tap->last_owner == owner && tap->last_epoch == cw_epoch) return true;
    tap->last_owner = owner;
    tap->last_epoch = cw_epoch;
    return false;
}

typedef struct cw_tap_kind {
    const char *kind;
    PyTypeObject *type;
    uint32_t record; /* kind of the record, 0 when it varies */
} cw_tap_kind;

/* Each file of taps provides its table, ended by a NULL kind. */
extern const cw_tap_kind cw_flow_taps[], cw_entry_taps[], cw_binding_taps[], cw_attribute_taps[], cw_item_taps[], cw_method_taps[], cw_bound_taps[], cw_named_taps[];

/* A value that is given back goes through `T[value]`, because NotImplemented as the result of `T @ value` would mean a TypeError; `T @ value` is for literals. */
#define CW_VALUE_SLOTS(function)                                                                                                                       \
    .tp_as_number = &(PyNumberMethods){.nb_matrix_multiply = function}, .tp_as_mapping = &(PyMappingMethods){.mp_subscript = function}

/* A tap type: `slots` are designated initialisers. */
void cw_tap_dealloc(PyObject *tap);
extern PyMethodDef cw_tap_methods[];
#define CW_TAP_TYPE(variable, label, ...)                                                                                                              \
    static PyTypeObject variable = {.ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "causeway._tap." label, .tp_basicsize = sizeof(cw_tap),          \
                                    .tp_dealloc = cw_tap_dealloc, .tp_methods = cw_tap_methods, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, __VA_ARGS__}

/* Classifies a method tap by its name (tap_method.c). */
void cw_method_prepare(cw_tap *tap);
int cw_methods_init(void);
int cw_bound_init(void);
int cw_named_init(PyObject *module);
/* What `thing.name` and `thing.name = value` (NULL: `del`) do by the taps of an attribute; the second makes the store too. */
void cw_look_at_attribute(cw_tap *tap, PyObject *object);
int cw_set_attribute(cw_tap *tap, PyObject *object, PyObject *value);
/* A new tap of a kind. */
PyObject *cw_make_tap(const char *kind, unsigned long site, PyObject *name);
/* A structure read: the container as a whole was looked at. */
void cw_record_walk(cw_tap *tap, PyObject *container);
/* The same of one item: a read (once an epoch), a look whether it is there, and a store or (`value` NULL) a deletion, which is made here. */
void cw_record_index(cw_tap *tap, PyObject *container, PyObject *key, PyObject *value);
void cw_record_contains(cw_tap *tap, PyObject *container, PyObject *key, bool found);
int cw_store_item(cw_tap *tap, PyObject *container, PyObject *key, PyObject *value);
/* The built-in method `name` when it is what a container answers with, borrowed; else NULL. */
PyObject *cw_own_method(PyObject *object, PyObject *name);
/* A call of a container's method, by its descriptor, and what it did to the container. */
PyObject *cw_call_recorded(cw_tap *tap, PyObject *descriptor, PyObject *self, PyObject *const *args, size_t flags, PyObject *keywords);
/* `__setitem__` and `__delitem__`, made and recorded. NULL without an exception: they are to be called as they are. */
PyObject *cw_store_by_method(cw_tap *tap, PyObject *descriptor, PyObject *self, PyObject *const *args, size_t count);
/* True for the containers whose items are recorded: list, dict, set, deque, bytearray and their subclasses. */
bool cw_is_container(PyObject *object);

/* Makes the tap types ready and adds make() to the module; 0, or -1 with an exception. */
int cw_taps_init(PyObject *module);
/* Judges all names again. */
void cw_taps_judge(void);

#endif
