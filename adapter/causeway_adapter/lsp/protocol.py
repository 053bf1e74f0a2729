"""The base protocol, answering malformed messages as JSON-RPC wants it (pygls only logs them)."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

from causeway_adapter.lsp.samples import SAMPLES


class Protocol(LanguageServerProtocol):
    """pygls' protocol, with an error reply to every request that cannot be understood. `close`: how a connection ends that is not the process's."""

    close: Callable[[], object] | None = None

    def lsp_exit(self, *arguments: object) -> Generator[Any, Any, None]:
        """Ends the process, or on a TCP port the connection."""
        if self.close is None:
            yield from super().lsp_exit(*arguments)
        else:
            self.close()

    lsp_exit.method_name = types.EXIT  # type: ignore[attr-defined]

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The typed message. A request of the wrong shape is answered here, since only here its id is still known. Raises JsonRpcException."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=types.ResponseError(error.CODE, f"{data['method']}: malformed parameters"))
            raise

    def warm(self) -> None:
        """Reads and writes one message of each kind, so that the first of the client's does not wait for it. Takes 40 ms."""
        for method, (parameters, result) in SAMPLES.items():
            asked, told = types.METHOD_TO_TYPES[method][:2]
            self._converter.structure({"jsonrpc": "2.0", "id": 0, "method": method, "params": parameters}, asked)
            assert told is not None
            self._converter.unstructure(told(id=0, result=result(), jsonrpc="2.0"))

    def reply_to_broken(self, error: json.JSONDecodeError) -> None:
        """The reply to a body that is not JSON."""
        response = types.ResponseErrorMessage(id=None, error=types.ResponseError(types.ErrorCodes.ParseError, f"message is not JSON: {error}"))
        self._send_data(response)
