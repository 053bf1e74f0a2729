/* Which records match: by kind, site and owner, where an activation is on top, where a condition on a local is not ruled out. */
#include "_timeline.h"

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
    if (m->count == m->room && !cw_grow((void **)&m->found, &m->room, m->count, sizeof *m->found)) return false;
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

static wanted wanted_of(unsigned int kinds, unsigned long long xkinds, long long owner, const Py_buffer *sites) {
    return (wanted){.kinds = kinds, .xkinds = xkinds, .owner = owner, .sites = sites->buf, .site_bits = sites->buf ? (size_t)sites->len * 8 : 0};
}

/* The words of a buffer, once [start, end) lies in them and the limit is one that can be met. Sets an exception otherwise. */
static bool words_to_scan(Py_buffer *b, Py_ssize_t start, Py_ssize_t end, Py_ssize_t limit, int newest, const uint32_t **w, size_t *count) {
    if (!cw_words_of(b, w, count)) return false;
    if (start >= 0 && end >= start && (size_t)end <= *count && limit >= 1 && (!newest || limit == 1)) return true;
    PyErr_SetString(PyExc_ValueError, "outside of the words");
    return false;
}

/* find(words, start, end, kinds, xkinds, sites, owner, limit, newest) -> offsets as words. `sites` None or a bit set. */
PyObject *cw_query_find(PyObject *Py_UNUSED(module), PyObject *args) {
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
    if (!words_to_scan(&b, start, end, limit, newest, &w, &count)) goto done;
    wanted q = wanted_of(kinds, xkinds, owner, &sites);
    matches m = {.limit = (size_t)limit, .newest = newest};
    result = as_bytes(&m, scan(&q, w, (size_t)start, (size_t)end, count, &m));
done:
    PyBuffer_Release(&b);
    if (sites.obj) PyBuffer_Release(&sites);
    return result;
}

/* find_in(activation, stream, position, words, start, end, kinds, xkinds, sites, limit, newest): as find, but only where the activation is on top. */
PyObject *cw_timeline_find_in(timeline *t, PyObject *args) {
    Py_buffer b, sites = {0};
    Py_ssize_t start, end, limit;
    unsigned int kinds, act;
    unsigned long long id, position, xkinds;
    int newest;
    if (!PyArg_ParseTuple(args, "IKKy*nnIKz*np", &act, &id, &position, &b, &start, &end, &kinds, &xkinds, &sites, &limit, &newest)) return NULL;
    PyObject *result = NULL;
    const uint32_t *w;
    size_t count;
    if (!words_to_scan(&b, start, end, limit, newest, &w, &count)) goto done;
    wanted q = wanted_of(kinds, xkinds, -1, &sites);
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
PyObject *cw_timeline_possible(timeline *t, PyObject *args) {
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
    if (!cw_words_of(&b, &w, &count) || !cw_words_of(&known, &pairs, &words)) goto done;
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
