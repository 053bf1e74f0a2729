"""A service that is used by hand while it is recorded is proved, fixed and tested with the requests that came in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support import commands
from tests.support.commands import CAUSEWAY

SERVICE = """\
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

stock = {"apple": 1}
guard = threading.Lock()


def buy(item):
    if stock.get(item, 0) < 1:
        return 409
    audit(item)
    stock[item] -= 1
    return 200


def guarded(item):
    with guard:
        return buy(item)


def audit(item):
    return len(item)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(BUY(order["item"]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
"""


def buy(port: str) -> int:
    order = json.dumps({"item": "apple", "token": "key-for-nobody"}).encode()
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}/buy", order, {"Content-Type": "application/json"}), timeout=60) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def recorded(folder: Path, function: str, *options: str) -> list[int]:
    """Records the service while two customers come, one after the other; what they were answered."""
    (folder / "service.py").write_text(SERVICE.replace("BUY", function))
    words = [CAUSEWAY, "record", "--no-analyze", *options, "-o", "run.causeway", "service.py"]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as running:
        assert running.stdout is not None
        port = running.stdout.readline().strip()
        answers = [buy(port), buy(port)]
        os.killpg(running.pid, signal.SIGINT)
        running.communicate(timeout=60)
    return answers


def causeway(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return commands.causeway(*words, cwd=cwd)


def findings(folder: Path) -> list[dict[str, Any]]:
    done = causeway("analyze", "run.causeway", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return [each for each in found if each["tier"] != "hint"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    assert recorded(folder, "buy", "--replayable") == [200, 409]
    return folder


def test_customers_who_came_one_after_the_other_could_have_come_at_once(service: Path) -> None:
    [found] = findings(service)
    assert found["tier"] == "confirmed", found["proof"]
    assert "POST /buy: 409; this one gave POST /buy: 200" in found["proof"]["outcome"]


def test_the_generated_test_holds_the_requests_and_passes_once_the_race_is_mended(service: Path) -> None:
    assert findings(service)[0]["tier"] == "confirmed"
    done = causeway("export", "run.causeway", "--finding", "F1", "--format", "test", "-o", "test_race.py", cwd=service)
    assert done.returncode == 0, done.stderr
    text = (service / "test_race.py").read_text()
    assert text.count('order.request("POST", "/buy",') == 2 and "requests=REQUESTS" in text
    assert "key-for-nobody" not in text
    assert _pytest(service) == 1
    (service / "service.py").write_text(SERVICE.replace("BUY", "guarded"))
    assert _pytest(service) == 0


def _pytest(folder: Path) -> int:
    return commands.run_pytest("test_race.py", cwd=folder).returncode


def test_customers_whom_a_lock_keeps_apart_are_no_finding(tmp_path: Path) -> None:
    assert recorded(tmp_path, "guarded", "--replayable") == [200, 409]
    assert findings(tmp_path) == []


def test_orders_of_a_service_are_not_explored(service: Path) -> None:
    done = causeway("explore", "run.causeway", cwd=service)
    assert done.returncode == 2
    assert "orders of a service that requests drive cannot be explored" in done.stderr


def test_without_its_requests_a_service_is_not_run_again(tmp_path: Path) -> None:
    recorded(tmp_path, "buy")
    done = causeway("analyze", "run.causeway", cwd=tmp_path)
    assert "record it with --replayable, which keeps them, or with the command that sends them" in done.stderr
