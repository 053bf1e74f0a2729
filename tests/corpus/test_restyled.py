"""Bugs of the corpus in other styles: what a rule finds in one it finds in the other, and the mended twins have nothing above a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.corpus import Label, judge, labels

RESTYLED = [each for each in labels() if each.set == "restyled"]


QUICK = ("profile_context", "profile_context_fixed")


@pytest.mark.parametrize(
    "label", [each if each.name in QUICK else pytest.param(each, marks=pytest.mark.slow) for each in RESTYLED], ids=[each.name for each in RESTYLED]
)
def test_a_bug_is_proved_and_its_mended_twin_is_not_accused(label: Label, tmp_path: Path) -> None:
    verdict = judge(label, tmp_path, proving=True)
    assert verdict.found("confirmed" if label.bug else "latent") is label.bug, verdict.findings
