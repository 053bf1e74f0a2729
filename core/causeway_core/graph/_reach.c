/* Reachability in a directed acyclic graph of segments (docs/adr/0004-reachability-index.md).
 *
 * A query "does u reach v" is answered, in this order, by
 *   levels             u at or below the level of v: no;
 *   two DFS labelings  GRAIL intervals (Yildirim, Chaoji, Zaki, VLDB 2010): not contained: no;
 *                      v finished inside u's subtree of the spanning forest: yes;
 *   hub chains         the program order of the largest actors: the last position that reaches v against the first that u reaches:
 *                      yes, and an exact answer when u or v lies on such a chain;
 *   a depth-first search from u that prunes by all of these.
 *
 * Threads: an Index owns one scratch stack, so a call holds the GIL throughout. Memory: 28 bytes a node, 8 more for each hub chain,
 * and the adjacency in both directions. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LABELINGS 2

typedef struct {
    int32_t post; /* rank in post-order: a node's descendants have smaller ones */
    int32_t low;  /* smallest post among all nodes it reaches */
    int32_t enter; /* posts from here to `post` are its subtree in the spanning forest */
} label_t;

typedef struct {
    PyObject_HEAD
    int32_t nodes;
    int32_t *offsets, *targets;   /* successors, CSR */
    int32_t *back_offsets, *back_targets; /* predecessors, CSR */
    int32_t *order;               /* topological */
    int32_t *level;
    label_t *labels[LABELINGS];
    int32_t hubs;
    int32_t *hub_of, *hub_position; /* of each node: its hub chain or -1, and its position there */
    int32_t *last_before;         /* [node * hubs + k]: last position of chain k that reaches the node, -1 none */
    int32_t *first_after;         /* [node * hubs + k]: first position of chain k the node reaches, INT32_MAX none */
    uint32_t *visited, stamp;
    int32_t *stack;
    uint64_t queries, searches, expanded;
} index_t;

static void index_dealloc(index_t *self) {
    free(self->offsets); free(self->targets); free(self->back_offsets); free(self->back_targets);
    free(self->order); free(self->level); free(self->hub_of); free(self->hub_position);
    free(self->last_before); free(self->first_after); free(self->visited); free(self->stack);
    for (int i = 0; i < LABELINGS; i++) free(self->labels[i]);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int32_t *copy_ints(const int32_t *from, Py_ssize_t count) {
    int32_t *to = malloc((size_t)(count ? count : 1) * sizeof *to);
    if (to && count) memcpy(to, from, (size_t)count * sizeof *to);
    return to;
}

static void *zeroed(Py_ssize_t count, size_t size) { return calloc((size_t)(count ? count : 1), size); }

/* Predecessor lists from successor lists. */
static int reverse_adjacency(index_t *self) {
    int32_t n = self->nodes, m = self->offsets[n];
    self->back_offsets = zeroed((Py_ssize_t)n + 1, sizeof(int32_t));
    self->back_targets = zeroed(m, sizeof(int32_t));
    int32_t *fill = zeroed((Py_ssize_t)n + 1, sizeof(int32_t));
    if (!self->back_offsets || !self->back_targets || !fill) { free(fill); return -1; }
    for (int32_t e = 0; e < m; e++) self->back_offsets[self->targets[e] + 1]++;
    for (int32_t v = 0; v < n; v++) self->back_offsets[v + 1] += self->back_offsets[v];
    memcpy(fill, self->back_offsets, (size_t)n * sizeof *fill);
    for (int32_t u = 0; u < n; u++)
        for (int32_t e = self->offsets[u]; e < self->offsets[u + 1]; e++) self->back_targets[fill[self->targets[e]]++] = u;
    free(fill);
    return 0;
}

/* Kahn's order into `order`, longest-path levels into `level`; the number of nodes placed (fewer than all: a cycle). */
static int32_t topological(int32_t n, const int32_t *offsets, const int32_t *targets, int32_t *order, int32_t *level, int32_t *indegree) {
    memset(indegree, 0, (size_t)n * sizeof *indegree);
    for (int32_t e = 0; e < offsets[n]; e++) indegree[targets[e]]++;
    int32_t head = 0, tail = 0;
    for (int32_t v = 0; v < n; v++) {
        level[v] = 0;
        if (!indegree[v]) order[tail++] = v;
    }
    while (head < tail) {
        int32_t u = order[head++];
        for (int32_t e = offsets[u]; e < offsets[u + 1]; e++) {
            int32_t v = targets[e];
            if (level[v] < level[u] + 1) level[v] = level[u] + 1;
            if (--indegree[v] == 0) order[tail++] = v;
        }
    }
    return tail;
}

static uint32_t next_random(uint64_t *state) { /* splitmix64 */
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

/* One depth-first labeling; children are entered from a random rotation, in random direction, and so are the roots. */
static int label_nodes(index_t *self, label_t *labels, uint64_t seed) {
    int32_t n = self->nodes, counter = 0;
    int32_t *roots = malloc((size_t)(n ? n : 1) * sizeof *roots);
    int32_t *cursor = malloc((size_t)(n ? n : 1) * sizeof *cursor);
    uint32_t *turn = malloc((size_t)(n ? n : 1) * sizeof *turn);
    if (!roots || !cursor || !turn) { free(roots); free(cursor); free(turn); return -1; }
    int32_t root_count = 0;
    for (int32_t v = 0; v < n; v++) {
        labels[v].post = -1;
        if (self->back_offsets[v] == self->back_offsets[v + 1]) roots[root_count++] = v;
    }
    for (int32_t i = root_count - 1; i > 0; i--) {
        int32_t j = (int32_t)(next_random(&seed) % (uint32_t)(i + 1)), t = roots[i];
        roots[i] = roots[j]; roots[j] = t;
    }
    memset(self->visited, 0, (size_t)n * sizeof *self->visited);
    for (int32_t r = 0; r < root_count; r++) {
        int32_t depth = 0;
        self->stack[depth++] = roots[r];
        self->visited[roots[r]] = 1; cursor[roots[r]] = 0; turn[roots[r]] = next_random(&seed); labels[roots[r]].enter = counter;
        while (depth) {
            int32_t u = self->stack[depth - 1], begin = self->offsets[u], degree = self->offsets[u + 1] - begin;
            if (cursor[u] < degree) {
                uint32_t k = (uint32_t)cursor[u]++, start = (turn[u] >> 1) % (uint32_t)degree;
                uint32_t pick = turn[u] & 1 ? (start + k) % (uint32_t)degree : (start + (uint32_t)degree - k) % (uint32_t)degree;
                int32_t v = self->targets[begin + (int32_t)pick];
                if (!self->visited[v]) {
                    self->visited[v] = 1; cursor[v] = 0; turn[v] = next_random(&seed); labels[v].enter = counter;
                    self->stack[depth++] = v;
                }
            } else {
                int32_t low = counter;
                for (int32_t e = begin; e < begin + degree; e++)
                    if (labels[self->targets[e]].low < low) low = labels[self->targets[e]].low;
                labels[u].low = low;
                labels[u].post = counter++;
                depth--;
            }
        }
    }
    memset(self->visited, 0, (size_t)n * sizeof *self->visited);
    self->stamp = 0;
    free(roots); free(cursor); free(turn);
    return 0;
}

/* Fills last_before and first_after by one pass along and one against the topological order. */
static int link_hubs(index_t *self) {
    int32_t n = self->nodes, h = self->hubs;
    if (!h) return 0;
    size_t cells = (size_t)n * (size_t)h;
    self->last_before = malloc((cells ? cells : 1) * sizeof(int32_t));
    self->first_after = malloc((cells ? cells : 1) * sizeof(int32_t));
    if (!self->last_before || !self->first_after) return -1;
    for (size_t i = 0; i < cells; i++) { self->last_before[i] = -1; self->first_after[i] = INT32_MAX; }
    for (int32_t i = 0; i < n; i++) {
        int32_t u = self->order[i], *mine = self->last_before + (size_t)u * (size_t)h;
        if (self->hub_of[u] >= 0 && mine[self->hub_of[u]] < self->hub_position[u]) mine[self->hub_of[u]] = self->hub_position[u];
        for (int32_t e = self->offsets[u]; e < self->offsets[u + 1]; e++) {
            int32_t *theirs = self->last_before + (size_t)self->targets[e] * (size_t)h;
            for (int32_t k = 0; k < h; k++) if (theirs[k] < mine[k]) theirs[k] = mine[k];
        }
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        int32_t u = self->order[i], *mine = self->first_after + (size_t)u * (size_t)h;
        if (self->hub_of[u] >= 0) mine[self->hub_of[u]] = self->hub_position[u];
        for (int32_t e = self->offsets[u]; e < self->offsets[u + 1]; e++) {
            int32_t *theirs = self->first_after + (size_t)self->targets[e] * (size_t)h;
            for (int32_t k = 0; k < h; k++) if (theirs[k] < mine[k]) mine[k] = theirs[k];
        }
    }
    return 0;
}

/* 1 reaches, 0 does not, -1 the labels cannot tell. u != v. */
static inline int decide(const index_t *self, int32_t u, int32_t v) {
    if (self->level[u] >= self->level[v]) return 0;
    for (int i = 0; i < LABELINGS; i++) {
        const label_t *a = &self->labels[i][u], *b = &self->labels[i][v];
        if (b->post > a->post || b->low < a->low) return 0;
        if (b->post >= a->enter) return 1;
    }
    int32_t h = self->hubs;
    if (h) {
        const int32_t *after = self->first_after + (size_t)u * (size_t)h, *before = self->last_before + (size_t)v * (size_t)h;
        if (self->hub_of[u] >= 0) return self->hub_position[u] <= before[self->hub_of[u]];
        if (self->hub_of[v] >= 0) return after[self->hub_of[v]] <= self->hub_position[v];
        for (int32_t k = 0; k < h; k++) if (after[k] <= before[k]) return 1;
    }
    return -1;
}

static int reaches(index_t *self, int32_t u, int32_t v) {
    self->queries++;
    if (u == v) return 1;
    int known = decide(self, u, v);
    if (known >= 0) return known;
    self->searches++;
    if (++self->stamp == 0) {
        memset(self->visited, 0, (size_t)self->nodes * sizeof *self->visited);
        self->stamp = 1;
    }
    int32_t depth = 0;
    self->stack[depth++] = u;
    self->visited[u] = self->stamp;
    while (depth) {
        int32_t at = self->stack[--depth];
        self->expanded++;
        for (int32_t e = self->offsets[at]; e < self->offsets[at + 1]; e++) {
            int32_t next = self->targets[e];
            if (next == v) return 1;
            if (self->visited[next] == self->stamp) continue;
            self->visited[next] = self->stamp;
            known = decide(self, next, v);
            if (known == 1) return 1;
            if (known < 0) self->stack[depth++] = next;
        }
    }
    return 0;
}

/* Borrows the int32 buffer of `object`; -1 with an exception when it is not one. */
static int int32_buffer(PyObject *object, Py_buffer *view, const char *name, int writable) {
    if (PyObject_GetBuffer(object, view, PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0)) < 0) return -1;
    if (view->len % 4) {
        PyErr_Format(PyExc_ValueError, "%s is not an array of 32-bit integers", name);
        PyBuffer_Release(view);
        return -1;
    }
    return 0;
}

/* Whether offsets and targets are a well-formed CSR adjacency; sets ValueError when not. */
static int check_adjacency(const Py_buffer *offsets, const Py_buffer *targets, int32_t *nodes) {
    Py_ssize_t n = offsets->len / 4 - 1, m = targets->len / 4;
    const int32_t *o = offsets->buf, *t = targets->buf;
    if (n < 0 || n >= INT32_MAX || m >= INT32_MAX || o[0] != 0 || o[n] != m) goto malformed;
    for (Py_ssize_t i = 0; i < n; i++) if (o[i] > o[i + 1]) goto malformed;
    for (Py_ssize_t e = 0; e < m; e++) if (t[e] < 0 || t[e] >= n) goto malformed;
    *nodes = (int32_t)n;
    return 0;
malformed:
    PyErr_SetString(PyExc_ValueError, "offsets and targets are not an adjacency");
    return -1;
}

static int build(index_t *self, const Py_buffer *offsets, const Py_buffer *targets, const Py_buffer *hub_of, const Py_buffer *positions, int hubs) {
    if (check_adjacency(offsets, targets, &self->nodes) < 0) return -1;
    Py_ssize_t n = self->nodes;
    if (hub_of->len / 4 != n || positions->len / 4 != n || hubs < 0 || hubs > 64) {
        PyErr_SetString(PyExc_ValueError, "hub chains do not fit the graph");
        return -1;
    }
    for (Py_ssize_t v = 0; v < n; v++)
        if (((int32_t *)hub_of->buf)[v] >= hubs) {
            PyErr_SetString(PyExc_ValueError, "hub chains do not fit the graph");
            return -1;
        }
    self->hubs = hubs;
    self->offsets = copy_ints(offsets->buf, n + 1);
    self->targets = copy_ints(targets->buf, targets->len / 4);
    self->hub_of = copy_ints(hub_of->buf, n);
    self->hub_position = copy_ints(positions->buf, n);
    self->order = zeroed(n, sizeof(int32_t));
    self->level = zeroed(n, sizeof(int32_t));
    self->visited = zeroed(n, sizeof(uint32_t));
    self->stack = zeroed(n, sizeof(int32_t));
    for (int i = 0; i < LABELINGS; i++) self->labels[i] = zeroed(n, sizeof(label_t));
    if (!self->offsets || !self->targets || !self->hub_of || !self->hub_position || !self->order || !self->level || !self->visited || !self->stack ||
        !self->labels[0] || !self->labels[1]) goto memory;
    if (topological(self->nodes, self->offsets, self->targets, self->order, self->level, self->stack) != self->nodes) {
        PyErr_SetString(PyExc_ValueError, "the graph has a cycle");
        return -1;
    }
    if (reverse_adjacency(self) < 0) goto memory;
    for (int i = 0; i < LABELINGS; i++)
        if (label_nodes(self, self->labels[i], 0x5eed + (uint64_t)i) < 0) goto memory;
    if (link_hubs(self) < 0) goto memory;
    return 0;
memory:
    PyErr_NoMemory();
    return -1;
}

static PyObject *index_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"offsets", "targets", "hub_of", "hub_positions", "hubs", NULL};
    PyObject *objects[4];
    Py_buffer views[4];
    int hubs, held = 0, failed = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOi", names, &objects[0], &objects[1], &objects[2], &objects[3], &hubs)) return NULL;
    index_t *self = (index_t *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    for (; held < 4; held++)
        if (int32_buffer(objects[held], &views[held], names[held], 0) < 0) break;
    if (held == 4) failed = build(self, &views[0], &views[1], &views[2], &views[3], hubs);
    while (held) PyBuffer_Release(&views[--held]);
    if (failed) { Py_DECREF(self); return NULL; }
    return (PyObject *)self;
}

static int valid_node(const index_t *self, int node) {
    if (node >= 0 && node < self->nodes) return 1;
    PyErr_Format(PyExc_IndexError, "no node %d", node);
    return 0;
}

static PyObject *index_reaches(index_t *self, PyObject *args) {
    int u, v;
    if (!PyArg_ParseTuple(args, "ii", &u, &v) || !valid_node(self, u) || !valid_node(self, v)) return NULL;
    return PyBool_FromLong(reaches(self, u, v));
}

static PyObject *index_reaches_many(index_t *self, PyObject *args) {
    PyObject *from, *to;
    Py_buffer u, v;
    if (!PyArg_ParseTuple(args, "OO", &from, &to) || int32_buffer(from, &u, "from", 0) < 0) return NULL;
    if (int32_buffer(to, &v, "to", 0) < 0) { PyBuffer_Release(&u); return NULL; }
    PyObject *result = NULL;
    Py_ssize_t count = u.len / 4;
    if (v.len != u.len) PyErr_SetString(PyExc_ValueError, "from and to differ in length");
    else result = PyByteArray_FromStringAndSize(NULL, count);
    for (Py_ssize_t i = 0; result && i < count; i++) {
        int32_t a = ((int32_t *)u.buf)[i], b = ((int32_t *)v.buf)[i];
        if (!valid_node(self, a) || !valid_node(self, b)) Py_CLEAR(result);
        else PyByteArray_AS_STRING(result)[i] = (char)reaches(self, a, b);
    }
    PyBuffer_Release(&u); PyBuffer_Release(&v);
    return result;
}

/* The nodes that reach `node` (or that it reaches), itself first, breadth-first, as int32 in a bytes object. */
static PyObject *closure(index_t *self, int node, const int32_t *offsets, const int32_t *targets) {
    if (!valid_node(self, node)) return NULL;
    if (++self->stamp == 0) {
        memset(self->visited, 0, (size_t)self->nodes * sizeof *self->visited);
        self->stamp = 1;
    }
    int32_t head = 0, tail = 0;
    self->stack[tail++] = node;
    self->visited[node] = self->stamp;
    while (head < tail) {
        int32_t at = self->stack[head++];
        for (int32_t e = offsets[at]; e < offsets[at + 1]; e++)
            if (self->visited[targets[e]] != self->stamp) {
                self->visited[targets[e]] = self->stamp;
                self->stack[tail++] = targets[e];
            }
    }
    return PyBytes_FromStringAndSize((char *)self->stack, (Py_ssize_t)tail * 4);
}

static PyObject *index_ancestors(index_t *self, PyObject *args) {
    int node;
    return PyArg_ParseTuple(args, "i", &node) ? closure(self, node, self->back_offsets, self->back_targets) : NULL;
}

static PyObject *index_descendants(index_t *self, PyObject *args) {
    int node;
    return PyArg_ParseTuple(args, "i", &node) ? closure(self, node, self->offsets, self->targets) : NULL;
}

static PyObject *index_levels(index_t *self, PyObject *Py_UNUSED(ignored)) {
    return PyBytes_FromStringAndSize((char *)self->level, (Py_ssize_t)self->nodes * 4);
}

static PyObject *index_statistics(index_t *self, PyObject *Py_UNUSED(ignored)) {
    Py_ssize_t n = self->nodes, m = self->offsets[n];
    return Py_BuildValue("{s:i,s:n,s:i,s:n,s:n,s:K,s:K,s:K}", "nodes", self->nodes, "edges", m, "hubs", self->hubs,
                         "label_bytes", n * (Py_ssize_t)(4 + LABELINGS * sizeof(label_t) + 8 * (size_t)self->hubs),
                         "adjacency_bytes", (n + 1) * 8 + m * 8, "queries", self->queries, "searches", self->searches, "expanded", self->expanded);
}

static PyObject *module_topological(PyObject *Py_UNUSED(module), PyObject *args) {
    PyObject *objects[2], *result = NULL;
    Py_buffer offsets, targets;
    int32_t n;
    if (!PyArg_ParseTuple(args, "OO", &objects[0], &objects[1]) || int32_buffer(objects[0], &offsets, "offsets", 0) < 0) return NULL;
    if (int32_buffer(objects[1], &targets, "targets", 0) < 0) { PyBuffer_Release(&offsets); return NULL; }
    if (check_adjacency(&offsets, &targets, &n) == 0) {
        int32_t *order = zeroed(n, 4), *level = zeroed(n, 4), *indegree = zeroed(n, 4);
        if (order && level && indegree) {
            int32_t placed = topological(n, offsets.buf, targets.buf, order, level, indegree);
            result = PyBytes_FromStringAndSize((char *)order, (Py_ssize_t)placed * 4);
        } else PyErr_NoMemory();
        free(order); free(level); free(indegree);
    }
    PyBuffer_Release(&offsets); PyBuffer_Release(&targets);
    return result;
}

static PyMethodDef index_methods[] = {
    {"reaches", (PyCFunction)index_reaches, METH_VARARGS, "reaches(u, v): whether a path leads from u to v; every node reaches itself."},
    {"reaches_many", (PyCFunction)index_reaches_many, METH_VARARGS, "reaches_many(from, to): one byte (0 or 1) a pair of the two int32 arrays."},
    {"ancestors", (PyCFunction)index_ancestors, METH_VARARGS, "ancestors(v): int32 nodes that reach v, v first, nearest first."},
    {"descendants", (PyCFunction)index_descendants, METH_VARARGS, "descendants(u): int32 nodes that u reaches, u first, nearest first."},
    {"levels", (PyCFunction)index_levels, METH_NOARGS, "levels(): int32 longest-path level of each node."},
    {"statistics", (PyCFunction)index_statistics, METH_NOARGS, "statistics(): sizes in bytes and counts of queries answered by search."},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject index_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "causeway_core.graph._reach.Index",
    .tp_doc = "Index(offsets, targets, hub_of, hub_positions, hubs): reachability of the DAG with these successor lists (int32 CSR).",
    .tp_basicsize = sizeof(index_t),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = index_new,
    .tp_dealloc = (destructor)index_dealloc,
    .tp_methods = index_methods,
};

static PyMethodDef module_methods[] = {
    {"topological", module_topological, METH_VARARGS, "topological(offsets, targets): int32 nodes in topological order; those on or behind a cycle are left out."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module_definition = {PyModuleDef_HEAD_INIT, "_reach", "Reachability in a directed acyclic graph.", -1, module_methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__reach(void) {
    if (PyType_Ready(&index_type) < 0) return NULL;
    PyObject *module = PyModule_Create(&module_definition);
    if (!module || PyModule_AddObjectRef(module, "Index", (PyObject *)&index_type) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
