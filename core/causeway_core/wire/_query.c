/* Fast questions to the raw words of a process: which activation runs where, and where sites and owners occur.
 *
 * Timeline lays a process out in its total order as *segments*: stretches in which one activation is on top of one actor's stack. Whoever feeds it
 * gives it the runs of the process in order; everything else (stack at a position, previous line of an activation, previous line of an actor) is a walk over
 * linked segments. An activation at an await stays on its actor's stack (what it awaits runs above it); one at a yield leaves it.
 * Each actor has a root activation below all others, so that every segment has an activation and an actor.
 *
 * A *stop* is where a line begins: a LINE, or a LOCAL or RETURN of a site that speaks for its line (the weaver leaves out a LINE that would say nothing).
 *
 * No word is trusted: every read is checked against the end, and a record that does not fit ends the scan. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

/* ---- Timeline ---- */

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

static bool grow(void **items, size_t *room, size_t count, size_t size) {
    if (count < *room) return true;
    size_t wanted = *room ? *room * 2 : 64;
    if (wanted > NONE - 1) {
        PyErr_SetString(PyExc_OverflowError, "the recording is too large");
        return false;
    }
    void *moved = PyMem_RawRealloc(*items, wanted * size);
    if (!moved) {
        PyErr_NoMemory();
        return false;
    }
    *items = moved;
    *room = wanted;
    return true;
}

#define GROW(items, room, count) grow((void **)&(items), &(room), (count), sizeof *(items))

static uint32_t function_at(timeline *t, uint32_t site) { return site < t->site_count ? t->function_of[site] : 0; }

static size_t frame_slot(timeline *t, uint32_t frame) {
    size_t mask = t->frame_room - 1, i = (frame * 2654435761u) & mask;
    while (t->frames[i] && (uint32_t)(t->frames[i] >> 32) != frame) i = (i + 1) & mask;
    return i;
}

static bool frame_put(timeline *t, uint32_t frame, uint32_t act) {
    if ((t->frame_count + 1) * 2 > t->frame_room) {
        size_t old_room = t->frame_room;
        uint64_t *old = t->frames;
        size_t room = old_room ? old_room * 2 : 1024;
        uint64_t *made = PyMem_RawCalloc(room, sizeof *made);
        if (!made) {
            PyErr_NoMemory();
            return false;
        }
        t->frames = made;
        t->frame_room = room;
        for (size_t i = 0; i < old_room; i++)
            if (old[i]) t->frames[frame_slot(t, (uint32_t)(old[i] >> 32))] = old[i];
        PyMem_RawFree(old);
    }
    size_t slot = frame_slot(t, frame);
    if (!t->frames[slot]) t->frame_count++;
    t->frames[slot] = (uint64_t)frame << 32 | (act + 1);
    return true;
}

/* The activation that last had this frame key and has not ended, NONE. */
static uint32_t frame_get(timeline *t, uint32_t frame) {
    if (!t->frame_room) return NONE;
    uint64_t found = t->frames[frame_slot(t, frame)];
    if (!found) return NONE;
    uint32_t act = (uint32_t)found - 1;
    return t->activations[act].ending == ENDED_NOT ? act : NONE;
}

static uint32_t new_activation(timeline *t, uint64_t at, uint32_t site, uint32_t function, uint32_t frame, uint32_t who, uint32_t flags) {
    if (!GROW(t->activations, t->activation_room, t->activation_count)) return NONE;
    t->activations[t->activation_count] = (activation){at, 0, site, function, frame, who, NONE, NONE, ENDED_NOT, flags};
    return (uint32_t)t->activation_count++;
}

/* A new actor with its root; NONE with an exception. */
static uint32_t new_actor(timeline *t, uint32_t number, uint64_t at) {
    if (!GROW(t->actors, t->actor_room, t->actor_count)) return NONE;
    uint32_t index = (uint32_t)t->actor_count;
    uint32_t root = new_activation(t, at, 0, 0, 0, index, IS_ROOT);
    if (root == NONE) return NONE;
    t->actors[t->actor_count++] = (actor){number, root, root, NONE};
    return index;
}

/* The entry of a wire number in `actor_of`, NULL with an exception. Numbers beyond LARGEST_NUMBER are taken for 0. */
static uint32_t *actor_entry(timeline *t, uint32_t number) {
    if (number > LARGEST_NUMBER) number = 0;
    if (number >= t->actor_of_room) {
        size_t room = t->actor_of_room ? t->actor_of_room : 64;
        while (room <= number) room *= 2;
        uint32_t *moved = PyMem_RawRealloc(t->actor_of, room * sizeof *moved);
        if (!moved) {
            PyErr_NoMemory();
            return NULL;
        }
        memset(moved + t->actor_of_room, 0, (room - t->actor_of_room) * sizeof *moved);
        t->actor_of = moved;
        t->actor_of_room = room;
    }
    return &t->actor_of[number];
}

/* Index of the actor with a wire number, made at first sight; NONE with an exception. */
static uint32_t actor_index(timeline *t, uint32_t number, uint64_t at) {
    uint32_t *entry = actor_entry(t, number);
    if (!entry) return NONE;
    if (!*entry) {
        uint32_t index = new_actor(t, number, at);
        if (index == NONE) return NONE;
        *entry = index + 1;
    }
    return *entry - 1;
}

static bool open_segment(timeline *t, uint64_t at, uint32_t act, uint32_t below) {
    if (!GROW(t->segments, t->segment_room, t->segment_count)) return false;
    uint32_t index = (uint32_t)t->segment_count++;
    activation *a = &t->activations[act];
    t->segments[index] = (segment){at, act, below, a->last, NONE};
    if (a->last == NONE) a->first = index;
    else {
        t->segments[a->last].next = index;
        if ((t->segments[a->last].at ^ at) & ~HAS_STOP & ~POSITION_MASK) a->flags |= IS_MOVED;
    }
    a->last = index;
    stream *s = &t->streams[t->current_stream];
    uint32_t who = s->actors[s->depth - 1];
    t->actors[who].top = act;
    t->stretches[s->stretches[s->stretch_count - 1]].last = index;
    return true;
}

/* Begins a stretch of the stream's running actor at `at`, with a segment of the activation on top of its stack. */
static bool open_stretch(timeline *t, uint64_t at) {
    stream *s = &t->streams[t->current_stream];
    uint32_t who = s->actors[s->depth - 1];
    actor *a = &t->actors[who];
    if (!GROW(t->stretches, t->stretch_room, t->stretch_count)) return false;
    if (!GROW(s->stretches, s->stretch_room, s->stretch_count)) return false;
    uint32_t index = (uint32_t)t->stretch_count++;
    t->stretches[index] = (stretch){(uint32_t)t->segment_count, (uint32_t)t->segment_count, who, a->stretch, NONE, at};
    if (a->stretch != NONE) t->stretches[a->stretch].next = index;
    a->stretch = index;
    s->stretches[s->stretch_count++] = index;
    uint32_t last = t->activations[a->top].last;
    return open_segment(t, at, a->top, last == NONE ? NONE : t->segments[last].below);
}

static inline void close_stretch(timeline *t, stream *s, uint64_t end) {
    if (s->stretch_count) t->stretches[s->stretches[s->stretch_count - 1]].end = end;
}

static bool push_actor(stream *s, uint32_t who) {
    if (!GROW(s->actors, s->depth_room, s->depth)) return false;
    s->actors[s->depth++] = who;
    return true;
}

/* The stream's state, made at first sight; SIZE_MAX with an exception. */
static size_t stream_index(timeline *t, uint64_t id, uint64_t at) {
    for (size_t i = 0; i < t->stream_count; i++)
        if (t->streams[i].id == id) return i;
    if (!GROW(t->streams, t->stream_room, t->stream_count)) return SIZE_MAX;
    stream *s = &t->streams[t->stream_count];
    memset(s, 0, sizeof *s);
    s->id = id;
    uint32_t who = new_actor(t, NONE, at); /* the thread, until its ACTOR names it */
    if (who == NONE || !push_actor(s, who)) return SIZE_MAX;
    return t->stream_count++;
}

static inline uint32_t top_of(timeline *t, stream *s) { return t->actors[s->actors[s->depth - 1]].top; }

/* Brings `act`, which lies below the top of the running actor's stack, to the top; false when it does not. -1 with an exception. */
static int pop_to(timeline *t, stream *s, uint32_t act, uint64_t at) {
    uint32_t seg = t->activations[top_of(t, s)].last;
    for (int i = 0; i < DEEPEST_SEARCH && seg != NONE; i++, seg = t->segments[seg].below)
        if (t->segments[seg].activation == act) return open_segment(t, at, act, t->segments[seg].below) ? 1 : -1;
    return 0;
}

/* The nearest activation of a function on the running actor's stack, NONE. */
static uint32_t on_stack(timeline *t, stream *s, uint32_t function) {
    uint32_t seg = t->activations[top_of(t, s)].last;
    for (int i = 0; i < DEEPEST_SEARCH && seg != NONE; i++, seg = t->segments[seg].below)
        if (t->activations[t->segments[seg].activation].function == function) return t->segments[seg].activation;
    return NONE;
}

static int change_top(timeline *t, stream *s, uint32_t function, uint32_t site, uint64_t at, bool create) {
    uint32_t act = on_stack(t, s, function);
    if (act != NONE) return pop_to(t, s, act, at);
    if (!create) return 0;
    uint32_t below = t->activations[top_of(t, s)].last;
    act = new_activation(t, at, site, function, 0, s->actors[s->depth - 1], IS_CUT);
    return act == NONE || !open_segment(t, at, act, below) ? -1 : 1;
}

/* Makes an activation of `site`'s function the top one where the records say that it runs. `create`: also when none is known. -1 with an exception. */
static inline int correct_top(timeline *t, stream *s, uint32_t site, uint64_t at, bool create) {
    uint32_t function = function_at(t, site);
    if (!function || t->activations[top_of(t, s)].function == function) return function != 0;
    return change_top(t, s, function, site, at, create);
}

static bool end_activation(timeline *t, stream *s, const record *r, uint64_t at) {
    int fits = correct_top(t, s, r->site, at, false);
    if (fits < 0) return false;
    uint32_t act = top_of(t, s);
    activation *a = &t->activations[act];
    if (a->flags & IS_ROOT || (!fits && function_at(t, r->site))) return true;
    a->end_at = at;
    a->ending = r->kind == RETURN ? ENDED_RETURN : ENDED_UNWIND;
    uint32_t below = t->segments[a->last].below;
    if (below == NONE) return true;
    return open_segment(t, at + r->words, t->segments[below].activation, t->segments[below].below);
}

static bool suspend(timeline *t, stream *s, const record *r, uint64_t at) {
    uint32_t act = frame_get(t, r->operand), top = top_of(t, s);
    if (act != NONE && act != top && pop_to(t, s, act, at) < 0) return false;
    if (act == NONE) {
        if (correct_top(t, s, r->site, at, false) < 0) return false;
        act = top_of(t, s);
        if (t->activations[act].flags & IS_ROOT) return true;
        t->activations[act].frame = r->operand;
        if (!frame_put(t, r->operand, act)) return false;
    }
    if (top_of(t, s) != act) return true;
    if (r->site < t->site_count && t->flags[r->site] & SITE_AWAITS) {
        t->activations[act].flags |= IS_AWAITING;
        return true;
    }
    uint32_t below = t->segments[t->activations[act].last].below;
    return below == NONE || open_segment(t, at + r->words, t->segments[below].activation, t->segments[below].below);
}

static bool resume(timeline *t, stream *s, uint32_t frame, uint32_t site, uint64_t at, bool create) {
    uint32_t act = frame_get(t, frame);
    uint32_t who = s->actors[s->depth - 1];
    if (act == NONE) {
        if (!create) return true;
        act = new_activation(t, at, site, function_at(t, site), frame, who, IS_CUT);
        if (act == NONE || !frame_put(t, frame, act)) return false;
        return open_segment(t, at, act, t->activations[top_of(t, s)].last);
    }
    t->activations[act].flags &= ~(uint32_t)IS_AWAITING;
    if (act == top_of(t, s)) return true;
    int popped = pop_to(t, s, act, at);
    if (popped) return popped > 0;
    t->activations[act].actor = who;
    return open_segment(t, at, act, t->activations[top_of(t, s)].last);
}

static bool step_begins(timeline *t, stream *s, uint32_t number, uint64_t at) {
    uint32_t who = actor_index(t, number, at);
    close_stretch(t, s, at);
    return who != NONE && push_actor(s, who) && open_stretch(t, at);
}

static bool step_ends(timeline *t, stream *s, uint64_t end) {
    if (s->depth < 2) return true;
    s->depth--;
    close_stretch(t, s, end);
    return open_stretch(t, end);
}

/* The thread of a stream becomes known: its root was made under a number of our own. */
static bool name_thread(timeline *t, stream *s, uint32_t number) {
    if (s->named || !number) return true;
    s->named = true;
    uint32_t *entry = actor_entry(t, number);
    if (!entry) return false;
    if (*entry) return true;
    *entry = s->actors[0] + 1;
    t->actors[s->actors[0]].number = number;
    return true;
}

static bool take_extended(timeline *t, stream *s, const record *r, const uint32_t *w, size_t at, uint64_t address) {
    uint32_t n = r->words - 1;
    const uint32_t *p = w + at + 1;
    switch (r->xkind) {
    case X_ACTOR:
        return n < 2 || p[1] != 1 || s->depth != 1 || name_thread(t, s, p[0]);
    case X_STEP:
        return n < 1 || step_begins(t, s, p[0], address);
    case X_STEP_END:
        return step_ends(t, s, address + r->words);
    case X_HANDLER: {
        if (n < 2) return true;
        uint32_t act = frame_get(t, p[1]);
        if (act != NONE) return resume(t, s, p[1], p[0], address, false);
        return correct_top(t, s, p[0], address, false) >= 0;
    }
    }
    return true;
}

static inline bool speaks(timeline *t, const record *r) { return r->site < t->site_count && t->flags[r->site] & SITE_STOPS; }

static inline void mark_stop(timeline *t, stream *s) { t->segments[t->activations[top_of(t, s)].last].at |= HAS_STOP; }

static bool take(timeline *t, stream *s, const record *r, const uint32_t *w, size_t at, uint64_t address) {
    switch (r->kind) {
    case EXTENDED:
        return take_extended(t, s, r, w, at, address);
    case CALL: {
        uint32_t below = t->activations[top_of(t, s)].last;
        uint32_t act = new_activation(t, address, r->site, function_at(t, r->site), r->operand, s->actors[s->depth - 1], 0);
        return act != NONE && frame_put(t, r->operand, act) && open_segment(t, address, act, below);
    }
    case RETURN:
    case UNWIND:
        if (r->kind == RETURN && speaks(t, r)) {
            if (correct_top(t, s, r->site, address, false) < 0) return false;
            mark_stop(t, s);
        }
        return end_activation(t, s, r, address);
    case YIELD:
        return suspend(t, s, r, address);
    case RESUME:
        return resume(t, s, r->operand, r->site, address, true);
    case LINE:
        if (correct_top(t, s, r->site, address, true) < 0) return false;
        mark_stop(t, s);
        return true;
    }
    if (correct_top(t, s, r->site, address, false) < 0) return false;
    if (r->kind == LOCAL && r->vk && speaks(t, r)) mark_stop(t, s);
    return true;
}

static bool words_of(Py_buffer *b, const uint32_t **words, size_t *count) {
    if (b->len % 4 || (uintptr_t)b->buf % 4) {
        PyErr_SetString(PyExc_ValueError, "not whole aligned words");
        return false;
    }
    *words = b->buf;
    *count = (size_t)b->len / 4;
    return true;
}

/* The activation on top, as what most records need of it: they are of its function, and change nothing but that its segment has a stop. */
typedef struct {
    uint32_t function; /* + 1, 0 unknown */
    uint64_t *segment;
} place;

static inline place place_of(timeline *t, stream *s) {
    const activation *a = &t->activations[top_of(t, s)];
    return (place){a->function, &t->segments[a->last].at};
}

/* Takes a record that leaves the top as it is; false for any other, which `take` is for. */
static inline bool take_in_place(timeline *t, const place *here, const record *r) {
    if (r->kind == EXTENDED || (r->kind >= CALL && r->kind <= RESUME)) return false;
    if (!here->function || function_at(t, r->site) != here->function) return false;
    if (r->kind == LINE || (r->kind == LOCAL && r->vk && speaks(t, r))) *here->segment |= HAS_STOP;
    return true;
}

/* feed(stream, position, words, start, end) */
static PyObject *timeline_feed(timeline *t, PyObject *args) {
    unsigned long long id, position;
    Py_buffer b;
    Py_ssize_t start, end;
    if (!PyArg_ParseTuple(args, "KKy*nn", &id, &position, &b, &start, &end)) return NULL;
    const uint32_t *w;
    size_t count;
    PyObject *result = NULL;
    if (!words_of(&b, &w, &count)) goto done;
    if (start < 0 || end < start || (size_t)end > count || id >= 1u << 22 || position + count > POSITION_MASK) {
        PyErr_SetString(PyExc_ValueError, "outside of the words");
        goto done;
    }
    uint64_t base = id << 40 | position;
    size_t index = stream_index(t, id, base + (size_t)start);
    if (index == SIZE_MAX) goto done;
    if (index != t->current_stream) {
        t->current_stream = index;
        if (!open_stretch(t, base + (size_t)start)) goto done;
    }
    size_t at = (size_t)start;
    record r;
    place here = place_of(t, &t->streams[index]);
    while (read_record(w, at, (size_t)end, &r)) {
        if (!take_in_place(t, &here, &r)) {
            if (!take(t, &t->streams[index], &r, w, at, base + at)) goto done;
            here = place_of(t, &t->streams[index]);
        }
        at += r.words;
    }
    close_stretch(t, &t->streams[index], base + at);
    result = PyLong_FromSize_t(at);
done:
    PyBuffer_Release(&b);
    return result;
}

/* thread(stream, position, number): says who the thread of a stream is, before it is fed. */
static PyObject *timeline_thread(timeline *t, PyObject *args) {
    unsigned long long id, position;
    unsigned int number;
    if (!PyArg_ParseTuple(args, "KKI", &id, &position, &number)) return NULL;
    size_t index = stream_index(t, id, id << 40 | position);
    if (index == SIZE_MAX || !name_thread(t, &t->streams[index], number)) return NULL;
    Py_RETURN_NONE;
}

/* sites(functions, flags): by wire site, function + 1 (0: unknown) as words, and SITE_ flags as bytes. */
static PyObject *timeline_sites(timeline *t, PyObject *args) {
    Py_buffer functions, given;
    if (!PyArg_ParseTuple(args, "y*y*", &functions, &given)) return NULL;
    PyObject *result = NULL;
    const uint32_t *w;
    size_t count;
    if (!words_of(&functions, &w, &count)) goto done;
    if ((size_t)given.len != count) {
        PyErr_SetString(PyExc_ValueError, "both tables are as long");
        goto done;
    }
    uint32_t *function_of = PyMem_RawMalloc(count * 4 + 4);
    uint8_t *flags = PyMem_RawMalloc(count + 1);
    if (!function_of || !flags) {
        PyMem_RawFree(function_of);
        PyMem_RawFree(flags);
        PyErr_NoMemory();
        goto done;
    }
    if (count) {
        memcpy(function_of, w, count * 4);
        memcpy(flags, given.buf, count);
    }
    PyMem_RawFree(t->function_of);
    PyMem_RawFree(t->flags);
    t->function_of = function_of;
    t->flags = flags;
    t->site_count = count;
    result = Py_NewRef(Py_None);
done:
    PyBuffer_Release(&functions);
    PyBuffer_Release(&given);
    return result;
}

/* The stretch that holds a segment, by bisection; the stretch table is ordered by first segment. */
static size_t stretch_of(timeline *t, uint32_t seg) {
    size_t low = 0, high = t->stretch_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (t->stretches[middle].first <= seg) low = middle;
        else high = middle;
    }
    return low;
}

static uint64_t segment_end(timeline *t, uint32_t seg) {
    stretch *s = &t->stretches[stretch_of(t, seg)];
    return seg == s->last ? s->end : t->segments[seg + 1].at & ~HAS_STOP;
}

static uint32_t locate(timeline *t, uint64_t at) {
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

/* locate(at) -> the segment that holds an event, -1. */
static PyObject *timeline_locate(timeline *t, PyObject *arg) {
    unsigned long long at = PyLong_AsUnsignedLongLong(arg);
    if (at == (unsigned long long)-1 && PyErr_Occurred()) return NULL;
    uint32_t seg = locate(t, at);
    return PyLong_FromLongLong(seg == NONE ? -1 : (long long)seg);
}

/* locate_all(ats as 64-bit numbers) -> their segments as 64-bit numbers, -1 where there is none. */
static PyObject *timeline_locate_all(timeline *t, PyObject *arg) {
    Py_buffer b;
    if (PyObject_GetBuffer(arg, &b, PyBUF_SIMPLE) < 0) return NULL;
    PyObject *result = NULL;
    if (b.len % 8 || (uintptr_t)b.buf % 8) {
        PyErr_SetString(PyExc_ValueError, "not whole aligned numbers");
    } else if ((result = PyBytes_FromStringAndSize(NULL, b.len))) {
        const uint64_t *at = b.buf;
        int64_t *to = (int64_t *)PyBytes_AS_STRING(result);
        for (Py_ssize_t i = 0; i < b.len / 8; i++) {
            uint32_t seg = locate(t, at[i]);
            to[i] = seg == NONE ? -1 : (int64_t)seg;
        }
    }
    PyBuffer_Release(&b);
    return result;
}

static bool segment_argument(timeline *t, PyObject *arg, uint32_t *seg) {
    unsigned long long value = PyLong_AsUnsignedLongLong(arg);
    if (value == (unsigned long long)-1 && PyErr_Occurred()) return false;
    if (value >= t->segment_count) {
        PyErr_SetString(PyExc_IndexError, "no such segment");
        return false;
    }
    *seg = (uint32_t)value;
    return true;
}

static long long or_minus(uint32_t index) { return index == NONE ? -1 : (long long)index; }

/* segment(i) -> (at, end, activation, below, prev, next, has_stop, actor) */
static PyObject *timeline_segment(timeline *t, PyObject *arg) {
    uint32_t i;
    if (!segment_argument(t, arg, &i)) return NULL;
    segment *s = &t->segments[i];
    stretch *in = &t->stretches[stretch_of(t, i)];
    return Py_BuildValue("KKILLLOI", (unsigned long long)(s->at & ~HAS_STOP), (unsigned long long)segment_end(t, i), s->activation, or_minus(s->below),
                         or_minus(s->prev), or_minus(s->next), s->at & HAS_STOP ? Py_True : Py_False, t->actors[in->actor].number);
}

/* activation(i) -> (call_at, end_at, site, function, frame, actor, first, last, ending, flags) */
static PyObject *timeline_activation(timeline *t, PyObject *arg) {
    unsigned long long i = PyLong_AsUnsignedLongLong(arg);
    if (i == (unsigned long long)-1 && PyErr_Occurred()) return NULL;
    if (i >= t->activation_count) {
        PyErr_SetString(PyExc_IndexError, "no such activation");
        return NULL;
    }
    activation *a = &t->activations[i];
    return Py_BuildValue("KKIIIILLII", (unsigned long long)a->call_at, (unsigned long long)a->end_at, a->site, a->function, a->frame,
                         t->actors[a->actor].number, or_minus(a->first), or_minus(a->last), a->ending, a->flags);
}

/* stack(segment) -> segments of the stack, innermost first, without the root */
static PyObject *timeline_stack(timeline *t, PyObject *arg) {
    uint32_t seg;
    if (!segment_argument(t, arg, &seg)) return NULL;
    PyObject *list = PyList_New(0);
    for (int i = 0; list && seg != NONE && i < 100000; i++, seg = t->segments[seg].below) {
        if (t->activations[t->segments[seg].activation].flags & IS_ROOT) break;
        PyObject *number = PyLong_FromUnsignedLong(seg);
        if (!number || PyList_Append(list, number)) Py_CLEAR(list);
        Py_XDECREF(number);
    }
    return list;
}

/* neighbour(segment, direction, same_actor, any) -> the next (direction > 0) or previous segment with a stop of the same activation, or of the same
 * actor; `any`: whether it has one or not; -1. */
static PyObject *timeline_neighbour(timeline *t, PyObject *args) {
    PyObject *number;
    int direction, same_actor, any;
    uint32_t seg;
    if (!PyArg_ParseTuple(args, "Oipp", &number, &direction, &same_actor, &any)) return NULL;
    if (!segment_argument(t, number, &seg)) return NULL;
    if (!same_actor) {
        do seg = direction > 0 ? t->segments[seg].next : t->segments[seg].prev;
        while (seg != NONE && !any && !(t->segments[seg].at & HAS_STOP));
        return PyLong_FromLongLong(or_minus(seg));
    }
    size_t in = stretch_of(t, seg);
    for (;;) {
        stretch *s = &t->stretches[in];
        if (direction > 0 ? seg < s->last : seg > s->first) seg += direction > 0 ? 1 : (uint32_t)-1;
        else {
            uint32_t other = direction > 0 ? s->next : s->prev;
            if (other == NONE) return PyLong_FromLong(-1);
            in = other;
            seg = direction > 0 ? t->stretches[in].first : t->stretches[in].last;
        }
        if (any || t->segments[seg].at & HAS_STOP) return PyLong_FromUnsignedLong(seg);
    }
}

/* actor(number) -> (first segment, last segment, top activation) of an actor by wire number, None */
static PyObject *timeline_actor(timeline *t, PyObject *arg) {
    unsigned long number = PyLong_AsUnsignedLong(arg);
    if (number == (unsigned long)-1 && PyErr_Occurred()) return NULL;
    if (number >= t->actor_of_room || !t->actor_of[number]) Py_RETURN_NONE;
    actor *a = &t->actors[t->actor_of[number] - 1];
    activation *root = &t->activations[a->root];
    if (root->first == NONE || a->stretch == NONE) Py_RETURN_NONE;
    return Py_BuildValue("IIII", root->first, t->stretches[a->stretch].last, a->top, a->root);
}

/* stretches() -> words: first segment, last segment, actor number of each, in total order */
static PyObject *timeline_stretches(timeline *t, PyObject *Py_UNUSED(ignored)) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(t->stretch_count * 12));
    if (!bytes) return NULL;
    uint32_t *to = (uint32_t *)PyBytes_AS_STRING(bytes);
    for (size_t i = 0; i < t->stretch_count; i++) {
        *to++ = t->stretches[i].first;
        *to++ = t->stretches[i].last;
        *to++ = t->actors[t->stretches[i].actor].number;
    }
    return bytes;
}

/* cut(segment, stream) -> the position in `stream` before which everything precedes the beginning of `segment` in the total order. */
static PyObject *timeline_cut(timeline *t, PyObject *args) {
    PyObject *number;
    unsigned long long id;
    uint32_t seg;
    if (!PyArg_ParseTuple(args, "OK", &number, &id)) return NULL;
    if (!segment_argument(t, number, &seg)) return NULL;
    size_t target = stretch_of(t, seg);
    for (size_t i = 0; i < t->stream_count; i++) {
        stream *s = &t->streams[i];
        if (s->id != id) continue;
        size_t low = 0, high = s->stretch_count; /* stretches before `target` */
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (s->stretches[middle] < target) low = middle + 1;
            else high = middle;
        }
        return PyLong_FromUnsignedLongLong(low ? t->stretches[s->stretches[low - 1]].end & POSITION_MASK : 0);
    }
    return PyLong_FromLong(0);
}

/* ---- Questions to words ---- */

typedef struct {
    uint32_t *found;
    size_t count, room, limit;
    bool newest; /* keep the last `limit`, not the first */
} matches;

static bool keep(matches *m, size_t offset) {
    if (m->newest && m->count == m->limit) { /* only used with limit 1 */
        m->found[m->count - 1] = (uint32_t)offset;
        return true;
    }
    if (!grow((void **)&m->found, &m->room, m->count, sizeof *m->found)) return false;
    m->found[m->count++] = (uint32_t)offset;
    return true;
}

static PyObject *as_bytes(matches *m, bool ok) {
    PyObject *bytes = ok ? PyBytes_FromStringAndSize((char *)m->found, (Py_ssize_t)(m->count * 4)) : NULL;
    PyMem_RawFree(m->found);
    return bytes;
}

typedef struct {
    uint32_t kinds; /* bit k: plain kind k; bit 0: stops (then `sites` are those that speak for their line, and no other kind is found) */
    uint64_t xkinds;
    const uint8_t *sites; /* one bit a wire site, NULL: any */
    size_t site_bits;
    int64_t owner;  /* owner, cell or frame, -1: any */
} wanted;

static inline bool matches_record(const wanted *q, const record *r, const uint32_t *w, size_t at) {
    uint32_t site = r->site, operand = r->operand;
    if (q->kinds & 1) {
        if (r->kind == LINE) return true;
        if (r->kind != RETURN && (r->kind != LOCAL || !r->vk)) return false;
        return q->sites && site < q->site_bits && q->sites[site >> 3] >> (site & 7) & 1;
    }
    if (r->kind == EXTENDED) {
        if (r->xkind > 63 || !(q->xkinds >> r->xkind & 1)) return false;
        const uint32_t *p = w + at + 1;
        uint32_t n = r->words - 1;
        if (r->xkind == X_MUTATE) {
            if (n < 3) return false;
            site = p[0];
            operand = p[1];
        } else if (r->xkind == X_OBJECT) {
            if (n < 4) return false;
            operand = p[0];
            if (q->owner >= 0) return operand == q->owner;
            return true;
        } else
            return q->owner < 0 || (n > 1 && p[1] == q->owner);
    } else if (!(q->kinds >> r->kind & 1))
        return false;
    else if (r->kind == SETITEM || r->kind == GETITEM)
        operand >>= 4;
    if (q->owner >= 0 && operand != q->owner) return false;
    return !q->sites || (site < q->site_bits && q->sites[site >> 3] >> (site & 7) & 1);
}

/* Looks at the records that begin in [at, end); `count` is the end of the words. */
static bool scan(const wanted *q, const uint32_t *w, size_t at, size_t end, size_t count, matches *m) {
    record r;
    while (at < end && read_record(w, at, count, &r)) {
        if (matches_record(q, &r, w, at)) {
            if (!keep(m, at)) return false;
            if (!m->newest && m->count >= m->limit) return true;
        }
        at += r.words;
    }
    return true;
}

static bool parse_wanted(wanted *q, Py_buffer *sites) {
    q->sites = sites->buf;
    q->site_bits = sites->buf ? (size_t)sites->len * 8 : 0;
    return true;
}

/* find(words, start, end, kinds, xkinds, sites, owner, limit, newest) -> offsets as words. `sites` None or a bit set. */
static PyObject *query_find(PyObject *Py_UNUSED(module), PyObject *args) {
    Py_buffer b, sites = {0};
    Py_ssize_t start, end, limit;
    unsigned int kinds;
    unsigned long long xkinds;
    long long owner;
    int newest;
    if (!PyArg_ParseTuple(args, "y*nnIKz*Lnp", &b, &start, &end, &kinds, &xkinds, &sites, &owner, &limit, &newest)) return NULL;
    PyObject *result = NULL;
    const uint32_t *w;
    size_t count;
    if (!words_of(&b, &w, &count)) goto done;
    if (start < 0 || end < start || (size_t)end > count || limit < 1 || (newest && limit != 1)) {
        PyErr_SetString(PyExc_ValueError, "outside of the words");
        goto done;
    }
    wanted q = {.kinds = kinds, .xkinds = xkinds, .owner = owner};
    parse_wanted(&q, &sites);
    matches m = {.limit = (size_t)limit, .newest = newest};
    result = as_bytes(&m, scan(&q, w, (size_t)start, (size_t)end, count, &m));
done:
    PyBuffer_Release(&b);
    if (sites.obj) PyBuffer_Release(&sites);
    return result;
}

/* find_in(activation, stream, position, words, start, end, kinds, xkinds, sites, limit, newest): as find, but only where the activation is on top. */
static PyObject *timeline_find_in(timeline *t, PyObject *args) {
    Py_buffer b, sites = {0};
    Py_ssize_t start, end, limit;
    unsigned int kinds, act;
    unsigned long long id, position, xkinds;
    int newest;
    if (!PyArg_ParseTuple(args, "IKKy*nnIKz*np", &act, &id, &position, &b, &start, &end, &kinds, &xkinds, &sites, &limit, &newest)) return NULL;
    PyObject *result = NULL;
    const uint32_t *w;
    size_t count;
    if (!words_of(&b, &w, &count)) goto done;
    if (start < 0 || end < start || (size_t)end > count || limit < 1 || (newest && limit != 1)) {
        PyErr_SetString(PyExc_ValueError, "outside of the words");
        goto done;
    }
    wanted q = {.kinds = kinds, .xkinds = xkinds, .owner = -1};
    parse_wanted(&q, &sites);
    matches m = {.limit = (size_t)limit, .newest = newest};
    bool ok = true;
    uint64_t at = (id << 40 | position) + (size_t)start, stop = (id << 40 | position) + (size_t)end;
    while (ok && at < stop && (m.newest || m.count < m.limit)) {
        uint32_t seg = locate(t, at);
        if (seg == NONE) break;
        stretch *s = &t->stretches[stretch_of(t, seg)];
        /* Walk the segments of the stretch without bisecting again. */
        for (; ok && at < stop && seg <= s->last && (m.newest || m.count < m.limit); seg++) {
            uint64_t until = seg == s->last ? s->end : t->segments[seg + 1].at & ~HAS_STOP;
            if (until > stop) until = stop;
            if (until > at && t->segments[seg].activation == act)
                ok = scan(&q, w, (size_t)(at - (id << 40 | position)), (size_t)(until - (id << 40 | position)), count, &m);
            if (until > at) at = until;
        }
        if (s->end >= stop || locate(t, at) == seg - 1) break; /* nothing of the stream is known behind */
    }
    result = as_bytes(&m, ok);
done:
    PyBuffer_Release(&b);
    if (sites.obj) PyBuffer_Release(&sites);
    return result;
}

/* ---- Hits that a condition on one local does not rule out ---- */

enum { LESS, LESS_EQUAL, EQUAL, NOT_EQUAL, GREATER_EQUAL, GREATER };
enum { TRUTH_UNKNOWN, TRUTH_FALSE, TRUTH_TRUE };
#define TRUTHS 4096

/* Whether a scalar compares so with a number; unknown for what is no number. */
static uint8_t compare(uint32_t vk, const uint32_t *w, int op, double with) {
    double value;
    switch (vk) {
    case 2: value = 0; break;
    case 3: value = 1; break;
    case 4: value = (int32_t)w[0]; break;
    case 6: memcpy(&value, w, 8); break;
    default: return TRUTH_UNKNOWN;
    }
    bool holds = op == LESS ? value < with : op == LESS_EQUAL ? value <= with : op == EQUAL ? value == with : op == NOT_EQUAL ? value != with
               : op == GREATER_EQUAL ? value >= with : value > with;
    return holds ? TRUTH_TRUE : TRUTH_FALSE;
}

static bool has_bit(const Py_buffer *bits, uint32_t site) {
    return site < (size_t)bits->len * 8 && ((const uint8_t *)bits->buf)[site >> 3] >> (site & 7) & 1;
}

/* possible(stream, position, words, kinds, sites, bindings, op, number, known) -> the offsets of the records of these kinds and sites in a chunk at which a local
 * (bound at the sites `bindings`) may compare so with the number; `known` gives, as pairs of words, activation and TRUTH_ of it where the chunk begins. */
static PyObject *timeline_possible(timeline *t, PyObject *args) {
    Py_buffer b, sites, bindings, known;
    unsigned long long id, position;
    unsigned int kinds;
    int op;
    double with;
    if (!PyArg_ParseTuple(args, "KKy*Iy*y*idy*", &id, &position, &b, &kinds, &sites, &bindings, &op, &with, &known)) return NULL;
    PyObject *result = NULL;
    const uint32_t *w, *pairs;
    size_t count, words;
    struct { uint32_t activation; uint8_t truth; } *truths = PyMem_RawCalloc(TRUTHS, sizeof *truths);
    if (!truths) {
        PyErr_NoMemory();
        goto done;
    }
    if (!words_of(&b, &w, &count) || !words_of(&known, &pairs, &words)) goto done;
    if (op < LESS || op > GREATER || id >= 1u << 22 || position + count > POSITION_MASK) {
        PyErr_SetString(PyExc_ValueError, "no such question");
        goto done;
    }
    for (size_t i = 0; i + 1 < words; i += 2) {
        truths[pairs[i] % TRUTHS].activation = pairs[i];
        truths[pairs[i] % TRUTHS].truth = pairs[i + 1] <= TRUTH_TRUE ? (uint8_t)pairs[i + 1] : TRUTH_UNKNOWN;
    }
    matches m = {.limit = count + 1};
    uint64_t base = id << 40 | position, at = base, stop = base + count;
    uint32_t seg = NONE, act = NONE;
    stretch *in = NULL; /* of the segment, once it is entered */
    uint64_t until = at;
    bool ok = true;
    record r;
    while (ok && at < stop) {
        while (at >= until) { /* another segment: the next of the stretch, or wherever the stream goes on */
            bool located = !in || seg == in->last;
            if (located) {
                seg = locate(t, at);
                if (seg == NONE) goto walked;
                in = &t->stretches[stretch_of(t, seg)];
            } else
                seg++;
            until = seg == in->last ? in->end : t->segments[seg + 1].at & ~HAS_STOP;
            if (located && until <= at) goto walked; /* nothing of the stream is known from here on */
            act = t->segments[seg].activation;
        }
        size_t offset = (size_t)(at - base);
        if (!read_record(w, offset, count, &r)) break;
        if (r.kind == LOCAL && has_bit(&bindings, r.site)) {
            truths[act % TRUTHS].activation = act;
            truths[act % TRUTHS].truth = compare(r.vk, w + offset + 1, op, with);
        }
        if (r.kind < EXTENDED && kinds >> r.kind & 1 && has_bit(&sites, r.site)) {
            bool ruled_out = truths[act % TRUTHS].activation == act && truths[act % TRUTHS].truth == TRUTH_FALSE;
            /* A LOCAL that is itself a hit stops before it is bound: what it binds says nothing of the value there. */
            if ((r.kind == LOCAL && has_bit(&bindings, r.site)) || !ruled_out) ok = keep(&m, offset);
        }
        at += r.words;
    }
walked:
    result = as_bytes(&m, ok);
done:
    PyMem_RawFree(truths);
    PyBuffer_Release(&b);
    PyBuffer_Release(&sites);
    PyBuffer_Release(&bindings);
    PyBuffer_Release(&known);
    return result;
}

/* statistics() -> (segments, activations, stretches, actors) */
static PyObject *timeline_statistics(timeline *t, PyObject *Py_UNUSED(ignored)) {
    return Py_BuildValue("nnnn", (Py_ssize_t)t->segment_count, (Py_ssize_t)t->activation_count, (Py_ssize_t)t->stretch_count, (Py_ssize_t)t->actor_count);
}

static PyObject *timeline_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *none[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "", none)) return NULL;
    timeline *t = (timeline *)type->tp_alloc(type, 0);
    if (t) t->current_stream = SIZE_MAX;
    return (PyObject *)t;
}

static void timeline_dealloc(timeline *t) {
    for (size_t i = 0; i < t->stream_count; i++) {
        PyMem_RawFree(t->streams[i].stretches);
        PyMem_RawFree(t->streams[i].actors);
    }
    void *owned[] = {t->segments, t->activations, t->stretches, t->actors, t->streams, t->frames, t->actor_of, t->function_of, t->flags};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) PyMem_RawFree(owned[i]);
    Py_TYPE(t)->tp_free((PyObject *)t);
}

static PyMethodDef timeline_methods[] = {
    {"feed", (PyCFunction)timeline_feed, METH_VARARGS, NULL},
    {"thread", (PyCFunction)timeline_thread, METH_VARARGS, NULL},
    {"sites", (PyCFunction)timeline_sites, METH_VARARGS, NULL},
    {"locate", (PyCFunction)timeline_locate, METH_O, NULL},
    {"locate_all", (PyCFunction)timeline_locate_all, METH_O, NULL},
    {"segment", (PyCFunction)timeline_segment, METH_O, NULL},
    {"activation", (PyCFunction)timeline_activation, METH_O, NULL},
    {"stack", (PyCFunction)timeline_stack, METH_O, NULL},
    {"neighbour", (PyCFunction)timeline_neighbour, METH_VARARGS, NULL},
    {"actor", (PyCFunction)timeline_actor, METH_O, NULL},
    {"stretches", (PyCFunction)timeline_stretches, METH_NOARGS, NULL},
    {"cut", (PyCFunction)timeline_cut, METH_VARARGS, NULL},
    {"find_in", (PyCFunction)timeline_find_in, METH_VARARGS, NULL},
    {"possible", (PyCFunction)timeline_possible, METH_VARARGS, NULL},
    {"statistics", (PyCFunction)timeline_statistics, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject timeline_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "causeway_core.wire._query.Timeline",
    .tp_basicsize = sizeof(timeline),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "A process laid out in its total order.",
    .tp_new = timeline_new,
    .tp_dealloc = (destructor)timeline_dealloc,
    .tp_methods = timeline_methods,
};

static PyMethodDef functions[] = {
    {"find", query_find, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_query", "Fast questions to the raw words of a process.", -1, functions};

PyMODINIT_FUNC PyInit__query(void) {
    PyObject *m = PyModule_Create(&module);
    if (!m || PyModule_AddType(m, &timeline_type)) Py_CLEAR(m);
    return m;
}
