"""Editors change a profile row and try again when the version they have read is no longer the stored one."""

import json
import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path


class Profiles:
    def __init__(self, path):
        self.path = path
        with closing(self._connect()) as db:
            db.execute("CREATE TABLE profiles (name TEXT PRIMARY KEY, body TEXT, version INTEGER)")
            db.execute("INSERT INTO profiles VALUES ('ann', '{}', 0)")

    def _connect(self):
        return sqlite3.connect(self.path, timeout=10, isolation_level=None)

    def read(self, name):
        with closing(self._connect()) as db:
            body, version = db.execute("SELECT body, version FROM profiles WHERE name = ?", (name,)).fetchone()
        return json.loads(body), version

    def replace(self, name, body, version):
        with closing(self._connect()) as db:
            cursor = db.execute(
                "UPDATE profiles SET body = ?, version = version + 1 WHERE name = ? AND version = ?",
                (json.dumps(body, sort_keys=True), name, version),
            )
            return cursor.rowcount == 1

    def edit(self, name, change):
        while True:
            body, version = self.read(name)
            change(body)
            if self.replace(name, body, version):
                return version + 1


def add_tag(tag):
    def change(body):
        body["tags"] = sorted([*body.get("tags", []), tag])
        body["edits"] = body.get("edits", 0) + 1

    return change


def main():
    with tempfile.TemporaryDirectory() as folder:
        profiles = Profiles(Path(folder) / "profiles.db")
        threads = [threading.Thread(target=profiles.edit, args=("ann", add_tag(tag))) for tag in ("tea", "chess")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return profiles.read("ann")
