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

/* `api[_-]?key` and the like: two words with at most one separator between them. */
static bool joined(const char *name, const char *first, const char *second) {
    for (const char *at = name; (at = strstr(at, first)) != NULL; at++) {
        const char *rest = at + strlen(first);
        if (*rest == '_' || *rest == '-') rest++;
        if (strncmp(rest, second, strlen(second)) == 0) return true;
    }
    return false;
}

bool cw_secret_name(const char *name, size_t length) {
    if (disabled) return false;
    char lower[NAME_BYTES];
    if (length >= sizeof lower) length = sizeof lower - 1;
    for (size_t i = 0; i < length; i++) lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i] == 0 ? ' ' : name[i];
    lower[length] = 0;
    static const char *const parts[] = {"password", "passwd", "passphrase", "secret", "token", "authorization", "credential", "cookie"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(lower, parts[i])) return true;
    for (size_t i = 0; i < extra_count; i++)
        if (strstr(lower, extra[i])) return true;
    return joined(lower, "api", "key") || joined(lower, "private", "key") || joined(lower, "session", "id");
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

bool cw_secret_key(PyObject *key) {
    if (key == NULL || !PyUnicode_CheckExact(key) || !PyUnicode_IS_COMPACT_ASCII(key)) return false;
    return cw_secret_name((const char *)PyUnicode_1BYTE_DATA(key), (size_t)PyUnicode_GET_LENGTH(key));
}
