"""A client of a key-value server: a response is read to its end by the parser it began with."""

import asyncio


class Parser:
    def __init__(self):
        self._buffer = b""

    def feed(self, data):
        self._buffer += data

    def gets(self):
        if b"\r\n" not in self._buffer:
            return None
        line, self._buffer = self._buffer.split(b"\r\n", 1)
        return line.decode()


class Socket:
    def __init__(self, chunks):
        self._chunks = list(chunks)

    async def read(self):
        await asyncio.sleep(0.002)
        return self._chunks.pop(0)


class Connection:
    def __init__(self, socket):
        self._socket = socket
        self._reader = None

    def connect(self):
        self._reader = Parser()

    def disconnect(self):
        self._reader = None

    @property
    def is_connected(self):
        return self._reader is not None

    async def read_response(self):
        if not self.is_connected:
            raise ConnectionError("connection is closed")
        reader = self._reader
        response = reader.gets()
        while response is None:
            data = await self._socket.read()
            reader.feed(data)
            response = reader.gets()
        return response


async def execute(connection):
    try:
        return await connection.read_response()
    except ConnectionError:
        return "closed"


async def health_check(connection, seconds):
    await asyncio.sleep(seconds)
    connection.disconnect()


async def main():
    connection = Connection(Socket([b"+PO", b"NG\r\n"]))
    connection.connect()
    answer, _ = await asyncio.gather(execute(connection), health_check(connection, 0.03))
    return answer, connection.is_connected
