"""Images are scaled by threads, whose results the loop puts into the gallery; a bar shows how many are done."""

import asyncio


class Bar:
    def __init__(self, total):
        self.total = total
        self.done = 0
        self.drawn = []

    def draw(self):
        self.drawn.append(f"{self.done}/{self.total}")


def scale(name, width, height):
    factor = 64 / max(width, height)
    return name, round(width * factor), round(height * factor)


class Gallery:
    def __init__(self, bar):
        self.bar = bar
        self.thumbs = {}

    async def add(self, image):
        name, width, height = await asyncio.to_thread(scale, *image)
        self.thumbs[name] = (width, height)
        self.bar.done += 1


async def redraw(bar):
    while bar.done < bar.total:
        bar.draw()
        await asyncio.sleep(0.002)


async def main():
    images = [("sea", 640, 480), ("tree", 300, 900), ("face", 128, 128)]
    bar = Bar(len(images))
    gallery = Gallery(bar)
    drawing = asyncio.create_task(redraw(bar))
    await asyncio.gather(*(gallery.add(image) for image in images))
    await drawing
    return sorted(gallery.thumbs.items()), bar.done
