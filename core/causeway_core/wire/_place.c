/* What a timeline says of places in it: the segment that holds an event, its stack, its neighbours, its actor. */
#include "_timeline.h"

static uint64_t segment_end(timeline *t, uint32_t seg) {
    stretch *s = &t->stretches[stretch_of(t, seg)];
    return seg == s->last ? s->end : t->segments[seg + 1].at & ~HAS_STOP;
}

/* locate(at) -> the segment that holds an event, -1. */
PyObject *cw_timeline_locate(timeline *t, PyObject *arg) {
    unsigned long long at = PyLong_AsUnsignedLongLong(arg);
    if (at == (unsigned long long)-1 && PyErr_Occurred()) return NULL;
    uint32_t seg = locate(t, at);
    return PyLong_FromLongLong(seg == NONE ? -1 : (long long)seg);
}

/* locate_all(ats as 64-bit numbers) -> their segments as 64-bit numbers, -1 where there is none. */
PyObject *cw_timeline_locate_all(timeline *t, PyObject *arg) {
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
PyObject *cw_timeline_segment(timeline *t, PyObject *arg) {
    uint32_t i;
    if (!segment_argument(t, arg, &i)) return NULL;
    segment *s = &t->segments[i];
    stretch *in = &t->stretches[stretch_of(t, i)];
    return Py_BuildValue("KKILLLOI", (unsigned long long)(s->at & ~HAS_STOP), (unsigned long long)segment_end(t, i), s->activation, or_minus(s->below),
                         or_minus(s->prev), or_minus(s->next), s->at & HAS_STOP ? Py_True : Py_False, t->actors[in->actor].number);
}

/* activation(i) -> (call_at, end_at, site, function, frame, actor, first, last, ending, flags) */
PyObject *cw_timeline_activation(timeline *t, PyObject *arg) {
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
PyObject *cw_timeline_stack(timeline *t, PyObject *arg) {
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
PyObject *cw_timeline_neighbour(timeline *t, PyObject *args) {
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
PyObject *cw_timeline_actor(timeline *t, PyObject *arg) {
    unsigned long number = PyLong_AsUnsignedLong(arg);
    if (number == (unsigned long)-1 && PyErr_Occurred()) return NULL;
    if (number >= t->actor_of_room || !t->actor_of[number]) Py_RETURN_NONE;
    actor *a = &t->actors[t->actor_of[number] - 1];
    activation *root = &t->activations[a->root];
    if (root->first == NONE || a->stretch == NONE) Py_RETURN_NONE;
    return Py_BuildValue("IIII", root->first, t->stretches[a->stretch].last, a->top, a->root);
}

/* stretches() -> words: first segment, last segment, actor number of each, in total order */
PyObject *cw_timeline_stretches(timeline *t, PyObject *Py_UNUSED(ignored)) {
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
PyObject *cw_timeline_cut(timeline *t, PyObject *args) {
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
