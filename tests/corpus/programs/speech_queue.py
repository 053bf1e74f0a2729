"""The scheduling loop of a voice agent: speeches are said by priority, the loop sleeps until the queue is updated."""

import asyncio
import heapq
from dataclasses import dataclass, field


@dataclass(order=True)
class Speech:
    priority: int
    number: int
    text: str = field(compare=False)
    said: asyncio.Future = field(compare=False, default=None)


class Speaker:
    """Stands for the text-to-speech output."""

    def __init__(self, latency):
        self._latency = latency
        self.transcript = []

    async def say(self, text):
        await asyncio.sleep(self._latency)
        self.transcript.append(text)


class AgentActivity:
    def __init__(self, speaker):
        self._speaker = speaker
        self._speech_q = []
        self._q_updated = asyncio.Event()
        self._numbers = 0
        self._main_task = None

    def start(self):
        self._main_task = asyncio.create_task(self._scheduling_task(), name="scheduling")

    def schedule(self, text, priority=5):
        self._numbers += 1
        speech = Speech(priority, self._numbers, text, asyncio.get_running_loop().create_future())
        heapq.heappush(self._speech_q, speech)
        self._q_updated.set()
        return speech.said

    async def _play(self, speech):
        await self._speaker.say(speech.text)
        speech.said.set_result(speech.number)

    async def _scheduling_task(self):
        while True:
            await self._q_updated.wait()
            while self._speech_q:
                speech = heapq.heappop(self._speech_q)
                await self._play(speech)
            await self._after_turn()
            self._q_updated.clear()

    async def _after_turn(self):
        await self._speaker.say("")

    async def aclose(self):
        self._main_task.cancel()
        await asyncio.gather(self._main_task, return_exceptions=True)


async def caller(activity, pause, text):
    await asyncio.sleep(pause)
    return await activity.schedule(text)


async def main():
    speaker = Speaker(0.001)
    activity = AgentActivity(speaker)
    activity.start()
    await asyncio.gather(caller(activity, 0, "good morning"), caller(activity, 0.02, "your order is on its way"))
    await activity.aclose()
    return sorted(filter(None, speaker.transcript))
