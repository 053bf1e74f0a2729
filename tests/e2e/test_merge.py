"""Two services recorded separately are one recording after `causeway merge`: messages, findings and causes cross between them."""

import json
import subprocess
from pathlib import Path

import pytest
from causeway_core.session import Session
from causeway_core.storage import Recording

from tests.support import commands
from tests.support.commands import CAUSEWAY

BANK = Path(__file__).parents[2] / "examples" / "bank"

CLIENT = '''
import asyncio, sys
import aiohttp

async def pay(session, url, amount):
    order = {"account": "alice", "amount": amount}
    async with session.post(url + "/withdraw", json=order) as response:  # @pay
        return await response.json()

async def main(url):
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(pay(session, url, 100), pay(session, url, 50))
        async with session.get(url + "/balances") as response:
            print((await response.json())["alice"])

asyncio.run(main(sys.argv[1]))
'''


def causeway(folder, *words):
    done = commands.causeway(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("merge")
    (folder / "shop.py").write_text(CLIENT)
    words = [str(CAUSEWAY), "record", "-q", "-o", str(folder / "ledger.causeway"), "ledger.py"]
    ledger = subprocess.Popen(words, cwd=BANK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        url = ledger.stdout.readline().strip()
        balance = causeway(folder, "record", "-q", "-o", "shop.causeway", "shop.py", url)
        ledger.communicate("stop\n", timeout=240)
    finally:
        ledger.kill()
        ledger.wait()
    assert int(balance) > 850, "one withdrawal is lost"
    causeway(folder, "merge", "ledger.causeway", "shop.causeway", "-o", "both.causeway")
    return folder / "both.causeway"


def test_every_message_has_both_ends_and_an_edge(merged):
    with Recording.open(merged) as recording:
        services = {process.id: process.service for process in recording.processes()}
        assert sorted(services.values()) == ["ledger", "shop"]
        messages = [message for message in recording.messages() if message.carrier not in ("socket", "selector")]
        assert messages and all(message.send_at is not None and message.receive_at is not None for message in messages)
        edges = [edge for edge in recording.edges() if edge.kind == "message"]
        processes = {stream.id: stream.process for stream in recording.streams()}
        ways = [(services[processes[edge.src >> 40]], services[processes[edge.dst >> 40]]) for edge in edges]
        assert ways.count(("shop", "ledger")) == 3, "two withdrawals and the question for the balances"
        assert ways.count(("ledger", "shop")) == 3, "and their answers"


def test_the_separate_recording_has_the_finding_and_the_joined_one_keeps_it(merged):
    for path in (merged.with_name("ledger.causeway"), merged):
        findings = json.loads(causeway(merged.parent, "analyze", path, "--format", "json"))["findings"]
        assert any(one["kind"] == "lost_update" and one["resource"] == "Account.balance" and one["tier"] == "likely" for one in findings)


def test_why_crosses_into_the_other_service(merged):
    links = [json.loads(line) for line in causeway(merged.parent, "why", merged, "F1", "--json").splitlines()]
    files = [Path(link["file"]).name for link in links if link["file"]]
    assert files[0] == "ledger.py" and "shop.py" in files
    crossing = next(link for link in links if Path(link["file"]).name == "shop.py")
    assert "received request POST /withdraw sent by" in crossing["text"] and "in service shop" in crossing["text"]


def test_step_back_crosses_into_the_other_service(merged):
    session = Session.open(merged)
    try:
        session.travel("F1")
        files = []
        for _ in range(60):
            stop = session.step_back()
            if stop.reason == "entry":
                break
            files.append(Path(session.frames()[0].path).name)
        assert files[0] == "ledger.py" and "shop.py" in files
        assert "ledger.py" not in files[files.index("shop.py") :], "the request is sent from the shop; nothing leads back into the ledger"
    finally:
        session.close()
