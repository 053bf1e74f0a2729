/* The shape of records (sdk/SPEC.md sections 2 and 3). */
#ifndef CW_RECORD_H
#define CW_RECORD_H

#include <stddef.h>
#include <stdint.h>

enum { CW_LINE = 1, CW_CALL, CW_RETURN, CW_UNWIND, CW_YIELD, CW_RESUME, CW_LOCAL, CW_SETATTR, CW_SETITEM, CW_GETATTR, CW_GETITEM, CW_SETVAR, CW_GETVAR, CW_EXTENDED };
enum { CW_ABSENT, CW_NONE, CW_FALSE, CW_TRUE, CW_INT32, CW_INT64, CW_FLOAT, CW_TEXT, CW_OBJECT, CW_TUPLE, CW_REDACTED, CW_UNCAPTURED };
enum {
    CW_X_PROCESS = 1, CW_X_SITES, CW_X_TEXT, CW_X_TYPE, CW_X_OBJECT, CW_X_MUTATE, CW_X_ORDER, CW_X_ACTOR, CW_X_STEP, CW_X_STEP_END, CW_X_HANDLE, CW_X_SYNC,
    CW_X_SPAN, CW_X_CUSTOM, CW_X_IO, CW_X_SQL, CW_X_LOG, CW_X_RAISE, CW_X_MESSAGE, CW_X_GAP, CW_X_END, CW_X_WAITING, CW_X_HANDLER, CW_X_DROPPED, CW_X_OUTPUT, CW_X_SHARED
};

#define CW_LONGEST_TUPLE 64 /* payload words; a valid one has at most 25 */
#define CW_MALFORMED ((size_t)-1)

/* Payload words of a value kind whose payload begins at `at`; CW_MALFORMED when it does not fit in `room` words or does not exist. */
static inline size_t cw_payload_words(uint32_t kind, const uint32_t *at, size_t room) {
    static const uint8_t fixed[16] = {0, 0, 0, 0, 1, 2, 2, 1, 1, 0, 0, 1, 255, 255, 255, 255};
    if (kind > CW_UNCAPTURED) return CW_MALFORMED;
    size_t length = fixed[kind];
    if (kind == CW_TUPLE) {
        if (room < 1) return CW_MALFORMED;
        length = 1 + (at[0] & 0xFFFF);
        if (length > CW_LONGEST_TUPLE) return CW_MALFORMED;
    }
    return length <= room ? length : CW_MALFORMED;
}

/* A record's parts; pointers into what was decoded. */
typedef struct {
    uint32_t kind, vk, site, operand, kk;
    const uint32_t *key, *value;
    uint32_t key_words, value_words;
    uint32_t xkind;
    const uint32_t *payload;
    uint32_t payload_words;
} cw_record;

/* Decodes the record at `w` (whose first word is not 0) and gives its length in words, CW_MALFORMED when there is none that fits in `room`. */
static inline size_t cw_decode(const uint32_t *w, size_t room, cw_record *r) {
    uint32_t first = w[0], kind = first & 15;
    r->kind = kind;
    r->site = first >> 8;
    r->vk = first >> 4 & 15;
    size_t at = 1, length;
    switch (kind) {
    case CW_LINE:
        return 1;
    case CW_CALL:
        if (room < 2) return CW_MALFORMED;
        r->operand = w[1];
        return 2;
    case CW_RETURN: case CW_UNWIND: case CW_LOCAL:
        break;
    case CW_SETITEM: case CW_GETITEM:
        if (room < 2) return CW_MALFORMED;
        r->operand = w[1] >> 4;
        r->kk = w[1] & 15;
        length = cw_payload_words(r->kk, w + 2, room - 2);
        if (length == CW_MALFORMED) return CW_MALFORMED;
        r->key = w + 2;
        r->key_words = (uint32_t)length;
        at = 2 + length;
        break;
    case CW_YIELD: case CW_RESUME: case CW_SETATTR: case CW_GETATTR: case CW_SETVAR: case CW_GETVAR:
        if (room < 2) return CW_MALFORMED;
        r->operand = w[1];
        at = 2;
        break;
    case CW_EXTENDED:
        length = first >> 12;
        if (length < 1 || length > room) return CW_MALFORMED;
        r->xkind = first >> 4 & 255;
        r->payload = w + 1;
        r->payload_words = (uint32_t)length - 1;
        return length;
    default:
        return CW_MALFORMED;
    }
    length = cw_payload_words(r->vk, w + at, room - at);
    if (length == CW_MALFORMED) return CW_MALFORMED;
    r->value = w + at;
    r->value_words = (uint32_t)length;
    return at + length;
}

#endif
