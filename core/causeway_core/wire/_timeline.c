/* Laying a process out in its total order, a run at a time (_timeline.h). */
#include "_timeline.h"

bool cw_grow(void **items, size_t *room, size_t count, size_t size) {
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

#define GROW(items, room, count) cw_grow((void **)&(items), &(room), (count), sizeof *(items))

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

bool cw_words_of(Py_buffer *b, const uint32_t **words, size_t *count) {
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
PyObject *cw_timeline_feed(timeline *t, PyObject *args) {
    unsigned long long id, position;
    Py_buffer b;
    Py_ssize_t start, end;
    if (!PyArg_ParseTuple(args, "KKy*nn", &id, &position, &b, &start, &end)) return NULL;
    const uint32_t *w;
    size_t count;
    PyObject *result = NULL;
    if (!cw_words_of(&b, &w, &count)) goto done;
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
PyObject *cw_timeline_thread(timeline *t, PyObject *args) {
    unsigned long long id, position;
    unsigned int number;
    if (!PyArg_ParseTuple(args, "KKI", &id, &position, &number)) return NULL;
    size_t index = stream_index(t, id, id << 40 | position);
    if (index == SIZE_MAX || !name_thread(t, &t->streams[index], number)) return NULL;
    Py_RETURN_NONE;
}

/* sites(functions, flags): by wire site, function + 1 (0: unknown) as words, and SITE_ flags as bytes. */
PyObject *cw_timeline_sites(timeline *t, PyObject *args) {
    Py_buffer functions, given;
    if (!PyArg_ParseTuple(args, "y*y*", &functions, &given)) return NULL;
    PyObject *result = NULL;
    const uint32_t *w;
    size_t count;
    if (!cw_words_of(&functions, &w, &count)) goto done;
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
