/* What must not reach the disk: names and texts that are secrets (SPEC section 4). */
#define _GNU_SOURCE
#include "value.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_BYTES 256

static bool disabled;
static char **extra;
static size_t extra_count;

void cw_secret_configure(const char *const *patterns, size_t count, bool enabled) {
    for (size_t i = 0; i < extra_count; i++) free(extra[i]);
    free(extra);
    extra = calloc(count ? count : 1, sizeof *extra);
    extra_count = 0;
    for (size_t i = 0; extra != NULL && i < count; i++)
        if (patterns[i][0] != 0 && (extra[extra_count] = strdup(patterns[i])) != NULL) extra_count++;
    disabled = !enabled;
}

/* `api[_-]?key` and the like: at most one separator before the second word. */
static bool then(const char *rest, const char *word) {
    if (*rest == '_' || *rest == '-') rest++;
    return strncmp(rest, word, strlen(word)) == 0;
}

static bool starts(const char *at, const char *word) { return strncmp(at, word, strlen(word)) == 0; }

/* True when a secret word starts here: the alternatives of SPEC section 4, told apart by their first letter. */
static bool secret_at(const char *at) {
    switch (*at) {
        case 'p':
            if (at[1] == 'a') return starts(at, "passw") ? at[5] == 'd' || starts(at + 5, "ord") : starts(at, "passphrase");
            return starts(at, "private") && then(at + 7, "key");
        case 's':
            return starts(at, "secret") || (starts(at, "session") && then(at + 7, "id"));
        case 't':
            return starts(at, "token");
        case 'a':
            return starts(at, "authorization") || (starts(at, "api") && then(at + 3, "key"));
        case 'c':
            return starts(at, "credential") || starts(at, "cookie");
        default:
            return false;
    }
}

bool cw_secret_name(const char *name, size_t length) {
    if (disabled) return false;
    char lower[NAME_BYTES];
    if (length >= sizeof lower) length = sizeof lower - 1;
    for (size_t i = 0; i < length; i++) lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i] == 0 ? ' ' : name[i];
    lower[length] = 0;
    for (size_t i = 0; i < length; i++)
        if (secret_at(lower + i)) return true;
    for (size_t i = 0; i < extra_count; i++)
        if (strstr(lower, extra[i])) return true;
    return false;
}

bool cw_secret_text(const char *text, size_t length) {
    if (disabled || length < 16) return false;
    if (strncasecmp(text, "bearer ", 7) == 0 || strncasecmp(text, "basic ", 6) == 0) return memchr(text + 7, ' ', length - 7) == NULL;
    if (memcmp(text, "-----BEGIN ", 11) == 0) return memmem(text, length < 64 ? length : 64, "PRIVATE KEY", 11) != NULL;
    if (memcmp(text, "eyJ", 3) == 0) {
        const char *dot = memchr(text, '.', length);
        return dot != NULL && memchr(dot + 1, '.', length - (size_t)(dot + 1 - text)) != NULL && memchr(text, ' ', length) == NULL;
    }
    return false;
}

bool cw_secret_key(PyObject *key) { return key != NULL && PyUnicode_CheckExact(key) && cw_text_named(key) & CW_TEXT_SECRET_NAME; }
