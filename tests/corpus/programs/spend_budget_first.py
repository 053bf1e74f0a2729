"""A budget of retries lives in a closure, which takes one in the step that asks whether any are left."""

import asyncio


def retry_budget(left):
    spent = []

    async def audit(name):
        await asyncio.sleep(0.001)
        return f"retry of {name}"

    async def spend(name):
        nonlocal left
        if left <= 0:
            return False
        left -= 1
        spent.append(await audit(name))
        return True

    def remaining():
        return left, spent

    return spend, remaining


async def call(spend, after, name):
    await asyncio.sleep(after)
    return await spend(name)


async def main():
    spend, remaining = retry_budget(1)
    allowed = await asyncio.gather(call(spend, 0, "upload"), call(spend, 0.05, "delete"))
    left, spent = remaining()
    return allowed.count(True), left, len(spent)
