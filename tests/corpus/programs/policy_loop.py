"""A model is shared by the threads of an evaluation; each call runs on an event loop of its own and takes the lock first."""

import asyncio
import threading


class Policy:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._step = 0

    async def get_actions(self, observation):
        async with self._lock:
            step = self._step
            await asyncio.sleep(0.002)  # the model infers
            self._step = step + 1
            return f"{observation}@{step}"

    def act(self, observation):
        return asyncio.run(self.get_actions(observation))


def episode(policy, name, warm_up, actions):
    for _ in range(warm_up):
        asyncio.run(asyncio.sleep(0.02))
    actions.append(policy.act(name))


def main():
    policy = Policy()
    actions = []
    episodes = [
        threading.Thread(target=episode, args=(policy, "left", 0, actions)),
        threading.Thread(target=episode, args=(policy, "right", 5, actions)),
    ]
    for each in episodes:
        each.start()
    for each in episodes:
        each.join()
    assert sorted(action.partition("@")[2] for action in actions) == ["0", "1"], actions
    return actions


if __name__ == "__main__":
    print(main())
