"""An undo looks at the top of the history, awaits, and removes what is on top then."""

import asyncio


class Editor:
    def __init__(self):
        self.history = ["a", "b"]
        self.undone = []

    async def undo(self):
        if not self.history:
            return
        top = self.history[-1]
        await asyncio.sleep(0)
        self.undone.append(top)
        self.history.pop()


async def main():
    editor = Editor()
    first = asyncio.create_task(editor.undo())
    await asyncio.sleep(0.01)
    second = asyncio.create_task(editor.undo())
    await asyncio.gather(first, second)
    return editor.undone, editor.history
