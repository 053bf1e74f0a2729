/* Types: layout, TYPE records, names. */
#include "types.h"

#include "identity.h"
#include "watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PyTypeObject *cw_deque, *cw_thread_local;

static cw_type *table; /* open addressing by address, half full at most */
static uint32_t slots, used;
static uint32_t next_id = 1;
static PyObject *woven; /* a set of the names of woven modules; NULL while none is known */
static cw_type none;
cw_type *cw_type_last = &none;

static inline uint32_t home(const PyTypeObject *type) { return (uint32_t)((uintptr_t)type >> 4) * 0x9E3779B1u >> 7; }

static cw_type *find(PyTypeObject *type) {
    uint32_t at = home(type) & (slots - 1);
    while (table[at].type != NULL && table[at].type != type) at = (at + 1) & (slots - 1);
    return &table[at];
}

static bool grow(void) {
    uint32_t size = slots == 0 ? 256 : slots * 2;
    cw_type *old = table, *new = calloc(size, sizeof *new);
    uint32_t old_slots = slots;
    if (new == NULL) return false;
    table = new;
    slots = size;
    cw_type_last = &none;
    for (uint32_t i = 0; i < old_slots; i++)
        if (old[i].type != NULL) *find(old[i].type) = old[i];
    free(old);
    return true;
}

/* Compiled types whose repr runs nothing but its own C code, by name: small values worth reading. */
static bool speaks_safely(const PyTypeObject *type) {
    static const char *const names[] = {"complex", "range", "datetime.date", "datetime.timedelta", "decimal.Decimal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(type->tp_name, names[i]) == 0) return true;
    return false;
}

/* The `__module__` of a class, borrowed; NULL where it has none. */
static PyObject *module_of(PyTypeObject *type) {
    static PyObject *key;
    if (key == NULL) key = PyUnicode_InternFromString("__module__");
    return type->tp_dict == NULL || key == NULL ? NULL : PyDict_GetItemWithError(type->tp_dict, key);
}

/* Whether a metaclass is that of enums, or a subclass of it. */
static bool makes_enums(PyTypeObject *metaclass) {
    for (; metaclass != NULL && metaclass != &PyType_Type; metaclass = metaclass->tp_base) {
        if (strcmp(metaclass->tp_name, "EnumType") != 0) continue;
        PyObject *module = module_of(metaclass);
        return module != NULL && PyUnicode_CheckExact(module) && PyUnicode_CompareWithASCIIString(module, "enum") == 0;
    }
    return false;
}

static cw_layout layout_of(PyTypeObject *type) {
    unsigned long flags = type->tp_flags;
    if (makes_enums(Py_TYPE(type))) return CW_MEMBER;
    if (flags & Py_TPFLAGS_LIST_SUBCLASS) return CW_LIST;
    if (flags & Py_TPFLAGS_DICT_SUBCLASS) return CW_DICT;
    if (flags & Py_TPFLAGS_TUPLE_SUBCLASS) return CW_TUPLE_LIKE;
    if (flags & Py_TPFLAGS_TYPE_SUBCLASS) return CW_CLASS;
    if (flags & Py_TPFLAGS_BASE_EXC_SUBCLASS) return CW_EXCEPTION;
    if (type == &PySet_Type || type == &PyFrozenSet_Type || PyType_IsSubtype(type, &PySet_Type) || PyType_IsSubtype(type, &PyFrozenSet_Type)) return CW_SET;
    if (cw_deque != NULL && PyType_IsSubtype(type, cw_deque)) return CW_DEQUE;
    if (PyType_IsSubtype(type, &PyByteArray_Type)) return CW_BYTEARRAY;
    if (PyType_IsSubtype(type, &PyModule_Type)) return CW_MODULE;
    if (type == &PyFunction_Type) return CW_FUNCTION;
    if (type == &PyCFunction_Type) return CW_BUILTIN;
    if (type == &PyMethod_Type) return CW_METHOD;
    if (type == &PyGen_Type || type == &PyCoro_Type || type == &PyAsyncGen_Type) return CW_GENERATOR_LIKE;
    if (cw_python_class(type)) return CW_INSTANCE;
    if (strcmp(type->tp_name, "datetime.datetime") == 0) return CW_DATETIME;
    return speaks_safely(type) ? CW_REPR : CW_OPAQUE;
}

static uint32_t wire_flags(uint8_t layout) {
    switch (layout) {
        case CW_LIST: case CW_TUPLE_LIKE: case CW_DEQUE: case CW_BYTEARRAY: return 1;
        case CW_DICT: return 2;
        case CW_SET: return 4;
        case CW_INSTANCE: case CW_MEMBER: return 8;
        case CW_CLASS: return 16;
        case CW_MODULE: return 32;
        case CW_FUNCTION: case CW_BUILTIN: case CW_METHOD: return 64;
        case CW_EXCEPTION: return 128;
        default: return 0;
    }
}

static bool of_library(PyTypeObject *type) {
    if (woven == NULL) return false;
    bool found;
    CW_KEEP_ERROR_BEGIN
    PyObject *module = module_of(type);
    found = module != NULL && PyUnicode_CheckExact(module) && PySet_Contains(woven, module) == 0;
    CW_KEEP_ERROR_END
    return found;
}

int cw_types_weave(const char *module) {
    if (woven == NULL && (woven = PySet_New(NULL)) == NULL) return -1;
    PyObject *name = PyUnicode_FromString(module);
    int failed = name == NULL ? -1 : PySet_Add(woven, name);
    Py_XDECREF(name);
    return failed;
}

cw_type *cw_type_find(PyTypeObject *type) {
    if (used >= slots / 2 && !grow()) return NULL;
    cw_type *entry = find(type);
    if (entry->type != NULL) return cw_type_last = entry;
    cw_layout layout = layout_of(type);
    *entry = (cw_type){.type = type, .id = next_id++, .trackable = cw_watch(type), .library = layout == CW_INSTANCE && of_library(type), .layout = (uint8_t)layout};
    used++;
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        if (!cw_object_follow((PyObject *)type)) { /* its own death would not be seen, and the class at this address after it be taken for it */
            cw_type_forget(type);
            return NULL;
        }
        entry = find(type);
    }
    return entry;
}

/* Backward-shift deletion: no tombstones, so that programs which make classes all the time do not fill the table. */
void cw_type_forget(PyTypeObject *type) {
    if (slots == 0) return;
    cw_type *entry = find(type);
    if (entry->type == NULL) return;
    cw_type_last = &none;
    uint32_t hole = (uint32_t)(entry - table), mask = slots - 1;
    for (uint32_t at = (hole + 1) & mask; table[at].type != NULL; at = (at + 1) & mask) {
        uint32_t wanted = home(table[at].type) & mask;
        if (((at - wanted) & mask) >= ((at - hole) & mask)) {
            table[hole] = table[at];
            hole = at;
        }
    }
    table[hole].type = NULL;
    used--;
}

void cw_types_undefine(void) {
    for (uint32_t i = 0; i < slots; i++) table[i].written = false;
}

static size_t ascii_of(PyObject *text, char *to, size_t room) {
    if (text == NULL || !PyUnicode_CheckExact(text)) return 0;
    size_t n = 0;
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t i = 0; i < length && n < room; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        to[n++] = c < 0x80 ? (char)c : '?';
    }
    return n;
}

size_t cw_type_name(PyTypeObject *type, char *to, size_t room) {
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        int n = snprintf(to, room, strchr(type->tp_name, '.') ? "%s" : "builtins.%s", type->tp_name);
        return n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
    }
    size_t n = ascii_of(module_of(type), to, room / 2);
    if (n != 0) to[n++] = '.';
    return n + ascii_of(((PyHeapTypeObject *)type)->ht_qualname, to + n, room - n);
}

uint32_t cw_type_id(PyTypeObject *type) {
    cw_type *entry = cw_type_of(type);
    if (entry == NULL) return 0;
    if (entry->written) return entry->id;
    char name[512];
    uint32_t payload[2 + 1 + sizeof name / 4] = {entry->id, wire_flags(entry->layout)};
    uint32_t n = 2 + cw_put_text(payload + 2, 1 + sizeof name / 4, name, cw_type_name(type, name, sizeof name));
    if (cw_emit(4, payload, n) >= 0) entry->written = true;
    return entry->id;
}

static PyTypeObject *type_from(const char *module, const char *name) {
    PyObject *from = PyImport_ImportModule(module), *type = from == NULL ? NULL : PyObject_GetAttrString(from, name);
    Py_XDECREF(from);
    return (PyTypeObject *)type; /* kept for good */
}

int cw_types_init(void) {
    cw_deque = type_from("_collections", "deque");
    cw_thread_local = cw_deque == NULL ? NULL : type_from("_thread", "_local");
    return cw_thread_local == NULL ? -1 : 0;
}
