"""A websocket server keeps its clients on a loop; a ticker in a thread sends the time to every client there is.

After https://github.com/dpallot/simple-websocket-server/issues/9
"""

import asyncio
import errno
import threading
import time


class Client:
    """The server's end of one connection; its coroutines run on the loop of the server."""

    def __init__(self, name):
        self.name = name
        self.connected = True
        self.received = []

    async def send_message(self, text):
        if not self.connected:
            raise OSError(errno.EBADF, "Bad file descriptor")
        self.received.append(text)

    async def hang_up(self):
        self.connected = False


class WebSocketServer:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.clients = ()
        self._thread = threading.Thread(target=self.loop.run_forever, name="server")

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def broadcast(self, text):
        sent = 0
        for client in self.clients:
            if client.connected:
                self.call(client.send_message(text))
                sent += 1
        return sent


class Ticker(threading.Thread):
    def __init__(self, server, ticks):
        super().__init__(name="ticker")
        self.server = server
        self.ticks = ticks
        self.sent = []

    def run(self):
        for tick in range(self.ticks):
            try:
                self.sent.append(self.server.broadcast(f"10:0{tick}"))
            except OSError as error:
                self.sent.append(f"broadcast broken off: {error}")
            time.sleep(0.1)


def main():
    with WebSocketServer() as server:
        kiosk, phone = server.clients = (Client("kiosk"), Client("phone"))
        ticker = Ticker(server, ticks=3)
        ticker.start()
        time.sleep(0.15)
        server.call(phone.hang_up())
        ticker.join()
    return ticker.sent, len(kiosk.received), len(phone.received)


if __name__ == "__main__":
    print(*main())
