"""Work that is put aside because all hands are busy, while the last of them looks whether there is any; beside it, the same code mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proofs import judged, record

COURIERS = """\
import threading
import time
from concurrent.futures import Future

class Couriers:
    def __init__(self):
        self.lock = threading.Lock()
        self.out = 0
        self.parcels = []

    def busy(self):
        return self.out >= 1

    def send(self, parcel):
        done = Future()
        with GUARD:
            wait = self.busy()
            if wait:
                self.parcels.append((parcel, done))
            else:
                self.out += 1
        if not wait:
            self.go(parcel, done)
        return done

    def go(self, parcel, done):
        threading.Thread(target=self.deliver, args=(parcel, done), daemon=True).start()

    def deliver(self, parcel, done):
        time.sleep(0.05)
        done.set_result(parcel)
        with self.lock:
            self.out -= 1
            following = self.parcels.pop(0) if self.parcels else None
            self.out += following is not None
        if following is not None:
            self.go(*following)

couriers = Couriers()
sent = [couriers.send(parcel) for parcel in ("tea", "rum", "ink")]
print([done.result() for done in sent])
"""


@pytest.mark.parametrize(("guard", "wrong"), [("threading.Lock()", True), ("self.lock", False)])
def test_an_item_that_is_stored_after_the_last_check_is_missed(tmp_path: Path, guard: str, wrong: bool) -> None:
    (tmp_path / "app.py").write_text(COURIERS.replace("GUARD", guard))
    assert record(["app.py"], tmp_path / "run.causeway", root=tmp_path) == 0
    found = judged(tmp_path / "run.causeway")
    told = [each for each in found if "and therefore calls append()" in each.title]
    assert [each.tier for each in told] == (["confirmed"] if wrong else []), [(each.tier, each.title, each.proof) for each in found]
    assert wrong or all(each.tier == "hint" for each in found)
