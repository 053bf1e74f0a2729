"""Threads increment a variable of the enclosing function."""

import threading


def main():
    done = 0

    def work():
        nonlocal done
        current = done
        current += 1
        done = current

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done
