"""Threads share a queue and a lock; one of them fails."""

import queue
import threading

totals = {}
lock = threading.Lock()


def worker(name, jobs):
    while (job := jobs.get()) is not None:
        with lock:
            totals[name] = totals.get(name, 0) + job  # @add
    if name == "b":
        raise ValueError(f"{name} is done")  # @raise


def main():
    jobs = queue.Queue()
    threads = [threading.Thread(target=worker, args=(name, jobs), name=f"worker-{name}") for name in "ab"]
    for thread in threads:
        thread.start()
    for job in [1, 2, 3, None, None]:
        jobs.put(job)
    for thread in threads:
        thread.join()
    print(sum(totals.values()))  # @sum


main()
