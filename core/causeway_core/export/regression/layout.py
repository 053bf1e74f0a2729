"""The source text that all generated tests share."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from pathlib import Path

from causeway_core.export.regression.entry import Entry
from causeway_core.export.regression.sender import Sender
from causeway_core.export.regression.wording import quoted, wrapped
from causeway_core.model.order import Order
from causeway_core.proof.running.workspace import LEFT_OUT

WIDTH = 120


def imports(entry: Entry, *, copied: bool, reset: str) -> str:
    """The imports."""
    standard = [*(["import shutil"] if copied else []), *(["import subprocess"] if reset else []), "from pathlib import Path"]
    return "\n".join(standard) + "\n\n" + ("import pytest\n" if copied or reset or entry.function else "") + "from causeway import order"


def project_of(root: Path, folder: Path) -> str:
    """An expression for the project's folder, in a test that stands in `folder`."""
    root, folder = root.resolve(), folder.resolve()
    common = Path(os.path.commonpath([root, folder]))
    if common == Path(common.anchor):
        return f"Path({str(root)!r})"
    ups = len(folder.relative_to(common).parts)
    base = "Path(__file__).resolve()" + (".parent" if not ups else f".parents[{ups}]")
    downs = root.relative_to(common).parts
    return " / ".join([base, *map(repr, downs)])


def order_of(order: Order, names: dict[str, str], watched: Sequence[str] = ()) -> str:
    """The definition of `ORDER`; `watched` are keys of places that are only watched."""
    lines = [f"# {line}" for line in textwrap.wrap(f"{order.says[:1].upper()}{order.says[1:]}.", WIDTH - 2)]
    lines.append("ORDER = [")
    for each in order.constraints:
        since = f", since={names[each.since]}" if each.since is not None else ""
        lines.append(f"    order.wait({names[each.hold]}, until={names[each.after]}{since}),")
    lines += [f"    order.inject({names[at]}, {quoted(what)})," for at, what in order.inject]
    lines += [f"    order.check({quoted(what)})," for what in order.checks]
    lines += ["    order.slow_peers(),"] if order.slow_peers else []
    lines += [f"    order.watch({names[key]})," for key in watched]
    return "\n".join([*lines, "]"])


def fixtures(*, copied: bool, reset: str) -> list[str]:
    """The fixtures of a run: a copy of the project, and the command that resets a database."""
    return [*([_copy()] if copied else []), *([_reset_data(reset, copied=copied)] if reset else [])]


def _reset_data(reset: str, *, copied: bool) -> str:
    needs, where = ("project: Path", "project") if copied else ("", "PROJECT")
    return textwrap.dedent(f'''\
        @pytest.fixture(autouse=True)
        def data({needs}) -> None:
            """Resets the database, so that each run starts from the same content."""
            subprocess.run({quoted(reset)}, shell=True, cwd={where}, check=True)''')


def _copy() -> str:
    left_out = ", ".join(f'"{name}"' for name in LEFT_OUT)
    return textwrap.dedent(f'''\
        @pytest.fixture
        def project(tmp_path: Path) -> Path:
            """A fresh copy of the project: the program writes into its own folder."""
            left_out = shutil.ignore_patterns(
                {left_out},
            )
            return Path(shutil.copytree(PROJECT, tmp_path / PROJECT.name, ignore=left_out))''')


def started(entry: Entry, *, copied: bool, given: bool, takes: bool, sender: Sender) -> tuple[list[str], list[str], str]:
    """The statements that run the program under `ORDER`, the parameters that they need, and the expression of the outcome.

    `given`: pass `ANSWERS`; `takes`: keep what the function returns; `sender`: sends a service its requests.
    """
    project = "project" if copied else "PROJECT"
    needs = ["project: Path"] if copied else []
    answers = f", answers=ANSWERS, root={project}" if given else ""
    answers += sender.argument_source()
    if entry.words:
        where = project if entry.cwd == "." else f"{project} / {entry.cwd!r}"
        words = ", ".join(map(quoted, entry.words))
        if entry.runs_tests:
            words += ', f"--ignore-glob=*{Path(__file__).name}"'
        return [f"outcome = order.run([{words}], ORDER, cwd={where}{answers})"], needs, "outcome"
    needs.append("monkeypatch: pytest.MonkeyPatch")
    where = project if entry.path == "." else f"{project} / {entry.path!r}"
    body = [f"monkeypatch.syspath_prepend(str({where}))"]
    if copied:
        body.append(f"monkeypatch.chdir({project})")
    body += [f"with order.forced(ORDER{answers}) as run:", f'    {"result = " if takes else ""}run.main("{entry.function}")']
    return body, needs, "run.outcome"


def is_one_of(subject: str, expected: Sequence[str]) -> list[str]:
    """An assertion that something is one of some values."""
    if len(expected) == 1:
        one = expected[0]
        return [f"assert {subject} {'is' if one in ('None', 'True', 'False') else '=='} {one}"]
    line = f"assert {subject} in ({', '.join(expected)})"
    if len(line) <= WIDTH - 4:
        return [line]
    return [f"assert {subject} in (", *(f"    {one}," for one in expected), ")"]


def lines(relation: str, expected: Sequence[str]) -> list[str]:
    """Assertions about `printed`."""
    match relation:
        case "has":
            return [f"assert {line} in printed" for line in expected]
        case "lacks":
            return [f"assert {line} not in printed" for line in expected]
        case "times":
            return [f"assert printed.count({expected[0]}) == {expected[1]}"]
    line = f"assert any(line in printed for line in ({', '.join(expected)}))"
    if len(line) <= WIDTH - 4:
        return [line]
    return ["assert any(", "    line in printed for line in (", *(f"        {each}," for each in expected), "    )", ")"]


def docstring(paragraphs: Sequence[str]) -> str:
    """The module's docstring."""
    first, _, rest = "\n\n".join(wrapped(paragraph, WIDTH) for paragraph in paragraphs).partition("\n")
    return f'"""{first}\n{rest}\n"""'
