"""Processes that synchronize by every means of multiprocessing: python processes.py fork|spawn|forkserver."""

import multiprocessing
import sys


def worker(lock, nested, slots, ready, go, condition, turn, passed, total, todo, answers):
    with slots:
        ready.release()
    go.wait()
    assert go.is_set()
    with nested, nested:
        pass
    lock.acquire()
    passed.value += 1
    lock.release()
    with condition:
        condition.wait_for(lambda: turn.value == 1)
    with total.get_lock():
        total.value += 1
    answers.put(todo.get())
    todo.task_done()


def main(method):
    context = multiprocessing.get_context(method)
    lock, nested, slots = context.Lock(), context.RLock(), context.BoundedSemaphore(2)
    ready, go, condition = context.Semaphore(0), context.Event(), context.Condition()
    turn, passed, total = context.Value("i", 0, lock=False), context.Value("i", 0, lock=False), context.Value("i", 0)
    todo, answers = context.JoinableQueue(), context.SimpleQueue()
    shared = (lock, nested, slots, ready, go, condition, turn, passed, total, todo, answers)
    workers = [context.Process(target=worker, args=shared) for _ in range(2)]
    for process in workers:
        process.start()
    for _ in workers:
        ready.acquire()
    print(lock.acquire(False), lock.acquire(False))
    lock.release()
    go.set()
    with condition:
        turn.value = 1
        condition.notify_all()
    for _ in workers:
        todo.put("item")
    todo.join()
    print([answers.get() for _ in workers])
    for process in workers:
        process.join()
    print(passed.value, total.value, [process.exitcode for process in workers], context.Lock().acquire(timeout=1))


if __name__ == "__main__":
    main(sys.argv[1])
