"""A session manager makes the session of a group once; the lock around it is one of threads."""

import asyncio
import threading


class SessionManager:
    def __init__(self):
        self._lock = threading.Lock()
        self._sessions = {}
        self.made = 0

    async def group_session(self, name):
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = await self._create(name)
            return self._sessions[name]

    async def _create(self, name):
        await asyncio.sleep(0.002)  # the gateway answers
        self.made += 1
        return f"session {self.made} of {name}"


async def join(manager, name, after):
    await asyncio.sleep(after)
    return await manager.group_session(name)


async def main():
    manager = SessionManager()
    sessions = await asyncio.gather(join(manager, "weather", 0), join(manager, "weather", 0.06))
    assert sessions == ["session 1 of weather"] * 2, sessions
    return sessions


if __name__ == "__main__":
    print(asyncio.run(main()))
