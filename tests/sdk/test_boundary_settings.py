"""Settings of the whole process that code of the project changes."""

from __future__ import annotations

from pathlib import Path

from tests.sdk.recorded import run_both

PROGRAM = """
    import contextlib, io, locale, os, pickle, pathlib, socket, subprocess, sys, warnings
    here = os.getcwd()
    os.mkdir("folder"); os.chdir("folder"); os.chdir(here); os.chdir(pathlib.Path(here))
    os.environ["STAGE"] = "blue"; print(os.environ["STAGE"], os.environ.get("STAGE"), "STAGE" in os.environ, os.environ.get("OTHER"))
    del os.environ["STAGE"]
    os.umask(os.umask(0o22))
    print(os.umask.__name__, len(dict(os.environ)) == len(os.environ), type(os.environ).__getitem__.__name__)
    socket.setdefaulttimeout(3.0); socket.setdefaulttimeout(None)
    locale.setlocale(locale.LC_ALL, "C"); locale.setlocale(locale.LC_ALL)
    with contextlib.redirect_stdout(io.StringIO()): print("hidden")
    with warnings.catch_warnings(): warnings.simplefilter("ignore")
    subprocess.run(["true"]); subprocess.run(["true"], cwd="/", env={"A": "b"})
    open("a.txt", "w").close(); open(os.path.abspath("a.txt")).close(); os.path.exists("a.txt")
    import wave
    """


def test_settings_of_the_process_are_recorded(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, PROGRAM)
    facts = recorded.facts("IO")
    seen = [(fact["action"], fact["setting.name"]) for fact in facts if fact["op"] == "setting"]
    stage = "os.environ['STAGE']"
    assert seen == [
        *[("set", "working directory")] * 3, ("set", stage), *[("use", stage)] * 3, ("set", stage), ("set", "umask"), ("set", "umask"),
        *[("set", "socket.setdefaulttimeout")] * 2, ("set", "locale"), *[("set", "sys.stdout")] * 2, *[("set", "warnings filters")] * 2,
    ]  # fmt: skip
    folder, back, again = (fact["setting.value"] for fact in facts if fact.get("setting.name") == "working directory")
    assert folder != back == again
    assert [fact["process.inherits"] for fact in facts if fact["op"] == "subprocess"] == ["cwd env", ""]
    used = [(fact["action"], fact.get("file.relative", False)) for fact in facts if fact.get("file.path", "").endswith("a.txt")]
    assert used == [("open", True), ("open", False), ("look", True)]
    assert not any("blue" in str(fact) for fact in facts), "values of the environment are nobody's business"
    assert recorded.gaps() == []
