"""A talking assistant starts tools in the background; what a tool finds out is put to the model in a turn of its own."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Conversation:
    history: list = field(default_factory=list)
    prompts: list = field(default_factory=list)

    async def ask_model(self, reply):
        self.prompts.append([role for role, _ in self.history])
        await asyncio.sleep(0.001)
        return reply


@dataclass
class Tool:
    name: str
    seconds: float
    answer: str

    async def run(self):
        await asyncio.sleep(self.seconds)
        return self.answer


class Assistant:
    def __init__(self, conversation):
        self.conversation = conversation
        self.background = set()

    async def chat(self, text, tool):
        self.conversation.history.append(("user", text))
        call = await self.conversation.ask_model(f"call {tool.name}")
        turn_over = asyncio.Event()
        task = asyncio.create_task(self._in_background(tool, turn_over))
        self.background.add(task)
        task.add_done_callback(self.background.discard)
        try:
            await self._speak("One moment.")
            self.conversation.history.append(("assistant", call))
        finally:
            turn_over.set()

    async def _in_background(self, tool, turn_over):
        result = await tool.run()
        await turn_over.wait()
        await self._on_completed(result)

    async def _on_completed(self, result):
        self.conversation.history.append(("tool", result))
        reply = await self.conversation.ask_model(f"It is {result}.")
        self.conversation.history.append(("assistant", reply))

    async def _speak(self, sentence):
        for _word in sentence.split():
            await asyncio.sleep(0.005)


async def main():
    conversation = Conversation()
    assistant = Assistant(conversation)
    await assistant.chat("What is the weather?", Tool("weather", 0.15, "sunny"))
    await asyncio.gather(*assistant.background)
    return conversation.prompts, [text for _, text in conversation.history]
