import pytest
from causeway.process_record import service_of


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["python", "shop/gateway.py", "--port", "80"], "gateway"),
        (["python", "-X", "dev", "-m", "uvicorn", "app:app"], "uvicorn"),
        (["python", "-c", "print()"], "-c"),
        (["python"], "python"),
        (["python", "/x/debugpy/launcher/../../debugpy", "--connect", "127.0.0.1:1", "--configure-qt", "none", "/w/gateway.py", "a"], "gateway"),
        (["python", "/x/debugpy", "--connect", "127.0.0.1:1", "-m", "pytest", "-q"], "pytest"),
        (["python", "-Xfrozen_modules=off", "/x/debugpy", "--connect", "127.0.0.1:1", "/w/gateway.py"], "gateway"),
        (["python", "-X", "frozen_modules=off", "/x/debugpy", "--connect", "127.0.0.1:1", "/w/gateway.py"], "gateway"),
        (["python", "-X"], "python"),
        (["python", "/x/pydevd.py", "--port", "1", "--client", "127.0.0.1", "--file", "/w/ledger.py"], "ledger"),
    ],
)
def test_a_process_is_named_after_its_program(argv, name):
    assert service_of(argv) == name
