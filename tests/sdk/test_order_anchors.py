"""Which module a place's file means."""

from __future__ import annotations

import pytest
from causeway.order.anchors import concerns


@pytest.mark.parametrize(("file", "path", "root", "meant"), [
    ("urls.py", "/shop/urls.py", "/shop", True),
    ("urls.py", "/shop/orders/urls.py", "/shop", False),
    ("orders/urls.py", "/shop/orders/urls.py", "/shop", True),
    ("urls.py", "/env/lib/python3.11/site-packages/django/core/checks/urls.py", "/shop", False),
    ("urls.py", "/shop/.venv/lib/python3.12/site-packages/urls.py", "/shop", False),
    (".venv/lib/python3.12/site-packages/jobs/pool.py", "/shop/.venv/lib/python3.12/site-packages/jobs/pool.py", "/shop", True),
    ("queues.py", "/usr/lib/python3.11/asyncio/queues.py", "/shop", False),
    ("src/shop/cart.py", "/elsewhere/src/shop/cart.py", "/copy/of/shop", True),  # installed in editable mode, run in a copy
    ("urls.py", "/home/me/shop/urls.py", "", True),
    ("urls.py", "/env/lib/python3.11/site-packages/django/core/checks/urls.py", "", False),
    ("jobs/pool.py", "/env/lib/python3.11/site-packages/jobs/pool.py", "", True),
    ("/shop/urls.py", "/shop/urls.py", "/other", True),
    ("/shop/urls.py", "/shop/orders/urls.py", "/shop", False),
    ("urls.py", "/shop/my_urls.py", "", False),
])  # fmt: skip
def test_a_relative_file_is_below_the_root_and_not_deep_in_a_library(file: str, path: str, root: str, meant: bool) -> None:
    assert concerns(file, path, root) is meant
