/* Actors, steps, synchronization: the records of causality, each with a clock reading. */
#include "actor.h"
#include "clock.h"
#include "holding.h"
#include "threads.h"

#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 512

uint32_t cw_actor_count; /* numbers given so far */
static uint32_t tokens;
static uint32_t privacy_keys; /* keys given so far */
static uint32_t *privacy_of; /* by actor number: the key of what it alone can reach */
static uint32_t privacy_room;

uint32_t cw_new_token(void) { return ++tokens; }

static void put_ts(uint32_t *to) {
    int64_t now = cw_clock();
    memcpy(to, &now, 8);
}

static uint32_t privacy(uint32_t actor) { return actor < privacy_room ? privacy_of[actor] : 0; }

/* A new key: what the actor held alone so far, others may reach from now on. */
static void renew_privacy(uint32_t actor) {
    if (actor >= privacy_room) {
        uint32_t room = privacy_room ? privacy_room * 2 : 256;
        while (room <= actor) room *= 2;
        uint32_t *grown = realloc(privacy_of, room * sizeof *grown);
        if (grown == NULL) return;
        memset(grown + privacy_room, 0, (room - privacy_room) * sizeof *grown);
        privacy_of = grown;
        privacy_room = room;
    }
    privacy_of[actor] = ++privacy_keys;
}

void cw_share(void) {
    cw_stream *s = cw_stream_here;
    if (s == NULL || cw_actor_count < 2) return;
    renew_privacy(s->actor);
    s->privacy = privacy(s->actor);
}

static uint32_t put_actor(uint32_t *to, uint32_t actor, uint32_t kind, uint32_t object, const char *name, const char *function) {
    to[0] = actor;
    to[1] = kind;
    to[2] = object;
    uint32_t n = 3;
    n += cw_put_text(to + n, 1 + NAME_BYTES / 4, name ? name : "", name ? strlen(name) : 0);
    return n + cw_put_text(to + n, 1 + NAME_BYTES / 4, function ? function : "", function ? strlen(function) : 0);
}

/* The thread's name where `threading` is loaded and knows it; found in plain dictionaries, never by making a dummy thread. */
static void thread_name(char *to, size_t room) {
    PyObject *modules = PyImport_GetModuleDict(), *threading = NULL, *active = NULL, *thread = NULL, *name = NULL;
    CW_KEEP_ERROR_BEGIN
    if (modules != NULL && PyDict_CheckExact(modules)) threading = PyDict_GetItemString(modules, "threading");
    if (threading != NULL && PyModule_CheckExact(threading)) active = PyDict_GetItemString(PyModule_GetDict(threading), "_active");
    PyObject *ident = PyLong_FromUnsignedLong(PyThread_get_thread_ident());
    if (active != NULL && PyDict_CheckExact(active) && ident != NULL) thread = PyDict_GetItemWithError(active, ident);
    PyObject *key = PyUnicode_InternFromString("_name");
    if (thread != NULL && key != NULL) name = cw_own_attribute(thread, key);
    size_t n = 0;
    if (name != NULL && PyUnicode_CheckExact(name) && PyUnicode_IS_COMPACT_ASCII(name)) {
        n = (size_t)PyUnicode_GET_LENGTH(name) < room ? (size_t)PyUnicode_GET_LENGTH(name) : room - 1;
        memcpy(to, PyUnicode_1BYTE_DATA(name), n);
    }
    to[n] = 0;
    Py_XDECREF(ident);
    Py_XDECREF(key);
    PyErr_Clear();
    CW_KEEP_ERROR_END
}

/* The first record of a stream. A thread that was seen being started keeps the number its starter gave it. */
static void stream_began(cw_stream *s) {
    char name[400] = "", function[NAME_BYTES] = "";
    uint32_t payload[3 + 2 * (1 + NAME_BYTES / 4)], object = 0;
    uint32_t born = cw_born(name, sizeof name, function, sizeof function, &object);
    if (born == 0) thread_name(name, sizeof name);
    if (name[0] == 0 && s->number == 0) strcpy(name, "MainThread"); /* `threading` is not loaded yet */
    s->actor = s->thread = born ? born : ++cw_actor_count;
    if (s->number == 0) cw_thread_runs(s->actor); /* the main thread, or in the child of a fork the one that forked: nobody starts it */
    renew_privacy(s->actor);
    s->privacy = privacy(s->actor);
    uint32_t n = put_actor(payload, s->actor, CW_THREAD, object, name, function);
    memcpy(s->next + 1, payload, n * 4);
    __atomic_store_n(s->next, CW_EXTENDED(CW_X_ACTOR, n + 1), __ATOMIC_RELEASE);
    s->next += n + 1;
}

void cw_name_actor(uint32_t actor, uint32_t kind, PyObject *object, const char *name, const char *function) {
    if (!cw_active()) return;
    uint32_t payload[3 + 2 * (1 + NAME_BYTES / 4)];
    uint32_t n = put_actor(payload, actor, kind, object == NULL ? 0 : cw_object_seen(object, CW_PUBLISH), name, function);
    cw_emit(CW_X_ACTOR, payload, n);
}

uint32_t cw_new_actor(uint32_t kind, PyObject *object, const char *name, const char *function) {
    if (!cw_active() || cw_stream_get() == NULL) return 0;
    uint32_t actor = ++cw_actor_count;
    if (cw_holding) cw_holding_made(actor, cw_stream_here->actor);
    renew_privacy(actor);
    cw_share();
    cw_name_actor(actor, kind, object, name, function);
    return actor;
}

uint32_t cw_current_actor(void) {
    cw_stream *s = cw_active() ? cw_stream_get() : NULL;
    return s == NULL ? 0 : s->actor;
}

void cw_step_begin(uint32_t actor, uint32_t token, uint32_t flags) {
    uint32_t payload[5] = {actor, token, flags};
    put_ts(payload + 3);
    if (cw_emit(CW_X_STEP, payload, 5) < 0) return;
    cw_stream *s = cw_stream_here;
    if (s->depth < CW_ACTOR_STACK) s->stack[s->depth] = s->actor;
    s->depth++;
    s->actor = actor;
    s->privacy = privacy(actor);
    cw_epoch++;
}

void cw_step_end(uint32_t actor, uint32_t state, uint32_t waiting_on) {
    uint32_t payload[5] = {actor, state, waiting_on};
    put_ts(payload + 3);
    if (cw_emit(CW_X_STEP_END, payload, 5) < 0) return;
    cw_stream *s = cw_stream_here;
    if (s->depth == 0) return; /* the recording began inside the step */
    s->depth--;
    s->actor = s->depth < CW_ACTOR_STACK ? s->stack[s->depth] : s->thread;
    s->privacy = privacy(s->actor);
    cw_epoch++;
}

/* Operations after which another actor may go on with what this one holds. */
static bool hands_over(uint32_t op) {
    static const uint64_t ops = 1u << 2 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 11 | 1u << 14 | 1u << 15 | 1u << 17 | 1u << 19 | 1u << 21 | 1u << 23 | 1u << 25 | 1u << 29;
    return op < 64 && (ops >> op & 1);
}

int64_t cw_sync_id(uint32_t op, uint32_t object_id, uint32_t extra, uint32_t flags) {
    uint32_t *at = cw_reserve(6);
    if (at == NULL) return -1;
    cw_stream *s = cw_stream_here;
    int64_t position = (int64_t)(s->sealed + (uint64_t)(at - s->body));
    at[1] = op | flags << 8;
    at[2] = object_id;
    at[3] = extra;
    put_ts(at + 4);
    cw_commit(at, 6, CW_EXTENDED(CW_X_SYNC, 6));
    cw_epoch++;
    if (cw_holding) cw_holding_sync(op, flags, object_id, s->actor);
    if (hands_over(op)) cw_share();
    return position;
}

int64_t cw_sync(uint32_t op, PyObject *object, uint32_t extra, uint32_t flags) {
    if (!cw_active()) return -1;
    return cw_sync_id(op, object == NULL ? 0 : cw_object_seen(object, CW_PUBLISH), extra, flags);
}

uint32_t cw_handle(uint32_t kind) {
    if (!cw_active()) return 0;
    uint32_t payload[2] = {cw_new_token(), kind};
    if (cw_emit(CW_X_HANDLE, payload, 2) < 0) return 0;
    cw_share();
    return payload[0];
}

void cw_gap(const char *hook, const char *reason) {
    char json[512];
    int length = snprintf(json, sizeof json, "{\"hook\": \"%s\", \"reason\": \"%s\"}", hook, reason);
    if (length < 0 || (size_t)length >= sizeof json) return;
    uint32_t payload[1 + sizeof json / 4];
    cw_emit(CW_X_GAP, payload, cw_put_text(payload, 1 + sizeof json / 4, json, (size_t)length));
}

void cw_actors_forget(void) {
    cw_actor_count = tokens = privacy_keys = 0;
    cw_holding_forget();
    if (privacy_of != NULL) memset(privacy_of, 0, privacy_room * sizeof *privacy_of);
}

void cw_actors_init(void) { cw_stream_began = stream_began; }
