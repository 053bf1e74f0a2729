"""Running the server over stdin and stdout, or for one client at a time on a TCP port of this machine."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from threading import Event

from causeway_core.errors import CommandError
from pygls.io_ import run_async

from causeway_adapter.lsp.server import Server

_SWITCH_SECONDS = 0.001
"""How long a thread that reads a recording may keep the interpreter while a request waits."""


def serve(*, port: int | None) -> int:
    """Serves until the client says `exit` or goes away. With a port (0: a free one) one line `listening on 127.0.0.1:PORT` goes to stdout.

    Raises CommandError when the port is taken.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    sys.setswitchinterval(_SWITCH_SECONDS)
    if port is not None:
        return _serve_tcp(port)
    protocol_out = sys.stdout.buffer
    sys.stdout = sys.stderr  # A stray print must not break the framing.
    server = _server()
    server.start_io(sys.stdin.buffer, protocol_out)
    return 0


def _server() -> Server:
    """A server, with all that its first requests need. What is loaded by then stays to the end, and is exempt from garbage collection: going through
    it delayed a request by up to 80 ms."""
    server = Server()
    server.protocol.warm()
    if not gc.get_freeze_count():
        gc.freeze()
    return server


def _serve_tcp(port: int) -> int:
    try:
        asyncio.run(_listen(port))
    except OSError as error:
        raise CommandError(f"cannot listen on 127.0.0.1:{port}: {error.strerror}", "choose another --port (0 takes any free one)") from error
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    return 0


async def _listen(port: int) -> None:
    listener = await asyncio.start_server(_converse, "127.0.0.1", port)
    print(f"listening on 127.0.0.1:{listener.sockets[0].getsockname()[1]}", flush=True)
    async with listener:
        await listener.serve_forever()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One client's whole conversation."""
    server = _server()
    server.protocol.set_writer(writer)
    server.protocol.close = writer.close
    try:
        await run_async(stop_event=Event(), reader=reader, protocol=server.protocol, error_handler=server.report_server_error)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        server.recordings.stop()
        server.checking.stop()
        writer.close()
