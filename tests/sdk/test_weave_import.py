"""The import hook: modules are woven, and nothing else about imports changes."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from causeway.weave.cache import Cache, Stored
from causeway.weave.scope import Scope
from causeway.weave.weaver import Weaver


def run(directory: Path, program: str, recorded: Path | None, **extra: str) -> subprocess.CompletedProcess[str]:
    (directory / "program.py").write_text(textwrap.dedent(program))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CAUSEWAY_")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    launcher: list[str] = []
    if recorded is not None:
        paths = {"CAUSEWAY_SPOOL": recorded / "spool", "CAUSEWAY_CACHE": recorded / "cache", "CAUSEWAY_ROOT": directory}
        environment |= {name: str(path) for name, path in paths.items()} | extra
        (recorded / "spool").mkdir(exist_ok=True)
        launcher = ["-m", "causeway.launch"]
    return subprocess.run([sys.executable, *launcher, "program.py"], cwd=directory, env=environment, capture_output=True, text=True, timeout=240)


def woven(recorded: Path) -> set[str]:
    """Names of the files that have site tables in the spool."""
    tables = (json.loads(file.read_text()) for file in (recorded / "spool" / "sites").iterdir())
    return {Path(table["path"]).name for table in tables}


@pytest.fixture
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


def test_loader_spec_resources_reload_and_source_are_as_before(tmp_path: Path, recorded: Path) -> None:
    package = tmp_path / "pack"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("count = globals().get('count', 0) + 1\n")
    (package / "inner" / "late.py").write_text("def f():\n    return __file__\n")
    (package / "data.txt").write_text("data")
    (tmp_path / "space").mkdir()
    (tmp_path / "space" / "part.py").write_text("x = 1\n")
    program = """
        import importlib, importlib.resources, importlib.util, inspect, pkgutil
        import pack, space.part
        def show(m):
            s = m.__spec__
            print(m.__name__, type(m.__loader__).__name__, m.__loader__ is s.loader, s.origin, s.cached)
            print(m.__cached__, m.__file__, m.__package__)
        show(pack); show(space.part)
        print(importlib.resources.files(pack).joinpath("data.txt").read_text(), pkgutil.get_data("pack", "data.txt"))
        importlib.reload(pack); print(pack.count)
        late = importlib.import_module("pack.inner.late")
        print(inspect.getsource(late.f), late.f(), [m.name for m in pkgutil.walk_packages(pack.__path__)])
        spec = importlib.util.find_spec("pack.inner.late")
        lazy = importlib.util.module_from_spec(spec); importlib.util.LazyLoader(spec.loader).exec_module
        print(spec.loader.get_source("pack.inner.late"), spec.loader.is_package("pack.inner.late"))
        print(type(spec.loader.get_code("pack.inner.late")).__name__)
        try:
            import broken
        except SyntaxError as error:
            import traceback; traceback.print_exc()
    """
    (tmp_path / "broken.py").write_text("def f(:\n")
    plain = run(tmp_path, program, None)
    launched = run(tmp_path, program, recorded)
    assert launched.stderr == plain.stderr
    assert launched.stdout == plain.stdout
    assert {"program.py", "__init__.py", "part.py", "late.py"} <= woven(recorded)


def test_failing_import_shows_no_frame_of_ours(tmp_path: Path, recorded: Path) -> None:
    (tmp_path / "broken.py").write_text("x = (\n")
    (tmp_path / "raises.py").write_text("def f():\n    raise ValueError(1)\nf()\n")
    for module in ("broken", "raises", "missing"):
        program = f"import {module}\n"
        assert run(tmp_path, program, recorded).stderr == run(tmp_path, program, None).stderr


def test_scope_of_patterns_and_switch(tmp_path: Path, recorded: Path) -> None:
    for name in ("kept", "dropped", "off"):
        (tmp_path / f"{name}.py").write_text(("# causeway: off\n" if name == "off" else "") + "x = 1\n")
    library = tmp_path / "site-packages" / "lib"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("y = 2\n")
    program = "import sys; sys.path.append('site-packages')\nimport kept, dropped, off, lib, colorsys\nprint(kept.x)\n"
    assert run(tmp_path, program, recorded, CAUSEWAY_EXCLUDE="dropped").stdout == "1\n"
    assert woven(recorded) == {"program.py", "kept.py"}
    run(tmp_path, program, recorded, CAUSEWAY_INCLUDE=os.pathsep.join(("lib", "colorsys")))
    assert {"__init__.py", "colorsys.py", "dropped.py"} <= woven(recorded)


def test_loaders_that_rewrite_source_themselves_are_left_alone(tmp_path: Path, recorded: Path) -> None:
    (tmp_path / "odd.py").write_text("x = 'old'\n")
    program = """
        import sys, importlib.machinery, importlib.util
        class Loader(importlib.machinery.SourceFileLoader):
            def source_to_code(self, data, path, *, _optimization=-1):
                return super().source_to_code(data.replace(b"old", b"new"), path)
        spec = importlib.util.spec_from_file_location("odd", "odd.py", loader=Loader("odd", "odd.py"))
        module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
        print(module.x)
    """
    assert run(tmp_path, program, recorded).stdout == "new\n"


def test_module_too_deep_to_weave_runs_unwoven(tmp_path: Path, recorded: Path) -> None:
    (tmp_path / "deep.py").write_text("x = " + "+".join(["1"] * 3000) + "\ny = [" * 1 + "a" + ".b" * 700 + "] if 0 else 5\n")
    program = "import deep\nprint(deep.x, deep.y)\n"
    plain = run(tmp_path, program, None)
    launched = run(tmp_path, program, recorded)
    assert (launched.stdout, launched.stderr, launched.returncode) == (plain.stdout, plain.stderr, plain.returncode)


def weaver_of(cache: Path, spool: Path | None, root: Path) -> Weaver:
    from causeway import _tap

    return Weaver(_tap, Scope(str(root)), Cache(str(cache)), None if spool is None else str(spool))


def test_cache_survives_corruption_and_an_unwritable_directory(tmp_path: Path) -> None:
    source, path = b"def f(x):\n    return x + 1\n", str(tmp_path / "m.py")
    cache = tmp_path / "cache"
    weaver = weaver_of(cache, None, tmp_path)
    assert weaver.woven(source, path, "m") is not None
    (stored,) = cache.rglob("*.woven")
    good = stored.read_bytes()
    for bad in (b"", good[:-1], good[:20], b"x" * len(good), good[:40] + b"\xff" + good[41:]):
        stored.write_bytes(bad)
        namespace: dict[str, object] = {}
        code = weaver.woven(source, path, "m")
        assert code is not None
        exec(code, namespace)
        assert namespace["f"](1) == 2  # type: ignore[operator]
        assert stored.read_bytes() == good
    (tmp_path / "file").write_text("")
    assert weaver_of(tmp_path / "file" / "cache", None, tmp_path).woven(source, path, "m") is not None


def test_key_depends_on_source_path_module_and_options(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    keys = {cache.key(s, p, m, o) for s in (b"a", b"b") for p in ("a", "b") for m in ("a", "b") for o in ("", "x")}
    assert len(keys) == 16


def test_a_second_load_does_not_weave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import causeway.weave.tree

    source, path = b"x = 1\n", str(tmp_path / "m.py")
    weaver_of(tmp_path / "cache", None, tmp_path).woven(source, path, "m")
    monkeypatch.setattr(causeway.weave.tree, "weave", lambda *_, **__: pytest.fail("woven again"))
    assert weaver_of(tmp_path / "cache", None, tmp_path).woven(source, path, "m") is not None
    stored = Cache(str(tmp_path / "cache")).load("0" * 32)
    assert stored is None or isinstance(stored, Stored)


def test_site_table_lands_in_the_spool_also_from_the_cache(tmp_path: Path) -> None:
    source, path = "x = 1  # \u00e9\n".encode(), str(tmp_path / "m.py")
    for spool in (tmp_path / "one", tmp_path / "two"):
        weaver_of(tmp_path / "cache", spool, tmp_path).woven(source, path, "m")
        (table,) = (spool / "sites").iterdir()
        content = json.loads(table.read_text())
        assert content["source"] == source.decode()
        assert content["functions"][0][:4] == ["<module>", 1, 2, "module"]
        assert ["global", 1, 1, 0, 1, "x", 0] in content["sites"]


def test_nothing_happens_without_a_spool() -> None:
    program = "import sys, causeway.autostart; print('causeway.weave' in sys.modules, 'causeway._tap' in sys.modules)"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CAUSEWAY_")}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=240)
    assert done.stdout == "False False\n"
