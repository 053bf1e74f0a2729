"""pytest plugin for (f): CPU time from the start of the session, collection and imports included, to its end."""

import time

import timing

started = 0.0


def pytest_sessionstart(session):
    global started
    started = time.process_time()


def pytest_sessionfinish(session, exitstatus):
    timing.write(time.process_time() - started)
