/* Records of boundaries, written from Python hooks: JSON text that gets its time here, in one call. */
#define PY_SSIZE_T_CLEAN
#include "boundary.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_RECORD_WORDS 7900

/* Room for `,"ns":<int64>}` */
#define MAX_STAMP 32

/* Reads `n` (at most 16) lower-case hex digits. */
static bool hex(const char *text, size_t n, uint64_t *out) {
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return false;
        value = value << 4 | (uint64_t)digit;
    }
    *out = value;
    return true;
}

static char *put_chars(char *to, const char *text, size_t length) {
    memcpy(to, text, length);
    return to + length;
}
#define PUT(to, literal) to = put_chars(to, literal, sizeof literal - 1)

/* In decimal; at most 20 characters. */
static char *put_int(char *to, int64_t value) {
    char digits[20];
    int n = 0;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (value < 0) *to++ = '-';
    do digits[n++] = (char)('0' + left % 10);
    while (left /= 10);
    while (n) *to++ = digits[--n];
    return to;
}

/* In hex without leading zeros, at least `digits` of them. */
static char *put_short_hex(char *to, uint64_t value, int digits) {
    while (digits < 16 && value >> (4 * digits)) digits++;
    while (digits--) *to++ = "0123456789abcdef"[value >> (4 * digits) & 15];
    return to;
}

/* Writes the record that consists of `words` and the text with its time; -1 when nothing is recorded or it is too long. */
static int64_t put(uint32_t xkind, const uint32_t *words, uint32_t n, const char *text, size_t length) {
    char stamp[MAX_STAMP];
    size_t stamp_length = 0;
    if (length > 1 && text[length - 1] == '}') {
        char *to = stamp;
        if (text[length - 2] != '{') *to++ = ',';
        PUT(to, "\"ns\":");
        to = put_int(to, cw_now());
        *to++ = '}';
        stamp_length = (size_t)(to - stamp);
        length--;
    }
    size_t bytes = length + stamp_length;
    uint32_t all = 1 + n + 1 + (uint32_t)((bytes + 3) / 4);
    if (bytes > MAX_RECORD_WORDS * 4 - 64) return -1;
    uint32_t *at = cw_reserve(all);
    if (!at) return -1;
    int64_t position = cw_position();
    for (uint32_t i = 0; i < n; i++) at[1 + i] = words[i];
    at[1 + n] = (uint32_t)bytes;
    at[all - 1] = 0;
    char *to = (char *)&at[2 + n];
    memcpy(to, text, length);
    memcpy(to + length, stamp, stamp_length);
    if (bytes % 4) memset(to + bytes, 0, 4 - bytes % 4);
    cw_commit(at, all, CW_EXTENDED(xkind, all));
    return position;
}

/* A span id: 16 hex digits, or an int. */
static bool id_of(PyObject *object, uint64_t *out) {
    if (PyUnicode_CheckExact(object) && PyUnicode_IS_COMPACT_ASCII(object) && PyUnicode_GET_LENGTH(object) == 16) {
        *out = 0;
        return hex(PyUnicode_DATA(object), 16, out);
    }
    *out = PyLong_AsUnsignedLongLongMask(object);
    return !PyErr_Occurred();
}

/* record(xkind, json, word=None, long=None): see the table of methods. */
static PyObject *record(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    if (nargs < 2 || nargs > 4) return PyErr_Format(PyExc_TypeError, "record takes 2 to 4 arguments");
    unsigned long xkind = PyLong_AsUnsignedLong(args[0]);
    if (xkind == (unsigned long)-1 && PyErr_Occurred()) return NULL;
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(args[1], &length);
    if (!text) return NULL;
    uint32_t words[3];
    uint32_t n = 0;
    if (nargs > 2) {
        words[n++] = (uint32_t)PyLong_AsUnsignedLongMask(args[2]);
        if (PyErr_Occurred()) return NULL;
    }
    if (nargs > 3) {
        uint64_t wide;
        if (!id_of(args[3], &wide)) return NULL;
        words[n++] = (uint32_t)wide;
        words[n++] = (uint32_t)(wide >> 32);
    }
    if (!cw_recording) return PyLong_FromLong(-1);
    /* Hooks run paused; their records are what they are for. */
    int paused = cw_paused;
    for (int i = 0; i < paused; i++) cw_resume();
    int64_t position = put((uint32_t)xkind, words, n, text, (size_t)length);
    for (int i = 0; i < paused; i++) cw_pause();
    return PyLong_FromLongLong(position);
}

/* `<process uid>.<stream>.<position>` in hex; at most 42 characters. */
static char *put_event(char *to, int64_t position) {
    to = put_short_hex(to, cw_uid(), 16);
    *to++ = '.';
    to = put_short_hex(to, cw_stream_here ? cw_stream_here->number : 0, 1);
    *to++ = '.';
    return put_short_hex(to, (uint64_t)position, 1);
}

/* name_event(position): see the table of methods. */
static PyObject *name_event(PyObject *module, PyObject *position) {
    long long at = PyLong_AsLongLong(position);
    if (at == -1 && PyErr_Occurred()) return NULL;
    char name[48];
    return PyUnicode_FromStringAndSize(name, put_event(name, at) - name);
}

/* Random ids: not for secrets, but different in every process, also after fork. */
static uint64_t random_id(void) {
    static uint64_t state[2], seeded_for;
    uint64_t uid = cw_uid();
    if (seeded_for != uid) {
        seeded_for = uid;
        if (getentropy(state, sizeof state)) {
            state[0] = uid;
            state[1] = (uint64_t)cw_now();
        }
        state[0] |= 1;
    }
    uint64_t a = state[0], b = state[1]; /* xorshift128+ (Vigna, 2014) */
    state[0] = b;
    a ^= a << 23;
    state[1] = a ^ b ^ a >> 17 ^ b >> 26;
    uint64_t id = state[1] + b;
    return id ? id : 1;
}

static char *put_hex(char *to, uint64_t value) {
    for (int shift = 60; shift >= 0; shift -= 4) *to++ = "0123456789abcdef"[value >> shift & 15];
    return to;
}

typedef struct {
    const char *text;
    size_t length;
} Ascii;

static bool ascii(PyObject *object, Ascii *out) {
    if (!PyUnicode_CheckExact(object) || !PyUnicode_IS_COMPACT_ASCII(object)) return false;
    *out = (Ascii){PyUnicode_DATA(object), (size_t)PyUnicode_GET_LENGTH(object)};
    return true;
}

#define MAX_SPAN 6000

/* A URL or request target that needs no look for secrets and no escapes: no query, fragment, user information, assignment or JSON web token in it. */
static bool simple(PyObject *object, Ascii *out) {
    if (!ascii(object, out) || out->length > 2000) return false;
    for (size_t i = 0; i < out->length; i++) {
        char c = out->text[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '?' || c == '#' || c == '@' || c == '=') return false;
        if (c == 'e' && i + 2 < out->length && out->text[i + 1] == 'y' && out->text[i + 2] == 'J') return false;
    }
    return out->length > 0;
}

/* The request method in capitals, as programs write it. */
static bool method_name(PyObject *object, Ascii *out) {
    if (!ascii(object, out) || !out->length || out->length > 20) return false;
    for (size_t i = 0; i < out->length; i++)
        if (out->text[i] < 'A' || out->text[i] > 'Z') return false;
    return true;
}

/* The path of a URL, or of a request target. */
static Ascii path_of(Ascii url) {
    const char *end = url.text + url.length, *at = url.text;
    if (url.length && at[0] == '/') return url;
    const char *scheme = memchr(at, ':', url.length);
    if (!scheme || end - scheme < 3 || scheme[1] != '/' || scheme[2] != '/') return url;
    const char *slash = memchr(scheme + 3, '/', (size_t)(end - scheme - 3));
    return slash ? (Ascii){slash, (size_t)(end - slash)} : (Ascii){"/", 1};
}

/* What a span says of its request: `path` for its name, `name` and `value` of the attribute that holds where it goes, or `attributes` made by the caller. */
typedef struct {
    Ascii verb, path, attributes;
    const char *name; /* NULL: attributes is what to write */
} Request;

/* From (method, url, path | None, attributes | None); false: take the long way. */
static bool request_of(PyObject *const *args, const char *name, Request *out) {
    if (!method_name(args[0], &out->verb)) return false;
    out->name = NULL;
    if (args[2] == Py_None) {
        if (!simple(args[1], &out->attributes)) return false;
        out->path = path_of(out->attributes);
        out->name = name;
        return true;
    }
    return ascii(args[2], &out->path) && ascii(args[3], &out->attributes) && out->path.length + out->attributes.length < MAX_SPAN - 500;
}

/* `{"name":"<verb> <path>","trace_id":"<trace>",` */
static char *put_span_head(char *to, const Request *request, const char *trace) {
    PUT(to, "{\"name\":\"");
    to = put_chars(to, request->verb.text, request->verb.length);
    *to++ = ' ';
    to = put_chars(to, request->path.text, request->path.length);
    PUT(to, "\",\"trace_id\":\"");
    to = put_chars(to, trace, 32);
    PUT(to, "\",");
    return to;
}

static char *put_span_tail(char *to, const char *kind, const Request *request) {
    PUT(to, "\"op\":\"http.");
    to = put_chars(to, kind, 6);
    PUT(to, "\",\"attributes\":{\"span.kind\":\"");
    to = put_chars(to, kind, 6);
    PUT(to, "\",\"http.request.method\":\"");
    to = put_chars(to, request->verb.text, request->verb.length);
    PUT(to, "\",");
    if (request->name) {
        *to++ = '"';
        to = put_chars(to, request->name, strlen(request->name));
        PUT(to, "\":\"");
        to = put_chars(to, request->attributes.text, request->attributes.length);
        *to++ = '"';
    } else {
        to = put_chars(to, request->attributes.text, request->attributes.length);
    }
    PUT(to, "}}");
    return to;
}

/* Writes the span and gives its position. Paused or not. */
static int64_t put_span(uint64_t span, const char *text, const char *end) {
    uint32_t words[3] = {1, (uint32_t)span, (uint32_t)(span >> 32)};
    int paused = cw_paused;
    for (int i = 0; i < paused; i++) cw_resume();
    int64_t position = put(CW_X_SPAN, words, 3, text, (size_t)(end - text));
    for (int i = 0; i < paused; i++) cw_pause();
    return position;
}

/* A tuple of three texts in ASCII. */
static PyObject *three(const char *a, Py_ssize_t na, const char *b, Py_ssize_t nb, const char *c, Py_ssize_t nc) {
    PyObject *out = PyTuple_New(3);
    if (!out) return NULL;
    const char *texts[3] = {a, b, c};
    Py_ssize_t lengths[3] = {na, nb, nc};
    for (Py_ssize_t i = 0; i < 3; i++) {
        PyObject *text = PyUnicode_New(lengths[i], 127);
        if (!text) {
            Py_DECREF(out);
            return NULL;
        }
        memcpy(PyUnicode_DATA(text), texts[i], (size_t)lengths[i]);
        PyTuple_SET_ITEM(out, i, text);
    }
    return out;
}

/* client_span(trace, parent, method, url, path, attributes): see the table of methods. */
static PyObject *client_span(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    Ascii trace = {NULL, 0}, parent = {NULL, 0};
    Request request;
    if (nargs != 6) return PyErr_Format(PyExc_TypeError, "client_span takes 6 arguments");
    if (args[0] != Py_None && (!ascii(args[0], &trace) || trace.length != 32 || !ascii(args[1], &parent) || parent.length != 16)) Py_RETURN_NONE;
    if (!request_of(args + 2, "url.full", &request) || !cw_recording) Py_RETURN_NONE;
    char text[MAX_SPAN], id[16], fresh[32];
    uint64_t span = random_id();
    put_hex(id, span);
    if (!trace.text) {
        put_hex(put_hex(fresh, random_id()), random_id());
        trace.text = fresh;
    }
    char *to = put_span_head(text, &request, trace.text);
    if (parent.text) {
        PUT(to, "\"parent\":\"");
        to = put_chars(to, parent.text, 16);
        PUT(to, "\",\"send\":\"");
    } else {
        PUT(to, "\"parent\":null,\"send\":\"");
    }
    to = put_chars(to, id, 16);
    PUT(to, "\",");
    int64_t position = put_span(span, text, put_span_tail(to, "client", &request));
    if (position < 0) Py_RETURN_NONE;
    char header[56], state[64];
    to = header;
    PUT(to, "00-");
    to = put_chars(to, trace.text, 32);
    *to++ = '-';
    to = put_chars(to, id, 16);
    PUT(to, "-01");
    to = state;
    PUT(to, "cw=");
    return three(id, 16, header, 55, state, put_event(to, position) - state);
}

/* The event of a tracestate that is nothing but our member, as it stands there; NULL for anything else. */
static const char *only_event(PyObject *state, Py_ssize_t *length) {
    Ascii given;
    if (!ascii(state, &given)) return NULL;
    const char *t = given.text;
    *length = (Py_ssize_t)given.length - 3;
    if (*length < 20 || *length > 40 || memcmp(t, "cw=", 3)) return NULL;
    t += 3;
    const char *dot = memchr(t + 17, '.', (size_t)*length - 17);
    uint64_t part;
    if (t[16] != '.' || !dot || dot == t + 17 || dot == t + *length - 1 || dot - t > 33 || t + *length - dot > 17) return NULL;
    return hex(t, 16, &part) && hex(t + 17, (size_t)(dot - t - 17), &part) && hex(dot + 1, (size_t)(t + *length - dot - 1), &part) ? t : NULL;
}

/* Reads a W3C traceparent: where its 32 digits of trace and 16 of span are. */
static bool parse_parent(PyObject *text, const char **trace, const char **span, bool *sampled) {
    Ascii given;
    if (!ascii(text, &given)) return false;
    const char *t = given.text;
    if (given.length < 55 || t[2] != '-' || t[35] != '-' || t[52] != '-') return false;
    uint64_t version, high, low, id, flags;
    if (!hex(t, 2, &version) || !hex(t + 3, 16, &high) || !hex(t + 19, 16, &low) || !hex(t + 36, 16, &id) || !hex(t + 53, 2, &flags)) return false;
    if (version == 0xff || !(high | low) || !id || (given.length > 55 && (version == 0 || t[55] != '-'))) return false;
    *trace = t + 3;
    *span = t + 36;
    *sampled = flags & 1;
    return true;
}

/* server_span(traceparent, state, method, target, path, attributes): see the table of methods. */
static PyObject *server_span(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    Request request;
    if (nargs != 6) return PyErr_Format(PyExc_TypeError, "server_span takes 6 arguments");
    const char *trace, *parent, *event;
    bool sampled;
    Py_ssize_t event_length = 0;
    if (!parse_parent(args[0], &trace, &parent, &sampled) || !sampled || !(event = only_event(args[1], &event_length)) ||
        !request_of(args + 2, "url.path", &request) || !cw_recording)
        Py_RETURN_NONE;
    char text[MAX_SPAN], id[16];
    uint64_t span = random_id();
    put_hex(id, span);
    char *to = put_span_head(text, &request, trace);
    PUT(to, "\"parent\":\"");
    to = put_chars(to, parent, 16);
    PUT(to, "\",\"receive\":\"");
    to = put_chars(to, parent, 16);
    PUT(to, "\",\"from\":\"");
    to = put_chars(to, event, (size_t)event_length);
    PUT(to, "\",");
    if (put_span(span, text, put_span_tail(to, "server", &request)) < 0) Py_RETURN_NONE;
    return three(trace, 32, id, 16, parent, 16);
}

/* An exact int of 64 bits. */
static bool int_of(PyObject *object, int64_t *out) {
    if (!PyLong_CheckExact(object)) return false;
    int overflow;
    *out = PyLong_AsLongLongAndOverflow(object, &overflow);
    return !overflow;
}

#define MAX_SQL_INTS 16

/* sql_read(head, constant, prefix, single, id, parameters, started): see the table of methods. */
static PyObject *sql_read(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    if (nargs != 7) return PyErr_Format(PyExc_TypeError, "sql_read takes 7 arguments");
    Ascii head, constant, prefix;
    int64_t single, id, started, keys[MAX_SQL_INTS];
    if (!ascii(args[0], &head) || !ascii(args[1], &constant) || !ascii(args[2], &prefix) || !int_of(args[3], &single) || !int_of(args[4], &id) ||
        !int_of(args[6], &started) || !PyTuple_CheckExact(args[5]) || head.length + constant.length + prefix.length > MAX_SPAN - 700)
        Py_RETURN_FALSE;
    Py_ssize_t n = PyTuple_GET_SIZE(args[5]);
    if (n > MAX_SQL_INTS || single < 0 || single >= n) Py_RETURN_FALSE;
    for (Py_ssize_t i = 0; i < n; i++)
        if (!int_of(PyTuple_GET_ITEM(args[5], i), &keys[i])) Py_RETURN_FALSE;
    char text[MAX_SPAN];
    char *to = put_chars(text, head.text, head.length);
    to = put_chars(to, constant.text, constant.length);
    PUT(to, ",\"id\":");
    to = put_int(to, id);
    PUT(to, ",\"parameters\":[");
    for (Py_ssize_t i = 0; i < n; i++) {
        if (i) *to++ = ',';
        to = put_int(to, keys[i]);
    }
    PUT(to, "],\"rowcount\":-1,\"rows\":");
    to = put_chars(to, prefix.text, prefix.length);
    to = put_int(to, keys[single]);
    PUT(to, "]],\"transaction\":null,\"isolation\":null,\"error\":null,\"started\":");
    to = put_int(to, started);
    *to++ = '}';
    int paused = cw_paused;
    for (int i = 0; i < paused; i++) cw_resume();
    if (cw_recording) put(CW_X_SQL, NULL, 0, text, (size_t)(to - text));
    for (int i = 0; i < paused; i++) cw_pause();
    Py_RETURN_TRUE;
}

static PyMethodDef functions[] = {
    {"sql_read", (PyCFunction)(void (*)(void))sql_read, METH_FASTCALL,
     "sql_read(head, constant, prefix, single, id, parameters, started) -> bool\n\nWrites the SQL record of a statement that read one row, named by its parameter `single`, outside of a transaction, with parameters\n"
     "that are ints. The texts are parts of JSON. False: nothing was written, take the long way."},
    {"client_span", (PyCFunction)(void (*)(void))client_span, METH_FASTCALL,
     "client_span(trace | None, parent, method, url, path | None, attributes | None) -> (span id, traceparent, tracestate) | None\n\nWrites the beginning of an HTTP client's span of a sampled trace (None: a new one) and gives\n"
     "what goes into the headers. path and attributes are parts of JSON, None for a URL that may stand as it is. None: nothing was written, take the long way."},
    {"server_span", (PyCFunction)(void (*)(void))server_span, METH_FASTCALL,
     "server_span(traceparent, tracestate, method, target, path | None, attributes | None) -> (trace id, span id, remote span id) | None\n\nWrites the beginning of an HTTP server's span for a request from a recorded client that sent no other\n"
     "state. None: nothing was written, take the long way."},
    {"name_event", name_event, METH_O,
     "name_event(position) -> str\n\nThe event at a position of the running thread's stream as it goes over the wire: `<process uid>.<stream>.<position>`, in hex."},
    {"record", (PyCFunction)(void (*)(void))record, METH_FASTCALL,
     "record(xkind, json, word, long) -> position\n\nWrites an extended record of up to three words (one of 32 bits, one of 64) and a JSON object, to which it adds `ns`, the monotonic clock.\n"
     "Also while the running thread is paused. -1 when nothing was recorded: no recording, or longer than 31,000 bytes."},
    {NULL},
};

int boundary_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
