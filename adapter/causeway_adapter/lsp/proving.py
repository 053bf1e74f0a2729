"""Re-runs of recorded programs, for a fix or a test that the user asked for. Belongs to the event loop; one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from causeway_core.errors import CausewayError
from causeway_core.storage import Recording
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from causeway_adapter.lsp.loading import Loaded
from causeway_adapter.lsp.working import Report

if TYPE_CHECKING:
    # Fixes and tests need libcst and the analysis: a second of imports, done only when one is requested.
    from causeway_core.export import GeneratedTest
    from causeway_core.fix.search import Sought
    from causeway_core.fix.verify import Verification
    from causeway_core.model import Finding

    from causeway_adapter.lsp.server import Server

T = TypeVar("T")
RUN_IT = "Run it"


class Proving:
    """Fixes that have been proved, and the search for more."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._turn = asyncio.Lock()
        self._proved: dict[tuple[str, str], Verification] = {}

    def proved(self, loaded: Loaded, finding: str) -> Verification | None:
        """The fix of a finding that has been proved since the server was started; None where nobody has asked for one yet."""
        return self._proved.get((loaded.revision.key, finding))

    async def fix(self, loaded: Loaded, finding: str) -> Sought | None:
        """The smallest fix that holds, sought with progress shown; None where the person does not want the program to run. Raises
        JsonRpcInvalidParams with the reason where nothing can be sought, JsonRpcRequestCancelled."""

        def seek(recording: Recording, known: Sequence[Finding], chosen: Finding, report: Report) -> Sought:
            from causeway_core.fix.search import seek

            return seek(recording, chosen, known=known, progress=lambda what, done: report(done, what), watch=lambda: report(0.0))

        sought = await self._run(loaded, finding, f"Seeking a fix of {finding}", "A fix is proved by running the program again", seek)
        if sought is not None and sought.proved is not None:
            self._proved[loaded.revision.key, finding] = sought.proved
        return sought

    async def test(self, loaded: Loaded, finding: str, folder: Path) -> GeneratedTest | None:
        """The regression test of a finding, to stand in `folder`. Otherwise as `fix`."""

        def made(recording: Recording, _known: Sequence[Finding], chosen: Finding, report: Report) -> GeneratedTest:
            from causeway_core.export import generate

            return generate(recording, chosen, folder, progress=lambda what, done: report(done, what), watch=lambda: report(0.0))

        return await self._run(loaded, finding, f"Writing a test of {finding}", "A test is made by running the program again", made)

    async def _run(
        self, loaded: Loaded, finding: str, title: str, purpose: str, work: Callable[[Recording, Sequence[Finding], Finding, Report], T]
    ) -> T | None:
        async with self._turn:
            try:
                if not await self._allowed(loaded, purpose):
                    return None
                async with self._server.working(title, show=True) as report:
                    return await asyncio.to_thread(_with_finding, loaded.path, finding, work, report)
            except CausewayError as error:
                raise JsonRpcInvalidParams(str(error)) from error

    async def _allowed(self, loaded: Loaded, purpose: str) -> bool:
        """Whether the program may run: if there is a reason against it, the user is asked. Raises CommandError if it cannot run."""
        doubtful = await asyncio.to_thread(_doubts, loaded.path)
        if not doubtful:
            return True
        chosen = await self._server.window_show_message_request_async(
            types.ShowMessageRequestParams(
                types.MessageType.Warning, f"Causeway: {purpose}, but {doubtful[0]}.",
                [types.MessageActionItem(RUN_IT), types.MessageActionItem("Cancel")],
            )
        )  # fmt: skip
        return chosen is not None and chosen.title == RUN_IT


def _doubts(path: Path) -> tuple[str, ...]:
    from causeway_core.proof import doubts
    from causeway_core.proof.selected import check_safety

    with Recording.open(path) as recording:
        check_safety(recording, "", wanted=True)
        return doubts(recording)


def _with_finding(path: Path, finding: str, work: Callable[[Recording, Sequence[Finding], Finding, Report], T], report: Report) -> T:
    from causeway_core.proof.selected import find_finding, known_findings

    with Recording.open(path) as recording:
        known = known_findings(recording)
        return work(recording, known, find_finding(known, finding, path), report)
