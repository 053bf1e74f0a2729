"""Queue positions are sent to every subscriber while subscribers come and go."""

import asyncio


class Socket:
    def __init__(self):
        self.inbox = []

    async def send(self, message):
        await asyncio.sleep(0.001)
        self.inbox.append(message)


class Notifier:
    def __init__(self):
        self.subscribers = {}

    def add(self, task_id, socket):
        self.subscribers[task_id] = socket

    def remove(self, task_id):
        self.subscribers.pop(task_id, None)

    async def notify_positions(self):
        for place, (task_id, socket) in enumerate(self.subscribers.items(), start=1):
            await socket.send(f"{task_id} is number {place}")


async def main():
    notifier = Notifier()
    sockets = {task_id: Socket() for task_id in ("t1", "t2")}
    for task_id, socket in sockets.items():
        notifier.add(task_id, socket)
    late = Socket()

    async def visitor():
        await asyncio.sleep(0.05)
        notifier.add("t3", late)

    coming = asyncio.create_task(visitor())
    await notifier.notify_positions()
    await coming
    return [socket.inbox for socket in sockets.values()], sorted(notifier.subscribers)
