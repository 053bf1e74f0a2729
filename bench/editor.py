"""How fast `causeway lsp` answers about a 2,000-line file with a recording of ten million events.

    python -m bench.editor [--events 10000000] [--rounds 100] [--starts 20] [--project FOLDER]

`--starts`: how often a server is started to time what is asked first, in the moment a document is opened. `--project`: a folder where the program and
its recording stay, so that another version can be measured with them.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from causeway_adapter.lsp.samples import ANSWERED
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

CAUSEWAY = str(Path(sys.executable).with_name("causeway"))
EVENTS_A_LOOP = 5
LINES = 2_000
TOP = """\
import asyncio


class Account:
    def __init__(self):
        self.balance = 100


async def withdraw(account, amount):
    seen = account.balance
    await asyncio.sleep(0)
    account.balance = seen - amount


def burn(n):
    total = 0
    for i in range(n):
        total += i
        total -= 1
    return total


async def main():
    burn({loops})
    account = Account()
    await asyncio.gather(withdraw(account, 10), withdraw(account, 20))
    return account.balance

"""
FILLER = """
def filler_{number}(text, factor={number}):
    words = text.split()
    longest = max(words, key=len, default="")
    return longest * factor

"""
BOTTOM = """
for number in range(10):
    filler_0("a text of words", number)
print(asyncio.run(main()))
"""
RACE = TOP.splitlines().index("    seen = account.balance")


def project(folder: Path, events: int) -> Path:
    """Writes and records the program."""
    text = TOP.format(loops=events // EVENTS_A_LOOP)
    count = (LINES - len(text.splitlines())) // len(FILLER.splitlines())
    script = folder / "large.py"
    script.write_text(text + "".join(FILLER.format(number=number) for number in range(count)) + BOTTOM)
    subprocess.run([CAUSEWAY, "record", "large.py"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([CAUSEWAY, "analyze", "--no-verify"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return script


async def started(client: LanguageClient, script: Path) -> None:
    """Until the server has been initialized."""
    client.set_configuration({"causeway": {"inlayHints": {"enabled": True}}})
    for refreshed in (types.WORKSPACE_CODE_LENS_REFRESH, types.WORKSPACE_INLAY_HINT_REFRESH):
        client.feature(refreshed)(lambda _params=None: None)
    await client.start_io(CAUSEWAY, "lsp")
    folder = script.parent
    capabilities = client_capabilities("neovim@v0.11")
    assert capabilities.workspace is not None
    # As VS Code: a client that cannot be asked to pull again is pushed to, and has no `textDocument/diagnostic` to measure.
    capabilities.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    capabilities.workspace.code_lens = types.CodeLensWorkspaceClientCapabilities(refresh_support=True)
    capabilities.workspace.inlay_hint = types.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    await client.initialize_session(
        types.InitializeParams(
            initialization_options={"inlayHints": {"enabled": True}},
            capabilities=capabilities,
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)],
        )
    )


async def opened(client: LanguageClient, script: Path) -> types.TextDocumentIdentifier:
    """Until the recording has been read."""
    await started(client, script)
    document = types.TextDocumentIdentifier(script.as_uri())
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(document.uri, "python", 1, script.read_text())))
    while not await client.text_document_code_lens_async(types.CodeLensParams(document)):
        await asyncio.sleep(0.1)  # The recording is being read.
    return document


def warm_client(client: LanguageClient) -> None:
    """Makes the client's own code for the messages, which is Python too: it is no part of what the server takes. The server sees nothing of it."""
    converter = client.protocol._converter
    for method, (parameters, results) in ANSWERED.items():
        asked, answered = types.METHOD_TO_TYPES[method][:2]
        assert answered is not None
        converter.unstructure(converter.structure({"jsonrpc": "2.0", "id": 0, "method": method, "params": parameters}, asked))
        for result in results:
            converter.structure(converter.unstructure(answered(id=0, result=result, jsonrpc="2.0")), answered)


def requests(client: LanguageClient, document: types.TextDocumentIdentifier) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What an editor asks."""
    racing = types.Range(types.Position(RACE, 0), types.Position(RACE, 30))
    whole = types.Range(types.Position(0, 0), types.Position(LINES, 0))
    return {
        "codeAction": lambda: client.text_document_code_action_async(types.CodeActionParams(document, racing, types.CodeActionContext([]))),
        "codeLens": lambda: client.text_document_code_lens_async(types.CodeLensParams(document)),
        "hover": lambda: client.text_document_hover_async(types.HoverParams(document, types.Position(RACE, 20))),
        "inlayHint": lambda: client.text_document_inlay_hint_async(types.InlayHintParams(document, whole)),
        "diagnostic": lambda: client.text_document_diagnostic_async(types.DocumentDiagnosticParams(document)),
    }


async def measured(script: Path, rounds: int) -> None:
    """Each request by itself, then each as the first one after a keystroke."""
    client = make_test_lsp_client()
    document = await opened(client, script)
    typed = 1
    for when in ("", ", first after a keystroke"):
        for name, ask in requests(client, document).items():
            taken = []
            for _ in range(rounds):
                if when:
                    typed += 1
                    at = types.Position(LINES // 2, 0)
                    change = types.TextDocumentContentChangePartial(types.Range(at, at), "#\n")
                    client.text_document_did_change(
                        types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(version=typed, uri=document.uri), [change])
                    )
                began = time.perf_counter()
                answer = await ask()
                taken.append((time.perf_counter() - began) * 1000)
                assert answer
            taken.sort()
            tail = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
            print(f"{name}{when}: median {statistics.median(taken):.1f} ms, 99th percentile {tail:.1f} ms", flush=True)
    await while_reading(client, document, script)
    await client.shutdown_session()
    await client.stop()


async def when_opened(script: Path, starts: int) -> None:
    """What a server is asked first once it has read the recording, in the moment the document is opened."""
    taken: dict[str, list[float]] = {"codeAction": [], "diagnostic": [], "hover": []}
    for _ in range(starts):
        for name, own in taken.items():
            client = make_test_lsp_client()
            await started(client, script)
            while not (await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))).items:
                await asyncio.sleep(0.1)  # The recording is being read.
            document = types.TextDocumentIdentifier(script.as_uri())
            warm_client(client)
            text = types.TextDocumentItem(document.uri, "python", 1, script.read_text())
            client.text_document_did_open(types.DidOpenTextDocumentParams(text))
            began = time.perf_counter()
            assert await requests(client, document)[name]()
            own.append((time.perf_counter() - began) * 1000)
            await client.shutdown_session()
            await client.stop()
    for name, own in taken.items():
        own.sort()
        print(f"{name}, as the document is opened: median {statistics.median(own):.1f} ms, slowest {own[-1]:.1f} ms ({len(own)})", flush=True)


async def while_reading(client: LanguageClient, document: types.TextDocumentIdentifier, script: Path, times: int = 3) -> None:
    """Has the recording read again, and asks until that is done."""
    [recording] = (script.parent / ".causeway").glob("*.causeway")
    asked = requests(client, document)
    taken: dict[str, list[float]] = {"codeAction": [], "codeLens": [], "hover": [], "diagnostic": []}
    for _ in range(times):
        recording.touch()
        client.workspace_did_change_watched_files(
            types.DidChangeWatchedFilesParams([types.FileEvent(recording.as_uri(), types.FileChangeType.Changed)])
        )
        begun = done = False
        while not done:
            for name, own in taken.items():
                began = time.perf_counter()
                answer = await asked[name]()
                own.append((time.perf_counter() - began) * 1000)
                if name == "hover":
                    being_read = "is being read" in answer.contents.value
                    begun, done = begun or being_read, begun and not being_read
    for name, own in taken.items():
        own.sort()
        tail = own[int(len(own) * 0.99)]
        print(f"{name}, while the recording is read: median {statistics.median(own):.1f} ms, 99th percentile {tail:.1f} ms ({len(own)})", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--project", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.project or Path(name)
        script = folder / "large.py"
        if not script.exists():
            project(folder, given.events)
        if given.starts:
            asyncio.run(when_opened(script, given.starts))
        if given.rounds:
            asyncio.run(measured(script, given.rounds))


if __name__ == "__main__":
    main()
