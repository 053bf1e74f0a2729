"""Reviews are to run one at a time: the gate is made when it is first needed, and made anew for another event loop."""

import asyncio


class Model:
    async def judge(self, document, rule):
        await asyncio.sleep(0.002)
        return rule in document


class Review:
    def __init__(self, model, limit=1):
        self.model = model
        self.limit = limit
        self.verdicts = ()
        self._gate = None

    @property
    def gate(self):
        loop = asyncio.get_running_loop()
        if self._gate is not None and self._gate._loop is not loop:
            self._gate = None
        if self._gate is None:
            self._gate = asyncio.Semaphore(self.limit)
        return self._gate

    async def check(self, document, rule):
        async with self.gate:
            verdicts = self.verdicts
            passed = await self.model.judge(document, rule)
            self.verdicts = (*verdicts, (rule, passed))


async def reviewer(review, rule, begins):
    await asyncio.sleep(begins)
    await review.check("signed by both, dated", rule)


async def main():
    review = Review(Model())
    await asyncio.gather(reviewer(review, "signed", 0), reviewer(review, "dated", 0.03), reviewer(review, "sealed", 0.06))
    return sorted(review.verdicts)
