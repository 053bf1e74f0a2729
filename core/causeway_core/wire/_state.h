/* What the scanner knows while it reads: processes, streams, actors, activations (SPEC section 3, "semantics of order"). */
#ifndef CW_STATE_H
#define CW_STATE_H

#include "_record.h"
#include "_table.h"

#define CW_MANY 0xFFFFFFFFu
#define CW_NOTED 256
#define CW_DEEPEST 256 /* actors nested on a stream; a guest nests at most 64 */

typedef struct stream stream;
typedef struct process process;

/* A local's last binding. Payloads longer than two words live in `more`. */
typedef struct {
    uint64_t at;
    uint32_t name, site;
    uint32_t few[2];
    uint32_t *more;
    uint8_t vk, words;
} local;

typedef struct activation {
    uint64_t id, at;                  /* event of its CALL; of its last LINE */
    uint32_t frame, function, call_site, site; /* frame key; function id; site of its CALL; site of its last LINE */
    uint32_t count, room;             /* locals */
    local *locals;
    struct actor *lane;               /* on whose stack it is; NULL while suspended by yield */
    stream *seen;                     /* the stream whose chunk `serial` holds its state */
    uint64_t serial;
    bool awaiting, cut, hashed;
    struct activation *following;     /* in its bucket of `suspended`, or in the free list */
} activation;

typedef struct actor {
    int64_t id;                       /* actor.id */
    uint32_t number;                  /* on the wire */
    activation **stack;
    uint32_t depth, room;
    stream *seen;
    uint64_t serial;                  /* as in activation */
    int64_t first_at, last_at, steps;
    int state;                        /* -1 running, else the last STEP_END's */
    int64_t told_at, told_steps;      /* last_at, steps and state as actors() gave them last */
    int told_state;
} actor;

/* What is known of an object. `rank` says how good the holder is as a name: 0 none, 1 local, 2 snapshot, 3 item, 4 attribute or variable. */
typedef struct {
    uint64_t key;                     /* wire id */
    uint64_t first_at, holder_at;
    uint32_t type, actor, holder_owner, holder_site;
    uint32_t rank;
} object_info;

typedef struct {
    uint32_t function, name, id;      /* function.id; a number for the name, 0 none; site.id */
    uint8_t kind;                     /* index into SITE_KINDS of wire/site_kinds.py */
} site_info;

typedef struct { uint64_t key; actor *actor; } actor_entry;
typedef struct { uint64_t key; stream *stream; } stream_entry;
typedef struct { uint64_t key; int64_t at; uint32_t kind; } handle_entry;
typedef struct { uint64_t key; int64_t at; int fate; } fate_entry;
typedef struct { uint64_t key; uint32_t actor; } touched_entry;

struct process {
    int64_t id;
    site_info *sites;
    uint32_t site_count;
    table actors;                     /* actor_entry by number + 1 */
    table handles;                    /* handle_entry by token + 1 */
    table objects;                    /* object_info by wire id */
    table fates;                      /* fate_entry by exception object */
    table variables;                  /* touched_entry: cells by id, globals by name with bit 32 */
    activation **suspended;           /* buckets by frame key, a power of two */
    size_t buckets, suspended_count;
    uint64_t order;                   /* of the run being read, 0 before the first */
    int64_t now;                      /* last ts seen */
    process *following;
};

struct stream {
    process *process;
    int64_t id;
    uint64_t position;                /* of the next record */
    uint32_t work;                    /* calls that a worker of a pool has begun here */
    actor *stack[CW_DEEPEST];
    uint32_t depth;                   /* actors on the stack, 0 before the first record */
    uint32_t too_deep;                /* steps beyond CW_DEEPEST */
    /* the open chunk */
    uint64_t serial;                  /* unique among chunks; 0: none open */
    uint64_t first;
    uint32_t events;
    uint64_t order, order_first;      /* of the stream's last run; of the run at the chunk's first record */
    words data, frames, texts, snapshots;
    table sites, owners;              /* keys + 1 */
    uint32_t noted[CW_NOTED];         /* sites + 1 that are in `sites` for sure, each at its low bits */
    /* the open step */
    bool stepping;
    int64_t step_id, step_first, step_last, step_started, step_cause;
    int step_cause_kind;
    int64_t step_number;
    stream *following;
};

static inline int64_t cw_at(const stream *s, uint64_t position) { return s->id << 40 | (int64_t)position; }

actor *cw_actor(process *p, uint32_t number, int64_t *next_id);
void cw_actor_free(actor *a);

bool cw_call(process *p, stream *s, actor *lane, uint32_t site, uint32_t frame, uint64_t position, bool cut);
/* Makes the activation that `site`'s function belongs to the top of the lane, when there is one; makes one unless `leaving`. */
bool cw_settle(process *p, stream *s, actor *lane, const site_info *info, uint32_t site, uint64_t position, bool leaving);
void cw_leave(process *p, actor *lane);
bool cw_suspend(process *p, stream *s, actor *lane, uint32_t site, uint32_t frame, uint64_t position, bool awaiting);
bool cw_continue(process *p, stream *s, actor *lane, uint32_t frame, uint32_t site, uint64_t position, bool resumed);
void cw_abandon(process *p, actor *lane);
bool cw_bind(activation *a, uint32_t name, uint32_t site, int64_t at, uint32_t vk, const uint32_t *payload, uint32_t count);

/* Writes to the stream's keyframe what its open chunk does not hold yet of a lane (all its activations). */
bool cw_key_lane(stream *s, actor *lane, uint32_t offset, bool always);
bool cw_key_stack(stream *s);
void cw_process_free(process *p);

#endif
