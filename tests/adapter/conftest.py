import pytest

from tests.adapter.client import Shared
from tests.adapter.programs_live import Program
from tests.support.recordings import PROGRAMS, record

BANK = PROGRAMS.parents[1] / "examples" / "bank"


@pytest.fixture(scope="session", autouse=True)
def shared_server():
    """Ends the server of `Shared`, if a test has started it."""
    yield
    Shared.stop_server()


@pytest.fixture(scope="session")
def lost_update(tmp_path_factory):
    return record(PROGRAMS / "lost_update.py", tmp_path_factory.mktemp("lost_update"))


@pytest.fixture(scope="session")
def failing_threads(tmp_path_factory):
    return record(PROGRAMS / "failing_threads.py", tmp_path_factory.mktemp("failing_threads"))


@pytest.fixture(scope="session")
def bank(tmp_path_factory):
    return record(BANK / "gateway.py", tmp_path_factory.mktemp("bank"))


@pytest.fixture
def program(tmp_path):
    """Writes a program into a folder of its own."""

    def write(source, name="program.py"):
        path = tmp_path / name
        path.write_text(source)
        return Program(path)

    return write
