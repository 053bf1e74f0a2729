/* Timeline lays a process out in its total order as *segments*: stretches in which one activation is on top of one actor's stack. The code that feeds it
 * gives it the runs of the process in order; everything else (stack at a position, previous line of an activation, previous line of an actor) is a walk over
 * linked segments. An activation at an await stays on its actor's stack (what it awaits runs above it); one at a yield leaves it.
 * Each actor has a root activation below all others, so that every segment has an activation and an actor.
 *
 * A *stop* is where a line begins: a LINE, or a LOCAL or RETURN of a site that speaks for its line (the weaver leaves out a LINE that would say nothing).
 *
 * No word is trusted: every read is checked against the end, and a record that does not fit ends the scan. */
#ifndef CW_TIMELINE_H
#define CW_TIMELINE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#pragma GCC visibility push(hidden)

enum { LINE = 1, CALL, RETURN, UNWIND, YIELD, RESUME, LOCAL, SETATTR, SETITEM, GETATTR, GETITEM, SETVAR, GETVAR, EXTENDED };
enum { X_OBJECT = 5, X_MUTATE = 6, X_ACTOR = 8, X_STEP = 9, X_STEP_END = 10, X_HANDLER = 23 };

#define NONE 0xFFFFFFFFu
#define POSITION_MASK ((1ull << 40) - 1)
#define DEEPEST_SEARCH 4096
#define LARGEST_NUMBER (1u << 24)

typedef struct {
    uint32_t kind, xkind, site, vk, operand;
    uint32_t words;
} record;

/* Words of a value's payload, -1 when it does not fit or its kind does not exist. */
static inline int64_t value_words(uint32_t kind, const uint32_t *w, size_t at, size_t end) {
    static const int8_t fixed[16] = {0, 0, 0, 0, 1, 2, 2, 1, 1, -2, 0, 1, -1, -1, -1, -1};
    int64_t n = fixed[kind & 15];
    if (n == -2) {
        if (at >= end) return -1;
        n = 1 + (int64_t)(w[at] & 0xFFFF);
    }
    return n < 0 || (uint64_t)n > end - at ? -1 : n;
}

/* Reads the record at `at`; false when there is none or it does not fit. `at` <= `end` must hold. */
static inline bool read_record(const uint32_t *w, size_t at, size_t end, record *r) {
    if (at >= end) return false;
    uint32_t first = w[at];
    r->kind = first & 15;
    r->operand = 0;
    if (r->kind == LINE) {
        r->site = first >> 8;
        r->words = 1;
        return true;
    }
    if (r->kind == EXTENDED) {
        r->xkind = first >> 4 & 255;
        r->words = first >> 12;
        r->site = 0;
        return r->words > 0 && r->words <= end - at;
    }
    if (r->kind == 0 || r->kind > EXTENDED) return false;
    r->site = first >> 8;
    r->vk = first >> 4 & 15;
    size_t next = at + 1;
    if (r->kind != RETURN && r->kind != UNWIND && r->kind != LOCAL) {
        if (next >= end) return false;
        r->operand = w[next++];
    }
    if (r->kind == SETITEM || r->kind == GETITEM) {
        int64_t n = value_words(r->operand & 15, w, next, end);
        if (n < 0) return false;
        next += (size_t)n;
    }
    if (r->kind != CALL) {
        int64_t n = value_words(r->vk, w, next, end);
        if (n < 0) return false;
        next += (size_t)n;
    }
    r->words = (uint32_t)(next - at);
    return true;
}

typedef struct {
    uint64_t at;         /* stream << 40 | position of its first record; the top bit: it holds a stop */
    uint32_t activation;
    uint32_t below;      /* the segment in which the activation below was last on top, NONE for a root */
    uint32_t prev, next; /* of the same activation, NONE */
} segment;

#define HAS_STOP (1ull << 63)

enum { SITE_AWAITS = 1, SITE_STOPS = 2 };

enum { ENDED_NOT, ENDED_RETURN, ENDED_UNWIND };
enum { IS_ROOT = 1, IS_CUT = 2, IS_AWAITING = 4, IS_MOVED = 8 };

typedef struct {
    uint64_t call_at, end_at; /* its CALL (its first record when cut); its RETURN or UNWIND, 0 */
    uint32_t site, function;  /* wire site of the CALL; function of that */
    uint32_t frame, actor;
    uint32_t first, last;     /* segments */
    uint32_t ending, flags;
} activation;

/* Consecutive segments of one actor in one run. Their order is the total order of the process. */
typedef struct {
    uint32_t first, last;
    uint32_t actor;
    uint32_t prev, next; /* of the same actor, NONE */
    uint64_t end;        /* after its last record, as `at` */
} stretch;

typedef struct {
    uint32_t number, root, top, stretch; /* root and top: activations; stretch: its last */
} actor;

typedef struct {
    uint64_t id;
    uint32_t *stretches;
    size_t stretch_count, stretch_room;
    uint32_t *actors; /* stack of actors (indices), the thread first */
    size_t depth, depth_room;
    bool named;       /* the thread's ACTOR is known */
} stream;

typedef struct {
    PyObject_HEAD
    segment *segments;
    size_t segment_count, segment_room;
    activation *activations;
    size_t activation_count, activation_room;
    stretch *stretches;
    size_t stretch_count, stretch_room;
    actor *actors;
    size_t actor_count, actor_room;
    stream *streams;
    size_t stream_count, stream_room;
    uint64_t *frames; /* open addressing: frame << 32 | activation + 1 */
    size_t frame_count, frame_room;
    uint32_t *actor_of; /* wire number -> index + 1 */
    size_t actor_of_room;
    uint32_t *function_of; /* wire site -> function + 1, 0 unknown */
    uint8_t *flags;        /* by wire site: SITE_AWAITS, SITE_STOPS */
    size_t site_count;
    size_t current_stream; /* index, SIZE_MAX before the first */
} timeline;

/* Room for one more than `count` items; false with an exception. */
bool cw_grow(void **items, size_t *room, size_t count, size_t size);
/* The aligned words of a buffer; false with an exception. */
bool cw_words_of(Py_buffer *b, const uint32_t **words, size_t *count);

/* The stretch that holds a segment, by bisection; the stretch table is ordered by first segment. */
static inline size_t stretch_of(timeline *t, uint32_t seg) {
    size_t low = 0, high = t->stretch_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (t->stretches[middle].first <= seg) low = middle;
        else high = middle;
    }
    return low;
}

/* The segment that holds an event, NONE. */
static inline uint32_t locate(timeline *t, uint64_t at) {
    for (size_t i = 0; i < t->stream_count; i++) {
        stream *s = &t->streams[i];
        if (s->id != at >> 40 || !s->stretch_count) continue;
        size_t low = 0, high = s->stretch_count;
        while (high - low > 1) {
            size_t middle = (low + high) / 2;
            if ((t->segments[t->stretches[s->stretches[middle]].first].at & ~HAS_STOP) <= at) low = middle;
            else high = middle;
        }
        stretch *found = &t->stretches[s->stretches[low]];
        uint32_t first = found->first, last = found->last + 1;
        if ((t->segments[first].at & ~HAS_STOP) > at) return NONE;
        while (last - first > 1) {
            uint32_t middle = first + (last - first) / 2;
            if ((t->segments[middle].at & ~HAS_STOP) <= at) first = middle;
            else last = middle;
        }
        return first;
    }
    return NONE;
}

/* Methods: feeding it (_timeline.c), what is where (_place.c), which records match (_match.c); and the function of the module. Each says its arguments there. */
PyObject *cw_timeline_feed(timeline *t, PyObject *args);
PyObject *cw_timeline_thread(timeline *t, PyObject *args);
PyObject *cw_timeline_sites(timeline *t, PyObject *args);
PyObject *cw_timeline_locate(timeline *t, PyObject *arg);
PyObject *cw_timeline_locate_all(timeline *t, PyObject *arg);
PyObject *cw_timeline_segment(timeline *t, PyObject *arg);
PyObject *cw_timeline_activation(timeline *t, PyObject *arg);
PyObject *cw_timeline_stack(timeline *t, PyObject *arg);
PyObject *cw_timeline_neighbour(timeline *t, PyObject *args);
PyObject *cw_timeline_actor(timeline *t, PyObject *arg);
PyObject *cw_timeline_stretches(timeline *t, PyObject *ignored);
PyObject *cw_timeline_cut(timeline *t, PyObject *args);
PyObject *cw_timeline_find_in(timeline *t, PyObject *args);
PyObject *cw_timeline_possible(timeline *t, PyObject *args);
PyObject *cw_query_find(PyObject *module, PyObject *args);

#pragma GCC visibility pop
#endif
