"""A few programs of the corpus, recorded and analysed as `make corpus` does it, and the tables it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.corpus import PROGRAMS, Label, Verdict, by_kind, by_tier, judge, labels
from tests.corpus.score import run

SAMPLE = ("pg_acquire", "ip_limit", "client_guard", "withdraw_api")


@pytest.mark.parametrize("name", [each for bug in SAMPLE for each in (bug, f"{bug}_fixed")])
def test_the_bug_is_found_and_its_mended_twin_is_not_accused(name: str, tmp_path: Path) -> None:
    (label,) = (each for each in labels() if each.name == name)
    verdict = judge(label, tmp_path)
    assert verdict.ended
    assert verdict.found("likely") is label.bug, verdict.findings


def test_a_request_that_waits_for_the_one_before_on_its_connection_is_forced_on_another(tmp_path: Path) -> None:
    (label,) = (each for each in labels() if each.name == "cart_session")
    verdict = judge(label, tmp_path, proving=True)
    assert verdict.found("confirmed"), verdict.findings


@pytest.mark.slow
def test_a_cache_that_two_may_fill_alike_is_not_accused_by_re_runs(tmp_path: Path) -> None:
    (label,) = (each for each in labels() if each.name == "slug_cache")
    verdict = judge(label, tmp_path, proving=True)
    assert not verdict.found("latent"), verdict.findings


def test_a_hang_confirms_only_the_deadlock_that_it_is(tmp_path: Path) -> None:
    (scored,) = run(PROGRAMS, ["render_farm"], tmp_path, proving=True)
    assert [each.resource for each in scored.findings if each.tier == "confirmed"] == ["licence and scratch"], scored.findings


def test_a_stop_that_hangs_in_another_wait_under_its_lock_is_confirmed(tmp_path: Path) -> None:
    (label,) = (each for each in labels() if each.name == "engine_stop")
    verdict = judge(label, tmp_path, proving=True)
    assert any(each.startswith("confirmed deadlock: `stop` holds Engine._stop_lock") for each in verdict.findings), verdict.findings


def test_the_tables_count_what_was_found_missed_and_wrong() -> None:
    def verdict(name: str, bug: bool, tier: str | None) -> Verdict:
        return Verdict(Label(name, bug, "s", ("k",), False), tier, (), 1.0)

    verdicts = [verdict("a", True, "confirmed"), verdict("b", True, "latent"), verdict("c", True, None), verdict("d", False, "likely")]
    text = "\n".join(by_tier(verdicts))
    assert "| confirmed | 1.00 (1/1) | 0.33 (1/3) |" in text
    assert "| confirmed + likely | 0.50 (1/2) | 0.33 (1/3) |" in text
    assert "| confirmed + likely + latent | 0.67 (2/3) | 0.67 (2/3) |" in text
    assert "- missed at confirmed + likely: b, c\n" in text
    assert "- wrong at confirmed: none\n" in text
    assert "- wrong at confirmed + likely + latent: d\n" in text
    assert "| k | 3 | 1 | 1 | 2 | 1 | 1 | 1 |" in "\n".join(by_kind(verdicts))
