"""The assertions of a test: what all serial orders give and the bad one does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from causeway_core.export.regression.rehearsal import Observed
from causeway_core.proof.outcome.canonical import canonical

MOST_ALTERNATIVES = 4
MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One assertion. `subject` is what is looked at (`result`, `stdout`, `exit code`, `errors`, `hang`, `raised`, or the key of a watched place),
    `relation` how it relates to `expected`: source texts, any of which is right (`is`), all of which are there (`has`), one is (`has one of`),
    or none (`lacks`), or a line and how often it is there (`times`). `tells`: the bad order fails it.
    """

    subject: str
    relation: str
    expected: tuple[str, ...]
    tells: bool


def checks(bad: Sequence[Observed], serial: Sequence[Observed], watched: Sequence[str] = ()) -> list[Check]:
    """The assertions that hold in all of `serial`, those that every run in `bad` fails marked. `watched`: keys of the bad order's watched places."""
    found = [*_failures(bad, serial), *_result(bad, serial), *_stdout(bad, serial)]
    if not any(check.tells for check in found):
        found += _values(bad, serial, watched)
    return found


def _failures(bad: Sequence[Observed], serial: Sequence[Observed]) -> list[Check]:
    found = []
    if all(run.hang for run in bad):
        found.append(Check("hang", "is", (), tells=True))
    raised = {run.raised for run in serial}
    if raised == {None} and all(run.raised for run in bad):
        found.append(Check("raised", "lacks", (str(bad[0].raised),), tells=True))
    codes = {run.exit_code for run in serial}
    if len(codes) == 1 and codes != {None}:
        found.append(Check("exit code", "is", (str(serial[0].exit_code),), tells=all(run.exit_code not in codes for run in bad)))
    news = set.intersection(*(set(run.errors) for run in bad)) - {name for run in serial for name in run.errors}
    if news and not all(run.hang or run.raised for run in bad):
        found.append(Check("errors", "lacks", tuple(sorted(news)), tells=True))
    return found


def _result(bad: Sequence[Observed], serial: Sequence[Observed]) -> list[Check]:
    results = list(dict.fromkeys(run.result for run in serial if run.raised is None and not run.hang))
    if not results or len(results) > MOST_ALTERNATIVES or None in results:
        return []
    right = tuple(result for result in results if result is not None)
    if right == ("None",):
        return []
    return [Check("result", "is", right, tells=all(run.result not in right and run.result is not None for run in bad))]


def _stdout(bad: Sequence[Observed], serial: Sequence[Observed]) -> list[Check]:
    """Checks of single lines, since whole outputs are seldom equal. Lines with times and the like are ignored."""
    of_bad = {line for run in bad for line in run.stdout}
    missing = [[line for line in run.stdout if line.strip() and line not in of_bad and canonical(line).strip() == line.strip()] for run in serial]
    everywhere = [line for line in missing[0] if all(line in lines for lines in missing)]
    if everywhere:
        return [Check("stdout", "has", tuple(map(repr, dict.fromkeys(everywhere[:MOST_LINES]))), tells=True)]
    if all(missing):
        one_each = tuple(dict.fromkeys(repr(lines[0]) for lines in missing))
        return [Check("stdout", "has one of", one_each, tells=True)] if len(one_each) <= MOST_ALTERNATIVES else []
    of_serial = {line for run in serial for line in run.stdout}
    common = set.intersection(*(set(run.stdout) for run in bad)) - of_serial
    extra = [line for line in bad[0].stdout if line in common and line.strip() and canonical(line).strip() == line.strip()]
    if extra:
        return [Check("stdout", "lacks", tuple(map(repr, dict.fromkeys(extra[:MOST_LINES]))), tells=True)]
    return _counts(bad, serial)


def _counts(bad: Sequence[Observed], serial: Sequence[Observed]) -> list[Check]:
    """The first line that all serial runs print equally often, and each bad one more often or less."""
    for line in dict.fromkeys(serial[0].stdout):
        counts = {run.stdout.count(line) for run in serial}
        if line.strip() and len(counts) == 1 and all(run.stdout.count(line) not in counts for run in bad) and canonical(line).strip() == line.strip():
            return [Check("stdout", "times", (repr(line), str(counts.pop())), tells=True)]
    return []


def _values(bad: Sequence[Observed], serial: Sequence[Observed], watched: Sequence[str]) -> list[Check]:
    """The final value of the location that the finding is about."""
    right = list(dict.fromkeys(text for run in serial for _, text in run.values))
    for key in watched:
        now = {dict(run.values).get(key) for run in bad}
        if right and len(right) <= MOST_ALTERNATIVES and None not in now and not now & set(right):
            return [Check(key, "is", tuple(map(repr, right)), tells=True)]
    return []
