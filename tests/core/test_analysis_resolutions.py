"""Where resolving a future is safe, from the text."""

from __future__ import annotations

import pytest
from causeway_core.analysis.detectors.futures.resolved_twice import resolution_at

from tests.support.trace import PATH, Trace

SOURCE = """
class Connection:
    @property
    def alive(self):
        return not self.closed.done()

    @property
    def named(self):
        return self.name

    def drop(self):
        if TEST:
            self.closed.set_result(None)
"""


@pytest.mark.parametrize(
    ("test", "safe"),
    [("not self.closed.done()", True), ("self.alive", True), ("self.named", False), ("other.alive", False)],
    ids=["asked", "asked through a property", "another property", "another object"],
)
def test_a_future_that_is_asked_before_it_is_resolved(test: str, safe: bool) -> None:
    source = SOURCE.replace("TEST", test)
    line = next(number for number, text in enumerate(source.splitlines(), 1) if "set_result" in text)
    assert (resolution_at(Trace(source).evidence(), PATH, line) is None) is safe
