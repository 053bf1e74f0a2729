"""Badges are drawn by a pool; the colour of a name is worked out once and kept - or twice, if two ask at the same time."""

import zlib
from concurrent.futures import ThreadPoolExecutor, as_completed


class Palette(dict):
    """Works out what is missing; the same name always has the same colour."""

    def __missing__(self, name):
        colour = self[name] = f"#{zlib.crc32(name.encode()) & 0xFFFFFF:06x}"
        return colour


class Badges:
    palette = Palette()

    def draw(self, name, role):
        return f"{name} ({role}) on {self.palette[name]}"

    @classmethod
    def clear(cls):
        cls.palette = Palette()


def main():
    Badges.clear()
    badges = Badges()
    wanted = [("ida", "speaker"), ("ida", "author"), ("olu", "speaker"), ("ida", "host"), ("olu", "author")]
    with ThreadPoolExecutor(max_workers=3) as pool:
        drawing = {pool.submit(badges.draw, *who): who for who in wanted}
        drawn = {drawing[future]: future.result() for future in as_completed(drawing)}
    return [drawn[who] for who in wanted], sorted(badges.palette)


if __name__ == "__main__":
    print(main())
