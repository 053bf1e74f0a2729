"""What actors did with settings of their whole process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from causeway_core.analysis.files.uses import FileUse, FileUses
from causeway_core.analysis.wording.scene import Scene
from causeway_core.storage.rows import Io

FOLDER, ENVIRONMENT, MASK = "working directory", "os.environ", "umask"
_STREAMS = frozenset({"sys.stdout", "sys.stderr", "sys.stdin"})
_MADE = frozenset({"w", "x", "a"})


@dataclass(frozen=True, slots=True)
class SettingUse(FileUse):
    """`set` or `use` of a setting. `value` is equal for equal values of one process."""

    process: int = 0
    value: object = None


def settings_used(scene: Scene, files: FileUses) -> Sequence[SettingUse]:
    """The uses of those settings that the program sets, in the order in which they were recorded."""
    facts = files.evidence.facts
    rows = [*zip(facts.io, facts.io_order, strict=True)]
    sets = [use for io, order in rows if io.op == "setting" for use in _used(files, io, order, str(io.attributes.get("setting.name", "")))]
    streams = list(_streams(files))
    names = {use.name for use in (*sets, *streams)}
    others = [use for io, order in rows for name in _implied(io, names) for use in _used(files, io, order, name)]
    return sorted((*sets, *streams, *others), key=lambda use: use.order)


def _used(files: FileUses, io: Io, order: int, name: str) -> Iterator[SettingUse]:
    action = io.attributes.get("action") if io.op == "setting" else "use"
    use = files.attributed(io.at, io.actor, order, name, str(action))
    if use is not None:
        yield _setting(files, use, io.attributes.get("setting.value"))


def _setting(files: FileUses, use: FileUse, value: object) -> SettingUse:
    actor = files.evidence.facts.actors.get(files.evidence.facts.thread_of(use.actor))
    same = {each.name: getattr(use, each.name) for each in fields(use)}
    return SettingUse(**same, process=0 if actor is None else actor.process, value=value)


def _implied(io: Io, names: set[str]) -> Iterator[str]:
    """The settings that an operation depends on."""
    inherits = str(io.attributes.get("process.inherits", "")).split()
    mode = str(io.attributes.get("file.mode", ""))
    if FOLDER in names and (io.attributes.get("file.relative") is True or "cwd" in inherits):
        yield FOLDER
    if MASK in names and (io.attributes.get("action") == "mkdir" or (_MADE & set(mode) and io.attributes.get("file.found") is False)):
        yield MASK
    if "env" in inherits:
        yield from (name for name in names if name.startswith(ENVIRONMENT))


def _streams(files: FileUses) -> Iterator[SettingUse]:
    """Assignments to the standard streams."""
    evidence = files.evidence
    for location in evidence.facts.locations.values():
        if location.kind == "attribute" and location.name in _STREAMS:
            span = evidence.table.span(location.id)
            for row in range(span.start, span.stop):
                use = files.attributed(evidence.at(row), int(evidence.table.actor[row]), int(evidence.table.order[row]), location.name, "set")
                if evidence.table.writes[row] and use is not None:
                    yield _setting(files, use, evidence.value(row))
