"""The debug console's verbs: questions about causes, beside plain expressions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from causeway_core.session import Frame

from causeway_adapter.dap.conversation import Conversation

HELP = """why [EXPRESSION | F1]   the causal chain that led to a value, a finding, or here
history EXPRESSION      every recorded read and write of a place
races                   the findings of this recording
Anything else is an expression over the recorded state; nothing runs."""
MAX_ROWS = 200


def why(conversation: Conversation, question: str, frame: Frame | None) -> str:
    """The causal chain, effect first."""
    links = conversation.session.why(question, frame)
    if not links:
        return "nothing in the recording led here"
    return "\n".join(
        f"{'  ' if number else ''}{'← ' if number else ''}{link.text}{_place(link.path, link.line)}" for number, link in enumerate(links)
    )


def history(conversation: Conversation, question: str, frame: Frame | None) -> str:
    """The reads and writes of a place, oldest first."""
    if not question:
        return "history of what? for example: history account.balance"
    place = conversation.session.place(question, frame)
    changes = conversation.session.history(place)
    rows = [
        f"{change.op:7} {change.text:24} {change.actor_title}{_place(change.path, change.line)} {change.function}"
        for change in changes[-MAX_ROWS:]
    ]
    left_out = len(changes) - len(rows)
    head = [f"{place.name}: {len(changes)} accesses" + (f", the last {len(rows)}" if left_out else "")]
    return "\n".join(head + rows)


def races(conversation: Conversation, question: str, frame: Frame | None) -> str:
    """The findings, one line each."""
    findings = conversation.session.recording.findings()
    if not findings:
        return "no findings (run: causeway analyze)"
    return "\n".join(f"{one['id']}  {one['tier']:9} {one['kind']:20} {one['title']}" for one in findings)


def show_help(conversation: Conversation, question: str, frame: Frame | None) -> str:
    """What can be typed."""
    return HELP


def _place(path: str, line: int) -> str:
    return f"  {Path(path).name}:{line}" if line else ""


VERBS: dict[str, Callable[[Conversation, str, Frame | None], str]] = {"why": why, "history": history, "races": races, "help": show_help}


def verb_of(line: str) -> str | None:
    """The verb that a line begins with; None if it is an expression (also one about a variable that is named like a verb: `why = 1` or `why.x`)."""
    word, _, rest = line.strip().partition(" ")
    return None if word not in VERBS or rest.lstrip().startswith(("=", ".", "[", "(", "+", "-", "*", "/")) else word


def answer(conversation: Conversation, line: str, frame: Frame | None) -> str | None:
    """The answer to a verb; None if `line` is an expression."""
    verb = verb_of(line)
    return None if verb is None else VERBS[verb](conversation, line.strip()[len(verb) :].strip(), frame)
