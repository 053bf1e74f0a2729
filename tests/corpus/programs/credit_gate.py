"""Quota kept in a dataclass; check in a helper, the charge after the work, from a stale local."""

import asyncio
from dataclasses import dataclass


@dataclass
class Account:
    credits: int


class Gate:
    def __init__(self, accounts):
        self.accounts = accounts

    def remaining(self, name):
        return self.accounts[name].credits

    def settle(self, name, credits):
        self.accounts[name].credits = credits


async def job(gate, name, cost):
    left = gate.remaining(name)
    if left < cost:
        return "denied"
    await asyncio.sleep(0.001)
    gate.settle(name, left - cost)
    return "ok"


async def later(delay, *args):
    await asyncio.sleep(delay)
    return await job(*args)


async def main():
    gate = Gate({"eva": Account(10)})
    results = await asyncio.gather(later(0, gate, "eva", 4), later(0.06, gate, "eva", 4))
    return results, gate.accounts["eva"].credits
