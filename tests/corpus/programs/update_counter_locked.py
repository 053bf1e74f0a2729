"""Actors add to a number in shared memory under the lock it comes with."""

import multiprocessing
import time


def steps(episode):
    return sum(1 for reward in episode if reward is not None)


def actor(total, episodes, warm_up):
    time.sleep(warm_up)
    for episode in episodes:
        with total.get_lock():
            total.value += steps(episode)


def main():
    context = multiprocessing.get_context("fork")
    total = context.Value("l", 0)
    work = [([[1, 0, None], [0, 0]], 0), ([[5, 5, 5]], 0.15)]
    actors = [context.Process(target=actor, args=(total, *share)) for share in work]
    for process in actors:
        process.start()
    for process in actors:
        process.join()
    return total.value
