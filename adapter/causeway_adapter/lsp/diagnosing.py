"""Findings as diagnostics, pushed to clients that cannot pull them. Belongs to the event loop."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from causeway_core.lines import PlacedFinding
from lsprotocol import types

from causeway_adapter.lsp.explaining import link_of
from causeway_adapter.lsp.loading import Loaded
from causeway_adapter.lsp.settings import TIERS
from causeway_adapter.lsp.sourcewarning import SourceWarning, WarningPlace

if TYPE_CHECKING:
    from causeway_adapter.lsp.server import Server

SOURCE = "causeway"
_DELAY_SECONDS = 0.3
_SEVERITIES = {
    "confirmed": types.DiagnosticSeverity.Error,
    "likely": types.DiagnosticSeverity.Warning,
    "latent": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}
_VERBS = {"read": "read", "write": "wrote"}
_STALE = "the code has changed since this was recorded; record again to see whether it still holds"


class Diagnosing:
    """The diagnostics of each file. A push client gets them when they change; a pull client asks for them, and is notified when to ask again."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._published: dict[str, list[types.Diagnostic]] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._looking: set[asyncio.Task[None]] = set()

    # Findings.

    def findings(self, path: str) -> list[tuple[Loaded, PlacedFinding]]:
        """The findings that touch a file, most recent recording first, each once, as far as the settings show them."""
        shown = TIERS[: TIERS.index(self._server.settings.tier) + 1]
        found: dict[object, tuple[Loaded, PlacedFinding]] = {}
        for loaded in self._server.recordings.loaded:
            ignored = self._server.recordings.ignored.get(str(loaded.folder), ())
            for finding in loaded.findings:
                if finding.tier in shown and finding.kind not in ignored and loaded.touches(finding, path):
                    found.setdefault(finding.identity, (loaded, finding))
        return list(found.values())

    def finding(self, data: Any) -> tuple[Loaded, PlacedFinding] | None:
        """The finding of a diagnostic that this server has made, by its data; None for a warning of `causeway check`."""
        for loaded in self._server.recordings.loaded:
            if str(loaded.path) == data.get("recording"):
                return next(((loaded, finding) for finding in loaded.findings if finding.id == data["finding"]), None)
        return None

    def files(self) -> list[str]:
        """The files that have findings."""
        return sorted({
            loaded.local(spot.path)
            for loaded in self._server.recordings.loaded for finding in loaded.findings for spot in finding.accesses
        })  # fmt: skip

    def diagnostics(self, path: str) -> list[types.Diagnostic]:
        """The diagnostics of a file as it is now."""
        if not self._server.settings.diagnostics:
            return []
        made = [each for loaded, finding in self.findings(path) if (each := self._diagnostic(loaded, finding, path)) is not None]
        seen = {(each.code, each.range.start.line) for each in made}
        shown = TIERS[: TIERS.index(self._server.settings.tier) + 1]
        suspected = [self._suspicion(each, path) for each in self._server.checking.warnings(path) if each.tier in shown]
        return [*made, *(each for each in suspected if (each.code, each.range.start.line) not in seen)]

    def result_id(self, path: str) -> str:
        """Changes when the diagnostics of a file may have."""
        versions = [each.revision.key for each in self._server.recordings.loaded]
        ignored = self._server.recordings.ignored
        checking = self._server.checking
        checked = (checking.generation, checking.standing(path))
        parts = [self._server.places.version(path), self._server.settings, checked, sorted(ignored.items()), versions]
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def _diagnostic(self, loaded: Loaded, finding: PlacedFinding, path: str) -> types.Diagnostic | None:
        """One diagnostic, at the first access in the file; None if the code there no longer exists."""
        places, document = self._server.places, finding.document
        located = [places.location(loaded, spot) for spot in finding.accesses]
        own = [number for number, spot in enumerate(finding.accesses) if loaded.local(spot.path) == path]
        primary = located[own[0]]
        if primary is None:
            return None
        related = [
            types.DiagnosticRelatedInformation(location, _access_words(document["accesses"][number]))
            for number, location in enumerate(located) if number != own[0] and location is not None
        ]  # fmt: skip
        for spot, words in finding.related:
            if (location := places.location(loaded, spot)) is not None:
                related.append(types.DiagnosticRelatedInformation(location, words))
        related.append(types.DiagnosticRelatedInformation(primary, f"to do: {document['recommendation']}"))
        stale = None in located
        return types.Diagnostic(
            range=primary.range,
            message=_sentence(document) + (f" ({_STALE})" if stale else ""),
            severity=types.DiagnosticSeverity.Information if stale and finding.tier in ("confirmed", "likely") else _SEVERITIES.get(finding.tier),
            code=finding.kind,
            code_description=types.CodeDescription(link_of(finding.kind)),
            source=SOURCE,
            related_information=related if self._shows_related() else None,
            data={"recording": str(loaded.path), "finding": finding.id, "kind": finding.kind, "event": document["accesses"][own[0]]["event"]},
        )

    def _suspicion(self, warning: SourceWarning, path: str) -> types.Diagnostic:
        """The warnings of `causeway check` for the current text."""
        places, uri = self._server.places, self._server.places.uri(path)
        lines = places.lines(path)
        located = [types.Location(uri, _range_of(self._server, lines, place)) for place in warning.places]
        related = [
            types.DiagnosticRelatedInformation(where, f"{place.role} in {place.function}")
            for place, where in zip(warning.places[1:], located[1:], strict=True)
        ]
        related.append(types.DiagnosticRelatedInformation(located[0], f"to do: {warning.recommendation}"))
        return types.Diagnostic(
            range=located[0].range,
            message=warning.title,
            severity=_SEVERITIES.get(warning.tier),
            code=warning.kind,
            code_description=types.CodeDescription(link_of(warning.kind)),
            source=f"{SOURCE} check",
            related_information=related if self._shows_related() else None,
            data={"kind": warning.kind, "rule": warning.rule},
        )

    def _shows_related(self) -> bool:
        document = self._server.client_capabilities.text_document
        publish = document.publish_diagnostics if document else None
        return self._server.pulls_diagnostics or bool(publish and publish.related_information)

    # Notifying the client.

    def refresh(self) -> None:
        """Everything may have changed: pushes all files, or asks a pulling client to pull."""
        if self._server.pulls_diagnostics:
            self._server.workspace_diagnostic_refresh(None)
            return
        for path in {*self.files(), *self._published, *self._server.places.open_files}:
            self.publish(path)

    def publish(self, path: str) -> None:
        """Pushes one file, if its diagnostics have changed."""
        if self._server.pulls_diagnostics:
            return
        found = self.diagnostics(path)
        if found == self._published.get(path, []):
            return
        self._published[path] = found
        document = self._server.places.open_files.get(path)
        known = self._server.workspace.get_text_document(document).version if document else None
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self._server.places.uri(path), found, version=known))

    def edited(self, path: str) -> None:
        """Has a file checked, and its diagnostics pushed or pulled, once there has been no edit for a while."""
        if path in self._waiting:
            self._waiting.pop(path).cancel()
        self._waiting[path] = asyncio.get_running_loop().call_later(_DELAY_SECONDS, self._rested, path)

    def _rested(self, path: str) -> None:
        self._waiting.pop(path, None)
        self.look(path)

    def look(self, path: str) -> None:
        """Has a document checked, and its diagnostics pushed or pulled."""
        self._begin(self._look_again(path) if self._server.pulls_diagnostics else self._look(path))

    def _begin(self, looking: Coroutine[Any, Any, None]) -> None:
        self._looking = {task for task in self._looking if not task.done()}
        self._looking.add(asyncio.ensure_future(looking))

    async def _look(self, path: str) -> None:
        self.publish(path)
        await self._server.checking.checked(path)
        self.publish(path)

    async def _look_again(self, path: str) -> None:
        """A client that has pulled got what was known by then."""
        known = self._server.checking.warnings(path)
        await self._server.checking.checked(path)
        if self._server.checking.warnings(path) != known:
            self.refresh()


def _range_of(server: Server, lines: Sequence[str], place: WarningPlace) -> types.Range:
    """The range of a warning's place with columns in characters."""
    first, last = place.line - 1, (place.end_line or place.line) - 1
    if place.col is None or place.end_col is None or not 0 <= first <= last < len(lines):
        return server.places.range(lines, place.line, 0, place.line, 0)
    return types.Range(
        server.places.span(lines[first], first, place.col, place.col).start, server.places.span(lines[last], last, 0, place.end_col).end
    )


def _sentence(document: Mapping[str, Any]) -> str:
    """The title, and below it which side read and wrote which value, where values were captured."""
    known = [each for each in document["accesses"] if each.get("value") is not None and each["role"] in _VERBS]
    told = [f"{each['actor']} {_VERBS[each['role']]} {each['value']}" for each in known]
    return "\n".join([document["title"], *([f"{document['resource']} in this run: {', '.join(told)}."] if told else [])])


def _access_words(access: dict[str, str | None]) -> str:
    """An access in words: `write by task transfer-2 in withdraw: 90`."""
    value = f": {access['value']}" if access.get("value") is not None else ""
    return f"{access['role']} by {access['actor']} in {access['function']}{value}"
