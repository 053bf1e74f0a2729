"""Names of actors, locations and values as a reader knows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import DELETE, ITERATE, MUTATE, TEST
from causeway_core.model import At, FindingAccess, Location, ValueKind


@dataclass(frozen=True, slots=True)
class Namer:
    """Names the actors, locations and values of one recording. `why_unordered` says in words why nothing orders two events (`graph.CausalGraph`)."""

    evidence: Evidence
    why_unordered: Callable[[At, At], str]

    def actor(self, actor: int) -> str:
        """`task transfer-1`, `thread worker-0`."""
        row = self.evidence.facts.actors.get(actor)
        return row.title if row is not None else f"actor {actor}"

    def noun(self, actor: int) -> str:
        """What an actor is: `task`, `thread`, `process`, `work item`."""
        return "work item" if actor in self.evidence.facts.work_items.all else self.actor(actor).partition(" ")[0]

    def actor_id(self, row: int) -> int:
        """The actor of an access, by its id."""
        return int(self.evidence.table.actor[row])

    def actor_of(self, row: int) -> str:
        """The actor of an access."""
        return self.actor(self.actor_id(row))

    def lane(self, row: int) -> str:
        """The actor of an access, with the request it serves and, if there are several, its service."""
        actor, request = int(self.evidence.table.actor[row]), self.evidence.request_at(row)
        words = [] if request is None else [request.name]
        found = self.evidence.facts.actors.get(actor)
        if len(self.evidence.facts.services) > 1 and found is not None:
            words.append(self.evidence.facts.services.get(found.process, "?"))
        return f"{self.actor(actor)} ({', '.join(words)})" if words else self.actor(actor)

    def owner(self, row: int) -> str | None:
        """The label of the object that holds an attribute, where it says more than the class."""
        location = self.location(row)
        thing = self.evidence.facts.objects.get(location.object) if location.kind == "attribute" and location.object is not None else None
        label = thing.label if thing is not None else None
        return label if label and ("[" in label or "." in label) else None

    def location(self, row: int) -> Location:
        """The location of an access."""
        return self.evidence.facts.locations[int(self.evidence.table.location[row])]

    def resource(self, row: int) -> str:
        """The location's name."""
        return self.location(row).name

    def function(self, row: int) -> str:
        """The bare name of the function of an access: `transfer`."""
        site = self.evidence.facts.sites.get(int(self.evidence.table.site[row]))
        if site is None:
            return "?"
        return self.evidence.facts.functions[site.function].qualname.rpartition(".")[2]

    def qualname(self, row: int) -> str:
        """The qualified name of the function of an access."""
        site = self.evidence.facts.sites.get(int(self.evidence.table.site[row]))
        return self.evidence.facts.functions[site.function].qualname if site is not None else "?"

    def file(self, row: int) -> str:
        """The file of an access, relative to the project."""
        site = int(self.evidence.table.site[row])
        return self.evidence.facts.path_of(site) if site in self.evidence.facts.sites else "?"

    def path(self, row: int) -> str:
        """The file of an access as recorded."""
        site = self.evidence.facts.sites.get(int(self.evidence.table.site[row]))
        return self.evidence.facts.functions[site.function].path if site is not None else "?"

    def line(self, row: int) -> int:
        """The line of an access."""
        site = self.evidence.facts.sites.get(int(self.evidence.table.site[row]))
        return site.line if site is not None else 0

    def value(self, row: int) -> str | None:
        """The value of an access, None where it was not captured."""
        value = self.evidence.value(row)
        return None if value is None or value.startswith("<not captured") else _shorter(value)

    def code(self, row: int) -> str:
        """The source line of an access."""
        return self.evidence.facts.line_text(self.path(row), self.line(row))

    def is_asynchronous(self, row: int) -> bool:
        """Whether the access was made by a task or callback."""
        actor = self.evidence.facts.actors.get(int(self.evidence.table.actor[row]))
        return actor is not None and actor.kind in ("task", "callback")

    def library(self, row: int) -> str:
        """The name of the module whose task or callback made the access: `asyncio` or `trio`."""
        return self.evidence.library(int(self.evidence.table.actor[row]))

    def method(self, row: int) -> str | None:
        """The method of a mutation; None for `d[key] = …` and `del d[key]`."""
        site = self.evidence.facts.sites.get(int(self.evidence.table.site[row]))
        calls = site is not None and site.kind == "method" and int(self.evidence.table.op[row]) == MUTATE
        return site.name if site is not None and calls else None

    def act(self, row: int) -> str:
        """What the access did, with its value, in the past tense: `read Account.balance = 1000`, `wrote Account.balance = 900`."""
        name, value, kind = self.resource(row), self.value(row), ValueKind(int(self.evidence.table.vk[row]))
        verb, method = self.verb(row)
        if verb == "call":
            return f"called {method} on {name}"
        if verb == "check" and self.location(row).kind != "structure":
            there = {ValueKind.TRUE: " and found it", ValueKind.FALSE: " and did not find it"}.get(kind, "")
            return f"looked up {name}{there}"
        if verb == "read":
            return f"read {name}, which did not exist" if kind is ValueKind.ABSENT else f"read {name}{_equals(value)}"
        if verb == "write":
            return f"wrote {name}{_equals(value)}"
        done = {"iterate": "started to iterate {}", "delete": "deleted {}", "check": "checked {}", "change": "changed what {} holds"}
        return done[verb].format(name)

    def verb(self, row: int) -> tuple[str, str | None]:
        """What the access did: `read`, `write`, `delete`, `check`, `iterate`, `change` (the contents of the object) or `call` with `pop()`."""
        table, kind, op = self.evidence.table, ValueKind(int(self.evidence.table.vk[row])), int(self.evidence.table.op[row])
        if op == MUTATE:
            method = self.method(row)
            return ("change", None) if method is None else ("call", f"{method}()")
        if op == ITERATE:
            return "iterate", None
        if op == DELETE or (table.writes[row] and kind is ValueKind.ABSENT):
            return "delete", None
        if table.writes[row]:
            return "write", None
        if op == TEST or self.location(row).kind == "structure":
            return "check", None
        node = self.evidence.node(self.evidence.read_node(int(table.site[row])))
        changes = node is not None and node.changed_through and kind is ValueKind.OBJECT
        return "change" if changes else "read", None

    def access(self, row: int, role: str) -> FindingAccess:
        """The access as one side of a finding."""
        return FindingAccess(role, self.file(row), self.line(row), self.qualname(row), self.actor_of(row), self.evidence.at(row), self.value(row))

    def locks(self, row: int) -> list[str]:
        """The names of the exclusive locks held at an access."""
        return sorted(self.lock(lock) for lock in self.evidence.locks_at(row))

    def waits_on_condition(self, first: int, last: int) -> bool:
        """Whether the actor waited for a condition (or the like) under a lock between two of its accesses."""
        gap = self.evidence.locks_at(first) & self.evidence.locks_at(last) - self.evidence.locks_through(first, last)
        named = {
            thing.owner
            for lock in gap
            if (thing := self.evidence.facts.objects.get(lock)) is not None and (thing.label or "").endswith("Condition._lock")
        }
        kinds = (self.evidence.facts.objects.get(owner) for owner in (*gap, *named) if owner is not None)
        return any(kind is not None and kind.type.endswith("Condition") for kind in kinds)

    def lock(self, object: int) -> str:
        """A lock's label, or its type and number."""
        thing = self.evidence.facts.objects.get(object)
        if thing is not None and thing.label:
            # The lock inside a condition is known by the condition's name.
            inner = thing.label.endswith("Condition._lock") and thing.owner is not None
            return self.lock(thing.owner) if inner and thing.owner is not None else thing.label
        kind = thing.type.rpartition(".")[2] if thing is not None else "lock"
        return f"{kind} #{object & 0xFFFFFFFF}"


def _equals(value: str | None) -> str:
    return f" = {value}" if value is not None else ""


def _shorter(value: str) -> str:
    """Object references without their number's noise: `<bank.Account #12>` stays, long texts are cut."""
    value = re.sub(r"^<(?:__main__|builtins)\.", "<", value)
    return value if len(value) <= 60 else f"{value[:57]}…"
