"""PYTEST_DONT_REWRITE The pytest plugin: `pytest --causeway`, and orders in tests (docs/pytest.md).

Installed with the SDK, so it is loaded by every pytest there: nothing else of Causeway is imported until an option, a marker or an order is used.
"""

from __future__ import annotations

import os
import sys

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

RESULTS = "CAUSEWAY_PYTEST_RESULTS"
"""Set in the recorded run: where it says how each test ended."""
PROPERTY = "causeway_order"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `pytest --help`, group `causeway`."""
    group = parser.getgroup("causeway", "causeway: what caused this?")
    group.addoption("--causeway", action="store_true", help="record the tests, look for races and deadlocks, and report them beside failures")
    group.addoption(
        "--causeway-fail-on", choices=("confirmed", "likely", "latent", "hint"), metavar="TIER",
        help="end with exit code 1 if there is a finding of this tier or a firmer one (implies --causeway)",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker."""
    config.addinivalue_line("markers", "causeway_order(*waits, feasible=None): run the test under an order made of causeway.order.wait(…)")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """With `--causeway`, runs pytest again under the recorder instead of here."""
    if RESULTS in os.environ or not (config.getoption("causeway") or config.getoption("causeway_fail_on")) or config.option.help:
        return None
    from causeway.testing.session import run

    return run(config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """In the recorded run each test is a span."""
    if RESULTS not in os.environ:
        return (yield)
    from causeway import trace

    with trace("test", nodeid=item.nodeid):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Runs a marked test under its order, and notes what became of orders that the test used."""
    marker = item.get_closest_marker("causeway_order")
    try:
        if marker is None:
            return (yield)
        from causeway.testing.marked import ordered

        with ordered(item, marker):
            return (yield)
    finally:
        if "causeway.order.outcome" in sys.modules:
            recent = sys.modules["causeway.order.outcome"].recent
            item.user_properties += [(PROPERTY, str(outcome)) for outcome in recent if not outcome.feasible and outcome.hang is None]
            recent.clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In the recorded run, says how the test ended."""
    path = os.environ.get(RESULTS)
    if path and (report.when == "call" or report.outcome != "passed"):
        import json

        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps([report.nodeid, report.outcome]) + "\n")
        except OSError:
            pass


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tells which orders could not be forced: such a test ran freely."""
    told = [
        (report.nodeid, text)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, text in getattr(report, "user_properties", ())
        if name == PROPERTY
    ]
    if told:
        terminalreporter.section("causeway: orders that could not be forced")
        for nodeid, text in dict.fromkeys(told):
            terminalreporter.write_line(f"{nodeid}: {text}; the program ran freely")
