/* The scanner's loop. Every word it reads may be anything: lengths are checked before use, memory grows with the input only. */
#include "_scan.h"

#include "_site_kinds.h"

enum { SYNC_ACQUIRED = 1, SYNC_WAIT_END = 5, SYNC_GET = 12, SYNC_SEM_ACQUIRED = 13, SYNC_BARRIER_LEAVE = 16, SYNC_BEGIN = 18, SYNC_JOIN = 20, SYNC_RESULT_GOT = 22, SYNC_RUN = 26 };
enum { SYNC_REENTRANT = 2 };
enum { HANDLE_IO = 3 };
enum { FATE_RAISED, FATE_CAUGHT, FATE_UNCAUGHT };
enum { RANK_LOCAL = 1, RANK_SNAPSHOT, RANK_ITEM, RANK_NAME };
enum { FORM_SEQUENCE = 1, FORM_MAPPING, FORM_SET, FORM_ATTRIBUTES };

#define ANONYMOUS 0x80000000u /* actor number of a thread whose ACTOR record is missing: this plus the low bits of its stream.id */

static bool append(PyObject *list, PyObject *row) {
    if (!row) return false;
    int failed = PyList_Append(list, row);
    Py_DECREF(row);
    return !failed;
}

static inline int64_t word64(const uint32_t *w) { return (int64_t)((uint64_t)w[0] | (uint64_t)w[1] << 32); }

static PyObject *object_or_none(const process *p, uint32_t wire) {
    if (!wire) Py_RETURN_NONE;
    return PyLong_FromLongLong(p->id << 32 | wire);
}

static inline actor *running(const stream *s) { return s->stack[s->depth - 1]; }

/* Steps. */

static void step_open(scanner *z, stream *s, uint64_t position, int64_t started) {
    actor *a = running(s);
    s->stepping = true;
    s->step_id = ++z->next_step;
    s->step_number = a->steps++;
    s->step_first = s->step_last = cw_at(s, position);
    s->step_started = started;
    s->step_cause = 0;
    s->step_cause_kind = 0;
    if (a->first_at < 0) a->first_at = s->step_first;
}

bool cw_step_row(scanner *z, const stream *s, int64_t ended, PyObject *ending, uint32_t waiting_on) {
    actor *a = running(s);
    a->last_at = s->step_last;
    PyObject *times = ended >= 0 ? PyLong_FromLongLong(ended) : Py_NewRef(Py_None);
    PyObject *cause = s->step_cause ? PyLong_FromLongLong(s->step_cause) : Py_NewRef(Py_None);
    PyObject *how = s->step_cause_kind ? PyLong_FromLong(s->step_cause_kind) : Py_NewRef(Py_None);
    return append(z->steps, Py_BuildValue("LLLLLLNNNNO", (long long)s->step_id, (long long)a->id, (long long)s->step_number, (long long)s->step_first,
                                          (long long)s->step_last, (long long)s->step_started, times, cause, how, object_or_none(s->process, waiting_on), ending));
}

bool cw_step_close(scanner *z, stream *s, int64_t ended, PyObject *ending, uint32_t waiting_on) {
    if (!s->stepping) return true;
    s->stepping = false;
    return cw_step_row(z, s, ended, ending, waiting_on);
}

static bool on_step(scanner *z, stream *s, const cw_record *r, uint64_t position) {
    process *p = s->process;
    if (r->payload_words < 5) return true;
    int64_t ts = word64(r->payload + 3);
    if (!cw_step_close(z, s, ts, Py_None, 0)) return false;
    p->now = ts;
    if (s->depth == CW_DEEPEST) {
        s->too_deep++;
        return true;
    }
    actor *a = cw_actor(p, r->payload[0], &z->next_actor);
    if (!a) return PyErr_NoMemory(), false;
    s->stack[s->depth++] = a;
    a->state = -1;
    step_open(z, s, position, ts);
    handle_entry *handle = r->payload[1] ? table_find(&p->handles, (uint64_t)r->payload[1] + 1) : NULL;
    if (handle) {
        s->step_cause = handle->at;
        s->step_cause_kind = (int)handle->kind;
    }
    return cw_key_lane(s, a, (uint32_t)(position - s->first), false) || (PyErr_NoMemory(), false);
}

static bool on_step_end(scanner *z, stream *s, const cw_record *r, uint64_t position) {
    process *p = s->process;
    if (r->payload_words < 5) return true;
    if (s->too_deep) {
        s->too_deep--;
        return true;
    }
    uint32_t state = r->payload[1] <= 3 ? r->payload[1] : 0;
    p->now = word64(r->payload + 3);
    if (s->depth < 2) return true;
    /* A step whose end was not recorded lies above the one that ends now: it is closed with it. */
    uint32_t depth = s->depth;
    while (depth > 1 && s->stack[depth - 1]->number != r->payload[0]) depth--;
    if (depth < 2) return true;
    while (s->depth > depth) {
        if (!cw_step_close(z, s, p->now, Py_None, 0)) return false;
        s->depth--;
    }
    actor *a = running(s);
    if (!s->stepping) step_open(z, s, position, p->now);
    s->step_last = cw_at(s, position);
    if (!cw_step_close(z, s, p->now, PyTuple_GET_ITEM(z->state_names, state), r->payload[2])) return false;
    a->state = (int)state;
    if (state) cw_abandon(p, a);
    s->depth--;
    return true;
}

static bool cuts_step(uint32_t op, uint32_t flags) {
    switch (op) {
    case SYNC_ACQUIRED: case SYNC_WAIT_END: case SYNC_GET: case SYNC_SEM_ACQUIRED: case SYNC_BARRIER_LEAVE: case SYNC_BEGIN: case SYNC_JOIN: case SYNC_RESULT_GOT:
        return !(flags & SYNC_REENTRANT);
    default:
        return false;
    }
}

static bool on_sync(scanner *z, stream *s, const cw_record *r, uint64_t position) {
    process *p = s->process;
    if (r->payload_words < 5) return true;
    uint32_t op = r->payload[0] & 255, flags = r->payload[0] >> 8;
    int64_t ts = word64(r->payload + 3);
    p->now = ts;
    if (s->depth == 1 && cuts_step(op, flags) && s->step_first != cw_at(s, position)) {
        if (!cw_step_close(z, s, ts, Py_None, 0)) return false;
        step_open(z, s, position, ts);
    }
    if (op == SYNC_RUN && s->depth == 1) s->work++;
    PyObject *name = (Py_ssize_t)op < PyTuple_GET_SIZE(z->op_names) ? PyTuple_GET_ITEM(z->op_names, op) : PyTuple_GET_ITEM(z->op_names, 0);
    return append(z->syncs, Py_BuildValue("LLOINIL", (long long)cw_at(s, position), (long long)running(s)->id, name, flags, object_or_none(p, r->payload[1]),
                                          r->payload[2], (long long)ts));
}

/* Objects. */

static object_info *object_of(process *p, uint32_t wire, int64_t at) {
    object_info *o = table_get(&p->objects, wire);
    if (o && !o->first_at) o->first_at = (uint64_t)at;
    return o;
}

static bool held(process *p, uint32_t wire, uint32_t rank, uint32_t owner, uint32_t site, int64_t at) {
    if (!wire || wire == owner) return true;
    object_info *o = object_of(p, wire, at);
    if (!o) return false;
    if (o->rank < rank) {
        o->rank = rank;
        o->holder_owner = owner;
        o->holder_site = site;
        o->holder_at = (uint64_t)at;
    }
    return true;
}

/* Who touches something: the running actor, a worker of a pool counts as a new one for each call that it runs. */
static uint32_t toucher(const stream *s) {
    uint32_t who = running(s)->number + 1;
    if (s->depth == 1 && s->work) who ^= s->work * 0x9E3779B1u | 0x80000000u;
    return who == CW_MANY || !who ? 1 : who;
}

static bool touch(stream *s, uint32_t owner, int64_t at) {
    if (!owner) return true;
    object_info *o = object_of(s->process, owner, at);
    if (!o || !table_get(&s->owners, (uint64_t)owner + 1)) return false;
    uint32_t who = toucher(s);
    if (o->actor != who) o->actor = o->actor ? CW_MANY : who;
    return true;
}

static bool touch_variable(stream *s, uint32_t cell, const site_info *info) {
    uint64_t key = cell ? cell : info && info->name ? 1ull << 32 | info->name : 0;
    if (!key) return true;
    touched_entry *t = table_get(&s->process->variables, key);
    if (!t) return false;
    uint32_t who = toucher(s);
    if (t->actor != who) t->actor = t->actor ? CW_MANY : who;
    return true;
}

static bool on_snapshot(stream *s, const cw_record *r, uint64_t position) {
    if (r->payload_words < 4) return true;
    process *p = s->process;
    int64_t at = cw_at(s, position);
    uint32_t wire = r->payload[0], form = r->payload[3] >> 24, count = r->payload[3] & 0xFFFFFF;
    if (!wire) return true;
    object_info *o = object_of(p, wire, at);
    if (!o || !table_get(&s->owners, (uint64_t)wire + 1)) return false;
    o->type = r->payload[1];
    if (!words_push(&s->snapshots, wire) || !words_push(&s->snapshots, (uint32_t)(position - s->first))) return false;
    if (form < FORM_SEQUENCE || form > FORM_ATTRIBUTES) return true;
    uint32_t values = form == FORM_MAPPING ? 2 * count : count, i = 4;
    for (uint32_t v = 0; v < values && i < r->payload_words; v++) {
        if (form == FORM_ATTRIBUTES && ++i >= r->payload_words) break;
        uint32_t kind = r->payload[i++];
        size_t length = cw_payload_words(kind, r->payload + i, r->payload_words - i);
        if (length == CW_MALFORMED) break;
        if (kind == CW_OBJECT && !held(p, r->payload[i], RANK_SNAPSHOT, wire, 0, at)) return false;
        i += (uint32_t)length;
    }
    return true;
}

/* Exceptions. */

static void fate(process *p, uint32_t exception, int what) {
    fate_entry *entry = exception ? table_find(&p->fates, exception) : NULL;
    if (entry) entry->fate = what;
}

/* The rest of the extended records. */

static bool hand_over(scanner *z, stream *s, const cw_record *r, uint64_t position) {
    return append(z->records, Py_BuildValue("LLIy#LL", (long long)cw_at(s, position), (long long)running(s)->id, r->xkind, (const char *)r->payload,
                                            (Py_ssize_t)r->payload_words * 4, (long long)s->process->id, (long long)s->process->now));
}

static bool on_actor(scanner *z, stream *s, const cw_record *r, uint64_t position) {
    if (r->payload_words < 3) return true;
    process *p = s->process;
    if (r->payload[1] == 1 && s->stack[0]->number & ANONYMOUS && s->depth == 1) {
        /* The thread introduces itself: what it did so far was its own. */
        actor_entry *known = table_get(&p->actors, (uint64_t)r->payload[0] + 1);
        if (!known) return PyErr_NoMemory(), false;
        actor_entry *anonymous = table_find(&p->actors, (uint64_t)s->stack[0]->number + 1);
        if (!known->actor && anonymous && anonymous->actor == s->stack[0]) {
            known->actor = s->stack[0];
            anonymous->actor = NULL;
            known->actor->number = r->payload[0];
        } else if (known->actor && known->actor != s->stack[0]) {
            actor *nobody = s->stack[0];
            s->stack[0] = known->actor;
            if (s->stepping && nobody->steps == 1) {
                nobody->steps = 0;
                nobody->first_at = -1;
                s->step_number = known->actor->steps++;
                if (known->actor->first_at < 0) known->actor->first_at = s->step_first;
            } else {
                s->stepping = false;
            }
        }
    }
    return hand_over(z, s, r, position);
}

static bool extended(scanner *z, stream *s, const cw_record *r, uint64_t position) {
    process *p = s->process;
    int64_t at = cw_at(s, position);
    const uint32_t *w = r->payload;
    bool ok = true;
    switch (r->xkind) {
    case CW_X_TEXT:
        ok = r->payload_words < 3 || (words_push(&s->texts, w[0]) && words_push(&s->texts, (uint32_t)(position - s->first)));
        break;
    case CW_X_OBJECT:
        ok = on_snapshot(s, r, position);
        break;
    case CW_X_MUTATE:
        if (r->payload_words < 3) return true;
        ok = table_get(&s->sites, (uint64_t)w[0] + 1) && touch(s, w[1], at);
        if (ok && r->payload_words >= 5 && w[2] && w[3] == CW_OBJECT) ok = held(p, w[4], RANK_ITEM, w[1], w[0], at);
        if (ok && w[2] == 2 && r->payload_words >= 6) { /* `setdefault(key, made)`, `insert(index, made)` */
            size_t skipped = cw_payload_words(w[3], w + 4, r->payload_words - 4);
            if (skipped != CW_MALFORMED && 4 + skipped + 1 < r->payload_words && w[4 + skipped] == CW_OBJECT) ok = held(p, w[5 + skipped], RANK_ITEM, w[1], w[0], at);
        }
        break;
    case CW_X_STEP:
        return on_step(z, s, r, position);
    case CW_X_STEP_END:
        return on_step_end(z, s, r, position);
    case CW_X_SYNC:
        return on_sync(z, s, r, position);
    case CW_X_HANDLE: {
        if (r->payload_words < 2 || !w[0]) return true;
        handle_entry *h = table_get(&p->handles, (uint64_t)w[0] + 1);
        if (h) {
            h->at = at;
            h->kind = w[1];
        }
        ok = h != NULL;
        break;
    }
    case CW_X_HANDLER:
        if (r->payload_words < 3) return true;
        fate(p, w[2], FATE_CAUGHT);
        ok = table_get(&s->sites, (uint64_t)w[0] + 1) && cw_continue(p, s, running(s), w[1], w[0], position, true);
        break;
    case CW_X_RAISE: {
        if (r->payload_words < 3) return true;
        fate_entry *f = w[1] ? table_get(&p->fates, w[1]) : NULL;
        if (f) {
            f->at = at;
            f->fate = FATE_RAISED;
        }
        return hand_over(z, s, r, position);
    }
    case CW_X_ACTOR:
        return on_actor(z, s, r, position);
    case CW_X_DROPPED:
        return true;
    default:
        return hand_over(z, s, r, position);
    }
    return ok || (PyErr_NoMemory(), false);
}

/* Plain records. */

static inline bool note_site(stream *s, uint32_t site) {
    uint32_t *noted = &s->noted[site % CW_NOTED];
    if (*noted == site + 1) return true;
    *noted = site + 1;
    return table_get(&s->sites, (uint64_t)site + 1) != NULL;
}

static bool plain(stream *s, const cw_record *r, uint64_t position) {
    process *p = s->process;
    actor *lane = running(s);
    int64_t at = cw_at(s, position);
    const site_info *info = r->site < p->site_count ? &p->sites[r->site] : NULL;
    if (!note_site(s, r->site)) return false;
    if (info && info->function && r->kind != CW_CALL && r->kind != CW_RESUME &&
        (!lane->depth || lane->stack[lane->depth - 1]->function != info->function) &&
        !cw_settle(p, s, lane, info, r->site, position, r->kind == CW_UNWIND)) return false;
    activation *top = lane->depth ? lane->stack[lane->depth - 1] : NULL;
    uint32_t object = r->kind != CW_LINE && r->kind != CW_CALL && r->vk == CW_OBJECT ? r->value[0] : 0;
    switch (r->kind) {
    case CW_LINE:
        if (top) {
            top->site = r->site;
            top->at = (uint64_t)at;
        }
        return true;
    case CW_CALL:
        return cw_call(p, s, lane, r->site, r->operand, position, false);
    case CW_RETURN:
        cw_leave(p, lane);
        return true;
    case CW_UNWIND:
        if (!top || !info || top->function == info->function) cw_leave(p, lane);
        if (object) fate(p, object, lane->depth ? FATE_RAISED : FATE_UNCAUGHT);
        return true;
    case CW_YIELD:
        return cw_suspend(p, s, lane, r->site, r->operand, position, !info || info->kind != SITE_YIELD);
    case CW_RESUME:
        return cw_continue(p, s, lane, r->operand, r->site, position, true);
    case CW_LOCAL:
        if (object && !held(p, object, RANK_LOCAL, 0, r->site, at)) return false;
        return !top || cw_bind(top, info && info->name ? info->name : r->site | 0x80000000u, r->site, at, r->vk, r->value, r->value_words);
    case CW_SETATTR:
        return touch(s, r->operand, at) && (!object || held(p, object, RANK_NAME, r->operand, r->site, at));
    case CW_SETITEM:
        return touch(s, r->operand, at) && (!object || held(p, object, RANK_ITEM, r->operand, r->site, at));
    case CW_GETATTR: case CW_GETITEM:
        return touch(s, r->operand, at);
    case CW_SETVAR:
        return touch_variable(s, r->operand, info) && (!object || held(p, object, RANK_NAME, 0, r->site, at));
    default:
        return touch_variable(s, r->operand, info);
    }
}

/* A LINE in the activation on top, as most are: what `plain` does of it. False for any other. */
static inline bool line_in_place(stream *s, uint32_t site) {
    const process *p = s->process;
    const actor *lane = running(s);
    if (!lane->depth || site >= p->site_count) return false;
    activation *top = lane->stack[lane->depth - 1];
    if (top->function != p->sites[site].function || !note_site(s, site)) return false;
    s->step_last = cw_at(s, s->position);
    top->site = site;
    top->at = (uint64_t)s->step_last;
    return true;
}

/* The loop. */

static bool chunk_open(scanner *z, stream *s) {
    s->serial = ++z->next_serial;
    s->first = s->position;
    s->order_first = s->order;
    return cw_key_stack(s) || (PyErr_NoMemory(), false);
}

/* A stream begins with the ACTOR record of its thread; where it does not, the thread is anonymous until one comes. */
static bool stream_open(scanner *z, stream *s, const uint32_t *w, size_t n) {
    cw_record r = {0};
    uint32_t number = ANONYMOUS | (uint32_t)(s->id & 0x7FFFFFFF);
    if (n && w[0] && cw_decode(w, n, &r) != CW_MALFORMED && r.kind == CW_EXTENDED && r.xkind == CW_X_ACTOR && r.payload_words >= 3 && r.payload[1] == 1)
        number = r.payload[0];
    actor *thread = cw_actor(s->process, number, &z->next_actor);
    if (!thread) return PyErr_NoMemory(), false;
    s->stack[s->depth++] = thread;
    return true;
}

/* An ORDER record: whether its run is due; then it is entered in the process. Even the next run is not due by itself when the one before was another
 * stream's: what was read of that one may end short of what the guest has written since, so the caller looks there once more first. */
static int on_order(scanner *z, stream *s, const cw_record *r, uint64_t position, bool *force, uint64_t *detail) {
    process *p = s->process;
    if (r->payload_words < 4) return 1;
    uint64_t number = (uint64_t)word64(r->payload);
    if (number >> 62) return 1; /* no guest counts that far */
    bool same = p->order && s->order == p->order;
    if (!*force && number > p->order + same) {
        *detail = number;
        return 0;
    }
    *force = false;
    if (number > p->order) p->order = number;
    s->order = number;
    p->now = word64(r->payload + 2);
    return append(z->runs, Py_BuildValue("LLLL", (long long)p->id, (long long)number, (long long)cw_at(s, position), (long long)p->now)) ? 1 : -1;
}

int cw_scan(scanner *z, stream *s, const uint32_t *w, size_t n, bool force, size_t *used, uint64_t *detail) {
    size_t i = 0;
    int status = CW_AT_END;
    bool ok = true;
    if (!s->depth && !stream_open(z, s, w, n)) return -1;
    while (ok && i < n && w[i]) {
        if ((w[i] & 15) == CW_LINE && s->stepping && s->serial && s->position - s->first < z->chunk_words && line_in_place(s, w[i] >> 8)) {
            i++;
            s->position++;
            s->events++;
            z->events++;
            continue;
        }
        cw_record r;
        size_t length = cw_decode(w + i, n - i, &r);
        if (length == CW_MALFORMED) {
            status = CW_AT_BAD;
            break;
        }
        if (s->serial && s->position - s->first + length > z->chunk_words && s->events) {
            status = CW_AT_FULL;
            break;
        }
        if (r.kind == CW_EXTENDED && r.xkind == CW_X_ORDER) {
            int due = on_order(z, s, &r, s->position, &force, detail);
            if (due <= 0) {
                status = CW_AT_ORDER;
                ok = due == 0;
                break;
            }
        }
        if (!s->serial && !(ok = chunk_open(z, s))) break;
        uint64_t position = s->position;
        if (r.kind != CW_EXTENDED) {
            if (!s->stepping) step_open(z, s, position, s->process->now);
            s->step_last = cw_at(s, position);
            ok = plain(s, &r, position) || (PyErr_NoMemory(), false);
        } else if (r.xkind != CW_X_ORDER) {
            /* A stream's first ACTOR may stand before its first ORDER: its time is not known yet. */
            if (r.xkind != CW_X_STEP && r.xkind != CW_X_STEP_END && !(r.xkind == CW_X_ACTOR && position == 0)) {
                if (!s->stepping) step_open(z, s, position, s->process->now);
                if (r.xkind != CW_X_SYNC) s->step_last = cw_at(s, position);
            }
            ok = extended(z, s, &r, position);
            if (r.xkind == CW_X_SYNC) s->step_last = cw_at(s, position);
        }
        if (!ok) break;
        i += length;
        s->position += length;
        s->events++;
        z->events++;
        if (r.kind == CW_EXTENDED && r.xkind == CW_X_SITES) {
            status = CW_AT_SITES;
            break;
        }
    }
    if (ok && i && !words_append(&s->data, w, i)) {
        PyErr_NoMemory();
        ok = false;
    }
    *used = i;
    return ok ? status : -1;
}
