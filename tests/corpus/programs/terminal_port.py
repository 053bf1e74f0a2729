"""A serial port behind a telnet server: a thread reads what comes, and close() waits for that thread.

After https://github.com/pyserial/pyserial/pull/386
"""

import socket
import threading


class RemoteSerial:
    def __init__(self, sock):
        self._socket = sock
        self._buffer = bytearray()
        self._arrived = threading.Condition()
        self.is_open = True
        self._thread = threading.Thread(target=self._telnet_read_loop, name="read loop")
        self._thread.start()

    def _telnet_read_loop(self):
        try:
            while self.is_open:
                try:
                    data = self._socket.recv(1024)
                except OSError:
                    break
                if not data:
                    break
                with self._arrived:
                    self._buffer += data
                    self._arrived.notify()
        finally:
            self._thread = None

    def read(self, size):
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._buffer) >= size)
            data = bytes(self._buffer[:size])
            del self._buffer[:size]
        return data

    def write(self, data):
        self._socket.sendall(data)

    def close(self):
        if self.is_open:
            self.is_open = False
            self._socket.shutdown(socket.SHUT_RDWR)
            if self._thread:
                self._thread.join(7)
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
    return reply, port.is_open


if __name__ == "__main__":
    assert main() == (b"OK ATZ", False)
