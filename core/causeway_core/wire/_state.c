/* Activations on the stacks of actors, those suspended, and keyframes of both (docs/recording-format.md). */
#include "_state.h"

enum { KEY_STACK = 1, KEY_ACTOR, KEY_ACTIVATION };

actor *cw_actor(process *p, uint32_t number, int64_t *next_id) {
    actor_entry *entry = table_get(&p->actors, (uint64_t)number + 1);
    if (!entry) return NULL;
    if (!entry->actor) {
        actor *a = calloc(1, sizeof *a);
        if (!a) return NULL;
        a->id = ++*next_id;
        a->number = number;
        a->state = -1;
        a->first_at = a->last_at = -1;
        entry->actor = a;
    }
    return entry->actor;
}

void cw_actor_free(actor *a) {
    free(a->stack);
    free(a);
}

static void activation_free(activation *a) {
    for (uint32_t i = 0; i < a->count; i++) free(a->locals[i].more);
    free(a->locals);
    free(a);
}

/* The table of activations that can be resumed by frame key. */

static bool suspended_grow(process *p) {
    size_t buckets = p->buckets ? p->buckets * 2 : 64;
    activation **bigger = calloc(buckets, sizeof *bigger);
    if (!bigger) return false;
    for (size_t i = 0; i < p->buckets; i++) {
        for (activation *a = p->suspended[i], *next; a; a = next) {
            next = a->following;
            a->following = bigger[a->frame & (buckets - 1)];
            bigger[a->frame & (buckets - 1)] = a;
        }
    }
    free(p->suspended);
    p->suspended = bigger;
    p->buckets = buckets;
    return true;
}

static bool hash_activation(process *p, activation *a) {
    if (a->hashed) return true;
    if (p->suspended_count >= p->buckets && !suspended_grow(p)) return false;
    activation **bucket = &p->suspended[a->frame & (p->buckets - 1)];
    a->following = *bucket;
    *bucket = a;
    a->hashed = true;
    p->suspended_count++;
    return true;
}

static void unhash_activation(process *p, activation *a) {
    if (!a->hashed) return;
    activation **link = &p->suspended[a->frame & (p->buckets - 1)];
    while (*link != a) link = &(*link)->following;
    *link = a->following;
    a->hashed = false;
    p->suspended_count--;
}

static activation *find_hashed(const process *p, uint32_t frame) {
    if (!p->buckets) return NULL;
    activation *a = p->suspended[frame & (p->buckets - 1)];
    while (a && a->frame != frame) a = a->following;
    return a;
}

/* Stacks. */

static bool push(actor *lane, activation *a) {
    if (lane->depth == lane->room) {
        uint32_t room = lane->room ? lane->room * 2 : 8;
        activation **stack = realloc(lane->stack, room * sizeof *stack);
        if (!stack) return false;
        lane->stack = stack;
        lane->room = room;
    }
    lane->stack[lane->depth++] = a;
    a->lane = lane;
    return true;
}

static void discard(process *p, activation *a) {
    unhash_activation(p, a);
    activation_free(a);
}

/* Takes the top off the lane; one at an await may go on elsewhere, any other is gone. */
static void drop_top(process *p, actor *lane) {
    activation *a = lane->stack[--lane->depth];
    a->lane = NULL;
    if (!a->awaiting) discard(p, a);
}

static void remove_from_lane(activation *a) {
    actor *lane = a->lane;
    if (!lane) return;
    uint32_t i = lane->depth;
    while (i > 0 && lane->stack[i - 1] != a) i--;
    if (i) {
        memmove(lane->stack + i - 1, lane->stack + i, (lane->depth - i) * sizeof *lane->stack);
        lane->depth--;
    }
    a->lane = NULL;
}

bool cw_call(process *p, stream *s, actor *lane, uint32_t site, uint32_t frame, uint64_t position, bool cut) {
    if (p->suspended_count) {
        /* A frame key used again: the frame that had it is gone, though its end was not recorded (a generator that was collected). */
        activation *old = find_hashed(p, frame);
        if (old && !cut) {
            remove_from_lane(old);
            discard(p, old);
        }
    }
    activation *a = calloc(1, sizeof *a);
    if (!a) return false;
    a->id = (uint64_t)cw_at(s, position);
    a->frame = frame;
    a->call_site = site;
    a->function = site < p->site_count ? p->sites[site].function : 0;
    a->cut = cut;
    a->seen = s;
    a->serial = s->serial;
    if (push(lane, a)) return true;
    activation_free(a);
    return false;
}

bool cw_settle(process *p, stream *s, actor *lane, const site_info *info, uint32_t site, uint64_t position, bool leaving) {
    for (uint32_t i = lane->depth; i > 0; i--) {
        if (lane->stack[i - 1]->function == info->function) {
            while (lane->depth > i) drop_top(p, lane);
            return true;
        }
    }
    return leaving ? true : cw_call(p, s, lane, site, 0, position, true);
}

void cw_leave(process *p, actor *lane) {
    if (!lane->depth) return;
    activation *a = lane->stack[--lane->depth];
    discard(p, a);
}

bool cw_suspend(process *p, stream *s, actor *lane, uint32_t site, uint32_t frame, uint64_t position, bool awaiting) {
    uint32_t i = lane->depth;
    while (i > 0 && lane->stack[i - 1]->frame != frame) i--;
    if (i) {
        while (lane->depth > i) drop_top(p, lane);
    } else if (lane->depth && !lane->stack[lane->depth - 1]->frame) {
        unhash_activation(p, lane->stack[lane->depth - 1]); /* it may have been suspended under key 0, which no frame has */
        lane->stack[lane->depth - 1]->frame = frame;
    } else if (!cw_call(p, s, lane, site, frame, position, true)) {
        return false;
    }
    activation *a = lane->stack[lane->depth - 1];
    if (!hash_activation(p, a)) return false;
    a->awaiting = awaiting;
    if (!awaiting) {
        lane->depth--;
        a->lane = NULL;
    }
    return true;
}

static bool key_activation(stream *s, activation *a, uint32_t offset);

bool cw_continue(process *p, stream *s, actor *lane, uint32_t frame, uint32_t site, uint64_t position, bool resumed) {
    uint32_t i = lane->depth;
    while (i > 0 && lane->stack[i - 1]->frame != frame) i--;
    if (i) {
        while (lane->depth > i) drop_top(p, lane);
    } else {
        activation *a = find_hashed(p, frame);
        if (!a) {
            if (!cw_call(p, s, lane, site, frame, position, true)) return false;
        } else {
            remove_from_lane(a);
            if (!push(lane, a) || !key_activation(s, a, (uint32_t)(position - s->first))) return false;
        }
    }
    if (resumed) lane->stack[lane->depth - 1]->awaiting = false;
    return true;
}

void cw_abandon(process *p, actor *lane) {
    while (lane->depth) {
        lane->depth--;
        activation *a = lane->stack[lane->depth];
        a->lane = NULL;
        discard(p, a);
    }
    free(lane->stack);
    lane->stack = NULL;
    lane->room = 0;
}

bool cw_bind(activation *a, uint32_t name, uint32_t site, int64_t at, uint32_t vk, const uint32_t *payload, uint32_t count) {
    local *l = NULL;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->locals[i].name == name) {
            l = &a->locals[i];
            break;
        }
    }
    if (!l) {
        if (a->count == a->room) {
            uint32_t room = a->room ? a->room * 2 : 4;
            local *locals = realloc(a->locals, room * sizeof *locals);
            if (!locals) return false;
            a->locals = locals;
            a->room = room;
        }
        l = &a->locals[a->count++];
        *l = (local){.name = name};
    }
    l->site = site;
    l->at = (uint64_t)at;
    l->vk = (uint8_t)vk;
    l->words = (uint8_t)count;
    if (count <= 2) {
        for (uint32_t i = 0; i < count; i++) l->few[i] = payload[i];
        return true;
    }
    uint32_t *more = realloc(l->more, count * sizeof *more);
    if (!more) {
        l->vk = CW_UNCAPTURED;
        l->words = 1;
        l->few[0] = 1;
        return false;
    }
    memcpy(more, payload, count * sizeof *more);
    l->more = more;
    return true;
}

/* Keyframes. */

static bool key_activation(stream *s, activation *a, uint32_t offset) {
    if (a->seen == s && a->serial == s->serial) return true;
    a->seen = s;
    a->serial = s->serial;
    words *f = &s->frames;
    size_t start = f->count;
    uint32_t head[10] = {
        0, offset, (uint32_t)a->id, (uint32_t)(a->id >> 32), a->frame, a->call_site, (a->awaiting ? 1u : 0u) | (a->cut ? 2u : 0u), a->site,
        (uint32_t)a->at, (uint32_t)(a->at >> 32),
    };
    if (!words_append(f, head, 10)) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const local *l = &a->locals[i];
        uint32_t binding[4] = {l->site, (uint32_t)l->at, (uint32_t)(l->at >> 32), l->vk};
        if (!words_append(f, binding, 4) || !words_append(f, l->words > 2 ? l->more : l->few, l->words)) return false;
    }
    f->data[start] = KEY_ACTIVATION | (uint32_t)(f->count - start) << 4;
    return true;
}

bool cw_key_lane(stream *s, actor *lane, uint32_t offset, bool always) {
    if (!always && lane->seen == s && lane->serial == s->serial) return true;
    lane->seen = s;
    lane->serial = s->serial;
    if (!lane->depth && !always) return true;
    uint32_t head[3] = {KEY_ACTOR | (3 + 2 * lane->depth) << 4, offset, lane->number};
    if (!words_append(&s->frames, head, 3)) return false;
    for (uint32_t i = 0; i < lane->depth; i++) {
        uint32_t id[2] = {(uint32_t)lane->stack[i]->id, (uint32_t)(lane->stack[i]->id >> 32)};
        if (!words_append(&s->frames, id, 2)) return false;
    }
    for (uint32_t i = 0; i < lane->depth; i++) {
        if (!key_activation(s, lane->stack[i], offset)) return false;
    }
    return true;
}

bool cw_key_stack(stream *s) {
    if (!words_push(&s->frames, KEY_STACK | (1 + s->depth) << 4)) return false;
    for (uint32_t i = 0; i < s->depth; i++) {
        if (!words_push(&s->frames, s->stack[i]->number)) return false;
    }
    for (uint32_t i = 0; i < s->depth; i++) {
        if (!cw_key_lane(s, s->stack[i], 0, true)) return false;
    }
    return true;
}

void cw_process_free(process *p) {
    for (size_t i = 0; i < p->actors.room; i++) {
        actor_entry *entry = (actor_entry *)p->actors.entries + i;
        if (!entry->key || !entry->actor) continue;
        while (entry->actor->depth) {
            activation *a = entry->actor->stack[--entry->actor->depth];
            unhash_activation(p, a);
            activation_free(a);
        }
        cw_actor_free(entry->actor);
    }
    for (size_t i = 0; i < p->buckets; i++) {
        for (activation *a = p->suspended[i], *next; a; a = next) {
            next = a->following;
            activation_free(a);
        }
    }
    free(p->suspended);
    free(p->sites);
    table_free(&p->actors);
    table_free(&p->handles);
    table_free(&p->objects);
    table_free(&p->fates);
    table_free(&p->variables);
    free(p);
}
