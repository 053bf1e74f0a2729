"""Compilers run in process groups of their own; a SIGTERM to the scan must take those along that are running."""

import os
import signal
import subprocess
import threading
import time

_active_groups = set()
_active_groups_lock = threading.Lock()
_stopping = False


def run_bounded(*command):
    process = subprocess.Popen(command, start_new_session=True)
    with _active_groups_lock:
        _active_groups.add(process.pid)
    if _stopping:
        kill_group(process.pid)
    try:
        return process.wait()
    finally:
        with _active_groups_lock:
            _active_groups.discard(process.pid)


def kill_group(group):
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def on_sigterm(_number, _frame):
    global _stopping
    _stopping = True
    with _active_groups_lock:
        groups = list(_active_groups)
    for group in groups:
        kill_group(group)


def impatient(delay):
    time.sleep(delay)
    os.kill(os.getpid(), signal.SIGTERM)


def scan(*seconds):
    for each in seconds:
        if _stopping:
            return
        yield run_bounded("sleep", each)


def main():
    global _stopping
    _stopping = False
    before = signal.signal(signal.SIGTERM, on_sigterm)
    user = threading.Thread(target=impatient, args=(0.2,))
    user.start()
    codes = list(scan("0.01", "1.5", "1.5"))
    user.join()
    signal.signal(signal.SIGTERM, before)
    return codes[-1:], len(codes), len(_active_groups)
