"""`causeway why`: backwards along causes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from causeway_core.cli import recordings
from causeway_core.errors import CommandError
from causeway_core.model import Access, format_at
from causeway_core.model.at import parse_at
from causeway_core.session import Link, Session
from causeway_core.storage import Recording

EVENT = re.compile(r"s\d+@\d+")
FINDING = re.compile(r"F\d+")


def writes_of(recording: Recording, name: str) -> list[Access]:
    """The writes of the shared places called `name` (`Account.balance`, also `balance`)."""
    matching = [place.id for place in recording.locations() if place.name == name or place.name.endswith(f".{name}")]
    return [access for id in matching for access in recording.accesses(id) if access.writes]


def question_for(session: Session, words: str) -> str:
    """What `Session.why` is to be asked: findings and events as they are, a shared place by the event of its last write.

    Several places may share a name (an attribute of many objects): the one written last in the order of its process is meant.
    """
    recording, order = session.recording, session.graph.order.total
    if FINDING.fullmatch(words):
        known = [str(finding["id"]) for finding in recording.findings()]
        if words not in known:
            raise CommandError(f"there is no finding {words} in the recording", f"findings: {', '.join(known[:8]) or 'none (run: causeway analyze)'}")
        return words
    if EVENT.fullmatch(words):
        try:
            recording.chunk_of(parse_at(words))
        except (KeyError, ValueError):
            raise CommandError(f"there is no event {words} in the recording", "events are named in: causeway analyze --format json") from None
        return words
    write = max(writes_of(recording, words), key=lambda access: order.key(access.at), default=None)
    if write is not None:
        return format_at(write.at)
    places = sorted({place.name for place in recording.locations()})
    names = ", ".join(places[:8]) + (" …" if len(places) > 8 else "")
    raise CommandError(
        f"nothing in the recording is called {words!r}", f"ask about a finding (F1), an event (s3@1) or a shared place: {names or 'there are none'}"
    )


def shown(link: Link, root: Path) -> str:
    """`text  file:line`, with the path relative to the project where possible."""
    path = Path(link.path)
    place = path.relative_to(root) if link.path and path.is_relative_to(root) else path
    return f"{link.text}  ({place}:{link.line})" if link.path else link.text


@click.command(
    epilog="""\b
Examples:
  causeway why Account.balance          who wrote the last value, and what led there
  causeway why run.causeway F1          the chain behind a finding
  causeway why s3@1234 --json"""
)
@click.argument("words", nargs=-1, required=True, metavar="[FILE] QUESTION")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a link.")
def command(words: tuple[str, ...], as_json: bool) -> None:
    """Walk backwards along causes from the last write of a shared place, an event or a finding.

    The first line is the effect; each following line is a cause of the one before it.
    """
    if len(words) > 2:
        raise CommandError("one FILE and one QUESTION are wanted", 'put a question with spaces in quotes: causeway why "cache[1]"')
    session = Session.open(recordings.existing(words[0] if len(words) == 2 else None))
    try:
        links = session.why(question_for(session, words[-1]))
        root = Path(session.recording.meta.root)
    finally:
        session.close()
    for number, link in enumerate(links):
        if as_json:
            print(json.dumps({"event": format_at(link.mark.at), "text": link.text, "file": link.path, "line": link.line}))
        else:
            print(("  ← " if number else "") + shown(link, root))
