/* Growable words and hash tables. Allocation failures are reported by false or NULL and leave the table as it was. */
#ifndef CW_TABLE_H
#define CW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A growing array of words. */
typedef struct {
    uint32_t *data;
    size_t count, room;
} words;

static inline bool words_reserve(words *w, size_t more) {
    if (w->room - w->count >= more) return true;
    size_t room = w->room ? w->room : 256;
    while (room - w->count < more) room *= 2;
    uint32_t *data = realloc(w->data, room * sizeof *data);
    if (!data) return false;
    w->data = data;
    w->room = room;
    return true;
}

static inline bool words_push(words *w, uint32_t word) {
    if (!words_reserve(w, 1)) return false;
    w->data[w->count++] = word;
    return true;
}

static inline bool words_append(words *w, const uint32_t *from, size_t count) {
    if (!words_reserve(w, count)) return false;
    if (count) memcpy(w->data + w->count, from, count * sizeof *from);
    w->count += count;
    return true;
}

static inline void words_free(words *w) {
    free(w->data);
    *w = (words){0};
}

/* A table of fixed-size entries whose first member is a uint64_t key, not 0. Open addressing; entries move when it grows. No removal. */
typedef struct {
    char *entries;
    size_t size;  /* of an entry */
    size_t count, room;
} table;

static inline size_t table_slot(uint64_t key, size_t room) {
    /* Ids are handed out in sequence: keeping them in sequence keeps the table in the cache. The high half spreads composed keys. */
    return (size_t)((key ^ key >> 32 ^ key >> 17) & (room - 1));
}

static inline void *table_find(const table *t, uint64_t key) {
    if (!t->room) return NULL;
    for (size_t at = table_slot(key, t->room);; at = (at + 1) & (t->room - 1)) {
        char *entry = t->entries + at * t->size;
        uint64_t found = *(uint64_t *)entry;
        if (found == key) return entry;
        if (!found) return NULL;
    }
}

static inline bool table_grow(table *t) {
    table bigger = {.size = t->size, .room = t->room ? t->room * 2 : 64, .count = t->count};
    bigger.entries = calloc(bigger.room, t->size);
    if (!bigger.entries) return false;
    for (size_t i = 0; i < t->room; i++) {
        char *entry = t->entries + i * t->size;
        uint64_t key = *(uint64_t *)entry;
        if (!key) continue;
        size_t at = table_slot(key, bigger.room);
        while (*(uint64_t *)(bigger.entries + at * t->size)) at = (at + 1) & (bigger.room - 1);
        memcpy(bigger.entries + at * t->size, entry, t->size);
    }
    free(t->entries);
    *t = bigger;
    return true;
}

/* The entry of a key, added with zeros when new. */
static inline void *table_get(table *t, uint64_t key) {
    void *found = table_find(t, key);
    if (found) return found;
    if (t->count * 3 >= t->room * 2 && !table_grow(t)) return NULL;
    size_t at = table_slot(key, t->room);
    while (*(uint64_t *)(t->entries + at * t->size)) at = (at + 1) & (t->room - 1);
    char *entry = t->entries + at * t->size;
    *(uint64_t *)entry = key;
    t->count++;
    return entry;
}

static inline void table_clear(table *t) {
    if (t->count) memset(t->entries, 0, t->room * t->size);
    t->count = 0;
}

static inline void table_free(table *t) {
    free(t->entries);
    t->entries = NULL;
    t->count = t->room = 0;
}

#endif
