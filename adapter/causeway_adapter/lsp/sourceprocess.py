"""Questions about source texts, answered in a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from causeway_core.check import check_source, settings_for
from causeway_core.errors import InternalError

from causeway_adapter.lsp.childprocess import ChildProcess, NoAnswer, command_of, serve
from causeway_adapter.lsp.expressions import expressions
from causeway_adapter.lsp.sourcewarning import SourceWarning


class SourceProcess(ChildProcess):
    """Checks and parses texts in another process."""

    def __init__(self) -> None:
        super().__init__(command_of("causeway_adapter.lsp.sourceprocess"))

    def warnings(self, path: str, text: str, token: object = None) -> tuple[SourceWarning, ...]:
        """The warnings of `causeway check` about a text, as far as its project wants them. `token` is what `drop` names.

        Raises CausewayError for settings that make no sense and when the process ends, AnswerDropped after `drop` and `close`.
        """
        found: tuple[SourceWarning, ...] = self._check(path, token, "warnings", path, text)
        return found

    def expressions(self, path: str, text: str, first: int, last: int, stopped: int) -> list[tuple[str, int, int, int]]:
        """See `expressions.expressions`; raises what `warnings` does."""
        found: list[tuple[str, int, int, int]] = self._check(path, None, "expressions", text, first, last, stopped)
        return found

    def _check(self, path: str, token: object, name: str, *arguments: object) -> Any:
        try:
            return self.ask(name, *arguments, token=token)
        except NoAnswer as error:
            raise InternalError(f"{path} was not checked: {error}", "an edit has it tried again; please report this") from error


def _warnings(_note: object, path: str, text: str) -> tuple[SourceWarning, ...]:
    settings = settings_for(Path(path))
    if settings.excludes(Path(path)):
        return ()
    return tuple(SourceWarning.of(finding) for finding in check_source(text, path) if not settings.ignores(finding))


if __name__ == "__main__":
    serve({"warnings": _warnings, "expressions": lambda _note, *arguments: expressions(*arguments)})
