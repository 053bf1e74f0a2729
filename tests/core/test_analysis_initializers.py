"""What an initializer sets before it lets the object out comes before anything that others do with it."""

from __future__ import annotations

import textwrap

import pytest
from causeway_core.analysis.evidence.initializers import Initializers
from causeway_core.analysis.pipeline import judged
from causeway_core.analysis.source_text import Texts

from tests.support.trace import Trace

JOB = """
class Base:
    def __init__(self):
        {base}

class Job(Base):
    def __init__(self, pool, /):
        {before}
        self.result = None

    def run(self):
        return self.result

    def _fill(self):
        self.state = "new"
"""


def sets_privately(base: str, before: str, attribute: str, text: str) -> bool:
    source = textwrap.dedent(JOB).format(base=base, before=before)
    line = next(number for number, each in enumerate(source.splitlines(), 1) if text in each)
    return Initializers(Texts({"app.py": source})).sets_privately("app.py", line, attribute)


@pytest.mark.parametrize("before", ["self.pool = pool", "super().__init__()", "self._fill()", "self.name = pool.name.lower(); log(self.name)"])
def test_what_is_set_before_anybody_has_the_object(before: str) -> None:
    assert sets_privately("self.base = 1", before, "result", "self.result = None")


@pytest.mark.parametrize("before", [
    "pool.add(self)", "Thread(target=self.run).start()", "self.start()", "pool.each(lambda: self.name)", "self.run_later(self)", "jobs[0] = self",
])  # fmt: skip
def test_what_is_set_after_the_object_was_let_out(before: str) -> None:
    assert not sets_privately("self.base = 1", before, "result", "self.result = None")


def test_a_base_class_may_let_the_object_out() -> None:
    assert not sets_privately("jobs.append(self)", "super().__init__()", "result", "self.result = None")


@pytest.mark.parametrize(("before", "private"), [("self._fill()", True), ("pool.add(self)\n        self._fill()", False), ("pass", False)])
def test_a_helper_that_only_initializers_call(before: str, private: bool) -> None:
    assert sets_privately("self.base = 1", before, "state", "self.state =") is private


@pytest.mark.parametrize("publishes", [False, True])
def test_a_use_does_not_come_before_initialization(publishes: bool) -> None:
    trace = Trace(f"""
    class Job:
        def __init__(self, jobs):
            {"jobs.append(self)" if publishes else "pass"}
            self.call = None
            self.call = jobs.call

    def work(job):
        return job.call.name
    """)
    maker, worker = trace.thread("maker"), trace.thread("worker")
    trace.write(maker, "self.call = None", "Job.call", None)
    trace.write(maker, "self.call = jobs.call", "Job.call", "<app.Call #3>")
    trace.read(worker, "return job.call.name", "Job.call", "<app.Call #3>")
    assert bool([each for each in judged(trace.evidence()) if each.tier in ("likely", "latent")]) is publishes
