"""Blocks of a cache are stored by a server: the reply, read on another thread, carries a handle by which the client waits for the copy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class CopyHandle:
    """Stands for a copy on the device that may still be under way."""

    blocks: list[int]
    target: dict[int, str]

    def synchronize(self) -> None:
        for block in self.blocks:
            self.target[block] = f"block-{block}"


@dataclass
class TransferFuture:
    target: dict[int, str]
    _done: threading.Event = field(default_factory=threading.Event)
    _handle: CopyHandle | None = None

    def on_reply(self, reply: dict) -> None:
        if reply["blocks"]:
            self._handle = CopyHandle(list(reply["blocks"]), self.target)
        self._done.set()

    def wait(self, timeout: float | None = None) -> bool:
        """False if the time was up. A reply without blocks has nothing to wait for."""
        if not self._done.wait(timeout):
            return False
        if self._handle is not None:
            self._handle.synchronize()
        return True


class Connection(threading.Thread):
    def __init__(self, replies: list[tuple[Callable[[dict], None], dict]]) -> None:
        super().__init__(name="connection")
        self.replies = replies

    def run(self) -> None:
        for deliver, reply in self.replies:
            deliver(reply)


def main():
    memory: dict[int, str] = {}
    store, touch = TransferFuture(memory), TransferFuture(memory)
    connection = Connection([(store.on_reply, {"blocks": [3, 4]}), (touch.on_reply, {"blocks": []})])
    connection.start()
    time.sleep(0.05)  # the forward pass
    arrived = store.wait(1.0), touch.wait(1.0)
    seen = sorted(memory)
    connection.join()
    return arrived, seen


def test_blocks_are_there_once_waited_for():
    assert main() == ((True, True), [3, 4])
