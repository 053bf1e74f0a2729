"""A workflow runs agents side by side on one task, and each of them adds its artifact to the task.

After https://github.com/nMaroulis/protolink/issues/2
"""

import asyncio
import logging
from dataclasses import dataclass, field, replace

logger = logging.getLogger("flow")


@dataclass
class Task:
    prompt: str
    state: str = "submitted"
    artifacts: tuple = ()
    metadata: dict = field(default_factory=dict)

    def with_artifact(self, artifact):
        return replace(self, artifacts=(*self.artifacts, artifact))

    def update(self, other):
        self.state = other.state
        self.artifacts = other.artifacts


class Agent:
    def __init__(self, name, loading, thinking):
        self.name = name
        self.loading = loading
        self.thinking = thinking

    async def load(self):
        await asyncio.sleep(self.loading)

    async def handle(self, task):
        draft = replace(task, state="working")
        await asyncio.sleep(self.thinking)
        logger.debug("%s has read %r", self.name, task.prompt)
        return replace(draft.with_artifact(f"{self.name}: {task.prompt}"), state="completed")


class Step:
    def __init__(self, agent):
        self.agent = agent

    async def execute(self, task):
        await self.agent.load()
        task.update(await self.agent.handle(task))
        return task


class Parallel:
    def __init__(self, *steps):
        self.steps = steps

    async def execute(self, task):
        results = await asyncio.gather(*(step.execute(task) for step in self.steps))
        return results[-1]


async def main():
    flow = Parallel(Step(Agent("search", 0.0, 0.02)), Step(Agent("write", 0.12, 0.02)), Step(Agent("check", 0.24, 0.02)))
    task = await flow.execute(Task("tides"))
    return task.state, sorted(artifact.partition(":")[0] for artifact in task.artifacts)


if __name__ == "__main__":
    assert asyncio.run(main()) == ("completed", ["check", "search", "write"])
