"""Files, sockets, processes and log records of a program."""

from __future__ import annotations

from pathlib import Path

from tests.sdk.recorded import run_both


def test_files_of_the_project_are_recorded(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import json, os, pathlib, tempfile
        with open("a.txt", "w") as stream: stream.write("x")
        pathlib.Path("b.txt").write_bytes(b"y")
        print(pathlib.Path("a.txt").read_text())
        descriptor = os.open("c.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL); os.close(descriptor)
        os.rename("a.txt", "d.txt"); os.replace("d.txt", "e.txt"); os.remove("e.txt"); pathlib.Path("c.txt").unlink()
        os.mkdir("folder"); os.rmdir("folder")
        with tempfile.NamedTemporaryFile() as temporary: temporary.write(b"z")
        try: open("missing.txt")
        except FileNotFoundError as error: print(error)
        import wave, linecache
        linecache.getline(json.__file__, 1)
    """)
    seen = [(fact["action"], Path(fact["file.path"]).name) for fact in recorded.facts("IO") if fact["op"] == "file"]
    wanted = [
        ("open", "a.txt"), ("open", "b.txt"), ("open", "a.txt"), ("open", "c.txt"), ("rename", "a.txt"),
        ("rename", "d.txt"), ("remove", "e.txt"), ("remove", "c.txt"),
        ("mkdir", "folder"), ("rmdir", "folder"), ("open", "missing.txt"),
    ]  # fmt: skip
    assert [pair for pair in seen if pair in wanted] == wanted
    assert not any(name.endswith((".py", ".pyc")) for action, name in seen), "imports are noise"
    modes = [fact["file.mode"] for fact in recorded.facts("IO") if fact.get("action") == "open"]
    assert modes[:4] == ["w", "w", "r", "x"]
    renamed = next(fact for fact in recorded.facts("IO") if fact.get("action") == "rename")
    assert Path(renamed["file.target"]).name == "d.txt"
    assert recorded.gaps() == []


def test_looks_of_the_project_are_recorded(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import os, pathlib, shutil, concurrent.futures
        pathlib.Path("a.txt").write_text("x")
        print(os.path.exists("a.txt"), pathlib.Path("missing.txt").is_file(), os.access("a.txt", os.R_OK), os.stat("a.txt").st_size)
        print(os.stat in os.supports_dir_fd, shutil.rmtree.avoids_symlink_attacks, os.stat.__name__, os.path.getsize("a.txt"))
        try: os.lstat("gone.txt")
        except FileNotFoundError as error: print(error)
        with concurrent.futures.ThreadPoolExecutor() as pool: print(pool.submit(pathlib.Path("b.txt").exists).result())
        shutil.copyfile("a.txt", "c.txt")
        import wave
    """)
    seen = [(Path(fact["file.path"]).name, fact["file.found"]) for fact in recorded.facts("IO") if fact.get("action") == "look"]
    assert seen == [
        ("a.txt", True), ("missing.txt", False), ("a.txt", True), ("a.txt", True), ("a.txt", True), ("gone.txt", False), ("b.txt", False)
    ]  # fmt: skip
    assert recorded.gaps() == []


def test_functions_that_look_are_pickled_copied_and_bound_as_before(tmp_path: Path) -> None:
    run_both(tmp_path, """
        import concurrent.futures, copy, multiprocessing, os, pickle, types
        print(pickle.loads(pickle.dumps(os.stat))("/").st_mode > 0, copy.copy(os.stat)("/").st_mode > 0)
        print(isinstance(os.stat, types.BuiltinFunctionType))
        class Files:
            stat = os.stat
        print(Files().stat("/").st_mode > 0, os.access in os.supports_effective_ids, os.path.samefile("/", "/"))
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
            print([found.st_mode > 0 for found in pool.map(os.stat, ["/", "."])])
    """)


def test_what_a_pools_thread_is_given_to_read_is_recorded_wherever_it_lies(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import asyncio, pathlib, tempfile
        async def main():
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "state.json"
                await asyncio.to_thread(path.write_text, "x")
                print(await asyncio.to_thread(path.read_text))
        asyncio.run(main())
    """)
    seen = [(Path(fact["file.path"]).name, fact["file.mode"]) for fact in recorded.facts("IO") if fact.get("action") == "open"]
    assert [pair for pair in seen if pair[0] == "state.json"] == [("state.json", "w"), ("state.json", "r")]


def test_open_stays_the_builtin(tmp_path: Path) -> None:
    run_both(tmp_path, """
        import builtins, io, os, socket, subprocess
        print(open is io.open, type(open), builtins.open.__module__, os.open, type(os.rename))
        print(type(socket.socket.connect), type(subprocess.Popen.__init__), subprocess.Popen.__init__.__qualname__)
        class Hostile:
            def __fspath__(self): print("asked"); return "x.txt"
        open(Hostile(), "w").close()
    """)


def test_connections_and_processes(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import socket, subprocess, sys
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
        words = [sys.executable, "-S", "-c", "print('child')", "--password", "canary-argv", "--api-key=canary-option"]
        done = subprocess.run(words, stdout=subprocess.PIPE, env={"TOKEN": "canary-environment"})
        print(done.returncode)
    """)
    connected = [fact for fact in recorded.facts("IO") if fact["op"] == "socket"]
    assert connected[0]["server.address"] == "127.0.0.1" and isinstance(connected[0]["server.port"], int)
    spawned = [fact for fact in recorded.facts("IO") if fact["op"] == "subprocess"]
    assert spawned[0]["process.command_args"][-3:] == ["--password", "[redacted]", "--api-key=[redacted]"]
    assert all(b"canary" not in json_text.encode() for json_text in (str(fact) for fact in spawned))


def test_log_records(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import logging, sys
        logging.basicConfig(handlers=[logging.NullHandler()], level=logging.INFO)
        log = logging.getLogger("shop")

        class Hostile:
            def __str__(self): print("asked"); return "hostile"
            __repr__ = __str__
        class Text(str): pass

        log.info("order %d of %s for %.2f", 7, "alice", 1.5)
        log.debug("not enabled")
        log.warning("named %(a)s", {"a": 1})
        log.error("object %s", Hostile())
        log.info("wrong %d", "number") if False else None
        log.info(Text("subclass"))
        log.info("password=canary-log for %s", "x")
        log.info("Authorization: Bearer canary-bearer-token")
        try: 1 / 0
        except ZeroDivisionError: log.exception("failed")
    """)
    said = [(fact["logger"], fact["level"], fact["message"]) for fact in recorded.facts("LOG")]
    assert said == [
        ("shop", "INFO", "order 7 of alice for 1.50"), ("shop", "WARNING", "named 1"), ("shop", "ERROR", "object %s"), ("shop", "INFO", "<Text>"),
        ("shop", "INFO", "password=[redacted] for x"), ("shop", "INFO", "Authorization: [redacted]"), ("shop", "ERROR", "failed"),
    ]  # fmt: skip
    assert recorded.facts("LOG")[-1]["exception"] == "ZeroDivisionError"
    assert recorded.gaps() == []


def test_the_sources_of_the_last_traceback_are_noise(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, "open('a.txt', 'w').close(); int('x')")
    assert [Path(fact["file.path"]).name for fact in recorded.facts("IO")] == ["a.txt"] and recorded.gaps() == []


def test_where_a_socket_listens_is_recorded(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import socket
        with socket.create_server(("127.0.0.1", 0)): pass
        with socket.socket(socket.AF_UNIX) as named: named.bind("here.sock")
    """)
    bound = [(fact["server.address"], fact.get("server.port")) for fact in recorded.facts("IO") if fact.get("action") == "bind"]
    assert bound == [("127.0.0.1", 0), ("here.sock", None)]
