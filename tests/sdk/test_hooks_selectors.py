"""A file that one thread registers and another selects."""

from __future__ import annotations

from pathlib import Path

from tests.sdk.hooked import Hooked, hooked

SEND, RECEIVE = 1, 2


def streams(run: Hooked) -> list[dict[int, int]]:
    """The stream of each side of each registration that was recorded, in order."""
    sides: dict[str, dict[int, int]] = {}
    for fact in run.main.of("message"):
        if fact.carrier == "selector":
            sides.setdefault(fact.id, {})[fact.direction] = fact.stream
    return list(sides.values())


def test_a_connection_is_handed_to_the_thread_that_selects_it(tmp_path: Path) -> None:
    run = hooked(
        tmp_path,
        """
        import os, selectors, threading

        reader, writer = os.pipe()
        selector = selectors.DefaultSelector()
        thread = threading.Thread(target=lambda: selector.register(reader, selectors.EVENT_READ, "connection"))
        thread.start()
        thread.join()
        os.write(writer, b"x")
        for _ in range(2):
            print([key.data for key, _ in selector.select()])
        selector.unregister(reader)
        selector.register(reader, selectors.EVENT_READ)
        selector.unregister(reader)
        """,
    )
    assert streams(run) == [{SEND: 1, RECEIVE: 0}, {SEND: 0}]


def test_files_of_a_running_event_loop_are_its_own(tmp_path: Path) -> None:
    run = hooked(
        tmp_path,
        """
        import asyncio

        async def main():
            async def answer(reader, writer):
                writer.write(await reader.readexactly(3))
                writer.close()

            server = await asyncio.start_server(answer, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"abc")
            print(await reader.read())
            writer.close()
            server.close()

        asyncio.run(main())
        """,
    )
    assert len(streams(run)) <= 1, "only the loop's own pipe, which is registered before the loop runs"
