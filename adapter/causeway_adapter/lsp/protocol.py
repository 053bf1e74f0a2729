"""The base protocol, answering malformed messages as JSON-RPC wants it (pygls only logs them)."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import JsonRPCResponseMessage, LanguageServerProtocol

from causeway_adapter.lsp.samples import ANSWERED, SAID, SENT, TOLD


class Protocol(LanguageServerProtocol):
    """pygls' protocol, with an error reply to every request that cannot be understood. `close`: how a connection ends that is not the process's."""

    close: Callable[[], object] | None = None

    @property
    def ended(self) -> bool:
        """Whether the client has asked to shut down: it may have closed the connection already."""
        return self._shutdown

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
        """Reads and writes one message of each kind, so that the first one of the conversation does not wait for code that is made then. Takes 50 ms
        of CPU time, the second time 5. Sends nothing.

        cattrs drops the code of classes whenever it makes some for a new kind of container, as `initialize` has many: call it again after that.
        """
        for method, (parameters, results) in ANSWERED.items():
            self.structure_message(_message(method, parameters, id=0))
            for result in results:
                self._write(JsonRPCResponseMessage(id=0, jsonrpc=self.VERSION, result=result))
        for method, parameters in TOLD.items():
            self.structure_message(_message(method, parameters))
        for method, (request, result) in SENT.items():
            asked, answered = types.METHOD_TO_TYPES[method][:2]
            assert asked is not None and answered is not None
            self._write(asked(id=0, params=request, method=method, jsonrpc=self.VERSION))
            self._converter.structure({"jsonrpc": self.VERSION, "id": 0, "result": result}, answered)
        for method, notification in SAID.items():
            told = types.METHOD_TO_TYPES[method][0]
            assert told is not None
            self._write(told(params=notification, method=method, jsonrpc=self.VERSION))
        self._write(types.ResponseErrorMessage(id=0, error=types.ResponseError(0, "")))

    def _write(self, message: object) -> None:
        json.dumps(message, default=self._serialize_message)

    def reply_to_broken(self, error: json.JSONDecodeError) -> None:
        """The reply to a body that is not JSON."""
        response = types.ResponseErrorMessage(id=None, error=types.ResponseError(types.ErrorCodes.ParseError, f"message is not JSON: {error}"))
        self._send_data(response)


def _message(method: str, parameters: dict[str, Any] | None, **more: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, **more} | ({"params": parameters} if parameters is not None else {})
