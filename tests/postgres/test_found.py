"""What is found in programs that read and then write, and that nothing is where the database or the statement sees to it."""

from __future__ import annotations

import pytest

from tests.postgres.conftest import PROGRAMS, Workshop

FOUND = {
    "transfer": ("lost_update", "accounts row 1"),
    "user_names": ("atomicity_violation", "users"),
    "on_call": ("atomicity_violation", "doctors"),
    "coupons": ("atomicity_violation", "redeemed"),
    "coupons_for_update_of_nothing": ("atomicity_violation", "redeemed"),
    "ledger": ("lost_update", "accounts row 1"),
    "meter": ("lost_update", "meters row 3"),
    "seats": ("lost_update", "shows row 7"),
    "seats_locked_too_short": ("lost_update", "shows row 7"),
    "sign_up": ("atomicity_violation", "members"),
    "stock": ("lost_update", "stock row 4"),
    "stock_locked_too_short": ("lost_update", "stock row 4"),
    "transfer_locked_too_short": ("lost_update", "accounts row 1"),
    "wallets_api": ("lost_update", "wallets row 1"),
}
"""Kind and resource of the finding; programs that are not here are right."""
QUICK = ("seats", "seats_for_update")
HIDDEN = ("meter_in_function", "seats_in_function", "transfer_in_function")
"""Locked where no text says so: found, and then not to be forced."""
NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py") if path.stem not in HIDDEN)


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in NAMES])
def test_the_bug_is_found_and_what_is_right_is_not_accused(name: str, workshop: Workshop) -> None:
    workshop.record(name)
    found = {(finding["kind"], finding["resource"]) for finding in workshop.analyse("--no-verify") if finding["tier"] != "hint"}
    assert found == ({FOUND[name]} if name in FOUND else set())
