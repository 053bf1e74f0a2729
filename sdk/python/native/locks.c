/* Recording of _thread.lock, _thread.RLock and _queue.SimpleQueue by exchange of their C functions.
 *
 * The types, their methods' identity, isinstance and repr stay as they are. Whether a lock is taken is read before the original runs; the GIL is
 * held in between, so what is read is what the original finds. A request is written before the thread may block: if it never gets the
 * lock, the mapped segment still says what it waited for. */
#include "locks.h"
#include "items.h"
#include "pointers.h"
#include "swap.h"
#include "tap.h"

enum { ACQUIRED = 1, RELEASED, REQUEST, PUT = 11, GET = 12, GET_REQUEST = 31, ACQUIRE_FAILED = 27, TIMEOUT = 28 };
enum { BLOCKED = 1, REENTRANT = 2 };

#if PY_VERSION_HEX < 0x030E0000
typedef struct {
    PyObject_HEAD
    void *lock;
    PyObject *weakrefs;
    char locked;
} LockHead;
typedef struct {
    PyObject_HEAD
    void *lock;
    unsigned long owner;
    unsigned long count;
} RLockHead;
static bool lock_taken(PyObject *self) { return ((LockHead *)self)->locked; }
static unsigned long rlock_count(PyObject *self) { return ((RLockHead *)self)->count; }
static bool rlock_mine(PyObject *self) { return ((RLockHead *)self)->count > 0 && ((RLockHead *)self)->owner == PyThread_get_thread_ident(); }
#else
typedef struct {
    PyObject_HEAD
    uint8_t mutex;
} LockHead;
typedef struct {
    PyObject_HEAD
    uint8_t mutex;
    unsigned long long owner;
    size_t level;
} RLockHead;
static bool lock_taken(PyObject *self) { return ((LockHead *)self)->mutex & 1; }
static unsigned long rlock_count(PyObject *self) { return ((RLockHead *)self)->mutex & 1 ? ((RLockHead *)self)->level + 1 : 0; }
static bool rlock_mine(PyObject *self) { return rlock_count(self) > 0 && ((RLockHead *)self)->owner == PyThread_get_thread_ident_ex(); }
#endif

static PyTypeObject *lock_type, *rlock_type, *queue_type;
static PyMethodDef *queue_empty;

/* Locks inside of queues, events and the like, by address, until they are freed. */
static cw_pointers privates;
static destructor lock_dealloc;

static PyObject *latest_private; /* the queue or event at work asks for the same one again and again */

static inline bool is_private(PyObject *lock) {
    if (lock == latest_private) return true;
    if (!cw_pointers_find(&privates, (uintptr_t)lock)) return false;
    latest_private = lock;
    return true;
}

bool cw_lock_is_private(PyObject *lock) { return is_private(lock); }

static void dealloc(PyObject *self) {
    if (self == latest_private) latest_private = NULL;
    cw_entry *entry = cw_pointers_find(&privates, (uintptr_t)self);
    if (entry) cw_pointers_remove(&privates, entry);
    lock_dealloc(self);
}

void cw_lock_private(PyObject *lock) {
    if (!lock_type || !Py_IS_TYPE(lock, lock_type)) return;
    if (!lock_dealloc) {
        lock_dealloc = lock_type->tp_dealloc;
        lock_type->tp_dealloc = dealloc;
    }
    cw_pointers_put(&privates, (uintptr_t)lock);
}

/* A thread that blocks in here: on its own stack, in a list that any thread may read under the GIL. */
typedef struct Waiter {
    unsigned long thread;
    uint32_t op, object;
    PyObject *on; /* the waiting thread has it */
    struct Waiter *following, **link;
} Waiter;
static Waiter *waiters;

static void wait_begins(Waiter *it, uint32_t op, PyObject *object) {
    cw_sync(op, object, 0, BLOCKED);
    *it = (Waiter){PyThread_get_thread_ident(), op, cw_object_known(object), object, waiters, &waiters};
    if (waiters) waiters->link = &it->following;
    waiters = it;
}

static void wait_ends(Waiter *it) {
    *it->link = it->following;
    if (it->following) it->following->link = it->link;
}

static bool is_zero(PyObject *number) { return PyLong_CheckExact(number) && PyObject_IsTrue(number) == 0; }

/* acquire(blocking=True, timeout=-1) of a taken lock: will it block? Only exact bools, ints and floats are looked at. */
static bool would_block(const cw_swap *swap, void *b, void *c, void *d, void *e, const char *first) {
    if (swap->flags & (METH_NOARGS | METH_O)) return true;
    cw_arguments given = cw_swap_arguments(swap, b, c, d, e);
    PyObject *blocking = cw_argument(&given, 0, first);
    if (blocking == Py_False) return false;
    if (blocking && is_zero(blocking)) return false;
    PyObject *timeout = cw_argument(&given, 1, "timeout");
    return !(timeout && is_zero(timeout)) && !(timeout && PyFloat_CheckExact(timeout) && PyFloat_AS_DOUBLE(timeout) == 0);
}

static PyObject *acquire(cw_swap *swap, PyObject *self, void *b, void *c, void *d, void *e) {
    if (!cw_active()) return swap->original(self, b, c, d, e);
    bool reentrant = Py_IS_TYPE(self, rlock_type) && rlock_mine(self);
    bool taken = !reentrant && (Py_IS_TYPE(self, lock_type) ? lock_taken(self) : Py_IS_TYPE(self, rlock_type) && rlock_count(self) > 0);
    bool blocks = taken && would_block(swap, b, c, d, e, "blocking");
    Waiter waiter;
    if (blocks) wait_begins(&waiter, REQUEST, self);
    PyObject *result = swap->original(self, b, c, d, e);
    if (blocks) wait_ends(&waiter);
    if (result == Py_False || !result) {
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        cw_sync(blocks && result ? TIMEOUT : ACQUIRE_FAILED, self, 0, blocks ? BLOCKED : 0);
        PyErr_Restore(type, value, trace);
    } else {
        cw_sync(ACQUIRED, self, 0, (blocks ? BLOCKED : 0) | (reentrant ? REENTRANT : 0));
    }
    return result;
}

static PyObject *release(cw_swap *swap, PyObject *self, void *b, void *c, void *d, void *e) {
    if (!cw_active()) return swap->original(self, b, c, d, e);
    bool inner = Py_IS_TYPE(self, rlock_type) && rlock_count(self) > 1;
    PyObject *result = swap->original(self, b, c, d, e);
    if (result) cw_sync(RELEASED, self, 0, inner ? REENTRANT : 0);
    return result;
}

/* RLock._release_save (used by Condition.wait) gives the lock up whatever its depth. */
static PyObject *release_all(cw_swap *swap, PyObject *self, void *b, void *c, void *d, void *e) {
    PyObject *result = swap->original(self, b, c, d, e);
    if (result) cw_sync(RELEASED, self, 0, 0);
    return result;
}

static PyObject *restore(cw_swap *swap, PyObject *self, void *b, void *c, void *d, void *e) {
    bool taken = cw_active() && Py_IS_TYPE(self, rlock_type) && rlock_count(self) > 0;
    Waiter waiter;
    if (taken) wait_begins(&waiter, REQUEST, self);
    PyObject *result = swap->original(self, b, c, d, e);
    if (taken) wait_ends(&waiter);
    if (result) cw_sync(ACQUIRED, self, 0, taken ? BLOCKED : 0);
    return result;
}

/* A thread that blocks in here while an order is in force, as Waiter. */
typedef struct Parked {
    unsigned long thread;
    PyObject *on;
    bool timed;
    bool served; /* an item has been handed to it, which never was in the queue */
    struct Parked *following, **link;
} Parked;
static Parked *parked;

/* From 3.13 on a SimpleQueue gives an item to the thread that has waited longest, and stays empty. */
static void serve(PyObject *queue) {
#if PY_VERSION_HEX >= 0x030D0000
    Parked *longest = NULL;
    for (Parked *it = parked; it; it = it->following)
        if (it->on == queue && !it->served) longest = it;
    if (longest) longest->served = true;
#endif
}

static PyObject *queue_put(cw_swap *swap, PyObject *self, void *b, void *c, void *d, void *e) {
    serve(self);
    if (!cw_active()) return swap->original(self, b, c, d, e);
    cw_arguments given = cw_swap_arguments(swap, b, c, d, e);
    PyObject *item = swap->flags & METH_O ? (PyObject *)b : cw_argument(&given, 0, "item");
    PyObject *result = swap->original(self, b, c, d, e);
    if (result && item) cw_item_put(PUT, self, item, 0);
    return result;
}

static PyObject *queue_get(cw_swap *swap, PyObject *self, void *b, void *c, void *d, void *e) {
    if (!cw_active()) return swap->original(self, b, c, d, e);
    PyObject *empty = queue_empty ? queue_empty->ml_meth(self, NULL) : NULL;
    bool blocks = empty == Py_True && would_block(swap, b, c, d, e, "block");
    Py_XDECREF(empty);
    Waiter waiter;
    if (blocks) wait_begins(&waiter, GET_REQUEST, self);
    PyObject *result = swap->original(self, b, c, d, e);
    if (blocks) wait_ends(&waiter);
    if (result) {
        cw_item_get(GET, self, result, blocks ? BLOCKED : 0);
    } else if (blocks) {
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        cw_sync(TIMEOUT, self, 0, BLOCKED);
        PyErr_Restore(type, value, trace);
    }
    return result;
}

static PyObject *queue_get_nowait(cw_swap *swap, PyObject *self, void *b, void *c, void *d, void *e) {
    PyObject *result = swap->original(self, b, c, d, e);
    if (result) cw_item_get(GET, self, result, 0);
    return result;
}

/* While an order is in force (causeway/order): gate(lock, False) before an acquisition, which may be put off; gate(lock, True) when it is about to block. */
static PyObject *gate;
static _Thread_local int in_gate; /* above 0: this thread is at work in causeway/order itself */

/* False: an exception is set. */
static bool ask_gate(PyObject *lock, bool blocks) {
    if (!gate) return true;
    PyObject *callback = Py_NewRef(gate);
    in_gate++;
    PyObject *answer = PyObject_CallFunctionObjArgs(callback, lock, blocks ? Py_True : Py_False, NULL);
    in_gate--;
    Py_DECREF(callback);
    Py_XDECREF(answer);
    return answer != NULL;
}

/* Whether another's lock is taken, or a queue is empty. */
static bool unavailable(PyObject *self) {
    if (Py_IS_TYPE(self, lock_type)) return lock_taken(self);
    if (Py_IS_TYPE(self, rlock_type)) return rlock_count(self) > 0 && !rlock_mine(self);
    PyObject *empty = queue_empty ? queue_empty->ml_meth(self, NULL) : NULL;
    Py_XDECREF(empty);
    return empty == Py_True;
}

static bool is_timed(const cw_swap *swap, void *b, void *c, void *d, void *e) {
    cw_arguments given = cw_swap_arguments(swap, b, c, d, e);
    PyObject *timeout = cw_argument(&given, 1, "timeout");
    if (!timeout || timeout == Py_None) return false;
    double seconds = PyFloat_AsDouble(timeout);
    PyErr_Clear();
    return seconds >= 0;
}

static PyObject *gated(cw_swap *swap, cw_method role, bool restores, PyObject *self, void *b, void *c, void *d, void *e) {
    if (!ask_gate(self, false)) return NULL;
    if (!unavailable(self) || (!restores && !would_block(swap, b, c, d, e, "blocking"))) return role(self, b, c, d, e);
    Parked it = {PyThread_get_thread_ident(), self, !restores && is_timed(swap, b, c, d, e), false, parked, &parked};
    if (parked) parked->link = &it.following;
    parked = &it;
    PyObject *result = ask_gate(self, true) ? role(self, b, c, d, e) : NULL;
    *it.link = it.following;
    if (it.following) it.following->link = it.link;
    return result;
}

/* One exchanged method: a replacement of its own, because a PyMethodDef has no room for a pointer to it. */
#define METHOD(name, role) \
    static cw_swap name##_swap; \
    static PyObject *name(PyObject *self, void *b, void *c, void *d, void *e) { return role(&name##_swap, self, b, c, d, e); }
/* The same for a plain lock, which may be private; kept small, because every operation of a queue passes here three times. */
#define LOCK_METHOD(name, role) \
    static cw_swap name##_swap; \
    static PyObject *name(PyObject *self, void *b, void *c, void *d, void *e) { \
        if (is_private(self)) return name##_swap.original(self, b, c, d, e); \
        return role(&name##_swap, self, b, c, d, e); \
    }
/* What may block passes the gate first. */
#define GATED(kind, name, role, restores) \
    kind(plain_##name, role) \
    static PyObject *name(PyObject *self, void *b, void *c, void *d, void *e) { \
        if (gate != NULL) { \
            if (in_gate) return plain_##name##_swap.original(self, b, c, d, e); \
            return gated(&plain_##name##_swap, plain_##name, restores, self, b, c, d, e); \
        } \
        return plain_##name(self, b, c, d, e); \
    }
/* What the order itself releases is no event of the program. */
#define UNGATED(kind, name, role) \
    kind(plain_##name, role) \
    static PyObject *name(PyObject *self, void *b, void *c, void *d, void *e) { \
        if (gate != NULL && in_gate) return plain_##name##_swap.original(self, b, c, d, e); \
        return plain_##name(self, b, c, d, e); \
    }
GATED(LOCK_METHOD, lock_acquire, acquire, false)
GATED(LOCK_METHOD, lock_acquire_lock, acquire, false)
GATED(LOCK_METHOD, lock_enter, acquire, false)
UNGATED(LOCK_METHOD, lock_release, release)
UNGATED(LOCK_METHOD, lock_release_lock, release)
UNGATED(LOCK_METHOD, lock_exit, release)
GATED(METHOD, rlock_acquire, acquire, false)
GATED(METHOD, rlock_enter, acquire, false)
UNGATED(METHOD, rlock_release, release)
UNGATED(METHOD, rlock_exit, release)
METHOD(rlock_release_save, release_all)
GATED(METHOD, rlock_acquire_restore, restore, true)
METHOD(simple_put, queue_put)
METHOD(simple_put_nowait, queue_put)
GATED(METHOD, simple_get, queue_get, false)
METHOD(simple_get_nowait, queue_get_nowait)

static const struct {
    int type; /* 0 lock, 1 rlock, 2 SimpleQueue */
    const char *name;
    cw_swap *swap;
    cw_method method;
} table[] = {
    {0, "acquire", &plain_lock_acquire_swap, lock_acquire}, {0, "acquire_lock", &plain_lock_acquire_lock_swap, lock_acquire_lock},
    {0, "__enter__", &plain_lock_enter_swap, lock_enter}, {0, "release", &plain_lock_release_swap, lock_release},
    {0, "release_lock", &plain_lock_release_lock_swap, lock_release_lock}, {0, "__exit__", &plain_lock_exit_swap, lock_exit},
    {1, "acquire", &plain_rlock_acquire_swap, rlock_acquire}, {1, "__enter__", &plain_rlock_enter_swap, rlock_enter},
    {1, "release", &plain_rlock_release_swap, rlock_release}, {1, "__exit__", &plain_rlock_exit_swap, rlock_exit},
    {1, "_release_save", &rlock_release_save_swap, rlock_release_save}, {1, "_acquire_restore", &plain_rlock_acquire_restore_swap, rlock_acquire_restore},
    {2, "put", &simple_put_swap, simple_put}, {2, "put_nowait", &simple_put_nowait_swap, simple_put_nowait},
    {2, "get", &plain_simple_get_swap, simple_get}, {2, "get_nowait", &simple_get_nowait_swap, simple_get_nowait},
};
#define TABLE_SIZE (sizeof table / sizeof table[0])

static PyTypeObject *type_of(const char *module, const char *name) {
    PyObject *from = PyImport_ImportModule(module), *type = from ? PyObject_GetAttrString(from, name) : NULL;
    Py_XDECREF(from);
    if (type && !PyType_Check(type)) Py_CLEAR(type);
    if (!type) PyErr_Clear();
    return (PyTypeObject *)type;
}

static void patch(int from, int to, PyTypeObject *types[3]) {
    for (size_t i = 0; i < TABLE_SIZE; i++)
        if (table[i].type >= from && table[i].type <= to && types[table[i].type]) cw_swap_method(table[i].swap, (PyObject *)types[table[i].type], table[i].name, table[i].method);
}

static PyObject *patch_locks(PyObject *module, PyObject *unused) {
    if (!lock_type) lock_type = type_of("_thread", "LockType");
    if (!rlock_type) rlock_type = type_of("_thread", "RLock");
    patch(0, 1, (PyTypeObject *[3]){lock_type, rlock_type, NULL});
    Py_RETURN_NONE;
}

static PyObject *patch_simple_queue(PyObject *module, PyObject *unused) {
    if (!queue_type) queue_type = type_of("_queue", "SimpleQueue");
    if (queue_type && !queue_empty) {
        PyObject *empty = PyObject_GetAttrString((PyObject *)queue_type, "empty");
        if (empty && Py_IS_TYPE(empty, &PyMethodDescr_Type) && ((PyMethodDescrObject *)empty)->d_method->ml_flags == METH_NOARGS) queue_empty = ((PyMethodDescrObject *)empty)->d_method;
        Py_XDECREF(empty);
        PyErr_Clear();
    }
    patch(2, 2, (PyTypeObject *[3]){NULL, NULL, queue_type});
    Py_RETURN_NONE;
}

static PyObject *unpatch_locks(PyObject *module, PyObject *unused) {
    for (size_t i = 0; i < TABLE_SIZE; i++) cw_swap_back(table[i].swap);
    Py_RETURN_NONE;
}

/* A list of what a copy of a waiting thread's entry tells. The entries are copied first: making tuples may run the collector, finalizers of the program may
 * let threads go on, and then their entries are gone. */
typedef struct {
    unsigned long thread;
    uint32_t op, object;
    bool timed, free;
    PyObject *on; /* a reference */
} Copy;

static PyObject *listed(Copy *copies, size_t count, PyObject *(*told)(const Copy *)) {
    PyObject *list = copies ? PyList_New(0) : PyErr_NoMemory();
    for (size_t i = 0; i < count && copies; i++) {
        PyObject *entry = list ? told(&copies[i]) : NULL;
        if (list && (!entry || PyList_Append(list, entry) < 0)) Py_CLEAR(list);
        Py_XDECREF(entry);
    }
    for (size_t i = 0; i < count && copies; i++) Py_DECREF(copies[i].on);
    PyMem_Free(copies);
    return list;
}

static PyObject *told_blocked(const Copy *it) { return Py_BuildValue("(kIIO)", it->thread, it->op, it->object, it->on); }

/* [(thread ident, op, object id, object)] of the threads that block in an exchanged method. */
static PyObject *blocked(PyObject *module, PyObject *unused) {
    size_t count = 0, n = 0;
    for (Waiter *it = waiters; it; it = it->following) count++;
    Copy *copies = PyMem_Calloc(count + 1, sizeof *copies);
    for (Waiter *it = waiters; copies && it; it = it->following) copies[n++] = (Copy){it->thread, it->op, it->object, false, false, Py_NewRef(it->on)};
    return listed(copies, n, told_blocked);
}

/* In the child of a fork nobody else waits. */
void cw_locks_forget(void) {
    waiters = NULL;
    parked = NULL;
}

static PyObject *gate_locks(PyObject *module, PyObject *callback) {
    Py_XSETREF(gate, callback == Py_None ? NULL : Py_NewRef(callback));
    Py_RETURN_NONE;
}

/* Whether a parked thread still waits for what it parked for. Not `unavailable`: the asking thread may itself own the reentrant lock. */
static bool withheld(const Parked *it) {
    if (it->served) return false;
    if (!Py_IS_TYPE(it->on, rlock_type)) return unavailable(it->on);
    return rlock_count(it->on) > 0 && ((RLockHead *)it->on)->owner != it->thread;
}

static PyObject *told_parked(const Copy *it) { return Py_BuildValue("(kOOO)", it->thread, it->on, it->timed ? Py_True : Py_False, it->free ? Py_True : Py_False); }

/* [(thread ident, lock or queue, timed, free)]: `free` when the thread is about to get what it waits for. */
static PyObject *parked_threads(PyObject *module, PyObject *unused) {
    size_t count = 0, n = 0;
    for (Parked *it = parked; it; it = it->following) count++;
    Copy *copies = PyMem_Calloc(count + 1, sizeof *copies);
    for (Parked *it = parked; copies && it; it = it->following) copies[n++] = (Copy){it->thread, 0, 0, it->timed, !withheld(it), Py_NewRef(it->on)};
    return listed(copies, n, told_parked);
}

static PyObject *enter_gate(PyObject *module, PyObject *unused) {
    return PyBool_FromLong(in_gate++);
}

static PyObject *leave_gate(PyObject *module, PyObject *unused) {
    in_gate--;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"blocked", blocked, METH_NOARGS, "blocked() -> [(thread ident, op, object id, object)]\n\nThe threads that now block in an exchanged method of a lock or queue."},
    {"patch_locks", patch_locks, METH_NOARGS, "patch_locks() -> None\n\nFrom now on _thread.lock and _thread.RLock write SYNC records while something records."},
    {"patch_simple_queue", patch_simple_queue, METH_NOARGS, "patch_simple_queue() -> None\n\nThe same for _queue.SimpleQueue; imports _queue."},
    {"gate_locks", gate_locks, METH_O, "gate_locks(callback or None) -> None\n\nWhile set: callback(lock, False) before every acquisition, callback(lock, True) when it is about to block."},
    {"parked_threads", parked_threads, METH_NOARGS, "parked_threads() -> [(thread ident, lock or queue, timed, free)]\n\nThe threads that block while locks are gated."},
    {"enter_gate", enter_gate, METH_NOARGS, "enter_gate() -> bool\n\nLocks of this thread pass ungated and unrecorded until leave_gate(); whether they did already. Pairs nest."},
    {"leave_gate", leave_gate, METH_NOARGS, "leave_gate() -> None\n\nUndoes enter_gate()."},
    {"unpatch_locks", unpatch_locks, METH_NOARGS, "unpatch_locks() -> None\n\nUndoes patch_locks and patch_simple_queue."},
    {NULL},
};

int locks_init(PyObject *module) { return PyModule_AddFunctions(module, functions); }
