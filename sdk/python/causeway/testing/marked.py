"""A test with `@pytest.mark.causeway_order(…)`: the test runs under the order."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from types import ModuleType
from typing import Any

import pytest

from causeway.order import OrderError, forced


@contextmanager
def ordered(item: pytest.Item, marker: pytest.Mark) -> Iterator[None]:
    """Puts the order of the marker in force while the test function runs.

    The test's module and those that hold places are imported again with gates, so what fixtures made of the former ones is not held. An order
    that could not be forced is a warning; with `feasible=True` it fails the test, with `feasible=False` an order that could be does.
    """
    feasible = marker.kwargs.get("feasible")
    if set(marker.kwargs) - {"feasible"} or not isinstance(item, pytest.Function):
        raise pytest.UsageError(f"{item.nodeid}: causeway_order takes waits and `feasible`, and marks functions")
    try:
        order = forced(list(marker.args))
    except OrderError as error:
        raise pytest.UsageError(f"{item.nodeid}: {error}") from None
    original = item.obj
    with order as run:
        run.load_places()
        item.obj = _anew(item)
        try:
            yield
        except KeyboardInterrupt:
            if run.outcome.hang is None:
                raise
            pytest.fail(str(run.outcome), pytrace=False)
        finally:
            item.obj = original
    if feasible is not None and run.outcome.feasible != feasible:
        pytest.fail(str(run.outcome), pytrace=False)
    if feasible is None and not run.outcome.feasible:
        warnings.warn(pytest.PytestWarning(f"{item.nodeid}: {run.outcome}"), stacklevel=1)


def _anew(item: pytest.Function) -> Any:
    """The test function of a fresh copy of its module, whose imports have gates."""
    module = _copy(item.module)
    names = item.originalname or item.name
    owner: Any = module
    if item.cls is not None:
        for part in item.cls.__qualname__.split("."):
            owner = getattr(owner, part)
        owner = owner()
    return getattr(owner, names)


def _copy(module: ModuleType) -> ModuleType:
    spec = util.spec_from_file_location(module.__name__, module.__file__)
    if spec is None or spec.loader is None:
        return module
    known = sys.modules.get(module.__name__)
    copy = sys.modules[module.__name__] = util.module_from_spec(spec)
    try:
        spec.loader.exec_module(copy)
    finally:
        if known is not None:
            sys.modules[module.__name__] = known
    return copy
