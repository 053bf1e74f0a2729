"""Running a small program plainly and recorded, and reading the boundary records it left."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sdk.wire_reader import Process, Record, read_spool


@dataclass(frozen=True)
class Run:
    """What a program printed, how it ended, and what it left in the spool."""

    stdout: str
    stderr: str
    code: int
    processes: list[Process]
    spool: Path

    @property
    def process(self) -> Process:
        (process,) = self.processes
        return process

    def facts(self, *names: str) -> list[dict[str, Any]]:
        """The JSON records with these names, in the process' total order; an HTTP span is IO and MESSAGE as well (SPEC section 6)."""
        found = [said for record in self.process.of("SPAN", *names) for said in said_by(record)]
        return [said for said in found if said["kind"] in names]

    def gaps(self) -> list[dict[str, Any]]:
        """What boundaries could not record; gaps of scheduling are other tests' business."""
        return [gap for gap in self.facts("GAP") if gap["hook"] not in ("processes", "signals", "asyncio", "threading")]

    def raw(self) -> bytes:
        """Everything that was written, for canaries."""
        return b"".join(path.read_bytes() for path in sorted(self.spool.rglob("*")) if path.is_file())


def said_by(record: Record) -> list[dict[str, Any]]:
    """All that one record says."""
    content = fact(record)
    said = [content]
    if record.name == "SPAN":
        place = {name: content[name] for name in ("position", "stream", "ns")}
        if "op" in content:
            said.append({"kind": "IO", "op": content["op"], "phase": content["phase"], "id": content["span"], **place, **content["attributes"]})
        for direction in ("send", "receive"):
            if direction in content:
                said.append({"kind": "MESSAGE", "direction": direction, "id": content[direction], "from": origin(content.get("from")), **place})
    return said


def origin(text: str | None) -> list[Any] | None:
    """An event's name on the wire as the list that a MESSAGE record holds."""
    if text is None:
        return None
    uid, stream, position = text.split(".")
    return [uid, int(stream, 16), int(position, 16)]


def fact(record: Record) -> dict[str, Any]:
    """A record's JSON; SPAN gets `phase` and `span`, MESSAGE `direction`, all `kind` and `position`."""
    out: dict[str, Any] = {"kind": record.name, "position": record.position, "stream": record.stream}
    if record.name in ("SPAN", "MESSAGE"):
        words = record.words
        skip = 3 if record.name == "SPAN" else 1
        if record.name == "SPAN":
            out |= {"phase": ("", "begin", "end")[words[0]], "span": f"{words[2] << 32 | words[1]:016x}"}
        else:
            out["direction"] = ("", "send", "receive")[words[0]]
        text = struct.pack(f"<{len(words) - skip - 1}I", *words[skip + 1 :])[: words[skip]].decode()
    else:
        text = record.json
    out.update(json.loads(text))
    return out


def run(folder: Path, program: str, *, recorded: bool = True, variables: dict[str, str] | None = None, arguments: tuple[str, ...] = ()) -> Run:
    """Run the program text as `program.py` in its own folder under `folder`; `recorded=False` runs the same without the recorder."""
    folder = folder / ("recorded" if recorded else "plain")
    folder.mkdir()
    script = folder / "program.py"
    script.write_text(textwrap.dedent(program))
    spool = folder / ("spool" if recorded else "no-spool")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CAUSEWAY_")} | (variables or {})
    words = [sys.executable, "-W", "ignore", str(script)]
    if recorded:
        spool.mkdir(exist_ok=True)
        environment |= {"CAUSEWAY_SPOOL": str(spool), "CAUSEWAY_ROOT": str(folder), "CAUSEWAY_CACHE": str(folder / "cache")}
        environment.setdefault("CAUSEWAY_DETAIL", "causal")
        words = [sys.executable, "-W", "ignore", "-m", "causeway.launch", str(script)]
    done = subprocess.run([*words, *arguments], capture_output=True, text=True, cwd=folder, env=environment, timeout=240, check=False)
    return Run(done.stdout, done.stderr, done.returncode, list(read_spool(spool).values()) if recorded else [], spool)


def run_both(folder: Path, program: str, **options: Any) -> Run:
    """Run plainly and recorded, and insist that output and exit code are the same; gives the recorded run."""
    plain = run(folder, program, recorded=False, **options)
    recorded = run(folder, program, **options)
    assert (recorded.stdout, recorded.code) == (plain.stdout, plain.code), recorded.stderr
    return recorded
