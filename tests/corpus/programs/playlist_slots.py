"""Playlists of a video site: a video is appended behind the last one; requests are served on threads with connections of their own."""

import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE playlist_items (
    playlist INTEGER NOT NULL,
    video TEXT NOT NULL,
    position INTEGER NOT NULL,
    UNIQUE (playlist, video)
);
"""


class Database:
    def __init__(self, path):
        self._path = path
        with closing(self.connect()) as db:
            db.executescript(SCHEMA)

    def connect(self):
        return sqlite3.connect(self._path, timeout=10, isolation_level=None)


class Playlists:
    def __init__(self, database):
        self._database = database

    def _next_position(self, db, playlist):
        row = db.execute("SELECT COALESCE(MAX(position), 0) FROM playlist_items WHERE playlist = ?", (playlist,)).fetchone()
        return row[0] + 1

    def _known(self, db, playlist, video):
        return db.execute("SELECT 1 FROM playlist_items WHERE playlist = ? AND video = ?", (playlist, video)).fetchone() is not None

    def append(self, playlist, video):
        with closing(self._database.connect()) as db:
            if self._known(db, playlist, video):
                return False
            position = self._next_position(db, playlist)
            db.execute("INSERT INTO playlist_items (playlist, video, position) VALUES (?, ?, ?)", (playlist, video, position))
            return True

    def listing(self, playlist):
        with closing(self._database.connect()) as db:
            rows = db.execute("SELECT position FROM playlist_items WHERE playlist = ? ORDER BY position", (playlist,))
            return [position for (position,) in rows]


def main():
    with tempfile.TemporaryDirectory() as folder:
        playlists = Playlists(Database(Path(folder) / "bottube.db"))
        playlists.append(7, "intro")
        requests = [threading.Thread(target=playlists.append, args=(7, video)) for video in ("lathe", "kiln")]
        for request in requests:
            request.start()
        for request in requests:
            request.join()
        return playlists.listing(7)
