/* Tokens of items on their way through a queue.
 *
 * A token is kept beside the item. Most queues are FIFO or LIFO: theirs wait in a ring, and a get finds its token at one of the ends. The first get that
 * does not (a priority queue, the user's own order) moves the queue to a table by (queue id, address of the item): equal addresses in one queue are
 * one object, which may be in it several times; those leave in the order they came, or nobody can tell. */
#include "items.h"
#include "pointers.h"
#include "tap.h"

#define MOST_ITEMS (1u << 20)
#define MOST_LINES (1u << 14)

typedef struct {
    PyObject *item; /* only compared */
    uint32_t token;
} Place;

typedef struct {
    Place *places;
    uint32_t mask, head, tail; /* tail - head places are taken */
    uint32_t queue;            /* object id; 0: this line is free */
    bool scattered;            /* lives in the table */
} Line;

typedef struct {
    uint32_t token, next;
} Node;

static cw_pointers line_of; /* queue id -> a: line + 1 */
static Line *lines;
static uint32_t line_count, latest; /* latest: the line that was asked for last */
static cw_pointers waiting; /* (queue id, item) -> a: first node, b: last node */
static Node *nodes;         /* node 0 is nobody */
static uint32_t node_count, node_room, node_free;

static uintptr_t item_key(uint32_t queue, PyObject *item) { return (uintptr_t)item ^ (uintptr_t)queue * 0x9E3779B97F4A7C15ull; }

static uint32_t new_node(uint32_t token) {
    uint32_t n = node_free;
    if (n) {
        node_free = nodes[n].next;
    } else {
        if (node_count + 1 >= node_room) {
            uint32_t room = node_room ? node_room * 2 : 256;
            Node *wider = room > MOST_ITEMS ? NULL : realloc(nodes, room * sizeof(Node));
            if (!wider) return 0;
            nodes = wider;
            node_room = room;
        }
        n = ++node_count;
    }
    nodes[n] = (Node){token, 0};
    return n;
}

static void scatter(uint32_t queue, PyObject *item, uint32_t token) {
    uint32_t n = new_node(token);
    cw_entry *entry = n ? cw_pointers_put(&waiting, item_key(queue, item)) : NULL;
    if (!entry) return;
    if (entry->b)
        nodes[entry->b].next = n;
    else
        entry->a = n;
    entry->b = n;
}

static uint32_t gather(uint32_t queue, PyObject *item) {
    cw_entry *entry = cw_pointers_find(&waiting, item_key(queue, item));
    if (!entry) return 0;
    uint32_t n = entry->a, token = nodes[n].token;
    entry->a = nodes[n].next;
    nodes[n].next = node_free;
    node_free = n;
    if (!entry->a) cw_pointers_remove(&waiting, entry);
    return token;
}

/* Frees the lines of queues in which nothing waits. */
static void sweep(void) {
    for (uint32_t i = 0; i < line_count; i++) {
        Line *line = &lines[i];
        if (!line->queue || line->scattered || line->head != line->tail) continue;
        cw_entry *entry = cw_pointers_find(&line_of, (uintptr_t)line->queue << 4);
        if (entry) cw_pointers_remove(&line_of, entry);
        free(line->places);
        *line = (Line){0};
    }
}

/* The line of a queue, a new one if need be; NULL without room: its tokens then live in the table. */
static Line *find_line(uint32_t queue, bool make) {
    if (latest < line_count && lines[latest].queue == queue) return &lines[latest];
    cw_entry *entry = cw_pointers_find(&line_of, (uintptr_t)queue << 4);
    if (entry) return &lines[latest = entry->a - 1];
    if (!make) return NULL;
    if (line_count % 64 == 0) {
        uint32_t free_line = 0;
        if (line_count >= MOST_LINES) sweep();
        while (free_line < line_count && lines[free_line].queue) free_line++;
        if (free_line == line_count) {
            Line *wider = line_count >= MOST_LINES ? NULL : realloc(lines, (line_count + 64) * sizeof(Line));
            if (!wider) return NULL;
            lines = wider;
        } else {
            entry = cw_pointers_put(&line_of, (uintptr_t)queue << 4);
            if (!entry) return NULL;
            entry->a = free_line + 1;
            lines[free_line] = (Line){.queue = queue};
            return &lines[free_line];
        }
    }
    entry = cw_pointers_put(&line_of, (uintptr_t)queue << 4);
    if (!entry) return NULL;
    entry->a = ++line_count;
    lines[line_count - 1] = (Line){.queue = queue};
    return &lines[line_count - 1];
}

static bool widen(Line *line) {
    uint32_t taken = line->tail - line->head, size = line->places ? (line->mask + 1) * 2 : 16;
    Place *wider = size > MOST_ITEMS ? NULL : malloc(size * sizeof(Place));
    if (!wider) return false;
    for (uint32_t i = 0; i < taken; i++) wider[i] = line->places[(line->head + i) & line->mask];
    free(line->places);
    *line = (Line){wider, size - 1, 0, taken, line->queue, false};
    return true;
}

static void scatter_line(Line *line) {
    for (uint32_t i = line->head; i != line->tail; i++) scatter(line->queue, line->places[i & line->mask].item, line->places[i & line->mask].token);
    free(line->places);
    *line = (Line){.queue = line->queue, .scattered = true};
}

void cw_item_put(uint32_t op, PyObject *queue, PyObject *item, uint32_t flags) {
    if (!cw_active()) return;
    uint32_t id = cw_object_id(queue), token = id ? cw_new_token() : 0; /* without an id, items of different queues could not be told apart */
    cw_sync_id(op, id, token, flags);
    if (!id) return;
    Line *line = item == queue ? NULL : find_line(id, true); /* a thing that is its own queue goes through once */
    if (!line || line->scattered || (line->tail - line->head == (line->places ? line->mask + 1 : 0) && !widen(line)))
        scatter(id, item, token);
    else
        line->places[line->tail++ & line->mask] = (Place){item, token};
}

void cw_item_get(uint32_t op, PyObject *queue, PyObject *item, uint32_t flags) {
    if (!cw_active()) return;
    uint32_t id = cw_object_id(queue), token = 0;
    Line *line = item == queue || !id ? NULL : find_line(id, false);
    if (line && !line->scattered && line->head != line->tail) {
        if (line->places[line->head & line->mask].item == item)
            token = line->places[line->head++ & line->mask].token;
        else if (line->places[(line->tail - 1) & line->mask].item == item)
            token = line->places[--line->tail & line->mask].token;
        else
            scatter_line(line);
    }
    if (!token && id) token = gather(id, item);
    cw_sync_id(op, id, token, flags);
}

void cw_items_clear(void) {
    for (uint32_t i = 0; i < line_count; i++) free(lines[i].places);
    free(lines);
    lines = NULL;
    line_count = 0;
    cw_pointers_clear(&line_of);
    cw_pointers_clear(&waiting);
    free(nodes);
    nodes = NULL;
    node_count = node_room = node_free = 0;
}
