"""The state of a card table is an immutable value; a move makes the next one from it."""

import asyncio
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class State:
    moves: int = 0
    scores: dict = field(default_factory=dict)

    def scored(self, player, points):
        return replace(self, moves=self.moves + 1, scores={**self.scores, player: self.scores.get(player, 0) + points})


class Rules:
    async def judge(self, card):
        await asyncio.sleep(0.001)
        return {"ace": 11, "king": 4}.get(card, 0)


class Table:
    def __init__(self, rules):
        self.rules = rules
        self.state = State()

    async def play(self, player, card):
        points = await self.rules.judge(card)
        self.state = self.state.scored(player, points)


async def seat(table, player, cards, thinks):
    for card in cards:
        await asyncio.sleep(thinks)
        await table.play(player, card)


async def main():
    table = Table(Rules())
    await asyncio.gather(seat(table, "ann", ["ace", "king"], 0.01), seat(table, "bob", ["king"], 0.12))
    return table.state.moves, sorted(table.state.scores.items())
