"""`make proofs` on one program: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import proofs


def test_the_proof_of_one_program_is_counted_and_timed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench.proofs", "--only", "ip_limit", "--repeat", "2", "--keep", str(tmp_path)])
    assert proofs.main() == 0
    printed, progress = capsys.readouterr()
    assert printed.startswith("1 buggy programs, 1 with a confirmed finding.\n1 findings above a hint, 1 confirmed: wrong in 2 of 2 runs.\n")
    assert "- not confirmed: none" in printed and "- wrong in some of the runs only: none" in printed
    assert "(1 candidates)" in printed
    assert progress.startswith("ip_limit") and "confirmed 2/2" in progress
    assert (tmp_path / "ip_limit.causeway").exists()


def test_a_sample_is_always_the_same_one() -> None:
    drawn = proofs.chosen(proofs.PROGRAMS, (), 5)
    assert len(drawn) == 5 and drawn == proofs.chosen(proofs.PROGRAMS, (), 5)
