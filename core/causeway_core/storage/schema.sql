-- A Causeway recording: one SQLite file. Every table and column is described where it is declared; docs/schema.md is generated from this file.
-- An *event* is addressed by one integer, `at` = stream.id << 40 | position (a word offset in the stream, see sdk/SPEC.md section 1).

CREATE TABLE meta (              -- one row a fact about the recording itself
  key TEXT PRIMARY KEY,          -- schema_version, state (incomplete | complete), command (JSON list), cwd, created_ns, duration_ns, exit_code, detail, causeway_version, root (project root), events, merged_from, launch (JSON: python, flags, include, exclude), reset (shell command that brings back what a run starts from), explored (whether orders of it were)
  value TEXT NOT NULL            -- the fact, as text or JSON
) WITHOUT ROWID;

CREATE TABLE process (           -- one row a recorded process
  id INTEGER PRIMARY KEY,        -- from 1
  uid TEXT NOT NULL UNIQUE,      -- 16 hex digits, random, unique across recordings
  pid INTEGER NOT NULL,          -- operating system's number
  parent INTEGER REFERENCES process(id), -- the process that forked or spawned it, if recorded
  parent_at INTEGER,             -- the event in the parent that started it
  service TEXT NOT NULL,         -- name shown to people (CAUSEWAY_SERVICE, else the script's or module's name)
  argv TEXT NOT NULL,            -- JSON list, redacted
  language TEXT NOT NULL,        -- e.g. "python"
  version TEXT NOT NULL,         -- e.g. "3.12.1"
  started_ns INTEGER NOT NULL,   -- wall clock, ns since the epoch
  clock_offset_ns INTEGER NOT NULL, -- wall clock minus monotonic clock at start: adds to any ts of this process
  ended_ns INTEGER,              -- wall clock of the last thing seen
  exit_code INTEGER,             -- NULL when it did not end in an orderly way
  ending TEXT NOT NULL           -- running | exited | lost (killed or crashed; the recording holds what was written)
);

CREATE TABLE stream (            -- one row an operating system thread of a process: a sequence of records in program order
  id INTEGER PRIMARY KEY,        -- from 1, unique in the recording
  process INTEGER NOT NULL REFERENCES process(id), -- whose thread
  number INTEGER NOT NULL,       -- stream number on the wire
  words INTEGER NOT NULL,        -- length so far
  segments INTEGER NOT NULL,     -- how many whole segments of the spool its chunks hold
  segment_words INTEGER NOT NULL, -- position at which the next segment begins
  wall_ns INTEGER NOT NULL,      -- wall clock when its first segment was made
  monotonic_ns INTEGER NOT NULL, -- monotonic clock at the same moment
  UNIQUE (process, number)
);

CREATE TABLE actor (             -- one row a thing with its own program order
  id INTEGER PRIMARY KEY,        -- from 1, unique in the recording
  process INTEGER NOT NULL REFERENCES process(id), -- where it lives
  number INTEGER NOT NULL,       -- actor id on the wire
  kind TEXT NOT NULL,            -- thread | task | callback | process | generator
  name TEXT NOT NULL,            -- as the program named it
  path TEXT NOT NULL,            -- spawn path, stable between runs: "main/Task-1.transfer#2"
  function TEXT,                 -- qualname of what it runs
  file TEXT,                     -- where that is defined
  line INTEGER,                  -- first line of that
  object INTEGER,                -- object id (process-wide) of the Task or Thread, if known
  created_at INTEGER,            -- event that created it (in its creator)
  first_at INTEGER,              -- its first event
  last_at INTEGER,               -- its last event
  state TEXT NOT NULL            -- running | suspended | finished | failed | cancelled | waiting (at the end of the recording)
);

CREATE TABLE source (            -- one row a source file as it ran
  id INTEGER PRIMARY KEY,        -- from 1
  path TEXT NOT NULL,            -- absolute path at the time
  hash TEXT NOT NULL,            -- sha256 of the bytes
  text TEXT NOT NULL,            -- the source itself
  UNIQUE (path, hash)
);

CREATE TABLE function (          -- one row a function, class body or module body that was woven
  id INTEGER PRIMARY KEY,        -- from 1
  source INTEGER NOT NULL REFERENCES source(id), -- where
  qualname TEXT NOT NULL,        -- as Python's __qualname__; "<module>" for the body
  kind TEXT NOT NULL,            -- module | function | coroutine | generator | async_generator | class | lambda
  first_line INTEGER NOT NULL,   -- of the def
  last_line INTEGER NOT NULL,    -- of the last statement
  locals TEXT NOT NULL           -- JSON list of local names, parameters first
);

CREATE TABLE site (              -- one row a place in the source where something is recorded
  id INTEGER PRIMARY KEY,        -- from 1, unique in the recording
  function INTEGER NOT NULL REFERENCES function(id), -- enclosing function
  kind TEXT NOT NULL,            -- see sdk/SPEC.md section 5
  line INTEGER NOT NULL,         -- first line, from 1
  end_line INTEGER NOT NULL,     -- last line
  col INTEGER NOT NULL,          -- first column, in UTF-8 bytes from 0
  end_col INTEGER NOT NULL,      -- column after the last
  name TEXT                      -- variable, attribute, method or key expression
);
CREATE INDEX site_line ON site(line);

CREATE TABLE site_base (         -- how a process numbers sites: wire site = base + (site.id - first)
  process INTEGER NOT NULL REFERENCES process(id), -- whose numbering
  base INTEGER NOT NULL,         -- first wire number
  count INTEGER NOT NULL,        -- how many
  first INTEGER NOT NULL,        -- site.id of the first
  PRIMARY KEY (process, base)
) WITHOUT ROWID;

CREATE TABLE chunk (             -- the bulk stream: records of one stream, compressed, with what is needed to skip or enter it
  stream INTEGER NOT NULL REFERENCES stream(id), -- whose records
  first INTEGER NOT NULL,        -- position of its first word
  words INTEGER NOT NULL,        -- how many words
  events INTEGER NOT NULL,       -- how many records
  order_first INTEGER NOT NULL,  -- order number in force at its first record
  order_last INTEGER NOT NULL,   -- order number in force at its last record
  codec INTEGER NOT NULL,        -- of the blobs that follow: 0 plain, 1 zstd; their words are 32-bit little-endian
  sites BLOB NOT NULL,           -- wire sites that occur, ascending
  objects BLOB NOT NULL,         -- wire ids of objects that are owners in writes, reads, mutations and snapshots here, ascending
  texts BLOB NOT NULL,           -- (id, offset in the chunk) of each TEXT record, ascending by id
  snapshots BLOB NOT NULL,       -- (object id, offset in the chunk) of each OBJECT record, ascending
  frames BLOB NOT NULL,          -- keyframe: state of every activation at its first event in this chunk (docs/recording-format.md)
  data BLOB NOT NULL,            -- the records as on the wire
  PRIMARY KEY (stream, first)
) WITHOUT ROWID;

CREATE TABLE run (               -- total order within a process: maximal stretches of one stream
  process INTEGER NOT NULL,      -- in which process
  number INTEGER NOT NULL,       -- order number
  at INTEGER NOT NULL,           -- first event of the run
  ts INTEGER NOT NULL,           -- monotonic ns
  PRIMARY KEY (process, number)
) WITHOUT ROWID;

CREATE TABLE step (              -- one row a maximal stretch of one actor between two scheduling points
  id INTEGER PRIMARY KEY,        -- from 1; ascending in each stream
  actor INTEGER NOT NULL REFERENCES actor(id), -- who ran
  number INTEGER NOT NULL,       -- 0, 1, 2 … within the actor
  first_at INTEGER NOT NULL,     -- its first event
  last_at INTEGER NOT NULL,      -- its last event (inclusive; same stream)
  started_ns INTEGER NOT NULL,   -- monotonic
  ended_ns INTEGER,              -- monotonic; NULL if it never ended
  cause_at INTEGER,              -- the event that made it runnable (HANDLE), NULL if unknown
  cause INTEGER,                 -- how: kind of that HANDLE (1 call_soon, 2 timer, 3 reader/writer, 4 threadsafe, 5 executor, 6 eager)
  waiting_on INTEGER,            -- object.id that its actor waits for after it, if any
  ending TEXT                    -- suspended | finished | failed | cancelled | NULL: the next step of the actor goes on without a scheduling point
);
CREATE INDEX step_actor ON step(actor, number);
CREATE INDEX step_at ON step(first_at);

CREATE TABLE edge (              -- one row a synchronization edge between two events of different steps (program order is implied)
  id INTEGER PRIMARY KEY,        -- from 1
  src INTEGER NOT NULL,          -- cause: event
  dst INTEGER NOT NULL,          -- effect: event
  kind TEXT NOT NULL,            -- fork | join | begin | call_soon | timer | wake | lock | semaphore | event | condition | barrier | queue | future | executor | message | spawn | transaction
  hard INTEGER NOT NULL,         -- 1: in must-happens-before; 0: soft (lock and semaphore order, transaction order)
  object INTEGER,                -- object.id it goes through, if any
  note TEXT                      -- words for people, without places
);
CREATE INDEX edge_src ON edge(src);
CREATE INDEX edge_dst ON edge(dst);

CREATE TABLE sync (              -- one row a synchronization operation
  id INTEGER PRIMARY KEY,        -- from 1, ascending in each stream
  at INTEGER NOT NULL,           -- the event
  actor INTEGER NOT NULL,        -- who
  op TEXT NOT NULL,              -- see sdk/SPEC.md section 3
  flags INTEGER NOT NULL,        -- see sdk/SPEC.md section 3
  object INTEGER,                -- object.id
  extra INTEGER NOT NULL,        -- token or actor number
  ts INTEGER NOT NULL            -- monotonic ns
);
CREATE INDEX sync_object ON sync(object);
CREATE INDEX sync_at ON sync(at);

CREATE TABLE type (              -- one row a type of recorded objects
  id INTEGER PRIMARY KEY,        -- process.id << 32 | wire id of the TYPE record
  flags INTEGER NOT NULL,        -- 1 list-like, 2 dict-like, 4 set-like, 8 instance, 16 class, 32 module, 64 function, 128 exception
  name TEXT NOT NULL             -- qualified name
);

CREATE TABLE object (            -- one row an object that a fact mentions (others: column `snapshots` of chunk)
  id INTEGER PRIMARY KEY,        -- process.id << 32 | wire id
  type TEXT NOT NULL,            -- qualified type name
  first_at INTEGER NOT NULL,     -- where it was first seen
  label TEXT,                    -- a name for people: "Bank.lock" (the attribute, variable or global that first held it)
  owner INTEGER                  -- object that first held it, if any
);

CREATE TABLE access (            -- one row a recorded read or write of a location that more than one actor touched, at least one of them writing
  id INTEGER PRIMARY KEY,        -- from 1
  at INTEGER NOT NULL,           -- the event
  actor INTEGER NOT NULL,        -- who
  step INTEGER NOT NULL,         -- step.id
  location INTEGER NOT NULL REFERENCES location(id), -- what
  op TEXT NOT NULL,              -- read | write | delete | test | iterate | mutate
  site INTEGER NOT NULL,         -- site.id
  vk INTEGER NOT NULL,           -- value kind of `value` (sdk/SPEC.md section 2)
  value TEXT,                    -- the value, as shown to people; NULL when not captured
  payload BLOB                   -- its payload words as on the wire; NULL when the kind has none
);
CREATE INDEX access_location ON access(location, at);
CREATE INDEX access_at ON access(at);

CREATE TABLE location (          -- one row a shared place
  id INTEGER PRIMARY KEY,        -- from 1
  process INTEGER NOT NULL,      -- in which process (0: outside all, as a database row)
  kind TEXT NOT NULL,            -- attribute | item | structure (a container's set of keys, its length) | global | cell | row | file
  object INTEGER,                -- object.id of the owner, NULL for globals, rows and files
  key TEXT NOT NULL,             -- attribute name, key as shown, variable name, table and primary key, path
  name TEXT NOT NULL             -- for people: "Account.balance", "cache['a']", "accounts row 7"
);

CREATE TABLE exception (         -- one row an exception leaving or caught in woven code
  id INTEGER PRIMARY KEY,        -- from 1
  at INTEGER NOT NULL,           -- the RAISE event
  actor INTEGER NOT NULL,        -- who
  object INTEGER,                -- object.id
  type TEXT NOT NULL,            -- qualified name
  message TEXT NOT NULL,         -- as the traceback would say
  site INTEGER NOT NULL,         -- site.id where it left or was caught first
  line INTEGER NOT NULL,         -- line that was executing
  fate TEXT NOT NULL             -- raised (left woven code, what became of it was not seen) | caught | uncaught | unretrieved | cancelled
);

CREATE TABLE span (              -- one row a causeway.trace() block or a request at a boundary
  id INTEGER PRIMARY KEY,        -- from 1
  span_id TEXT NOT NULL,         -- 16 hex digits, as in OpenTelemetry
  trace_id TEXT NOT NULL,        -- 32 hex digits
  parent_id TEXT,                -- span_id of the enclosing span
  name TEXT NOT NULL,            -- what
  actor INTEGER NOT NULL,        -- who
  first_at INTEGER NOT NULL,     -- its begin
  last_at INTEGER,               -- its end
  started_ns INTEGER NOT NULL,   -- wall clock
  ended_ns INTEGER,              -- wall clock
  status TEXT,                   -- ok | error
  attributes TEXT NOT NULL       -- JSON object
);
CREATE INDEX span_trace ON span(trace_id);

CREATE TABLE message (           -- one row a message between processes or services
  id INTEGER PRIMARY KEY,        -- from 1
  key TEXT NOT NULL,             -- span id that pairs send and receive
  trace_id TEXT,                 -- distributed trace
  send_at INTEGER,               -- event of the sender; NULL when not in this recording
  receive_at INTEGER,            -- event of the receiver; NULL when not in this recording
  carrier TEXT NOT NULL          -- http | pipe | queue | selector | socket | subprocess
);

CREATE TABLE io (                -- one row a boundary event other than SQL
  id INTEGER PRIMARY KEY,        -- from 1
  at INTEGER NOT NULL,           -- the event
  actor INTEGER NOT NULL,        -- who
  op TEXT NOT NULL,              -- http.client | http.server | file | subprocess | socket | setting
  phase TEXT NOT NULL,           -- begin | end | point
  key INTEGER NOT NULL,          -- pairs begin with end within a process
  attributes TEXT NOT NULL       -- JSON object, names of OpenTelemetry's semantic conventions
);

CREATE TABLE sql (               -- one row a database statement
  id INTEGER PRIMARY KEY,        -- from 1
  at INTEGER NOT NULL,           -- the event of its end
  actor INTEGER NOT NULL,        -- who
  system TEXT NOT NULL,          -- e.g. "sqlite"
  connection INTEGER NOT NULL,   -- number of the connection in its process
  statement TEXT NOT NULL,       -- as given
  parameters TEXT,               -- JSON, redacted
  access TEXT NOT NULL,          -- read | write | transaction | schema
  rowcount INTEGER,              -- rows given or changed, where known
  rows TEXT,                     -- JSON list of [table, key…]: the rows touched, where known
  "transaction" INTEGER,         -- number of its transaction on this connection
  isolation TEXT,                -- its isolation
  started_ns INTEGER NOT NULL,   -- monotonic
  ended_ns INTEGER,              -- monotonic
  error TEXT,                    -- type and message where it failed
  details TEXT NOT NULL DEFAULT '{}' -- JSON: database, tables, columns, given, atomic, where, clauses (sdk/SPEC.md section 6)
);

CREATE TABLE answer (            -- one row something that came from outside, as recorded code got it (causeway record --replayable)
  id INTEGER PRIMARY KEY,        -- from 1; ascending in each stream
  at INTEGER NOT NULL,           -- the event
  actor INTEGER NOT NULL,        -- who asked
  kind TEXT NOT NULL,            -- time | monotonic | datetime.now | random.random | urandom | environment | http … (sdk/SPEC.md section 10)
  what TEXT NOT NULL,            -- what was asked: method and URL, name of a variable; empty where there is only one question
  value TEXT NOT NULL,           -- JSON: the answer
  body BLOB,                     -- bytes that belong to it
  missing TEXT,                  -- why it cannot be given again; NULL when it can
  ts INTEGER NOT NULL            -- monotonic ns
);

CREATE TABLE log (               -- one row a log record, custom event, or piece of output
  id INTEGER PRIMARY KEY,        -- from 1
  at INTEGER NOT NULL,           -- the event
  actor INTEGER NOT NULL,        -- who
  kind TEXT NOT NULL,            -- log | custom | stdout | stderr
  name TEXT NOT NULL,            -- of the logger or the event
  text TEXT NOT NULL             -- level and message, JSON attributes, or what was written
);

CREATE TABLE waiting (           -- one row an actor that was waiting when the recording ended
  actor INTEGER PRIMARY KEY,     -- who
  object INTEGER,                -- object.id of what it waits for, where it is one
  waiting_on TEXT NOT NULL,      -- what it waits for, in words
  stack TEXT NOT NULL            -- JSON [[file, line, function]…], innermost last
);

CREATE TABLE gap (               -- one row something that was not recorded: a failed hook, a torn or missing segment, a kill
  id INTEGER PRIMARY KEY,        -- from 1
  process INTEGER,               -- where known
  at INTEGER,                    -- the event from which on, where known
  kind TEXT NOT NULL,            -- hook | unseen | torn | lost | limit
  detail TEXT NOT NULL           -- one sentence
);

CREATE TABLE finding (           -- one row an analysed finding (also written by `causeway analyze`)
  id TEXT PRIMARY KEY,           -- F1, F2 … by rank
  kind TEXT NOT NULL,            -- see docs/findings.md
  tier TEXT NOT NULL,            -- confirmed | likely | latent | hint
  rank REAL NOT NULL,            -- smaller is more pressing
  json TEXT NOT NULL             -- the object of schema causeway.findings/1
) WITHOUT ROWID;
