"""A server calls hooks before it answers and when a register is set; the hooks are copied under their lock, and called without it."""

import threading
import time

_hooks = {}
_hooks_lock = threading.RLock()


def install_hook(name, hook):
    with _hooks_lock:
        _hooks.setdefault(name, []).append(hook)


def call_hooks(name, *args):
    with _hooks_lock:
        hooks = tuple(_hooks.get(name, ()))
    for hook in hooks:
        hook(*args)


class Slave:
    def __init__(self, registers):
        self._registers = list(registers)
        self._data_lock = threading.Lock()

    def get_values(self, start, count):
        with self._data_lock:
            return self._registers[start : start + count]

    def set_values(self, start, values):
        with self._data_lock:
            self._registers[start : start + len(values)] = values
            call_hooks("registers.set", start, values)


def serve(slave, answers):
    call_hooks("server.before_send", slave, answers)
    answers.append("sent")


def main():
    _hooks.clear()
    changes, answers = [], []
    install_hook("registers.set", lambda start, values: changes.append((start, tuple(values))))
    install_hook("server.before_send", lambda slave, answers: answers.append(len(slave.get_values(0, 2))))
    slave = Slave([0, 0, 0, 0])
    server = threading.Thread(target=serve, args=(slave, answers))
    server.start()
    time.sleep(0.03)
    slave.set_values(1, [7, 9])
    server.join()
    return answers, changes, slave.get_values(0, 4)
