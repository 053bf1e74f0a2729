/* What is known of a type: how its instances are laid out, and its TYPE record. */
#ifndef CW_TYPES_H
#define CW_TYPES_H

#include "value.h"

/* How the storage of an object is read without running its code. */
typedef enum {
    CW_OPAQUE, CW_LIST, CW_TUPLE_LIKE, CW_DICT, CW_SET, CW_DEQUE, CW_BYTEARRAY, CW_INSTANCE, CW_EXCEPTION, CW_CLASS, CW_MODULE, CW_FUNCTION, CW_BUILTIN,
    CW_METHOD, CW_GENERATOR_LIKE, CW_REPR, CW_DATETIME, CW_MEMBER /* of an enum */
} cw_layout;

typedef struct {
    PyTypeObject *type;
    uint32_t id;       /* on the wire */
    bool written;      /* its TYPE record is in this process' streams */
    bool trackable;    /* the death of instances is seen */
    bool library;      /* instances of a class whose module is not woven */
    uint8_t layout;
} cw_type;

/* The slow half of cw_type_of. */
cw_type *cw_type_find(PyTypeObject *type);
/* The entry asked for last; its type is NULL when the table has changed since. */
extern cw_type *cw_type_last;

/* The entry of a type, made at first sight; NULL without room. Valid until the next call. */
static inline cw_type *cw_type_of(PyTypeObject *type) { return cw_type_last->type == type ? cw_type_last : cw_type_find(type); }
/* Whether instances of a type are members of an enum. */
static inline bool cw_is_enum(PyTypeObject *type) {
    if (Py_TYPE(type) == &PyType_Type) return false;
    cw_type *entry = cw_type_of(type);
    return entry != NULL && entry->layout == CW_MEMBER;
}
/* The wire id of a type, writing its TYPE record when due. */
uint32_t cw_type_id(PyTypeObject *type);
/* A class is being freed. */
void cw_type_forget(PyTypeObject *type);
void cw_types_undefine(void);
/* A module is woven: its classes are the program's own. Before the first one is named all classes are. 0, or -1 with an exception. */
int cw_types_weave(const char *module);
/* `module.qualname` into `to`; gives the length. Runs no code. */
size_t cw_type_name(PyTypeObject *type, char *to, size_t room);
/* collections.deque and threading.local, NULL before they are known. */
extern PyTypeObject *cw_deque, *cw_thread_local;
int cw_types_init(void);

#endif
