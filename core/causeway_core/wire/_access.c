/* The second pass. It reads the chunks of a process once more, in the process's total order, twice: first to see which places more than one actor
 * touched and at least one wrote (gather), then to give their accesses (emit). Presence of keys is tracked to tell inserting from replacing: only
 * inserting changes a container's structure. */
#include "_access.h"

#include "_record.h"
#include "_site_kinds.h"
#include "_table.h"

#include <stddef.h>

enum { READ, WRITE, DELETE, TEST, ITERATE, MUTATE };
enum { ATTRIBUTE = 1, ITEM, STRUCTURE, GLOBAL, CELL };
enum { LIST_LIKE = 1, DICT_LIKE = 2, SET_LIKE = 4 };
enum { METHOD_OTHER, METHOD_REMOVES_KEY, METHOD_ADDS_KEY, METHOD_CLEARS, METHOD_REMOVES_GIVEN };
#define MOST_CLEARED 256 /* items of one container that `clear()` is noted of */
#define MANY 0xFFFFFFFFu

typedef struct {
    uint64_t key;
    uint64_t next;    /* key of the next item of the same owner, 0 at the end */
    int64_t actor;    /* lane of the only one so far, -1: several */
    uint32_t number;  /* of the location when emitted, 0 none yet */
    uint32_t epoch;   /* of the owner when `present` was known */
    bool wrote, present, listed;
} place;

typedef struct {
    uint64_t key;     /* wire id + 1 */
    uint64_t items;   /* key of the item met last, 0 none */
    uint32_t type, epoch;
    uint32_t first;   /* wire id of the first object of its name, plus 1; 0: it goes by its own */
    bool complete;    /* every key that `epoch` does not know is absent */
    bool everywhere;  /* other processes have it too */
} owner_info;

typedef struct { uint64_t key; uint32_t value; } number_entry;

typedef struct {
    PyObject_HEAD
    table places, owners, cells, names, types, methods;
    uint32_t (*sites)[4];
    size_t site_count;
    int64_t *steps;   /* rows (first_at, step.id, actor.id, lane), ascending; a lane is an actor, of a pool's worker one call */
    size_t step_count, step;
    uint32_t next_number;
    bool emitting, failed;
    PyObject *accesses, *locations;
} access_scan;

/* One access as it is read. */
typedef struct {
    int64_t at;
    uint32_t site, vk, words;
    const uint32_t *value;
} seen;

static uint64_t mix(uint64_t h, uint64_t value) {
    h = (h ^ value) * 0x9E3779B97F4A7C15ull;
    return h ^ h >> 29;
}

static uint64_t place_key(uint32_t kind, uint32_t owner, uint32_t name, uint32_t kk, const uint32_t *key, uint32_t words) {
    uint64_t h = mix(mix(kind, owner), name);
    h = mix(h, kk);
    for (uint32_t i = 0; i < words; i++) h = mix(h, key[i]);
    return h ? h : 1;
}

static void find_step(access_scan *z, int64_t at) {
    size_t low = z->step;
    if (low < z->step_count && z->steps[low * 4] <= at) {
        if (low + 1 == z->step_count || z->steps[(low + 1) * 4] > at) return;
        if (low + 2 >= z->step_count || z->steps[(low + 2) * 4] > at) {
            z->step = low + 1;
            return;
        }
    }
    size_t high = z->step_count;
    low = 0;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (z->steps[middle * 4] <= at) low = middle;
        else high = middle;
    }
    z->step = low;
}

static bool append(PyObject *list, PyObject *row) {
    if (!row) return false;
    int failed = PyList_Append(list, row);
    Py_DECREF(row);
    return !failed;
}

static PyObject *payload_bytes(const uint32_t *value, uint32_t words) {
    if (!words) Py_RETURN_NONE;
    return PyBytes_FromStringAndSize((const char *)value, (Py_ssize_t)words * 4);
}

static place *access_place(access_scan *z, const seen *a, int op, uint32_t kind, uint32_t owner, uint32_t name, uint32_t kk, const uint32_t *key, uint32_t words) {
    place *p = table_get(&z->places, place_key(kind, owner, name, kk, key, words));
    if (!p) {
        PyErr_NoMemory();
        return NULL;
    }
    const int64_t *step = z->steps + z->step * 4;
    if (!z->emitting) {
        if (p->actor != step[3]) p->actor = p->actor ? -1 : step[3];
        if (op == WRITE || op == DELETE || op == MUTATE) p->wrote = true;
        return p;
    }
    if (p->actor != -1 || !p->wrote) return p;
    if (!p->number) {
        p->number = ++z->next_number;
        if (!append(z->locations, Py_BuildValue("IIIIINL", p->number, kind, owner, name, kk, payload_bytes(key, words), (long long)a->at))) return NULL;
    }
    uint32_t site = a->site < z->site_count ? z->sites[a->site][2] : 0;
    if (!append(z->accesses, Py_BuildValue("LLLIiIIN", (long long)a->at, (long long)step[2], (long long)step[1], p->number, op, site, a->vk,
                                           payload_bytes(a->value, a->words)))) return NULL;
    return p;
}

/* What other processes have too is listed whatever this one did to it. */
static place *owned_place(access_scan *z, const seen *a, const owner_info *o, int op, uint32_t kind, uint32_t name, uint32_t kk, const uint32_t *key, uint32_t words) {
    uint32_t wire = (o->first ? o->first : (uint32_t)o->key) - 1;
    if (o->everywhere) {
        place *p = table_get(&z->places, place_key(kind, wire, name, kk, key, words));
        if (!p) return PyErr_NoMemory(), NULL;
        p->actor = -1;
        p->wrote = true;
    }
    return access_place(z, a, op, kind, wire, name, kk, key, words);
}

static bool structure(access_scan *z, const seen *a, int op, const owner_info *o) {
    return owned_place(z, a, o, op, STRUCTURE, 0, 0, NULL, 0) != NULL;
}

static owner_info *owner_of(access_scan *z, uint32_t wire) { return table_find(&z->owners, (uint64_t)wire + 1); }

static uint32_t flags_of(const access_scan *z, const owner_info *o) {
    const number_entry *type = table_find(&z->types, (uint64_t)o->type + 1);
    return type ? type->value : 0;
}

/* 1 present, 0 absent, -1 unknown. */
static int presence(const owner_info *o, const place *p) {
    if (p->epoch == o->epoch && p->epoch) return p->present;
    return o->complete ? 0 : -1;
}

static void set_present(const owner_info *o, place *p, bool present) {
    p->epoch = o->epoch;
    p->present = present;
}

/* Notes that a place is an item of its owner, so that emptying the owner finds it. */
static void list_item(owner_info *o, place *p) {
    if (p->listed) return;
    p->listed = true;
    p->next = o->items;
    o->items = p->key;
}

/* `clear()`: each item that was there is gone. */
static bool empty(access_scan *z, const seen *a, owner_info *o) {
    uint32_t left = MOST_CLEARED;
    for (uint64_t key = o->items; key && left; left--) {
        place *p = table_find(&z->places, key);
        if (!p) break;
        key = p->next;
        if (presence(o, p) != 1) continue;
        if (!z->emitting) {
            const int64_t *step = z->steps + z->step * 4;
            if (p->actor != step[3]) p->actor = p->actor ? -1 : step[3];
            p->wrote = true;
        } else if (p->number) {
            const int64_t *step = z->steps + z->step * 4;
            uint32_t site = a->site < z->site_count ? z->sites[a->site][2] : 0;
            if (!append(z->accesses, Py_BuildValue("LLLIiIIN", (long long)a->at, (long long)step[2], (long long)step[1], p->number, DELETE, site,
                                                   (unsigned)CW_ABSENT, payload_bytes(NULL, 0)))) return false;
        }
    }
    o->epoch++;
    o->complete = true;
    return true;
}

/* The first of a sequence: which one that is hangs on what is put in and taken out. */
static bool is_first(const cw_record *r) { return r->kk == CW_INT32 && r->key_words == 1 && r->key[0] == 0; }

/* Whether `get` may have given its default, which says nothing of the key: `found = table.get(key)`, `if found is None: table[key] = …`. */
static bool may_be_default(const owner_info *o, const place *p, const cw_record *r) { return r->vk == CW_NONE || presence(o, p) == 0; }

static bool on_item(access_scan *z, const cw_record *r, const seen *a) {
    owner_info *o = owner_of(z, r->operand);
    if (!o) return true;
    uint32_t flags = flags_of(z, o);
    uint32_t kind = r->site < z->site_count ? z->sites[r->site][3] : 0;
    if (r->kk == CW_ABSENT) {
        if (r->kind == CW_SETITEM) return structure(z, a, MUTATE, o);
        return structure(z, a, kind == SITE_ITERATE ? ITERATE : kind == SITE_TRUTH ? TEST : READ, o);
    }
    if (r->kind == CW_GETITEM && kind == SITE_CONTAINS && flags & LIST_LIKE) return structure(z, a, TEST, o);
    int op = r->kind == CW_SETITEM ? (r->vk == CW_ABSENT ? DELETE : WRITE) : kind == SITE_CONTAINS ? TEST : READ;
    place *p = owned_place(z, a, o, op, ITEM, 0, r->kk, r->key, r->key_words);
    if (!p) return false;
    list_item(o, p);
    if (flags & LIST_LIKE) {
        if (op == DELETE) return structure(z, a, MUTATE, o);
        return op != READ || !is_first(r) || structure(z, a, READ, o);
    }
    bool inserts = op == WRITE && presence(o, p) == 0;
    if (op == TEST) set_present(o, p, r->vk == CW_TRUE);
    else if (op != READ || kind != SITE_METHOD || !may_be_default(o, p, r)) set_present(o, p, op == WRITE || (op == READ && r->vk != CW_ABSENT));
    return !(inserts || op == DELETE) || structure(z, a, MUTATE, o);
}

static bool on_mutate(access_scan *z, const cw_record *r, int64_t at) {
    if (r->payload_words < 4) return true;
    const uint32_t *w = r->payload;
    uint32_t site = w[0], wire = w[1], argc = w[2];
    owner_info *o = owner_of(z, wire);
    if (!o) return true;
    uint32_t room = r->payload_words, i = 3;
    uint32_t first_kind = CW_ABSENT, kind = CW_ABSENT;
    size_t first_words = 0, length = 0;
    const uint32_t *first = NULL, *value = NULL;
    for (uint32_t n = 0; n <= argc && i < room; n++) {
        kind = w[i++];
        length = cw_payload_words(kind, w + i, room - i);
        if (length == CW_MALFORMED) return true;
        value = w + i;
        if (n == 0 && argc) first_kind = kind, first = value, first_words = length;
        i += (uint32_t)length;
    }
    seen a = {.at = at, .site = site, .vk = kind, .words = (uint32_t)length, .value = value};
    if (kind == CW_NONE && argc) a.vk = first_kind, a.words = (uint32_t)first_words, a.value = first;
    uint32_t flags = flags_of(z, o);
    uint32_t name = site < z->site_count ? z->sites[site][1] : 0;
    const number_entry *method = table_find(&z->methods, (uint64_t)name + 1);
    uint32_t what = method ? method->value : METHOD_OTHER;
    if (what == METHOD_CLEARS) {
        if (!empty(z, &a, o)) return false;
    } else if (what == METHOD_REMOVES_GIVEN && flags & DICT_LIKE && kind == CW_TUPLE && length > 2 && value[0] >> 16 == 2) {
        /* The result is the pair of key and value. */
        size_t key_words = cw_payload_words(value[1], value + 2, length - 2);
        if (key_words == CW_MALFORMED) return true;
        place *p = owned_place(z, &a, o, DELETE, ITEM, 0, value[1], value + 2, (uint32_t)key_words);
        if (!p) return false;
        list_item(o, p);
        set_present(o, p, false);
    } else if (first && flags & (DICT_LIKE | SET_LIKE) && what != METHOD_OTHER) {
        bool removes = what == METHOD_REMOVES_KEY;
        place *p = owned_place(z, &a, o, removes ? DELETE : WRITE, ITEM, 0, first_kind, first, (uint32_t)first_words);
        if (!p) return false;
        list_item(o, p);
        int known = presence(o, p);
        set_present(o, p, !removes);
        if (known == !removes) return true;
    }
    return structure(z, &a, MUTATE, o);
}

static bool on_snapshot(access_scan *z, const cw_record *r) {
    if (r->payload_words < 4) return true;
    const uint32_t *w = r->payload;
    owner_info *o = owner_of(z, w[0]);
    if (!o) return true;
    uint32_t form = w[3] >> 24, count = w[3] & 0xFFFFFF, i = 4;
    o->type = w[1];
    if (o->everywhere) return true; /* what it holds is elsewhere */
    o->epoch++;
    o->complete = count == w[2];
    if (form != 2 && form != 3) return true;
    for (uint32_t n = 0; n < count && i < r->payload_words; n++) {
        uint32_t kk = w[i++];
        size_t length = cw_payload_words(kk, w + i, r->payload_words - i);
        if (length == CW_MALFORMED) return true;
        place *p = table_get(&z->places, place_key(ITEM, w[0], 0, kk, w + i, (uint32_t)length));
        if (!p) return PyErr_NoMemory(), false;
        list_item(o, p);
        set_present(o, p, true);
        i += (uint32_t)length;
        if (form == 3) continue;
        if (i >= r->payload_words) return true;
        uint32_t vk = w[i++];
        length = cw_payload_words(vk, w + i, r->payload_words - i);
        if (length == CW_MALFORMED) return true;
        i += (uint32_t)length;
    }
    return true;
}

static bool on_record(access_scan *z, const cw_record *r, int64_t at) {
    seen a = {.at = at, .site = r->site, .vk = r->vk, .words = r->value_words, .value = r->value};
    uint32_t name;
    switch (r->kind) {
    case CW_SETATTR: case CW_GETATTR: {
        const owner_info *o = owner_of(z, r->operand);
        if (!o) return true;
        name = r->site < z->site_count ? z->sites[r->site][1] : 0;
        if (!name) return true;
        find_step(z, at);
        return owned_place(z, &a, o, r->kind == CW_GETATTR ? READ : r->vk == CW_ABSENT ? DELETE : WRITE, ATTRIBUTE, name, 0, NULL, 0) != NULL;
    }
    case CW_SETITEM: case CW_GETITEM:
        find_step(z, at);
        return on_item(z, r, &a);
    case CW_SETVAR: case CW_GETVAR: {
        name = r->site < z->site_count ? z->sites[r->site][1] : 0;
        bool shared = r->operand ? table_find(&z->cells, (uint64_t)r->operand + 1) != NULL : name && table_find(&z->names, (uint64_t)name + 1);
        if (!shared) return true;
        find_step(z, at);
        int op = r->kind == CW_GETVAR ? READ : r->vk == CW_ABSENT ? DELETE : WRITE;
        return access_place(z, &a, op, r->operand ? CELL : GLOBAL, r->operand, r->operand ? 0 : name, 0, NULL, 0) != NULL;
    }
    case CW_EXTENDED:
        if (r->xkind == CW_X_MUTATE) {
            find_step(z, at);
            return on_mutate(z, r, at);
        }
        return r->xkind != CW_X_OBJECT || on_snapshot(z, r);
    default:
        return true;
    }
}

/* Python's side. */

static PyObject *read_records(access_scan *z, PyObject *args) {
    Py_buffer data;
    long long at;
    Py_ssize_t start, end;
    if (!PyArg_ParseTuple(args, "y*Lnn", &data, &at, &start, &end)) return NULL;
    Py_ssize_t words_in = data.len / 4;
    bool ok = start >= 0 && start <= end && end <= words_in && z->step_count;
    if (!ok && !PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "a range outside the chunk, or no steps");
    const uint32_t *w = data.buf;
    while (ok && start < end && w[start]) {
        cw_record r = {0};
        size_t length = cw_decode(w + start, (size_t)(end - start), &r);
        if (length == CW_MALFORMED) break;
        ok = on_record(z, &r, at + start);
        start += (Py_ssize_t)length;
    }
    PyBuffer_Release(&data);
    if (!ok) return NULL;
    Py_RETURN_NONE;
}

static PyObject *emit(access_scan *z, PyObject *unused) {
    (void)unused;
    z->emitting = true;
    for (size_t i = 0; i < z->places.room; i++) {
        place *p = (place *)z->places.entries + i;
        p->epoch = 0;
        p->present = false;
    }
    for (size_t i = 0; i < z->owners.room; i++) {
        owner_info *o = (owner_info *)z->owners.entries + i;
        o->epoch = 0;
        o->complete = false;
    }
    Py_RETURN_NONE;
}

static PyObject *take(access_scan *z, PyObject *unused) {
    (void)unused;
    PyObject *accesses = z->accesses, *locations = z->locations;
    PyObject *new_accesses = PyList_New(0), *new_locations = PyList_New(0);
    if (!new_accesses || !new_locations) {
        Py_XDECREF(new_accesses), Py_XDECREF(new_locations);
        return NULL;
    }
    z->accesses = new_accesses;
    z->locations = new_locations;
    return Py_BuildValue("NN", accesses, locations);
}

static bool fill_set(table *t, const Py_buffer *ids) {
    const uint32_t *w = ids->buf;
    for (Py_ssize_t i = 0; i < ids->len / 4; i++) {
        if (!table_get(t, (uint64_t)w[i] + 1)) return false;
    }
    return true;
}

/* Pairs of an owner that other processes have too and the first owner of the same name. */
static bool fill_common(table *t, const Py_buffer *pairs) {
    const uint32_t *w = pairs->buf;
    for (Py_ssize_t i = 0; i + 1 < pairs->len / 4; i += 2) {
        owner_info *o = table_get(t, (uint64_t)w[i] + 1);
        if (!o) return false;
        o->first = w[i + 1] + 1;
        o->everywhere = true;
    }
    return true;
}

static bool fill_numbers(table *t, const Py_buffer *pairs) {
    const uint32_t *w = pairs->buf;
    for (Py_ssize_t i = 0; i + 1 < pairs->len / 4; i += 2) {
        number_entry *entry = table_get(t, (uint64_t)w[i] + 1);
        if (!entry) return false;
        entry->value = w[i + 1];
    }
    return true;
}

static int access_init(access_scan *z, PyObject *args, PyObject *keywords) {
    static char *argument_names[] = {"sites", "steps", "owners", "cells", "names", "types", "methods", "common", "first_location", NULL};
    Py_buffer sites, steps, owners, cells, names, types, methods, common;
    unsigned int first;
    if (z->accesses) {
        PyErr_SetString(PyExc_ValueError, "already initialised");
        return -1;
    }
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*y*y*y*y*y*y*y*I", argument_names, &sites, &steps, &owners, &cells, &names, &types, &methods, &common,
                                     &first))
        return -1;
    z->places.size = sizeof(place);
    z->owners.size = sizeof(owner_info);
    z->cells.size = z->names.size = sizeof(uint64_t);
    z->types.size = z->methods.size = sizeof(number_entry);
    z->next_number = first - 1;
    z->site_count = (size_t)sites.len / 16;
    z->step_count = (size_t)steps.len / 32;
    z->sites = malloc(sites.len ? (size_t)sites.len : 1);
    z->steps = malloc(steps.len ? (size_t)steps.len : 1);
    bool ok = z->sites && z->steps && fill_set(&z->owners, &owners) && fill_set(&z->cells, &cells) && fill_set(&z->names, &names) &&
              fill_numbers(&z->types, &types) && fill_numbers(&z->methods, &methods) && fill_common(&z->owners, &common);
    if (ok) {
        memcpy(z->sites, sites.buf, z->site_count * 16);
        memcpy(z->steps, steps.buf, z->step_count * 32);
    } else {
        PyErr_NoMemory();
    }
    PyBuffer_Release(&sites), PyBuffer_Release(&steps), PyBuffer_Release(&owners), PyBuffer_Release(&cells), PyBuffer_Release(&names);
    PyBuffer_Release(&types), PyBuffer_Release(&methods), PyBuffer_Release(&common);
    z->accesses = PyList_New(0), z->locations = PyList_New(0);
    return ok && z->accesses && z->locations ? 0 : -1;
}

static void access_dealloc(access_scan *z) {
    table_free(&z->places), table_free(&z->owners), table_free(&z->cells), table_free(&z->names), table_free(&z->types), table_free(&z->methods);
    free(z->sites);
    free(z->steps);
    Py_XDECREF(z->accesses), Py_XDECREF(z->locations);
    Py_TYPE(z)->tp_free((PyObject *)z);
}

static PyObject *location_count(access_scan *z, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLong(z->next_number);
}

static PyMethodDef access_methods[] = {
    {"read", (PyCFunction)read_records, METH_VARARGS, NULL},
    {"emit", (PyCFunction)emit, METH_NOARGS, NULL},
    {"take", (PyCFunction)take, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef access_properties[] = {{"last_location", (getter)location_count, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};

PyTypeObject cw_access_scan_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "causeway_core.wire._stream.AccessScan",
    .tp_basicsize = sizeof(access_scan),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)access_init,
    .tp_dealloc = (destructor)access_dealloc,
    .tp_methods = access_methods,
    .tp_getset = access_properties,
};
