"""A sailing site asks two mirrors for a tide table and takes the one that answers first."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Mirror:
    name: str
    delay: float
    served: int = 0
    open_requests: int = 0

    async def tides(self, harbour: str) -> list[str]:
        self.open_requests += 1
        try:
            await asyncio.sleep(self.delay)
            self.served += 1
            return [f"{harbour} high 04:10", f"{harbour} low 10:25"]
        finally:
            self.open_requests -= 1


@dataclass
class TideClient:
    mirrors: list[Mirror]
    pages: dict[str, list[str]] = field(default_factory=dict)
    asked: int = 0

    async def fetch(self, harbour: str) -> list[str]:
        self.asked += 1
        tasks = {asyncio.create_task(mirror.tides(harbour)) for mirror in self.mirrors}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            table = next(iter(done)).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self.pages.setdefault(harbour, table)
        return self.pages[harbour]


async def main():
    mirrors = [Mirror("north", 0.03), Mirror("south", 0.05)]
    client = TideClient(mirrors)
    tables = await asyncio.gather(*(client.fetch(harbour) for harbour in ("Brest", "Cadiz", "Brest")))
    return [table[0] for table in tables], sorted(client.pages), client.asked, sum(m.open_requests for m in mirrors)


if __name__ == "__main__":
    first, harbours, asked, left_open = asyncio.run(main())
    assert not left_open
    print(first, harbours, asked)
