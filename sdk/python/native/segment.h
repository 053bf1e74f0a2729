/* Streams and their mapped segments: where every record of an OS thread goes.
 *
 * All functions need the GIL. A record is written in one of two ways:
 *
 *     uint32_t *at = cw_reserve(n);          // NULL: nothing is recorded here and now, do nothing more
 *     if (at) { at[1] = ...; cw_commit(at, n, first_word); }
 *
 * or with cw_emit for extended records. Between reserve and commit nothing else may be written: encode values
 * (which may write definitions) first. */
#ifndef CW_SEGMENT_H
#define CW_SEGMENT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

#define CW_ACTOR_STACK 64

/* One OS thread's sequence of records. Owned by the thread; freed when the recording stops. */
typedef struct cw_stream {
    uint32_t *next;    /* where the next record goes */
    uint32_t *limit;   /* first word past the mapping */
    uint32_t *body;    /* first word of the open segment */
    uint32_t actor;    /* who runs now: the thread, or the task or callback of the innermost step */
    uint32_t thread;   /* actor number of the thread itself */
    uint32_t number;   /* stream number in the process */
    uint32_t index;    /* of the open segment */
    uint64_t sealed;   /* words in sealed segments: position = sealed + (next - body) */
    uint32_t depth;    /* steps on the stack below */
    uint32_t stack[CW_ACTOR_STACK];
    uint32_t privacy;  /* objects whose privacy key is this one are reachable by the running actor alone */
    uint32_t raised;   /* object id of the exception last recorded as raised */
    uint32_t generation; /* of the recording (or the process, after fork) it belongs to */
    uint32_t words;    /* capacity of the open segment */
    struct cw_stream *following; /* list of all streams */
    int exited;        /* set without the GIL when the thread is gone: seal and free */
    bool dead;         /* its mapping failed: the thread records nothing more */
} cw_stream;

/* The running thread's stream, NULL before its first record. */
extern _Thread_local cw_stream *cw_stream_here __attribute__((tls_model("initial-exec")));
/* Depth of pauses of the running thread: above 0 it records nothing. */
extern _Thread_local int cw_paused __attribute__((tls_model("initial-exec")));
/* The stream that may write without further ado: the last writer while it is recording and not paused, else a sentinel.
 * One comparison on the hot path answers "active, not paused, no ORDER record due". */
extern cw_stream *cw_open;
/* True between start and stop. */
extern bool cw_recording;
/* Ends at every scheduling point; reads are recorded once an epoch. */
extern uint32_t cw_epoch;

/* The slow half of cw_reserve: creates the stream, writes ORDER, changes segments. */
uint32_t *cw_reserve_slow(uint32_t words);

/* Room for a record of `words` words (at most 8000) in the running thread's stream, or NULL when nothing is to be recorded. */
static inline uint32_t *cw_reserve(uint32_t words) {
    cw_stream *s = cw_stream_here;
    if (__builtin_expect(s == cw_open, 1)) {
        uint32_t *at = s->next;
        if (__builtin_expect((size_t)(s->limit - at) >= words, 1)) return at;
    }
    return cw_reserve_slow(words);
}

/* The running thread's stream when it has room for `words` words and may write without further ado, else NULL: for functions that end in a call of their
 * slow half otherwise, so that the short way needs no stack frame. */
static inline cw_stream *cw_ready(uint32_t words) {
    cw_stream *s = cw_stream_here;
    return __builtin_expect(s == cw_open, 1) && __builtin_expect((size_t)((char *)s->limit - (char *)s->next) >= words * 4, 1) ? s : NULL;
}

/* Writes the first word of a record for which cw_ready was asked, after the others. */
static inline void cw_finish(cw_stream *s, uint32_t words, uint32_t first) {
    uint32_t *at = s->next;
    s->next = at + words;
    __atomic_store_n(at, first, __ATOMIC_RELEASE);
}

/* Publishes a reserved record: the first word last, so that a torn record is never visible. */
static inline void cw_commit(uint32_t *at, uint32_t words, uint32_t first) {
    cw_stream_here->next = at + words;
    __atomic_store_n(at, first, __ATOMIC_RELEASE);
}

/* True when the running thread would record: recording, and not paused. Cheap. */
static inline bool cw_active(void) {
    cw_stream *s = cw_stream_here;
    return s == cw_open || (cw_recording && cw_paused == 0);
}

/* The running thread's stream, created when needed; NULL when nothing is recorded. */
cw_stream *cw_stream_get(void);

/* Recursion guard. Pairs nest; valid also when nothing records. */
void cw_pause(void);
void cw_resume(void);

/* First word of an extended record of `words` words in all. */
#define CW_EXTENDED(xkind, words) (14u | (uint32_t)(xkind) << 4 | (uint32_t)(words) << 12)

/* Writes an extended record with `n` payload words; gives its position, -1 when nothing was recorded. Longer than a segment: dropped (-1). */
int64_t cw_emit(uint32_t xkind, const uint32_t *payload, uint32_t n);

/* Position of the next record of the running thread's stream, -1 when nothing is recorded. */
int64_t cw_position(void);

/* CLOCK_MONOTONIC in ns. */
int64_t cw_now(void);

/* Counters since start(). */
typedef struct {
    uint64_t sealed_words;
    uint64_t segments;
    uint64_t failures; /* segments that could not be made */
} cw_segment_counts;
extern cw_segment_counts cw_counts;

/* Writes the ACTOR record that begins a stream, straight at stream->next: not through cw_reserve, which would write ORDER first. Set by actor.c. */
extern void (*cw_stream_began)(cw_stream *);

/* Begins recording into `spool`; 0, or an errno when the first segment cannot be made. */
int cw_streams_start(const char *spool);
/* True from start to stop, also when the recording ended early because the disk was full. */
bool cw_started(void);
/* Seals all segments and stops recording. */
void cw_streams_stop(void);
/* In the child after fork: forgets the parent's mappings, takes a new uid, and goes on when the parent was recording. */
void cw_streams_after_fork(void);
/* The process uid of the running recording, or of the next one. */
uint64_t cw_uid(void);
/* Words recorded so far in all streams. */
uint64_t cw_words_written(void);

/* Seals the running thread's stream (thread exit). A later record of the thread starts a new stream. */
void cw_stream_end(void);

#endif
