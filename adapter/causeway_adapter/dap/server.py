"""`causeway dap`: conversations over stdio or TCP."""

from __future__ import annotations

import hmac
import os
import signal
import socket
import sys
import threading

from causeway_core.errors import CommandError

from causeway_adapter.dap.connection import Connection
from causeway_adapter.dap.live.backend import start_debugpy


def serve(*, port: int | None, host: str, token: str | None) -> int:
    """Serve one client on stdin/stdout, or any number on a TCP port (0: a free one), until the end of input or Ctrl-C.

    With a port, one line `listening on HOST:PORT` goes to stdout so that a client can find it. Raises CommandError when the port is taken.
    """
    if port is None:
        protocol_out = sys.stdout.buffer
        sys.stdout = sys.stderr  # A stray print must not break the framing.
        # Nearly all clients on this path launch a program: debugpy starts while this process does.
        debugpy = start_debugpy()
        from causeway_adapter.dap.adapter import Adapter

        adapter = Adapter(Connection(sys.stdin.buffer, protocol_out), accepts=lambda _given: True, debugpy=debugpy, leave=lambda: os._exit(1))
        # Neovim interrupts its adapter when the session is over: a recording that is being completed must not be torn.
        # Editors that quit terminate it: the program must not be left.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, frame: adapter.close_connection())
        adapter.run()
        return 0
    return _serve_tcp(host, port, token)


def _serve_tcp(host: str, port: int, token: str | None) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise CommandError(f"cannot listen on {host}:{port}: {error.strerror}", "choose another --port (0 takes any free one)") from error
        listener.listen()
        address = listener.getsockname()
        print(f"listening on {address[0]}:{address[1]}", flush=True)
        try:
            while True:
                client, _peer = listener.accept()
                threading.Thread(target=_converse, args=(client, token), daemon=True).start()
        except KeyboardInterrupt:
            return 130


def _converse(client: socket.socket, token: str | None) -> None:
    """One client's whole conversation, on its own thread."""
    from causeway_adapter.dap.adapter import Adapter

    with client, client.makefile("rb") as source, client.makefile("wb") as sink:
        Adapter(Connection(source, sink), accepts=lambda given: token is None or hmac.compare_digest(str(given or "").encode(), token.encode())).run()
