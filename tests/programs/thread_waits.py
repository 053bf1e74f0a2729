"""One wait of each kind of threading. Every line marked `# @x` is where a wait ends or what ends it."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor


class Bank:
    def __init__(self):
        self.lock = threading.Lock()
        self.ready = threading.Event()
        self.changed = threading.Condition()
        self.barrier = threading.Barrier(2)
        self.orders = queue.Queue()
        self.holding = threading.Event()
        self.open = False
        self.total = 0


bank = Bank()


def holder():
    with bank.lock:
        bank.holding.set()
        bank.total += 1  # @under lock


def next_holder():
    bank.holding.wait()
    with bank.lock:
        bank.total += 1  # @lock taken over


def waiter():
    with bank.changed:
        bank.ready.set()  # @set
        while not bank.open:
            bank.changed.wait()
        bank.total += 1  # @after condition


def opener():
    bank.ready.wait()
    with bank.changed:
        bank.open = True
        bank.changed.notify()  # @notify


def meet(amount):
    bank.total += amount  # @before barrier
    bank.barrier.wait()
    assert bank.total  # @after barrier


def producer():
    bank.orders.put(5)  # @put


def consumer():
    bank.total += bank.orders.get()  # @get
    bank.orders.task_done()  # @task_done


def run(*functions):
    threads = [threading.Thread(target=function, args=args, name=f"{function.__name__}-{index}") for index, (function, *args) in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bank.total += 1  # @after join


run([holder], [next_holder])
run([waiter], [opener])
run([meet, 1], [meet, 2])
run([producer], [consumer])
bank.orders.join()
with ThreadPoolExecutor(1, thread_name_prefix="pool") as executor:
    executor.submit(producer).result()  # @submit
print(bank.total)
