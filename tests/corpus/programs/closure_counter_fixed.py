"""The increment is made under a lock."""

import threading


def main():
    done = 0
    lock = threading.Lock()

    def work():
        nonlocal done
        with lock:
            current = done
            current += 1
            done = current

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done
