# ruff: noqa: E501 - programs on one line
"""A program under `python -m causeway.launch` is the program: same output, same errors, same exit code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS: dict[str, str] = {
    "prints": "print('hello', 1 + 1)",
    "arguments": "import sys; print(sys.argv, len(sys.argv))",
    "path": "import sys, os; print(sys.path[0] == os.path.dirname(os.path.abspath(__file__)), '' in sys.path)",
    "names": "print(sorted(globals()), __name__, __package__, __spec__, __doc__, type(__loader__), __loader__.path == __file__)",
    "docstring": "'''Doc.'''\nprint(__doc__)",
    "main_module": "import sys\nx = 3\nprint(sys.modules['__main__'].x, sys.modules['__main__'].__dict__ is globals())",
    "import_main": "import __main__\ny = 1\nprint(__main__.y)",
    "annotations": "x: int = 1\ny: str\nprint(__annotations__)",
    "uncaught": "def f():\n    return 1 / 0\nf()",
    "uncaught_deep": "def f(n):\n    if n:\n        f(n - 1)\n    raise ValueError('deep')\nf(5)",
    "chained": "try:\n    {}['a']\nexcept KeyError as error:\n    raise RuntimeError('second') from error",
    "context": "def g():\n    try:\n        int('x')\n    except ValueError:\n        [][1]\ng()",
    "group": "raise ExceptionGroup('two', [ValueError(1), TypeError('b')])",
    "multi_line": "def f(*a):\n    raise OSError(\n        'x'\n    )\nf(\n    1,\n    2,\n)",
    "carets": "x = {'a': {'b': None}}\nprint(x['a']['b']['c'])",
    "attribute": "class A:\n    value = None\nA().value.missing.other",
    "suggestion": "class A:\n    def __init__(self):\n        self.balance = 1\nprint(A().balnce)",
    "name_error": "def f():\n    total = 1\n    return totl\nf()",
    "unbound": "def f():\n    x += 1\nf()",
    "frozen": "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass P:\n    x: int\np = P(1)\np.x = 2",
    "key_type": "d = {}\nd[[]] = 1",
    "index": "def f(xs, i):\n    xs[i] += 1\nf([1], 4)",
    "del_missing": "def f(o):\n    del o['k']\nf({})",
    "contains": "print(3 in 5)",
    "unpack": "a, b = [1, 2, 3]",
    "assertion": "assert 1 == 2, 'sums'",
    "exit_none": "import sys; sys.exit()",
    "exit_code": "import sys; sys.exit(7)",
    "exit_text": "import sys; sys.exit('goodbye')",
    "exit_object": "raise SystemExit([1])",
    "exit_in_finally": "try:\n    raise SystemExit(3)\nfinally:\n    print('finally')",
    "os_exit": "import os, sys; print('now', flush=True); os._exit(9)",
    "interrupt": "raise KeyboardInterrupt",
    "interrupted_again": "import ctypes, sys, threading\nhook = ctypes.pythonapi.PyErr_SetInterrupt\nhook.restype, hook.argtypes = None, [ctypes.py_object] * 3\nsys.excepthook = hook\nthreading.Thread(target=threading.Event().wait).start()\nraise KeyboardInterrupt",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "atexit": "import atexit\natexit.register(print, 'at exit')\nraise ValueError('before')",
    "hook": "import sys\ndef hook(kind, value, tb):\n    n = 0\n    while tb:\n        n += 1; tb = tb.tb_next\n    print('hook', kind.__name__, value, n)\nsys.excepthook = hook\ndef f():\n    raise ValueError(1)\nf()",
    "threads": "import threading\ndef work():\n    print('in thread')\n    raise ValueError('in thread')\nt = threading.Thread(target=work, name='worker')\nt.start()\nt.join()",
    "daemon": "import threading\ne = threading.Event()\nthreading.Thread(target=e.wait, daemon=True).start()\nprint('main ends')",
    "unraisable": "class A:\n    def __del__(self):\n        raise ValueError('lost')\na = A()\ndel a\nprint('on')",
    "generator": "def g():\n    yield 1\n    raise StopIteration\nlist(g())",
    "coroutine": "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    raise LookupError('task')\nasyncio.run(f())",
    "recursion": "import sys\nsys.setrecursionlimit(200)\ndef f(n):\n    return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError as error:\n    print(error)",
    "warning": "import warnings\ndef f():\n    warnings.warn('careful')\nf()\nwarnings.warn('top')",
    "syntax_warning": "x = 1\nprint(x is 1)",
    "syntax_error": "x = 1\nif x:\nprint(x)",
    "late_syntax_error": "def f():\n    return 1\nx = 2\nreturn x",
    "bad_encoding": "# coding: nonsense\nprint(1)",
    "not_utf8": "print(1)\nx = '\xe9'",
    "latin": "# coding: latin-1\nprint('\u00e9', ascii('\u00e9'))",
    "stdin": "print(input(), input())",
    "stack": "import traceback\ndef f():\n    print(''.join(traceback.format_stack()))\nf()",
    "depth": "import sys, inspect, warnings\ndef f():\n    print(len(inspect.stack()), sys._getframe(1).f_back)\n    warnings.warn('x', stacklevel=5)\nf()\ntry: sys._getframe(1)\nexcept ValueError as e: print(e)",
    "source": "import inspect\ndef f(a, b=2):\n    return a + b\nclass C:\n    x = 1\nprint(inspect.getsource(f), inspect.getsource(C), inspect.signature(f))",
    "exec": "exec('a = 3\\nprint(a)')\nexec('1/0')",
    "future": "'''Doc.'''\nfrom __future__ import annotations\ndef f(x: undefined) -> nothing: pass\nprint(f.__annotations__)",
    "off": "# causeway: off\ndef f():\n    return 1 / 0\nf()",
    "class_namespace": "class A:\n    y = 1\n    def f(self): pass\n    class B: pass\n    print(sorted(locals()))\nprint(sorted(vars(A)))",
    "locals": "def f(a, b):\n    c = a\n    with open(__file__) as file:\n        return sorted(locals())\nprint(f(1, 2))",
    "closure": "def f():\n    n = 0\n    def g():\n        return n\n    return g\nprint(f().__code__.co_freevars, f().__closure__[0].cell_contents)",
    "pickle": "import pickle\nclass P:\n    def __init__(self):\n        self.x = 1\nprint(pickle.loads(pickle.dumps(P())).x)",
    "flags": "import sys\nprint(sys.flags, sys.orig_argv[1:])",
}


def run(command: list[str], directory: Path, recorded: Path | None, python: tuple[str, ...] = ()) -> tuple[str, str, int]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CAUSEWAY_")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    launcher: list[str] = []
    if recorded is not None:
        (recorded / "spool").mkdir(exist_ok=True)
        environment |= {"CAUSEWAY_SPOOL": str(recorded / "spool"), "CAUSEWAY_CACHE": str(recorded / "cache"), "CAUSEWAY_ROOT": str(directory)}
        launcher = ["-m", "causeway.launch"]
    done = subprocess.run(
        [sys.executable, *python, *launcher, *command], cwd=directory, env=environment, input="one\ntwo\n", capture_output=True, text=True, timeout=60
    )
    return done.stdout, re.sub("0x[0-9a-f]{6,}", "0x", done.stderr), done.returncode


def assert_same(command: list[str], directory: Path, recorded: Path, python: tuple[str, ...] = ()) -> None:
    plain = run(command, directory, None, python)
    assert run(command, directory, recorded, python) == plain
    # Once more from the cache.
    assert run(command, directory, recorded, python) == plain
    assert list((recorded / "spool").glob("*.seg")), "nothing was recorded"


@pytest.fixture
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


@pytest.mark.parametrize("name", PROGRAMS)
def test_script(name: str, tmp_path: Path, recorded: Path) -> None:
    source = PROGRAMS[name].encode("latin-1" if name in ("latin", "not_utf8") else "utf-8")
    (tmp_path / "program.py").write_bytes(source + b"\n")
    assert_same(["program.py", "-x", "two words"], tmp_path, recorded)


def test_module_package_and_failures_of_m(tmp_path: Path, recorded: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("print('init', __name__)\n")
    (package / "__main__.py").write_text("import sys\nfrom . import other\nprint(__name__, __package__, __spec__.name, sys.argv, sys.path[0])\nother.f()\n")
    (package / "other.py").write_text("def f():\n    raise ValueError('other')\n")
    (tmp_path / "stacked.py").write_text("import traceback\nprint(traceback.format_stack())\n")
    for command in (["-m", "package", "a"], ["-m", "stacked"], ["-m", "package.other"], ["-m", "nowhere"], ["-m", "package.nowhere"], ["-m", "package/other"]):
        assert_same(command, tmp_path, recorded)


def test_command(tmp_path: Path, recorded: Path) -> None:
    (tmp_path / "beside.py").write_text("x = 5\n")
    assert_same(["-c", "import sys, beside; print(sys.argv, sys.path[0], beside.x, __name__)", "a", "-b"], tmp_path, recorded)
    assert_same(["-c", "raise SystemExit(4)"], tmp_path, recorded)


def test_directory_and_archive(tmp_path: Path, recorded: Path) -> None:
    import zipfile

    directory = tmp_path / "app"
    directory.mkdir()
    (directory / "__main__.py").write_text("import sys, part\nprint(sys.argv, sys.path[0], __file__, part.f(2))\n")
    (directory / "part.py").write_text("def f(x):\n    return x * 2\n")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        for file in directory.iterdir():
            archive.write(file, file.name)
    assert_same(["app", "x"], tmp_path, recorded)
    assert_same(["app.zip", "x"], tmp_path, recorded)
    (tmp_path / "empty").mkdir()
    assert_same(["empty"], tmp_path, recorded)


def test_missing_script_and_options_of_the_interpreter(tmp_path: Path, recorded: Path) -> None:
    plain, launched = run(["gone.py"], tmp_path, None), run(["gone.py"], tmp_path, recorded)
    assert launched == plain
    (tmp_path / "program.py").write_text("import sys\nassert False, 'never with -O'\n")
    assert_same(["program.py"], tmp_path, recorded, ("-O",))
    (tmp_path / "program.py").write_text("import warnings\nwarnings.warn('an error')\n")
    assert_same(["program.py"], tmp_path, recorded, ("-W", "error"))
    (tmp_path / "program.py").write_text("import sys\nprint(sys.path[:1] == [''], sys.flags.safe_path)\n")
    assert_same(["program.py"], tmp_path, recorded, ("-P",))


def test_standard_input(tmp_path: Path, recorded: Path) -> None:
    for recording in (None, recorded):
        assert run(["-"], tmp_path, recording)[2] == 1  # `one` is a NameError
    assert run(["-"], tmp_path, recorded) == run(["-"], tmp_path, None)


def test_spawned_workers_and_child_interpreters(tmp_path: Path, recorded: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import multiprocessing, subprocess, sys\n"
        "def work(n):\n    return n * 2\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n        print(pool.map(work, [1, 2]))\n"
        "    print(subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, text=True).stdout)\n"
    )
    assert_same(["program.py"], tmp_path, recorded)
