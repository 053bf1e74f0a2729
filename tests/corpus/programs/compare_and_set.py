"""A document is stored only if its revision is still the one that was read, else read again."""

import asyncio


class Couch:
    def __init__(self):
        self.document = {"tags": (), "revision": 1}

    async def get(self):
        await asyncio.sleep(0.001)
        return dict(self.document)

    async def put(self, document):
        await asyncio.sleep(0.001)
        if document["revision"] != self.document["revision"]:
            return False
        self.document = {**document, "revision": document["revision"] + 1}
        return True


async def tag(couch, name):
    while True:
        document = await couch.get()
        document["tags"] = (*document["tags"], name)
        if await couch.put(document):
            return


async def main():
    couch = Couch()
    await asyncio.gather(tag(couch, "new"), tag(couch, "red"))
    return sorted(couch.document["tags"]), couch.document["revision"]
