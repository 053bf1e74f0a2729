"""Bytes over a socket, from a send to the recv that returns them."""

from __future__ import annotations

from pathlib import Path

from tests.sdk.hooked import Hooked, hooked

SEND, RECEIVE = 1, 2


def pairs(run: Hooked) -> list[tuple[int, int]]:
    """The streams of sender and receiver of each message that a recv returned, in the order of the sends."""
    sides: dict[str, dict[int, int]] = {}
    for fact in run.main.of("message"):
        if fact.carrier == "socket":
            sides.setdefault(fact.id, {})[fact.direction] = fact.stream
    return [(side[SEND], side[RECEIVE]) for side in sides.values() if len(side) == 2]


def test_request_and_answer_through_a_connection(tmp_path: Path) -> None:
    run = hooked(
        tmp_path,
        """
        import socket, threading

        def serve(listener):
            connection, _ = listener.accept()
            with connection:
                while asked := connection.recv(100):
                    connection.sendall(asked.upper())

        listener = socket.create_server(("127.0.0.1", 0))
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        with socket.create_connection(listener.getsockname()) as client, client.makefile("rb") as answers:
            for _ in range(2):
                client.sendall(b"question")
                assert client.recv(8, socket.MSG_PEEK)
                print(answers.read(8))
        server.join()
        """,
    )
    assert pairs(run) == [(0, 1), (1, 0), (0, 1), (1, 0)]


def test_bytes_in_parts_name_each_send_once(tmp_path: Path) -> None:
    run = hooked(
        tmp_path,
        """
        import socket, threading

        there, back = socket.socketpair()
        sent = threading.Event()

        def send():
            there.send(b"ab")
            there.send(b"cd")
            there.send(b"ef")
            sent.set()

        threading.Thread(target=send).start()
        sent.wait()
        print(back.recv(3), back.recv(1), back.recv(1))
        """,
    )
    assert pairs(run) == [(1, 0)] * 3


def test_bytes_that_were_not_seen_going_out_end_the_pairing(tmp_path: Path) -> None:
    run = hooked(
        tmp_path,
        """
        import os, socket

        there, back = socket.socketpair()
        os.write(there.fileno(), b"unseen")
        print(back.recv(6))
        there.send(b"seen")
        print(back.recv(4))
        """,
    )
    assert pairs(run) == []


def test_an_event_loop_wakes_itself_without_messages(tmp_path: Path) -> None:
    run = hooked(
        tmp_path,
        """
        import asyncio

        async def main():
            await asyncio.to_thread(int)

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
    assert len(pairs(run)) == 2


def test_what_is_no_bytes_is_refused_as_ever(tmp_path: Path) -> None:
    run = hooked(
        tmp_path,
        """
        import socket
        one, other = socket.socketpair()
        for words in (("text",), (), (7,), ([b"a", "b"],)):
            try:
                one.send(*words)
            except TypeError as error:
                print(error)
        print(one.send(b"bytes"), other.recv(5))
        """,
    )
    assert run.stdout.splitlines()[0] == "a bytes-like object is required, not 'str'" and run.stdout.endswith("5 b'bytes'\n")
    assert not run.stderr
