"""The command line, run in the test's own process, and one recording to ask it about."""

import sys
from dataclasses import dataclass

import pytest
from causeway_core.cli.main import main

from tests.support.recordings import PROGRAMS, record


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def causeway(monkeypatch, capfd, tmp_path):
    """Runs `causeway WORDS` in `tmp_path`."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["causeway", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capfd.readouterr()
        return Done(ended.value.code, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def recording(tmp_path_factory):
    return record(PROGRAMS / "lost_update.py", tmp_path_factory.mktemp("cli")).path
