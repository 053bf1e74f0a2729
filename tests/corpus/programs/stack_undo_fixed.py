"""The top is removed before the await."""

import asyncio


class Editor:
    def __init__(self):
        self.history = ["a", "b"]
        self.undone = []

    async def undo(self):
        if not self.history:
            return
        top = self.history.pop()
        await asyncio.sleep(0)
        self.undone.append(top)


async def main():
    editor = Editor()
    first = asyncio.create_task(editor.undo())
    await asyncio.sleep(0.01)
    second = asyncio.create_task(editor.undo())
    await asyncio.gather(first, second)
    return editor.undone, editor.history
