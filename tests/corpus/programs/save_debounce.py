"""An editor saves once it has been quiet; two changes at once leave two planned saves, one of them forgotten."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Plan:
    action: Callable
    cancelled: bool = False

    def cancel(self):
        self.cancelled = True


class Scheduler:
    def __init__(self):
        self.plans = []

    def later(self, action):
        plan = Plan(action)
        self.plans.append(plan)
        return plan

    def run(self):
        for plan in self.plans:
            if not plan.cancelled:
                plan.action()


class Autosave:
    def __init__(self, scheduler):
        self.scheduler = scheduler
        self.plan = None
        self.saves = 0

    def changed(self):
        if self.plan is not None:
            self.plan.cancel()
        self.plan = self.scheduler.later(self._save)

    def _save(self):
        self.saves += 1


def formatter(autosave):
    time.sleep(0.02)
    autosave.changed()


def main():
    scheduler = Scheduler()
    autosave = Autosave(scheduler)
    threads = [threading.Thread(target=autosave.changed), threading.Thread(target=formatter, args=(autosave,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scheduler.run()
    return autosave.saves
