"""Awaits that suspend only while a peer reads slowly: what comes in between is found in a run with such peers, and proved with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from causeway_core.analysis import examine
from causeway_core.export.regression.layout import order_of
from causeway_core.model import Finding
from causeway_core.model.order import Order
from causeway_core.proof.explore import explore_briefly, worth_exploring
from causeway_core.proof.explore.brief import EFFORT
from causeway_core.proof.verify import plan, remembered, verify
from causeway_core.storage import Recording

from tests.support.proofs import ZYGOTES, record

CHAT = """\
import asyncio

class Room:
    def __init__(self):
        self.members = {}

    async def serve(self, reader, writer):
        name = (await reader.readline()).decode().strip()
        self.members[name] = writer
        await self.tell(f"{name} is here")
        await reader.readline()
        del self.members[name]
        writer.close()

    async def tell(self, text):
        for writer in ITERATED:
            writer.write(f"{text}\\n".encode())
            await writer.drain()

async def join(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{name}\\n".encode())
    await reader.readline()
    writer.write(b"bye\\n")
    await reader.read()
    writer.close()

async def main():
    room = Room()
    server = await asyncio.start_server(room.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.gather(*(join(port, name) for name in ("ann", "bob", "cid")))
    server.close()

asyncio.run(main())
"""


def found_in(folder: Path, iterated: str) -> list[Finding]:
    """What is above a hint once everything was tried."""
    (folder / "app.py").write_text(CHAT.replace("ITERATED", iterated))
    assert record(["app.py"], folder / "run.causeway", root=folder) == 0
    with Recording.open(folder / "run.causeway") as recording:
        analysis = examine(recording)
        findings, _ = verify(recording, plan(recording, analysis), zygotes=ZYGOTES)
        assert all(finding.tier != "confirmed" for finding in findings), "a quick peer gives no opportunity"
        findings = explore_briefly(recording, analysis, findings, effort=replace(EFFORT, seconds=60), zygotes=ZYGOTES)
    with Recording.open(folder / "run.causeway") as recording:
        assert not worth_exploring(recording, ())
    return [finding for finding in findings if finding.tier != "hint"]


def test_a_broadcast_that_others_join_while_a_peer_reads_slowly_is_confirmed(tmp_path: Path) -> None:
    [finding] = found_in(tmp_path, "self.members.values()")
    assert (finding.tier, finding.kind, finding.resource) == ("confirmed", "atomicity_violation", "Room.members")
    assert finding.proof is not None and finding.proof.order is not None and "RuntimeError in Room.tell" in finding.proof.outcome
    forced = finding.orders[finding.proof.order]
    assert forced.says.endswith("every peer reads slowly") and Order.of(forced.document()) == forced
    assert "    order.slow_peers(),\n" in order_of(forced, {key: key for key, _ in forced.places})


def test_a_broadcast_to_a_copy_is_not(tmp_path: Path) -> None:
    assert found_in(tmp_path, "list(self.members.values())") == []


def test_what_a_run_with_slow_peers_confirmed_is_not_told_twice(tmp_path: Path) -> None:
    [finding] = found_in(tmp_path, "self.members.values()")
    with Recording.open(tmp_path / "run.causeway") as recording:
        again = remembered(recording, plan(recording, examine(recording)))
    assert [(each.tier, each.title) for each in again if each.resource == finding.resource] == [("confirmed", finding.title)]


def test_a_loop_that_no_await_suspended_is_a_hint_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(CHAT.replace("ITERATED", "self.members.values()"))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    with Recording.open(tmp_path / "run.causeway") as recording:
        [finding] = plan(recording, examine(recording))
    assert finding.tier == "hint" and finding.proof is not None
    assert finding.proof.reason == "no await in the loop had to wait in this run, so no other task could run there"
