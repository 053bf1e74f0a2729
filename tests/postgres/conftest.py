"""Programs that use a PostgreSQL, recorded and analysed by the command, each with a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import causeway
from tests.support.postgres import Server

PROGRAMS = Path(__file__).with_name("programs")


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with a database; the programs find it in DATABASE_URL."""

    folder: Path
    url: str

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DATABASE_URL": self.url, **variables}
        return causeway(*words, cwd=self.folder, env=environment)

    def record(self, program: str) -> str:
        """Records a program of the folder `programs`; gives what it printed."""
        (self.folder / f"{program}.py").write_text((PROGRAMS / f"{program}.py").read_text())
        done = self.run("record", "-q", "-o", "run.causeway", f"{program}.py")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def analyse(self, *words: str) -> list[dict[str, Any]]:
        done = self.run("analyze", "run.causeway", "--format", "json", *words)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout)["findings"])


@pytest.fixture
def workshop(postgres: Server, tmp_path: Path) -> Workshop:
    return Workshop(tmp_path, postgres.url(postgres.new_database()))
