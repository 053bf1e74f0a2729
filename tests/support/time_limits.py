"""A time limit also for a test that is run again: pytest-timeout sets its timer once a test, so a second run that hangs would hang for ever."""

from __future__ import annotations

from typing import Any

import pytest

_SETTINGS = pytest.StashKey[Any]()


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> None:
    """Remembers the limit for later runs of the test. pytest-timeout then sets the timer."""
    item.stash[_SETTINGS] = settings


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Sets the timer anew where pytest-rerunfailures runs the test again."""
    if getattr(item, "execution_count", 1) > 1 and _SETTINGS in item.stash:
        item.ihook.pytest_timeout_cancel_timer(item=item)
        item.ihook.pytest_timeout_set_timer(item=item, settings=item.stash[_SETTINGS])
