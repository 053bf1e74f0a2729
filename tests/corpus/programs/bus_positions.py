"""Receivers in threads hear where the buses are; the event loop keeps the board at the stop."""

import asyncio
import functools
import threading


class Receiver(threading.Thread):
    def __init__(self, bus, stops, report):
        super().__init__(name=f"receiver-{bus}")
        self.bus = bus
        self.stops = stops
        self.report = report
        self.reported = 0
        self.stopped = False

    def run(self):
        for stop in self.stops:
            if self.stopped:
                break
            self.report(self.bus, stop)
            self.reported += 1
        self.report(self.bus, None)


class Board:
    def __init__(self, buses):
        self.last = dict.fromkeys(buses)
        self.arrived = asyncio.Queue()

    def on_report(self, bus, stop):
        if stop is None:
            self.arrived.put_nowait(bus)
        else:
            self.last[bus] = stop

    async def all_arrived(self):
        for _ in self.last:
            await self.arrived.get()
        return self.last


async def evening(lines):
    board = Board(lines)
    loop = asyncio.get_running_loop()
    report = functools.partial(loop.call_soon_threadsafe, board.on_report)
    receivers = [Receiver(bus, stops, report) for bus, stops in lines.items()]
    for receiver in receivers:
        receiver.start()
    last = await board.all_arrived()
    for receiver in receivers:
        receiver.stopped = True
        await asyncio.to_thread(receiver.join)
    return sorted(last.items()), [receiver.reported for receiver in receivers]


def main():
    return asyncio.run(evening({"7": ["harbour", "market", "depot"], "12": ["hill", "school"]}))


if __name__ == "__main__":
    print(main())
