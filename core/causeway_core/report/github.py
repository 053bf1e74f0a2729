"""Findings as GitHub workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from causeway_core.model import Finding
from causeway_core.storage.recording import Recording

LEVELS = {"confirmed": "error", "likely": "warning", "latent": "notice", "hint": "notice"}


def github_report(recording: Recording, findings: Sequence[Finding], *, everything: bool = False, colour: bool = False) -> str:
    """One line a finding, at its first access; latent findings and hints only with `everything`."""
    del recording, colour
    shown = [finding for finding in findings if everything or finding.tier in ("confirmed", "likely")]
    return annotation_lines(shown)


def annotation_lines(findings: Sequence[Finding]) -> str:
    """A workflow command a finding."""
    return "".join(_line(finding) for finding in findings)


def _line(finding: Finding) -> str:
    place = finding.accesses[0] if finding.accesses else None
    properties = [f"title={_property(f'{finding.tier} {finding.kind}: {finding.resource}')}"]
    if place is not None:
        columns = [] if place.col is None else [f"col={place.col + 1}"]
        properties = [f"file={_property(place.file)}", f"line={place.line}", *columns, *properties]
    message = f"{finding.title}. {finding.recommendation}"
    return f"::{LEVELS[finding.tier]} {','.join(properties)}::{_message(message)}\n"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
