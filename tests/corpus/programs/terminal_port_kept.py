"""A serial port behind a telnet server: a thread reads what comes, and close() waits for the thread it keeps.

After https://github.com/pyserial/pyserial/pull/386
"""

import socket
import threading


class RemoteSerial:
    def __init__(self, sock):
        self._socket = sock
        self._buffer = bytearray()
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=self._telnet_read_loop, name="read loop")
        self._thread.start()

    def _telnet_read_loop(self):
        while True:
            try:
                data = self._socket.recv(1024)
            except OSError:
                return
            if not data:
                return
            with self._arrived:
                self._buffer += data
                self._arrived.notify()

    def read(self, size):
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._buffer) >= size)
            data = bytes(self._buffer[:size])
            del self._buffer[:size]
        return data

    def write(self, data):
        self._socket.sendall(data)

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread:
            self._thread.join(7)
            self._thread = None
        self._socket.close()


def modem(sock):
    with sock:
        while command := sock.recv(64):
            sock.sendall(b"OK " + command)


def main():
    ours, theirs = socket.socketpair()
    answering = threading.Thread(target=modem, args=(theirs,), name="modem")
    answering.start()
    port = RemoteSerial(ours)
    port.write(b"ATZ")
    reply = port.read(6)
    port.close()
    answering.join()
    return reply


if __name__ == "__main__":
    assert main() == b"OK ATZ"
