"""The outcome of a run, as aspects that can be compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from causeway_core.model import Access, Actor, At, ObjectRef, Value, ValueKind
from causeway_core.proof.outcome.canonical import canonical, canonical_lines
from causeway_core.proof.outcome.conflicts import Conflict
from causeway_core.proof.outcome.databases import dump
from causeway_core.proof.outcome.endings import MOST_WRITES, VARIABLES, Ending, endings_of, first_writes
from causeway_core.proof.outcome.order_result import OrderResult
from causeway_core.proof.outcome.own_time_limits import count_own_timeouts, is_timeout
from causeway_core.proof.outcome.refusals import refusals
from causeway_core.proof.outcome.residue import Residue, residue_of
from causeway_core.proof.outcome.values import Values
from causeway_core.session.past import Past
from causeway_core.session.timeline import RETURNED, UNWOUND, Activation
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import ExceptionRow
from causeway_core.wire.kinds import Kind

MOST_ACTIVATIONS = 300_000
"""Returned values are not compared in larger recordings."""
LARGEST_FILE = 1 << 20
FAILURES = ("hang", "exit code", "exceptions", "tests")
"""Aspects that are failures in themselves if no serial order has them."""
RECORDED = ("exceptions", "returned", "tests", "responses")
"""Aspects that a recording alone shows, without output and files."""
FINAL_VALUE = "final value"
DATABASE = "database"
"""Followed by the name of one."""
_ENDINGS = ("CancelledError", "StopIteration", "StopAsyncIteration", "GeneratorExit", "KeyboardInterrupt", "SystemExit")
_MISTAKES = ("AttributeError", "NameError", "UnboundLocalError", "TypeError")
_AT_ONCE = re.compile(r"already (running|executing)|(changed size|mutated) during iteration|awaited already|another coroutine is already")
"""Messages of errors that Python and asyncio raise when two actors use at once what supports only one."""
AT_ONCE = "used at once: "
"""Prefix of such mistakes."""
_NOT_HELD = re.compile(r"lock is not acquired|released too many times|un-?(acquired|locked) lock|called too many times", re.IGNORECASE)
"""Messages of errors that Python and asyncio raise when something is released that is not held."""
NOT_HELD = "not held: "
"""Prefix of such mistakes, caught or not."""
_NUMBER = re.compile(r" #\d+")
_SYNCHRONIZES = re.compile(r"<[\w.]*(?:[Ll]ock|RLock|Semaphore|Condition|Event|Barrier)\b")

Aspect = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Aspects by name, each a tuple of texts, and further facts about the run.

    Aspects are `exceptions`, `exit code`, `hang`, `output`, `replies`, `returned`, `tests`, `responses`, `file …`, `database …` and `final value`.
    Outcomes with equal aspects are equal in all that the program shows. The other facts are no part of that:

    - `states`: what was written to each shared place, by its name. A run may end as expected although a place held wrong values in between.
    - `deadlocks`: the locks of deadlocks in a run that ended all the same. Computed only on request and for plain runs, as are `lost_updates`: the
      places of which an update was lost, or a check no longer held, and `conflicts`: what no serial order of the actors of the order explains.
    - `blocked`: the places (`file.py:12`) at which actors of these deadlocks waited, each as often as there were such actors.
    - `timeouts`: how many time-outs were raised, caught or not; `own_timeouts`: those whose time limit began when nobody was held any more.
      `expired_waits`: how many waits for each event or condition timed out.
    - `self_cancellations`: how many tasks cancelled themselves.
    - `caught_mistakes`: exceptions that the code caught although they mean a mistake in it (a missing name or attribute), with their function.
    - `residue`: what was changed and not restored.
    - `refusals`: for exceptions raised by statements of the program, the shared places that decided whether they were raised.
    - `endings`: the last values of shared places, by name.
    - `raised_by`: of each text of `exceptions`, without its number, the spawn paths of the actors.
    """

    aspects: Mapping[str, Aspect]
    states: Mapping[str, Aspect] = field(default_factory=dict)
    deadlocks: Aspect = ()
    timeouts: int = 0
    own_timeouts: int = 0
    expired_waits: Mapping[str, int] = field(default_factory=dict)
    self_cancellations: int = 0
    caught_mistakes: Aspect = ()
    lost_updates: Aspect = ()
    conflicts: frozenset[Conflict] = frozenset()
    residue: Residue = field(default_factory=Residue)
    refusals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    endings: Mapping[str, Ending] = field(default_factory=dict)
    blocked: Aspect = ()
    raised_by: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def unexpected_states(self, place: str, others: Sequence[Outcome]) -> tuple[str, ...]:
        """What the place held at some time here and never in the others; nothing if they do not know the place."""
        known = [Counter(other.states[place]) for other in others if place in other.states]
        mine = Counter(self.states.get(place, ()))
        return tuple(text for text, count in mine.items() if known and all(count > other[text] for other in known))

    def deviations(self, others: Sequence[Outcome], *, only_failures: bool = False, ignored: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The aspects in which this outcome differs from all others; with `only_failures` only those in `FAILURES`."""
        names = [name for name in self.aspects if name not in ignored and (not only_failures or name in FAILURES)]
        return tuple(name for name in names if self._differs_from_all(name, others))

    def _differs_from_all(self, name: str, others: Sequence[Outcome]) -> bool:
        known = [other.aspects.get(name, ()) for other in others]
        if name == FINAL_VALUE:
            # If the watched access was never made, nothing is known of the value.
            known = [aspect for aspect in known if aspect]
            return bool(known) and bool(self.aspects[name]) and self.aspects[name] not in known
        if name.startswith(DATABASE):
            # A database that could not be read after a run says nothing.
            known = [other.aspects[name] for other in others if name in other.aspects]
            return bool(known) and self.aspects[name] not in known
        return self.aspects[name] not in known

    def agrees(self, other: Outcome, place: str) -> bool:
        """Whether two runs agree in all that recordings alone show, and in the values that the place held."""
        same = all(self.aspects.get(name, ()) == other.aspects.get(name, ()) for name in RECORDED)
        known = place in self.states and place in other.states
        return same and (not known or Counter(self.states[place]) == Counter(other.states[place]))

    def knows(self, place: str) -> bool:
        """Whether the values that the place held are known."""
        return place in self.states

    def left_behind(self, others: Sequence[Outcome], *, ended: Sequence[Outcome]) -> Aspect:
        """The places that this run did not restore although all others did; nothing unless its exit code is that of one of `ended`."""
        if self.aspects.get("exit code") not in [each.aspects.get("exit code") for each in ended]:
            return ()
        return self.residue.deviations([each.residue for each in others])

    @property
    def failed(self) -> bool:
        """Whether a test failed, or the run ended with another exit code than 0."""
        return self.aspects.get("exit code", ("0",)) not in ((), ("0",)) or any(text.endswith(" failed") for text in self.aspects.get("tests", ()))

    def without_failures(self) -> Outcome:
        """The same without the aspects that are failures."""
        return replace(self, aspects={name: aspect for name, aspect in self.aspects.items() if name not in FAILURES})

    def fails_beyond(self, other: Outcome) -> bool:
        """Whether tests failed that passed in the other run, or only one of the two runs ended with exit code 0."""
        failed, known = (Counter(text for text in each.aspects.get("tests", ()) if text.endswith(" failed")) for each in (self, other))
        return bool(failed - known) or (other.aspects.get("exit code") == ("0",) != self.aspects.get("exit code"))

    def differing(self, other: Outcome) -> frozenset[str]:
        """The aspects in which two outcomes differ."""
        return frozenset(name for name in {*self.aspects, *other.aspects} if self.aspects.get(name, ()) != other.aspects.get(name, ()))


def observe(recording: Recording, *, output: str, replies: str = "", result: OrderResult | None, timed_out: bool, folder: Path) -> Outcome:
    """The outcome of a run, from its recording, its output, the `replies` printed by the sender of requests, and the guest's `result`.

    `folder` is where the project ran: files and databases below it are read as they are now.
    """
    past = Past(recording)
    found: dict[str, Aspect] = {
        "hang": _hang(result, timed_out),
        "exit code": () if recording.meta.exit_code is None else (str(recording.meta.exit_code),),
        "exceptions": _exceptions(recording),
        "output": canonical_lines(output, str(folder), str(folder.resolve())),
        "replies": canonical_lines(replies),
        "responses": _responses(recording),
    }
    found |= _ran(past)
    found |= _files(recording, folder)
    if result is not None:
        found |= {f"{DATABASE} {name}": tuple(sorted(map(canonical, rows))) for name, rows in result.databases.items()}
    if result is not None and result.values:
        found[FINAL_VALUE] = tuple(canonical(value) for _, value in result.values)
    writes = first_writes(recording)
    timeouts, own_timeouts = sum(map(is_timeout, recording.exceptions())), count_own_timeouts(recording, None if result is None else result.free_ns)
    return Outcome(
        found, _states(past, writes), timeouts=timeouts, own_timeouts=own_timeouts, expired_waits=_expired_waits(recording),
        self_cancellations=_self_cancellations(recording),
        caught_mistakes=_caught_mistakes(recording), residue=residue_of(recording, past), refusals=refusals(recording),
        endings=endings_of(recording, writes), raised_by=_raised_by(recording),
    )  # fmt: skip


def _hang(result: OrderResult | None, timed_out: bool) -> Aspect:
    if result is not None and result.hang is not None:
        return ("the program hangs",)
    return ("it did not end",) if timed_out else ()


def _exceptions(recording: Recording) -> Aspect:
    """Types of exceptions that the recorded code did not catch, with the function they left, as a multiset."""
    return _multiset(Counter(text for text, _ in _left(recording)))


def _raised_by(recording: Recording) -> dict[str, frozenset[str]]:
    paths = {actor.id: actor.path for actor in recording.actors()}
    found: dict[str, set[str]] = {}
    for text, actor in _left(recording):
        found.setdefault(text, set()).add(paths.get(actor, ""))
    return {text: frozenset(actors) for text, actors in found.items()}


def _left(recording: Recording) -> Iterator[tuple[str, int]]:
    for row in recording.exceptions():
        name = row.type.rpartition(".")[2]
        if row.fate not in ("caught", "cancelled") and name not in _ENDINGS:
            yield f"{name} in {_function_of(recording, row)}", row.actor


def _caught_mistakes(recording: Recording) -> Aspect:
    """Types of caught exceptions that mean a mistake in the code, and of releases of what is not held, with their functions."""
    found: set[str] = set()
    for row in recording.exceptions():
        kind = row.type.rpartition(".")[2]
        if row.fate == "caught" and (kind in _MISTAKES or _AT_ONCE.search(row.message)):
            found.add(f"{'' if kind in _MISTAKES else AT_ONCE}{kind} in {_function_of(recording, row)}")
        elif _NOT_HELD.search(row.message):
            found.add(f"{NOT_HELD}{kind} in {_function_of(recording, row)}")
    return tuple(sorted(found))


def _function_of(recording: Recording, row: ExceptionRow) -> str:
    try:
        return recording.function(recording.site(row.site).function).qualname
    except KeyError:
        return "?"


def _responses(recording: Recording) -> Aspect:
    """Names and status codes of the served requests."""
    served: Counter[str] = Counter()
    for span in recording.spans():
        if span.attributes.get("span.kind") == "server":
            served[f"{span.name} {span.attributes.get('http.response.status_code', span.status)}"] += 1
    return _multiset(served)


def _states(past: Past, writes: Sequence[Access]) -> dict[str, Aspect]:
    """The values written to each shared attribute, item, global and cell, and what shared containers held after each change.

    Each write of a lock, event or the like counts: two locks in one place do not exclude each other."""
    recording, values = past.recording, Values(past)
    places = {location.id: location for location in recording.locations()}
    found: dict[str, Counter[str]] = {}
    for access in writes[:MOST_WRITES]:
        place = places[access.location]
        if place.kind == "structure" and place.object is not None:
            text = values.text(Value(ValueKind.OBJECT, ObjectRef(place.object, "container")), At(access.at + 1))
        elif place.kind in VARIABLES:
            text = _NUMBER.sub("", canonical(str(access.value)))
        else:
            continue
        counts = found.setdefault(place.name, Counter())
        counts[text] = counts[text] + 1 if _SYNCHRONIZES.search(text) else 1
    return {name: tuple(sorted(counts.elements())) for name, counts in found.items()}


def _expired_waits(recording: Recording) -> dict[str, int]:
    sql = "SELECT label, count(*) FROM sync JOIN object ON object.id = sync.object WHERE op = 'timeout' AND label IS NOT NULL GROUP BY label"
    return {str(label): int(count) for label, count in recording.query(sql).rows}


def _self_cancellations(recording: Recording) -> int:
    sql = "SELECT count(*) FROM sync JOIN actor ON actor.id = sync.actor AND actor.object = sync.object WHERE op = 'cancel'"
    return int(str(next(recording.query(sql).rows)[0]))


def _multiset(counts: Counter[str]) -> Aspect:
    return tuple(sorted(f"{what} ×{count}" if count > 1 else what for what, count in counts.items()))


# What ran.


def _ran(past: Past) -> dict[str, Aspect]:
    """`returned`: what the entry's functions returned; `tests`: how each test function ended."""
    processes = past.recording.processes()
    if not processes:
        return {}
    timeline = past.timeline(processes[0].id)
    if timeline.statistics()["activations"] > MOST_ACTIVATIONS:
        return {}
    values = Values(past)
    entries = {past.numbers[actor.id] for actor in past.recording.actors() if actor.process == processes[0].id and is_entry(past, actor)}
    returned, tests = [], []
    for index in range(timeline.statistics()["activations"]):
        activation = timeline.activation(index)
        if activation.is_root or not activation.end_at or not activation.function:
            continue
        function = past.recording.function(activation.function)
        if function.kind in ("module", "class", "lambda", "generator", "async_generator"):
            continue
        if function.qualname.rpartition(".")[2].startswith("test"):
            tests.append(f"{function.qualname} {'passed' if activation.ending == RETURNED else 'failed'}")
        if activation.actor in entries and activation.ending != UNWOUND and outermost(past, activation):
            record = past.record(activation.end_at)
            if record.kind == Kind.RETURN and record.value is not None:
                value = past.value(timeline.process, record.value)
                if value.kind != ValueKind.NONE:
                    returned.append(f"{function.qualname}() = {values.text(value, activation.end_at)}")
    return {"returned": tuple(sorted(returned)), "tests": tuple(sorted(tests))}


def is_entry(past: Past, actor: Actor) -> bool:
    """Whether an actor is the main thread, or a task that it started outside of tasks."""
    return actor.path == "main" or (actor.kind == "task" and actor.path.count("/") == 1 and actor.path.startswith("main/"))


def outermost(past: Past, activation: Activation) -> bool:
    """Whether it was called by the body of a module, or by nothing that was recorded."""
    timeline = past.at(activation.call_at)
    below = timeline.segment(activation.first).below
    if below < 0:
        return True
    caller = timeline.activation(timeline.segment(below).activation)
    if caller.is_root:
        return True
    function = past.function_of(caller)
    return function is not None and function.kind == "module"


# What it left behind.


def _files(recording: Recording, folder: Path) -> dict[str, Aspect]:
    found: dict[str, Aspect] = {}
    for path in sorted(written_paths(recording)):
        if path.is_relative_to(folder) and path.is_file() and path.stat().st_size <= LARGEST_FILE:
            found[f"file {path.relative_to(folder)}"] = canonical_lines(path.read_bytes().decode("utf-8", "replace"), str(folder))
    for path in sorted(databases(recording)):
        rows = dump(path)
        if rows is not None:
            name = path.relative_to(folder) if path.is_relative_to(folder) else path.name
            found.pop(f"file {name}", None)
            found[f"{DATABASE} {name}"] = tuple(map(canonical, rows))
    return found


def written_paths(recording: Recording) -> set[Path]:
    """The files that a run opened for writing, renamed, removed or created."""
    found = set()
    for row in recording.io():
        if row.op == "file" and writes(row.attributes):
            found |= {Path(str(row.attributes[name])) for name in ("file.path", "file.target") if row.attributes.get(name)}
    return found


def writes(attributes: Mapping[str, object]) -> bool:
    """Whether a file operation changes something."""
    if attributes.get("action") != "open":
        return attributes.get("action") not in ("look", "list")
    return any(letter in str(attributes.get("file.mode", "")) for letter in "wax+")


def databases(recording: Recording) -> set[Path]:
    """The SQLite files that a run used."""
    names: Iterable[str] = {str(sql.details.get("database") or "") for sql in recording.sql() if "sqlite" in sql.system}
    return {Path(name) for name in names if name.startswith("/")}
