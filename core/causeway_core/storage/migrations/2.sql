-- Schema 2: what came from outside, to be given again in a re-run. Older recordings have none.
CREATE TABLE answer (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  kind TEXT NOT NULL,
  what TEXT NOT NULL,
  value TEXT NOT NULL,
  body BLOB,
  missing TEXT,
  ts INTEGER NOT NULL
);
