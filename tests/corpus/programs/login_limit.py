"""Sign-ins of an address are limited: after too many failures it is locked for a time that a file configures.

After https://github.com/bytedance/deer-flow/pull/5110
"""

import asyncio
import time

_failures = {}


def read_policy():
    return {"attempts": 2, "seconds": 0.05}


class Locked(Exception):
    pass


async def check_rate_limit(address):
    record = _failures.get(address)
    if record is None:
        return
    policy = await asyncio.to_thread(read_policy)
    count, since = record
    if count < policy["attempts"]:
        return
    if time.monotonic() - since < policy["seconds"]:
        raise Locked(address)
    del _failures[address]


def record_failure(address):
    count, _ = _failures.get(address, (0, 0.0))
    _failures[address] = (count + 1, time.monotonic())


async def sign_in(address, password, after):
    await asyncio.sleep(after)
    try:
        await check_rate_limit(address)
    except Locked:
        return "locked"
    if password != "correct":
        record_failure(address)
        return "wrong"
    return "signed in"


async def main():
    _failures.clear()
    outcomes = [await sign_in("10.0.0.7", "guess", 0) for _ in range(3)]
    await asyncio.sleep(0.1)
    tabs = (sign_in("10.0.0.7", "correct", after) for after in (0.0, 0.2))
    return outcomes + await asyncio.gather(*tabs)


if __name__ == "__main__":
    assert asyncio.run(main()) == ["wrong", "wrong", "locked", "signed in", "signed in"]
