/* Tokens of items on their way through a queue.
 *
 * A token is kept beside the item, under (queue id, address of the item): equal addresses in one queue are one object, which may be in it
 * several times; those leave in the order they came, or nobody can tell. This serves FIFO, LIFO and priority queues and the user's own alike. */
#include "items.h"
#include "pointers.h"
#include "tap.h"

#define MOST_ITEMS (1u << 20)

typedef struct {
    uint32_t token, next;
} Node;

static cw_pointers waiting; /* key -> a: first node, b: last node */
static Node *nodes;         /* node 0 is nobody */
static uint32_t node_count, node_room, node_free;

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

static uintptr_t item_key(uint32_t queue, PyObject *item) { return (uintptr_t)item ^ (uintptr_t)queue * 0x9E3779B97F4A7C15ull; }

void cw_item_put(uint32_t op, PyObject *queue, PyObject *item, uint32_t flags) {
    if (!cw_active()) return;
    uint32_t id = cw_object_id(queue), token = cw_new_token();
    cw_sync_id(op, id, token, flags);
    uint32_t n = new_node(token);
    cw_entry *entry = n ? cw_pointers_put(&waiting, item_key(id, item)) : NULL;
    if (!entry) return;
    if (entry->b)
        nodes[entry->b].next = n;
    else
        entry->a = n;
    entry->b = n;
}

void cw_item_get(uint32_t op, PyObject *queue, PyObject *item, uint32_t flags) {
    if (!cw_active()) return;
    uint32_t id = cw_object_id(queue), token = 0;
    cw_entry *entry = cw_pointers_find(&waiting, item_key(id, item));
    if (entry) {
        uint32_t n = entry->a;
        token = nodes[n].token;
        entry->a = nodes[n].next;
        nodes[n].next = node_free;
        node_free = n;
        if (!entry->a) cw_pointers_remove(&waiting, entry);
    }
    cw_sync_id(op, id, token, flags);
}

void cw_items_clear(void) {
    cw_pointers_clear(&waiting);
    free(nodes);
    nodes = NULL;
    node_count = node_room = node_free = 0;
}
