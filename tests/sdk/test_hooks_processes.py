"""Children: recorded into the same spool, tied to their parents, and started as they would have been."""

# ruff: noqa: E501

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.sdk.hooked import Hooked, hooked

SEND, RECEIVE = 1, 2


def pairs(run: Hooked, kind: str) -> dict[str, tuple[str, str]]:
    """Sender and receiver of each message of a kind that was sent and received."""
    sent: dict[str, str] = {}
    received: dict[str, str] = {}
    for process in run.processes.values():
        for fact in process.of("message"):
            if fact.id.startswith(f"{kind}:"):
                side = sent if fact.direction == SEND else received
                assert fact.id not in side, "an id names one message"
                side[fact.id] = process.uid
    return {key: (sent[key], received[key]) for key in sent if key in received}


def child_script(folder: Path) -> str:
    script = folder / "child.py"
    script.write_text(
        textwrap.dedent("""
        import os, sys
        value = len(sys.argv)
        print(sys.argv, sys.orig_argv[1:], sys.flags.optimize, __name__, __file__, sorted(k for k in os.environ if k.startswith("X_")))
        sys.exit(value)
        """)
    )
    return str(script)


def test_a_script_as_a_child_is_recorded_and_sees_its_own_command_line(tmp_path: Path) -> None:
    program = f"""
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-O", {child_script(tmp_path)!r}, "a b"], stdout=subprocess.PIPE, text=True)
        print(child.args[1:], child.communicate()[0], child.returncode)
        print(subprocess.run([sys.executable, {child_script(tmp_path)!r}], env={{"X_ONLY": "1", "PYTHONPATH": __import__("os").environ.get("PYTHONPATH", "")}}, stdout=subprocess.PIPE).stdout)
        """
    run = hooked(tmp_path, program)
    assert len(run.children) == 2
    assert all(child.process["parent"] == run.main.uid for child in run.children)
    assert {child.end["exit_code"] for child in run.children if child.end} == {1, 2}
    for child in run.children:
        stream, position = child.process["parent_event"]
        (start,) = [fact for fact in run.main.of("message", direction=SEND) if (fact.stream, fact.position) == (stream, position)]
        assert start.id.startswith("spawn:")
    assert len(pairs(run, "spawn")) == len(pairs(run, "exit")) == 2


def test_children_that_need_no_launcher(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("import sys; print(__name__, sys.argv[1:])")
    program = """
        import os, subprocess, sys
        print(subprocess.run([sys.executable, "-m", "module", "x"], capture_output=True, text=True))
        print(subprocess.run([sys.executable, "-c", "import sys; print(sys.argv)", "y"], capture_output=True, text=True))
        print(subprocess.run([sys.executable, "-"], input="print(1)", capture_output=True, text=True))
        print(subprocess.run(["sh", "-c", "exit 7"]).returncode, os.system("exit 3"), subprocess.run(["/no/such/thing"], check=False) if len(sys.argv) > 1 else None)
        """
    run = hooked(tmp_path, program)
    assert run.main.end == {"exit_code": 0, "reason": "exit"}


def test_the_parents_environment_shows_nothing(tmp_path: Path) -> None:
    program = """
        import os, subprocess, sys
        subprocess.run([sys.executable, "-c", "pass"])
        print("CAUSEWAY_PARENT" in os.environ)
        """
    assert hooked(tmp_path, program).stdout == "False\n"


def test_fork_exit_and_wait(tmp_path: Path) -> None:
    program = """
        import os, threading
        lock = threading.Lock()
        pid = os.fork()
        if pid == 0:
            with lock: print("child", flush=True)
            os._exit(3)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        def in_thread():
            pid = os.fork()
            if pid == 0:
                os._exit(4)
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        thread = threading.Thread(target=in_thread, name="forker")
        thread.start()
        thread.join()
        """
    run = hooked(tmp_path, program)
    assert sorted(child.end["exit_code"] for child in run.children if child.end) == [3, 4]
    assert pairs(run, "spawn").keys() and len(pairs(run, "exit")) == 2
    assert all(child.facts[0].kind == "actor" for child in run.children)
    forked = [child for child in run.children if child.end and child.end["exit_code"] == 3]
    assert forked[0].syncs("acquired", type_name="_thread.lock")


def test_a_forked_child_starts_actors_anew_and_the_parent_goes_on(tmp_path: Path) -> None:
    program = """
        import asyncio, os
        async def work(): await asyncio.sleep(0)
        async def main():
            await work()
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            os.waitpid(pid, 0)
            await work()
        asyncio.run(main())
        """
    run = hooked(tmp_path, program)
    assert len(run.main.of("step")) == len(run.main.of("step_end"))
    assert [child.end for child in run.children] == [{"exit_code": 0, "reason": "os._exit"}]


def test_exec_goes_on_as_another_process(tmp_path: Path) -> None:
    program = f"""
        import os, sys
        os.execv(sys.executable, [sys.executable, {child_script(tmp_path)!r}, "after exec"])
        """
    run = hooked(tmp_path, program)
    assert run.code == 2
    (child,) = run.children
    assert run.main.end == {"exit_code": None, "reason": "exec"}
    assert child.process["pid"] == run.main.process["pid"]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize(("asks", "ends"), [("", 0), ("first.join()", 1), ("print(first.is_alive())", 1)])
def test_a_child_that_is_reaped_in_passing_ends_when_the_program_asks(method: str, asks: str, ends: int, tmp_path: Path) -> None:
    program = f"""
        import multiprocessing, os
        from multiprocessing.connection import wait
        def main():
            context = multiprocessing.get_context({method!r})
            first, second = context.Process(target=os.getpid), context.Process(target=os.getpid)
            first.start()
            wait([first.sentinel])
            if {method!r} != "forkserver":
                os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)
            second.start()
            multiprocessing.process._children.clear()
            {asks}
        if __name__ == "__main__":
            main()
        """
    run = hooked(tmp_path, program)
    *_, second = (fact for fact in run.main.of("message", direction=SEND) if fact.id.startswith("spawn:"))
    received = [fact for fact in run.main.of("message", direction=RECEIVE) if fact.id.startswith("exit:")]
    assert len(received) == ends
    assert all(fact.position > second.position for fact in received)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_messages_pair_across_processes(method: str, tmp_path: Path) -> None:
    program = """
        import multiprocessing, sys
        def work(todo, done):
            while (item := todo.get()) is not None: done.put(item * item)
        def answer(connection):
            connection.send(connection.recv() + 1)
            connection.close()
        def main(method):
            context = multiprocessing.get_context(method)
            todo, done = context.Queue(), context.Queue()
            workers = [context.Process(target=work, args=(todo, done)) for _ in range(2)]
            for worker in workers: worker.start()
            for item in range(4): todo.put(item)
            for _ in workers: todo.put(None)
            print(sorted(done.get() for _ in range(4)))
            for worker in workers: worker.join()
            mine, theirs = context.Pipe()
            asker = context.Process(target=answer, args=(theirs,))
            asker.start()
            mine.send(41)
            print(mine.recv())
            asker.join()
            print([worker.exitcode for worker in workers], asker.exitcode)
        if __name__ == "__main__":
            main(sys.argv[1])
        """
    run = hooked(tmp_path, program, method)
    messages = pairs(run, "pipe")
    assert len(messages) == 6 + 4 + 2
    main = run.main.uid
    to_workers = [receiver for sender, receiver in messages.values() if sender == main]
    assert len(to_workers) == 7 and main not in to_workers
    assert sum(receiver == main for _, receiver in messages.values()) == 5
    assert len(pairs(run, "spawn")) >= 3
    put = run.main.syncs("put", type_name="collections.deque")
    assert [fact.extra for fact in run.main.syncs("get", type_name="collections.deque") if fact.extra] == [fact.extra for fact in put]


def test_a_process_pool(tmp_path: Path) -> None:
    program = """
        from concurrent.futures import ProcessPoolExecutor
        import multiprocessing
        if __name__ == "__main__":
            with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
                print(list(pool.map(abs, [-1, -2, -3])), pool.submit(divmod, 7, 0).exception())
        """
    run = hooked(tmp_path, program)
    messages = pairs(run, "pipe")
    assert any(sender == run.main.uid != receiver for sender, receiver in messages.values())
    assert sum(sender != receiver == run.main.uid for sender, receiver in messages.values()) >= 4


def test_asyncio_subprocesses_and_their_end(tmp_path: Path) -> None:
    program = """
        import asyncio, sys
        async def main():
            child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('out')", stdout=asyncio.subprocess.PIPE)
            print(await child.communicate(), child.returncode)
        asyncio.run(main())
        """
    run = hooked(tmp_path, program)
    assert len(run.main.of("step")) == len(run.main.of("step_end"))
