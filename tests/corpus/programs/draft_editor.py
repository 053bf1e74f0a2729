"""A thread checks the spelling of a draft while the loop goes on typing into it."""

import asyncio


class Draft:
    def __init__(self):
        self.text = "teh"

    def correct(self):
        text = self.text
        self.text = text.replace("teh", "the")

    def type(self, more):
        self.text = self.text + more


async def main():
    draft = Draft()
    correcting = asyncio.create_task(asyncio.to_thread(draft.correct))
    await asyncio.sleep(0.03)
    draft.type(" end")
    await correcting
    return draft.text
