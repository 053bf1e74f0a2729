/* Texts on the wire: each distinct str, bytes or big int is written once and then named by its id. */
#include "quick.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES 4096
#define FIRST_SLOTS 1024
#define MOST_SLOTS (1u << 17)
#define REDACTED_ID CW_TEXT_REDACTED
/* A longer text is no name. */
#define NAME_BYTES 256

enum { STR = 1, BYTES = 2, DECIMAL = 3, MEMBER = 4 };

/* Open addressing, half full at most: fingerprints (0: free) and ids side by side. When it cannot grow further it starts over. */
static uint64_t nothing[1];
uint64_t *cw_text_prints = nothing;
uint32_t *cw_text_ids;
uint32_t cw_text_mask;
uint64_t cw_text_seed;
static uint32_t slots, used;
static uint32_t next_id = 1;
static uint64_t written;

#define prints cw_text_prints
#define ids cw_text_ids
#define seed cw_text_seed
#define mix cw_text_mix

/* Multiply-fold over 8 bytes at a time (the scheme of wyhash), seeded: the program's input cannot provoke collisions. */
static uint64_t hash_bytes(const char *data, size_t n) {
    uint64_t h = seed ^ n;
    while (n >= 8) {
        uint64_t w;
        memcpy(&w, data, 8);
        h = mix(h ^ w, 0x9E3779B97F4A7C15u);
        data += 8;
        n -= 8;
    }
    uint64_t w = 0;
    memcpy(&w, data, n);
    return mix(h ^ w, 0xD1B54A32D192ED03u);
}

static bool resize(uint32_t size) {
    uint64_t *new_prints = calloc(size, sizeof *new_prints);
    uint32_t *new_ids = malloc(size * sizeof *new_ids);
    if (new_prints == NULL || new_ids == NULL) {
        free(new_prints);
        free(new_ids);
        return false;
    }
    for (uint32_t i = 0; i < slots; i++) {
        if (prints[i] == 0) continue;
        uint32_t at = (uint32_t)prints[i] & (size - 1);
        while (new_prints[at] != 0) at = (at + 1) & (size - 1);
        new_prints[at] = prints[i];
        new_ids[at] = ids[i];
    }
    if (slots != 0) {
        free(prints);
        free(ids);
    }
    prints = new_prints;
    ids = new_ids;
    slots = size;
    cw_text_mask = size - 1;
    return true;
}

/* The slot of a fingerprint, or the free slot where it belongs. */
static inline uint32_t find(uint64_t print) {
    uint32_t at = (uint32_t)print & cw_text_mask;
    while (prints[at] != print && prints[at] != 0) at = (at + 1) & cw_text_mask;
    return at;
}

void cw_texts_forget(void) {
    memset(prints, 0, slots * sizeof *prints);
    used = 0;
}

uint64_t cw_texts_written(void) { return written; }

/* Room for one more text; false when there is no memory. */
static bool make_room(void) {
    if (seed == 0) seed = cw_uid() | 1;
    if (used < slots / 2) return true;
    if (slots < MOST_SLOTS) return resize(slots == 0 ? FIRST_SLOTS : slots * 2);
    cw_texts_forget();
    return true;
}

/* Cuts a UTF-8 prefix back to whole characters. */
static size_t whole_characters(const char *text, size_t n) {
    size_t cut = n;
    while (cut > 0 && ((unsigned char)text[cut - 1] & 0xC0) == 0x80) cut--;
    if (cut == 0) return n;
    unsigned char lead = (unsigned char)text[cut - 1];
    size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return cut - 1 + length <= n ? n : cut - 1;
}

uint32_t cw_put_text(uint32_t *to, uint32_t room, const char *text, size_t length) {
    if (room == 0) return 0;
    if (length > (size_t)(room - 1) * 4) length = whole_characters(text, (size_t)(room - 1) * 4);
    uint32_t words = (uint32_t)((length + 3) / 4);
    if (words != 0) to[words] = 0;
    to[0] = (uint32_t)length;
    memcpy(to + 1, text, length);
    return 1 + words;
}

/* Writes the TEXT record at slot `at`. */
static uint32_t define(uint32_t at, uint64_t print, uint32_t type, const char *text, size_t length, size_t full) {
    uint32_t id = next_id;
    if (cw_secret_text(text, length)) {
        id = REDACTED_ID;
    } else {
        uint32_t payload[3 + 1 + TEXT_BYTES / 4] = {id, type, full > UINT32_MAX ? UINT32_MAX : (uint32_t)full};
        uint32_t n = 3 + cw_put_text(payload + 3, 1 + TEXT_BYTES / 4, text, length);
        if (cw_emit(3, payload, n) < 0) return 0;
        next_id++;
        written++;
    }
    if (type == STR && length < NAME_BYTES && cw_secret_name(text, length)) id |= CW_TEXT_SECRET_NAME;
    prints[at] = print;
    ids[at] = id;
    used++;
    return id;
}

/* Not PyUnicode_AsUTF8, which would keep a copy in the str. */
size_t cw_utf8_of(PyObject *text, char *to, size_t room) {
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    size_t n = 0;
    for (Py_ssize_t i = 0; i < length && n + 4 <= room; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c >= 0xD800 && c <= 0xDFFF) c = 0xFFFD;
        if (c < 0x80) {
            to[n++] = (char)c;
        } else if (c < 0x800) {
            to[n++] = (char)(0xC0 | c >> 6);
            to[n++] = (char)(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            to[n++] = (char)(0xE0 | c >> 12);
            to[n++] = (char)(0x80 | (c >> 6 & 0x3F));
            to[n++] = (char)(0x80 | (c & 0x3F));
        } else {
            to[n++] = (char)(0xF0 | c >> 18);
            to[n++] = (char)(0x80 | (c >> 12 & 0x3F));
            to[n++] = (char)(0x80 | (c >> 6 & 0x3F));
            to[n++] = (char)(0x80 | (c & 0x3F));
        }
    }
    return n;
}

static size_t latin1_to_utf8(const unsigned char *from, size_t length, char *to, size_t room) {
    size_t n = 0;
    for (size_t i = 0; i < length && n + 2 <= room; i++) {
        if (from[i] < 0x80) {
            to[n++] = (char)from[i];
        } else {
            to[n++] = (char)(0xC0 | from[i] >> 6);
            to[n++] = (char)(0x80 | (from[i] & 0x3F));
        }
    }
    return n;
}

/* A long text is known by its head and its length: exactly what its record shows, and its hash need not be computed. */
static uint64_t print_of_head(uint32_t type, const char *data, size_t bytes, size_t length) {
    uint64_t h = mix(hash_bytes(data, bytes < TEXT_BYTES ? bytes : TEXT_BYTES) + type, CW_TEXT_FACTOR ^ length);
    return h != 0 ? h : 1;
}

static uint32_t of_str(PyObject *text) {
#if PY_VERSION_HEX < 0x030C0000
    if (!PyUnicode_IS_READY(text)) return 0; /* made by a legacy C API and not yet laid out */
#endif
    size_t length = (size_t)PyUnicode_GET_LENGTH(text);
    const char *data = PyUnicode_DATA(text);
    bool short_text = length <= CW_TEXT_SHORT && PyObject_Hash(text) != -1;
    uint64_t print = short_text ? cw_text_print(text, (Py_ssize_t)length) : print_of_head(STR, data, length * (size_t)PyUnicode_KIND(text), length);
    uint32_t at = find(print);
    if (prints[at] == print) return ids[at];
    if (PyUnicode_IS_COMPACT_ASCII(text)) return define(at, print, STR, data, length < TEXT_BYTES ? length : TEXT_BYTES, length);
    char utf8[TEXT_BYTES];
    return define(at, print, STR, utf8, cw_utf8_of(text, utf8, sizeof utf8), length);
}

static uint32_t of_bytes(PyObject *text) {
    size_t length = (size_t)PyBytes_GET_SIZE(text);
    const char *data = PyBytes_AS_STRING(text);
    uint64_t print = print_of_head(BYTES, data, length, length);
    uint32_t at = find(print);
    if (prints[at] == print) return ids[at];
    char utf8[TEXT_BYTES];
    return define(at, print, BYTES, utf8, latin1_to_utf8((const unsigned char *)data, length, utf8, sizeof utf8), length);
}

static uint32_t named(const char *text, size_t length, uint32_t type) {
    size_t shown = length <= TEXT_BYTES ? length : whole_characters(text, TEXT_BYTES);
    uint64_t print = mix(hash_bytes(text, shown) + type + 16, 0xE7037ED1A0B428DBu ^ length);
    if (print == 0) print = 1;
    uint32_t at = find(print);
    return prints[at] == print ? ids[at] : define(at, print, type, text, shown, length);
}

uint32_t cw_text_named(PyObject *text) {
    if (!cw_active() || !make_room()) return 0;
    if (PyUnicode_CheckExact(text)) return of_str(text);
    if (PyBytes_CheckExact(text)) return of_bytes(text);
    return 0;
}

uint32_t cw_text(PyObject *text) { return cw_text_named(text) & ~CW_TEXT_SECRET_NAME; }

uint32_t cw_text_utf8(const char *text, size_t length) {
    if (!cw_active() || !make_room()) return 0;
    return named(text, length, STR) & ~CW_TEXT_SECRET_NAME;
}

uint32_t cw_text_decimal(const char *digits, size_t length) {
    if (!cw_active() || !make_room()) return 0;
    return named(digits, length, DECIMAL);
}

uint32_t cw_text_member(PyObject *class_name, PyObject *name) {
    if (!cw_active() || !make_room() || !PyUnicode_CheckExact(class_name) || PyObject_Hash(class_name) == -1 || PyObject_Hash(name) == -1) return 0;
    uint64_t print = mix(cw_text_print(class_name, PyUnicode_GET_LENGTH(class_name)), cw_text_print(name, PyUnicode_GET_LENGTH(name)) ^ CW_TEXT_FACTOR);
    if (print == 0) print = 1;
    uint32_t at = find(print);
    if (prints[at] == print) return ids[at];
    char utf8[2 * NAME_BYTES];
    size_t n = cw_utf8_of(class_name, utf8, NAME_BYTES);
    utf8[n++] = '.';
    n += cw_utf8_of(name, utf8 + n, NAME_BYTES - 1);
    return define(at, print, MEMBER, utf8, n, n);
}
