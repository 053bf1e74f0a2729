"""The thread gets the text, not the draft, and typing waits for its answer."""

import asyncio


class Draft:
    def __init__(self):
        self.text = "teh"

    @staticmethod
    def corrected(text):
        return text.replace("teh", "the")

    def type(self, more):
        self.text = self.text + more


async def main():
    draft = Draft()
    draft.text = await asyncio.to_thread(draft.corrected, draft.text)
    draft.type(" end")
    return draft.text
