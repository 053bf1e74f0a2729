"""Two philosophers, two forks, each takes the left one first: sometimes nobody eats."""

import threading

fork_1, fork_2 = threading.Lock(), threading.Lock()
both_have_one = threading.Barrier(2)


def dine(left, right):
    with left:
        both_have_one.wait()
        with right:
            print("eating")


def main():
    philosophers = [threading.Thread(target=dine, args=forks, name=name) for name, forks in (("kant", (fork_1, fork_2)), ("hume", (fork_2, fork_1)))]
    for philosopher in philosophers:
        philosopher.start()
    for philosopher in philosophers:
        philosopher.join()


main()
