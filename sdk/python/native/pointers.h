/* Small hash tables from an address to two words, for objects that have no room of their own. Need the GIL. */
#ifndef CW_POINTERS_H
#define CW_POINTERS_H

#include <stdint.h>
#include <stdlib.h>

typedef struct {
    uintptr_t key; /* 0: free */
    uint32_t a, b;
} cw_entry;

/* All zeros is an empty table. */
typedef struct {
    cw_entry *entries;
    size_t mask, used;
} cw_pointers;

static inline size_t cw_pointers_slot(const cw_pointers *table, uintptr_t key) { return (size_t)((key >> 4) * 0x9E3779B97F4A7C15ull >> 20) & table->mask; }

/* The entry of `key`, or NULL. */
static inline cw_entry *cw_pointers_find(const cw_pointers *table, uintptr_t key) {
    if (!table->used) return NULL;
    for (size_t i = cw_pointers_slot(table, key);; i = (i + 1) & table->mask) {
        cw_entry *entry = &table->entries[i];
        if (!entry->key) return NULL; /* first: 0 is nobody's key */
        if (entry->key == key) return entry;
    }
}

static inline int cw_pointers_grow(cw_pointers *table) {
    size_t size = table->entries ? (table->mask + 1) * 2 : 256;
    cw_pointers wider = {calloc(size, sizeof(cw_entry)), size - 1, table->used};
    if (!wider.entries) return -1;
    for (size_t i = 0; table->entries && i <= table->mask; i++) {
        if (!table->entries[i].key) continue;
        size_t slot = cw_pointers_slot(&wider, table->entries[i].key);
        while (wider.entries[slot].key) slot = (slot + 1) & wider.mask;
        wider.entries[slot] = table->entries[i];
    }
    free(table->entries);
    *table = wider;
    return 0;
}

/* The entry of `key`, new ones with zeros; NULL without memory and for 0. Valid until the next put or remove. */
static inline cw_entry *cw_pointers_put(cw_pointers *table, uintptr_t key) {
    if (!key || ((!table->entries || table->used * 2 > table->mask) && cw_pointers_grow(table) < 0)) return NULL;
    size_t i = cw_pointers_slot(table, key);
    while (table->entries[i].key && table->entries[i].key != key) i = (i + 1) & table->mask;
    cw_entry *entry = &table->entries[i];
    if (!entry->key) {
        *entry = (cw_entry){key, 0, 0};
        table->used++;
    }
    return entry;
}

/* Removes an entry that find or put gave; closes the gap so that probing stays right. */
static inline void cw_pointers_remove(cw_pointers *table, cw_entry *entry) {
    size_t hole = (size_t)(entry - table->entries), i = hole;
    for (;;) {
        i = (i + 1) & table->mask;
        if (!table->entries[i].key) break;
        size_t home = cw_pointers_slot(table, table->entries[i].key);
        if (((i - home) & table->mask) >= ((i - hole) & table->mask)) {
            table->entries[hole] = table->entries[i];
            hole = i;
        }
    }
    table->entries[hole].key = 0;
    table->used--;
}

static inline void cw_pointers_clear(cw_pointers *table) {
    free(table->entries);
    *table = (cw_pointers){0};
}

#endif
