"""The guest names actors as a recording of the same program does."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from causeway_core.storage.recording import Recording

from tests.sdk.forced import order, place, run
from tests.support.recordings import record

PROGRAMS = {
    "threads": """
        import functools
        import threading

        def work(number=0):
            if number:
                inner = threading.Thread(target=work)
                inner.start()
                inner.join()

        class Own(threading.Thread):
            def run(self):
                work()

        threads = [threading.Thread(target=work, args=(1,)), threading.Thread(target=functools.partial(work, 0)), Own(), threading.Timer(0, work)]
        for thread in threads:
            thread.start()
            thread.join()
    """,
    "pool": """
        from concurrent.futures import ThreadPoolExecutor

        def work(number):
            return number

        with ThreadPoolExecutor(1) as pool:
            print(list(pool.map(work, range(3))))
    """,
    "tasks": """
        import asyncio

        async def leaf(number):
            await asyncio.sleep(0)
            return number

        async def branch():
            await asyncio.gather(leaf(1), leaf(2))
            async with asyncio.TaskGroup() as group:
                group.create_task(leaf(3), name="third")
                group.create_task(other())
            await asyncio.wait_for(leaf(4), 10)

        async def other():
            await asyncio.sleep(0.001)

        async def main():
            await asyncio.gather(branch(), branch(), other())
            done = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(done.set_result, 1)
            asyncio.get_running_loop().call_later(0.001, print, "later")
            await done
            await asyncio.to_thread(print, "in a thread")

        asyncio.run(main())
    """,
    "callbacks": """
        import asyncio

        class Pinger:
            def __init__(self, loop):
                self.loop, self.left = loop, 3

            def ping(self):
                self.left -= 1
                if self.left:
                    self.loop.call_soon(self.ping)
                else:
                    self.loop.create_task(self.finish())

            async def finish(self):
                self.loop.stop()

        loop = asyncio.new_event_loop()
        loop.call_soon(Pinger(loop).ping)
        loop.run_forever()
        loop.close()
    """,
    "processes": """
        import asyncio
        import multiprocessing
        import os
        import subprocess
        import sys
        import threading

        def leaf():
            pass

        def branch():
            wait_for([multiprocessing.get_context("fork").Process(target=leaf) for _ in range(2)])

        def wait_for(children):
            for child in children:
                child.start()
            for child in children:
                child.join()

        def executed():
            return subprocess.Popen([sys.executable, __file__, "leaf"])

        async def process():
            child = await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")
            await child.wait()

        def main():
            wait_for([multiprocessing.get_context("fork").Process(target=branch) for _ in range(2)])
            subprocess.run(["true"])
            quick = [executed() for _ in range(3)]
            wait_for([threading.Thread(target=lambda: executed().wait()) for _ in range(2)])
            wait_for([multiprocessing.get_context("spawn").Process(target=branch)])
            subprocess.run([sys.executable, __file__, "leaf"], close_fds=False)
            for child in quick:
                child.wait()
            asyncio.run(process())
            pid = os.fork()
            if not pid:
                sys.exit(0)
            os.waitpid(pid, 0)

        if __name__ == "__main__" and len(sys.argv) == 1:
            main()
    """,
    "service": """
        import asyncio
        from aiohttp import ClientSession, web

        async def hello(request):
            await asyncio.sleep(0)
            return web.Response(text="hello")

        async def main():
            app = web.Application()
            app.add_routes([web.get("/", hello)])
            runner = web.AppRunner(app)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = site._server.sockets[0].getsockname()[1]
            async with ClientSession() as session:
                for _ in range(2):
                    async with session.get(f"http://127.0.0.1:{port}/") as response:
                        print(await response.text())
            await runner.cleanup()

        asyncio.run(main())
    """,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_actors_of_a_recording_are_found_again(tmp_path: Path, name: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(PROGRAMS[name]))
    recorded = record(script, tmp_path, "--no-analyze")
    assert recorded.code == 0, recorded.stderr
    with Recording.open(recorded.path) as recording:
        paths = {actor.path for actor in recording.actors()}
    named = sorted(path for path in paths if name != "service" or path.rpartition("/")[2].partition("#")[0] in ("main", "hello", "start"))
    given = order({path: place(path, "start") for path in named})
    again = run(tmp_path, PROGRAMS[name], given)
    assert again.code == 0, again.stderr
    assert sorted(again.result["passed"]) == named
