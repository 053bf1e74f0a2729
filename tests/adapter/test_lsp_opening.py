"""What the first questions about a document would wait for is done when it is opened."""

import asyncio

import pytest
from causeway_adapter.lsp.methods import diagnostic
from causeway_adapter.lsp.samples import SAMPLES
from causeway_adapter.lsp.server import Server
from lsprotocol import types


@pytest.fixture(scope="module")
def server():
    server = Server()
    diagnostic.serve(server)
    return server


def test_a_message_of_each_kind_can_be_read_and_written_beforehand(server):
    assert set(SAMPLES) <= set(server.protocol.fm.features)
    server.protocol.warm()
    for method, (parameters, result) in SAMPLES.items():
        asked, told = types.METHOD_TO_TYPES[method][:2]
        message = server.protocol.structure_message({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
        assert type(message) is asked
        assert server.protocol._converter.unstructure(told(1, result()))["result"]


async def test_a_document_is_checked_as_soon_as_it_is_open_also_for_a_client_that_pulls(server, monkeypatch):
    checked = asyncio.Event()

    async def check(path):
        assert path == "/opened.py"
        checked.set()

    monkeypatch.setattr(server.checking, "checked", check)
    monkeypatch.setattr(server, "pulls_diagnostics", True)
    server.diagnosing.look("/opened.py")
    await checked.wait()
