"""`causeway/travel`: to a finding, an event, a moment, or the nearest execution of a line. Not in the protocol; for views that move the session."""

from __future__ import annotations

from typing import Any, Literal

from causeway_core.errors import ProtocolError
from causeway_core.model import Mark, Stop, parse_at
from causeway_core.session import Frame, Session

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """One of: `finding` (an id, with `role` for one of its accesses), `event` (`s3@1234`), `offsetNs` (clock since the beginning), `line` with
    `path` and `direction` (1 or -1: the execution of that line after or before the stop), `actor` with `direction` (its next or previous line),
    `writerOf` (an expression, in `frameId`: the last write of what it denotes), `cause` (true: what made this happen), `now` (true:
    the end of what is recorded)."""
    session = conversation.session
    if "finding" in arguments:
        return conversation.travelled(_to_finding(session, str(arguments["finding"]), arguments.get("role")))
    if "event" in arguments:
        return conversation.travelled(_to_event(session, str(arguments["event"])))
    if "offsetNs" in arguments:
        return conversation.travelled(session.travel_to_offset(int(arguments["offsetNs"])))
    if "line" in arguments:
        line = conversation.coordinates.line_in(arguments["line"])
        return conversation.travelled(_to_execution(session, str(arguments["path"]), line, _direction(arguments)))
    if "actor" in arguments:
        conversation.turn_to(arguments["actor"])
        return conversation.travelled(session.step_in() if _direction(arguments) > 0 else session.step_back_in())
    if "writerOf" in arguments:
        return conversation.travelled(_to_writer(session, str(arguments["writerOf"]), conversation.frame(arguments.get("frameId"))))
    if arguments.get("cause") is True:
        conversation.turn_to(arguments.get("threadId"))
        return conversation.travelled(session.step_to_cause())
    if arguments.get("now") is True:
        return conversation.travelled(session.end())
    raise ProtocolError("causeway/travel does not say where to", "give finding, event, offsetNs, line, actor, writerOf, cause or now")


def _direction(arguments: dict[str, Any]) -> Literal[1, -1]:
    return 1 if arguments.get("direction", -1) == 1 else -1


def _to_finding(session: Session, finding: str, role: object) -> Stop:
    try:
        return session.travel(finding, str(role) if role is not None else None)
    except KeyError:
        raise ProtocolError(f"there is no finding {finding!r} in this recording", "run: causeway analyze") from None


def _to_event(session: Session, event: str) -> Stop:
    try:
        return session.goto_line(parse_at(event))
    except (ValueError, KeyError):
        raise ProtocolError(f"there is no event {event!r} in this recording", "events look like s3@1234") from None


def _to_writer(session: Session, expression: str, frame: Frame | None) -> Stop:
    change = session.last_writer(session.place(expression, frame), frame.mark if frame is not None else None)
    if change is None:
        raise ProtocolError(f"no write of {expression} before this is in the recording", "code outside the recorded scope may have bound it")
    return session.goto(session.line_of(Mark(change.actor, change.at)))


def _to_execution(session: Session, path: str, line: int, direction: Literal[1, -1]) -> Stop:
    """The nearest execution of a line on one side of the mark, in the recording's order."""
    here = session.mark
    found = [one.mark for one in session.executions(path, line) if one.mark != here]
    side = [mark for mark in found if session.precedes(mark, here) == (direction < 0)]
    if not side:
        raise ProtocolError(f"line {line} is not executed {'before' if direction < 0 else 'after'} this in the recording", "try the other direction")
    target: Mark = side[-1] if direction < 0 else side[0]
    return session.goto(target)
