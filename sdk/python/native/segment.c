/* Streams and their mapped segments. See segment.h for the contract, sdk/SPEC.md section 1 for the layout. */
#define _GNU_SOURCE
#include "segment.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define HEADER_BYTES 64
#define FIRST_BYTES (64u << 10)
#define LARGEST_BYTES (1u << 20)
/* Open segments are resident memory of the program: beyond this they stop growing. */
#define RESIDENT_BYTES (12u << 20)
#define ORDER_WORDS 5
#define LAST_WORDS 32

typedef struct {
    char magic[8];
    uint32_t version, header_size;
    uint64_t uid;
    uint32_t stream, index, capacity, length;
    uint64_t checksum, wall_ns, monotonic_ns;
} segment_header;
_Static_assert(sizeof(segment_header) == HEADER_BYTES, "the header of SPEC section 1");

static cw_stream nobody; /* never equal to a thread's stream */
_Thread_local cw_stream *cw_stream_here __attribute__((tls_model("initial-exec")));
_Thread_local int cw_paused __attribute__((tls_model("initial-exec")));
cw_stream *cw_open = &nobody;
bool cw_recording;
uint32_t cw_epoch = 1;
cw_segment_counts cw_counts;
void (*cw_stream_began)(cw_stream *);

static cw_stream *streams;
static cw_stream *last_writer;
static uint32_t stream_numbers, generation;
static uint64_t order;
static uint64_t uid;
static size_t resident;
static int some_exited;
static bool started;       /* and not stopped; a recording that gave up is still to be sealed */
static bool was_recording; /* at the moment of fork, for the child */
static char spool[4096 - 64];
static pthread_key_t exit_key;
static bool exit_key_made;

int64_t cw_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t wall(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t cw_uid(void) {
    while (uid == 0)
        if (getrandom(&uid, sizeof uid, 0) != sizeof uid) uid = (uint64_t)cw_now() * 0x9E3779B97F4A7C15u ^ (uint64_t)getpid();
    return uid;
}

/* Fletcher-64 over words, eight lanes at a time: b = Σ (n - i) w_i, so that the sum of the running sums of a lane counts eightfold. */
static uint64_t checksum(const uint32_t *w, size_t n) {
    typedef uint32_t eight __attribute__((vector_size(32)));
    eight sums = {0}, weighted = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        eight block;
        memcpy(&block, w + i, sizeof block);
        weighted += sums;
        sums += block;
    }
    uint32_t a = 0, b = 0;
    for (unsigned lane = 0; lane < 8; lane++) {
        a += sums[lane];
        b += 8 * weighted[lane] + (8 - lane) * sums[lane];
    }
    for (; i < n; i++) {
        a += w[i];
        b += a;
    }
    return (uint64_t)b << 32 | a;
}

static void segment_path(char *to, size_t size, const cw_stream *s, uint32_t index) {
    snprintf(to, size, "%s/%016llx-%u-%u.seg", spool, (unsigned long long)cw_uid(), s->number, index);
}

/* Space is allocated before the mapping is used: a store into a hole of a full disk would be a SIGBUS in the program. */
static int allocate(int fd, size_t bytes) {
#ifdef __linux__
    if (fallocate(fd, 0, 0, (off_t)bytes) == 0) return 0;
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) return errno;
#endif
    return posix_fallocate(fd, 0, (off_t)bytes);
}

static size_t bytes_of(const cw_stream *s) { return HEADER_BYTES + (size_t)s->words * 4; }
static segment_header *header_of(const cw_stream *s) { return (segment_header *)((char *)s->body - HEADER_BYTES); }

/* Makes and maps a segment file; NULL when the disk or the address space is full. */
static segment_header *map_segment(const cw_stream *s, uint32_t index, size_t bytes) {
    char path[sizeof spool + 64];
    segment_path(path, sizeof path, s, index);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return NULL;
    void *map = MAP_FAILED;
    int error = allocate(fd, bytes);
    if (error == 0) {
        int flags = MAP_SHARED;
#ifdef MAP_POPULATE
        if (bytes <= FIRST_BYTES) flags |= MAP_POPULATE;
#endif
        map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
        error = errno;
    }
    close(fd);
    if (map == MAP_FAILED) {
        unlink(path);
        errno = error;
        return NULL;
    }
    resident += bytes;
    cw_counts.segments++;
    return map;
}

/* Writes the whole of a buffer; false when the disk is full. */
static bool write_all(int fd, const void *from, size_t bytes) {
    for (const char *at = from; bytes != 0;) {
        ssize_t n = write(fd, at, bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += n;
        bytes -= (size_t)n;
    }
    return true;
}

/* Puts a sealed copy of the mapped segment in its place and leaves the mapping, under the name of the next segment, to be used again: a write() of a
   megabyte costs a quarter of the page faults of a fresh mapping. At every moment a reader finds the records under the old name, and a crash leaves
   either the open segment or its sealed copy there; the next name shows a header of another index, or none, until the mapping begins anew. */
static bool recycle(cw_stream *s) {
    char path[sizeof spool + 64], next[sizeof path], copy[sizeof path + 4];
    segment_path(path, sizeof path, s, s->index);
    segment_path(next, sizeof next, s, s->index + 1);
    snprintf(copy, sizeof copy, "%s.new", path);
    size_t used = (size_t)(s->next - s->body);
    segment_header *h = header_of(s), sealed = *h;
    sealed.checksum = checksum(s->body, used);
    sealed.length = (uint32_t)used;
    int fd = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool whole = allocate(fd, HEADER_BYTES + used * 4) == 0 && write_all(fd, &sealed, sizeof sealed) && write_all(fd, s->body, used * 4);
    close(fd);
    if (!whole || link(path, next) != 0 || rename(copy, path) != 0) {
        unlink(next);
        unlink(copy);
        return false;
    }
    memset(h->magic, 0, sizeof h->magic); /* first: whoever still reads this file under its old name sees that it is another one now */
    __atomic_thread_fence(__ATOMIC_RELEASE);
    memset(s->body, 0, used * 4);
    s->sealed += used;
    cw_counts.sealed_words += used;
    cw_counts.segments++;
    return true;
}

static void adopt(cw_stream *s, segment_header *h, uint32_t index, size_t bytes) {
    s->index = index;
    s->words = (uint32_t)((bytes - HEADER_BYTES) / 4);
    *h = (segment_header){.version = 1, .header_size = HEADER_BYTES, .uid = cw_uid(), .stream = s->number, .index = index,
                          .capacity = s->words, .wall_ns = wall(), .monotonic_ns = (uint64_t)cw_now()};
    __atomic_thread_fence(__ATOMIC_RELEASE);
    memcpy(h->magic, "CWSEG\x01\r\n", 8); /* last: a file without it is not yet a segment */
    s->body = s->next = (uint32_t *)((char *)h + HEADER_BYTES);
    s->limit = s->body + s->words - LAST_WORDS;
}

/* Fills in length and checksum and unmaps. `cut` gives the unused tail back to the disk. */
static void seal_segment(cw_stream *s, bool cut) {
    if (s->body == NULL) return;
    size_t used = (size_t)(s->next - s->body), bytes = bytes_of(s);
    segment_header *h = header_of(s);
    h->checksum = checksum(s->body, used);
    __atomic_store_n(&h->length, (uint32_t)used, __ATOMIC_RELEASE);
    munmap(h, bytes);
    resident -= bytes;
    s->sealed += used;
    cw_counts.sealed_words += used;
    s->body = s->next = s->limit = NULL;
    char path[sizeof spool + 64];
    segment_path(path, sizeof path, s, s->index);
    if (cut && used == 0 && s->sealed == 0) unlink(path);
    else if (cut && truncate(path, (off_t)(HEADER_BYTES + used * 4)) != 0) { /* the space stays taken: harmless */ }
}

/* The recording ends here and the program goes on. Every segment keeps a few words free for this record. */
static void give_up(cw_stream *s) {
    static const char reason[] = "{\"hook\": \"recorder\", \"reason\": \"no space for segments: recording ended\"}";
    uint32_t words = 2 + (uint32_t)(sizeof reason - 1 + 3) / 4, *at = s->next;
    _Static_assert(2 + (sizeof reason + 2) / 4 <= LAST_WORDS, "room for the last record");
    if (s->body != NULL) {
        at[1] = sizeof reason - 1;
        memcpy(at + 2, reason, sizeof reason - 1);
        s->next += words;
        __atomic_store_n(at, CW_EXTENDED(20, words), __ATOMIC_RELEASE);
    }
    cw_counts.failures++;
    s->dead = true;
    cw_recording = false;
    cw_open = &nobody;
}

static bool roll(cw_stream *s, size_t words) {
    size_t bytes = s->body == NULL ? FIRST_BYTES : bytes_of(s) * 2, needed = HEADER_BYTES + (words + LAST_WORDS) * 4;
    if (bytes > LARGEST_BYTES) bytes = LARGEST_BYTES;
    if (s->body != NULL && resident + bytes > RESIDENT_BYTES) bytes = bytes_of(s);
    while (bytes < needed && bytes < LARGEST_BYTES) bytes *= 2;
    if (bytes < needed) return false; /* one record longer than any segment: it alone is dropped */
    uint32_t index = s->body == NULL ? s->index : s->index + 1;
    if (s->body != NULL && bytes == bytes_of(s) && recycle(s)) {
        adopt(s, header_of(s), index, bytes);
        return true;
    }
    segment_header *h = map_segment(s, index, bytes);
    if (h == NULL) {
        give_up(s);
        return false;
    }
    seal_segment(s, false);
    adopt(s, h, index, bytes);
    return true;
}

/* pthread destructor: runs without the GIL, so it only leaves a note. */
static void thread_exited(void *stream) {
    __atomic_store_n(&((cw_stream *)stream)->exited, 1, __ATOMIC_RELEASE);
    __atomic_store_n(&some_exited, 1, __ATOMIC_RELEASE);
}

static void forget(cw_stream *s) {
    if (last_writer == s) last_writer = NULL;
    if (cw_open == s) cw_open = &nobody;
    for (cw_stream **at = &streams; *at != NULL; at = &(*at)->following)
        if (*at == s) {
            *at = s->following;
            break;
        }
}

static void collect_exited(void) {
    __atomic_store_n(&some_exited, 0, __ATOMIC_RELAXED);
    for (cw_stream *s = streams, *following; s != NULL; s = following) {
        following = s->following;
        if (!__atomic_load_n(&s->exited, __ATOMIC_ACQUIRE)) continue;
        seal_segment(s, true);
        forget(s);
        free(s);
    }
}

/* The struct of a thread outlives stop(): other threads still point at it and find its generation stale. */
static cw_stream *begin_stream(void) {
    cw_stream *s = cw_stream_here;
    if (some_exited) collect_exited();
    if (s == NULL) s = malloc(sizeof *s);
    if (s == NULL) return NULL;
    *s = (cw_stream){.number = stream_numbers++, .generation = generation, .following = streams};
    streams = s;
    cw_stream_here = s;
    if (exit_key_made) pthread_setspecific(exit_key, s);
    if (!roll(s, 0)) return NULL;
    if (cw_stream_began != NULL) cw_stream_began(s);
    return s;
}

static cw_stream *stream_of_thread(void) {
    cw_stream *s = cw_stream_here;
    if (s == NULL || s->generation != generation) s = begin_stream();
    return s == NULL || s->dead ? NULL : s;
}

cw_stream *cw_stream_get(void) {
    if (cw_stream_here == cw_open) return cw_open;
    if (!cw_recording || cw_paused != 0) return NULL;
    return stream_of_thread();
}

uint32_t *cw_reserve_slow(uint32_t words) {
    cw_stream *s = cw_stream_get();
    if (s == NULL) return NULL;
    bool change = last_writer != s;
    size_t needed = words + (change ? ORDER_WORDS : 0);
    if ((size_t)(s->limit - s->next) < needed && !roll(s, needed)) return NULL;
    if (change) {
        uint32_t *at = s->next;
        uint64_t number = ++order, ts = (uint64_t)cw_clock();
        memcpy(at + 1, &number, 8);
        memcpy(at + 3, &ts, 8);
        s->next = at + ORDER_WORDS;
        __atomic_store_n(at, CW_EXTENDED(7, ORDER_WORDS), __ATOMIC_RELEASE);
        last_writer = s;
        cw_epoch++;
    }
    cw_open = s;
    return s->next;
}

void cw_pause(void) {
    cw_paused++;
    if (cw_open == cw_stream_here) cw_open = &nobody;
}

void cw_resume(void) { cw_paused--; }

int64_t cw_emit(uint32_t xkind, const uint32_t *payload, uint32_t n) {
    uint32_t *at = cw_reserve(n + 1);
    if (at == NULL) return -1;
    cw_stream *s = cw_stream_here;
    int64_t position = (int64_t)(s->sealed + (uint64_t)(at - s->body));
    if (n != 0) memcpy(at + 1, payload, (size_t)n * 4);
    cw_commit(at, n + 1, CW_EXTENDED(xkind, n + 1));
    return position;
}

int64_t cw_position(void) {
    uint32_t *at = cw_reserve(1); /* so that an ORDER record that is due does not move it */
    if (at == NULL) return -1;
    return (int64_t)(cw_stream_here->sealed + (uint64_t)(at - cw_stream_here->body));
}

void cw_stream_end(void) {
    cw_stream *s = cw_stream_here;
    if (s == NULL) return;
    cw_stream_here = NULL;
    if (exit_key_made) pthread_setspecific(exit_key, NULL);
    if (s->generation == generation) {
        seal_segment(s, true);
        forget(s);
    }
    free(s);
}

/* The child of a fork shares the parent's mappings: it must not write until after_fork() gave it its own. */
static void forked(void) {
    was_recording = cw_recording;
    cw_recording = false;
    cw_open = &nobody;
}

static void once(void) {
    static bool done;
    if (done) return;
    done = true;
    exit_key_made = pthread_key_create(&exit_key, thread_exited) == 0;
    pthread_atfork(NULL, NULL, forked);
}

int cw_streams_start(const char *directory) {
    if (strlen(directory) >= sizeof spool) return ENAMETOOLONG;
    once();
    strcpy(spool, directory);
    cw_uid();
    generation++;
    stream_numbers = 0;
    order = 0;
    streams = last_writer = NULL;
    cw_counts = (cw_segment_counts){0};
    cw_recording = started = true;
    errno = 0;
    if (stream_of_thread() != NULL) return 0;
    int error = errno;
    cw_streams_stop();
    return error != 0 ? error : EIO;
}

bool cw_started(void) { return started; }

void cw_streams_stop(void) {
    cw_recording = started = false;
    cw_open = &nobody;
    for (cw_stream *s = streams, *following; s != NULL; s = following) {
        following = s->following;
        seal_segment(s, true);
        if (s->exited) free(s);
    }
    streams = last_writer = NULL;
    some_exited = 0;
    generation++;
    uid = 0;
}

void cw_streams_after_fork(void) {
    for (cw_stream *s = streams, *following; s != NULL; s = following) {
        following = s->following;
        if (s->body != NULL) munmap(header_of(s), bytes_of(s));
        if (s != cw_stream_here) free(s); /* its thread does not exist here */
    }
    streams = last_writer = NULL;
    resident = 0;
    some_exited = 0;
    generation++;
    stream_numbers = 0;
    order = 0;
    uid = 0;
    cw_counts = (cw_segment_counts){0};
    cw_uid();
    cw_recording = was_recording;
}

uint64_t cw_words_written(void) {
    uint64_t words = cw_counts.sealed_words;
    for (const cw_stream *s = streams; s != NULL; s = s->following) words += (uint64_t)(s->next - s->body);
    return words;
}
