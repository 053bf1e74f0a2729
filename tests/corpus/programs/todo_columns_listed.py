"""A list of todos is shown in columns, and a watcher reads it again when its file was changed on disk."""

import tempfile
import threading
from pathlib import Path


class TodoList:
    def __init__(self, lines):
        self._todos = dict(enumerate(lines, start=1))

    def add(self, line):
        self._todos[len(self._todos) + 1] = line

    def numbered(self):
        return list(self._todos.items())


def has_context(line, context):
    return f"@{context}" in line.split()


def column(todos, context):
    """The rows of the column with the todos of one context."""
    rows = []
    for number, line in todos.numbered():
        if has_context(line, context):
            rows.append(f"{number:>3} {line}")
    return rows


def watch(path, todos, seen, stop):
    stopped = False
    while not stopped:
        stopped = stop.wait(0.02)  # what was written before the stop is still read
        lines = path.read_text().splitlines()
        for line in lines[seen:]:
            todos.add(line)
        seen = len(lines)


def main():
    lines = ["Call the plumber @phone", "Review the release notes @desk", "Book a table @phone", "Order filters @desk"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "todo.txt")
        path.write_text("\n".join(lines) + "\n")
        todos = TodoList(lines)
        stop = threading.Event()
        watcher = threading.Thread(target=watch, args=(path, todos, len(lines), stop))
        watcher.start()
        edited = path.with_suffix(".edited")
        edited.write_text(path.read_text() + "Sweep the hall @house\nWater the ferns @house\n")
        edited.replace(path)
        try:
            shown = [column(todos, context) for context in ("desk", "phone")]
        finally:
            stop.set()
            watcher.join()
    return shown, sorted(todos.numbered())
