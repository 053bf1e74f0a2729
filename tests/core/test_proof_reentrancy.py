"""A hook that is called under a lock and leads back to it, were it not for what is cached by then; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

SETTINGS = """\
import threading

class Settings:
    def __init__(self):
        self.lock = threading.LOCK()
        self.loaded = None
        self.loads = 0

    def get(self):
        loaded = self.loaded
        if loaded is not None:
            return loaded
        fresh = None
        with self.lock:
            if self.loaded is None:
                self.loads += 1
                fresh = self.loaded = ("dark", "wide")
                UNDER
        AFTER
        return fresh or ("dark", "wide")

    def changed(self, values):
        width = self.get()[1]
        assert width == values[1]

    def forget(self):
        if self.loaded is not None:
            self.loaded = None

settings = Settings()

def forget():
    settings.get()
    settings.forget()

threads = [threading.Thread(target=each, daemon=True) for each in (settings.get, forget)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
CALL = "self.changed(fresh)"


@pytest.mark.parametrize(("lock", "under", "after", "wrong"), [
    ("Lock", CALL, "pass", True), ("RLock", CALL, "pass", False), ("Lock", "pass", f"fresh and {CALL}", False),
])  # fmt: skip
def test_a_hook_must_not_lead_back_to_the_lock_it_is_called_under(tmp_path: Path, lock: str, under: str, after: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(SETTINGS.replace("LOCK", lock).replace("UNDER", under).replace("AFTER", after))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    told = [each for each in found if "self-deadlock" in each.title]
    assert [each.tier for each in told] == (["confirmed"] if wrong else []), [(each.tier, each.title, each.proof) for each in found]
