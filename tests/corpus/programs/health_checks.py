"""A chat bot answers with the state of health checks that a thread brings up to date; a mutex keeps the two apart."""

import asyncio
import threading
import time


class HealthChecks:
    def __init__(self, names):
        self.mutex = threading.Lock()
        self._states = dict.fromkeys(names, "unknown")
        self.rounds = 0

    def update(self):
        with self.mutex:
            for name in self._states:
                self._states[name] = "ok"
            self.rounds += 1

    async def report(self, say):
        with self.mutex:
            lines = [f"{name}: {state}" for name, state in sorted(self._states.items())]
            await say("\n".join(lines))
            return len(lines)


class Updater(threading.Thread):
    def __init__(self, checks, rounds):
        super().__init__(daemon=True)
        self.checks = checks
        self.rounds = rounds

    def run(self):
        for _ in range(self.rounds):
            self.checks.update()
            time.sleep(0.01)


class Bot:
    def __init__(self, checks):
        self.checks = checks
        self.said = []

    async def say(self, text):
        await asyncio.sleep(0.002)
        self.said.append(text)

    async def on_command(self, comes):
        await asyncio.sleep(comes)
        return await self.checks.report(self.say)


async def main():
    checks = HealthChecks(["database", "mail"])
    updater = Updater(checks, rounds=2)
    updater.start()
    bot = Bot(checks)
    lines = await asyncio.gather(bot.on_command(0.03), bot.on_command(0.06))
    await asyncio.to_thread(updater.join)
    return lines, len(bot.said), checks.rounds
