"""Tasks that begin inside a step of their creator: under an order, those of a library get a step of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.sdk.forced import order, place, run

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks are new in 3.12")

LIBRARY = """\
import asyncio


def served(handler):
    return asyncio.Task(handler, loop=asyncio.get_running_loop(), eager_start=True)
"""

SERVED = """
    import asyncio
    import sys

    sys.path.insert(0, "site-packages")
    from library import served

    async def handle(number):
        print("begins", number)
        await asyncio.sleep(0)
        print("ends", number)

    async def main():
        tasks = [served(handle(number)) for number in (1, 2)]
        assert all(isinstance(task, asyncio.Task) for task in tasks)
        await asyncio.gather(*tasks)

    asyncio.run(main())
"""


@pytest.mark.parametrize(("first", "then"), [("", "#2"), ("#2", "")])
def test_what_a_library_starts_eagerly_is_held_at_its_start(tmp_path: Path, first: str, then: str) -> None:
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "library.py").write_text(LIBRARY)
    places = {"ends": place(f"main/main/handle{first}", "end"), "starts": place(f"main/main/handle{then}", "start")}
    done = run(tmp_path, SERVED, order(places, ("ends", "starts", None)))
    numbers = (2, 1) if first else (1, 2)
    assert done.result["feasible"], done
    assert done.stdout.split() == [word for number in numbers for word in ("begins", str(number), "ends", str(number))]


OWN = """
    import asyncio

    class Box:
        filled = False

    async def fill(box):
        box.filled = True

    async def look():
        print("looked")

    async def main():
        box = Box()
        looking = asyncio.create_task(look())
        task = asyncio.Task(fill(box), loop=asyncio.get_running_loop(), eager_start=True)
        print(box.filled, task.done())
        await looking

    asyncio.run(main())
"""


def test_what_the_program_starts_eagerly_stays_eager_and_is_over_with_its_creators_step(tmp_path: Path) -> None:
    fill = "main/main/fill"
    writes = place(fill, "write", "box.filled = True", "filled", qualname="fill")
    places = {"ends": place(fill, "end"), "writes": writes, "looks": place("main/main/look", "start")}
    done = run(tmp_path, OWN, order(places, ("writes", "looks", None), ("ends", "looks", None)))
    assert done.result["feasible"] and done.stdout == "True True\nlooked\n", done


DERIVED = """
    import asyncio

    class Named(asyncio.Task):
        pass

    async def nothing():
        return 1

    async def main():
        loop = asyncio.get_running_loop()
        named = Named(nothing(), loop=loop)
        plain = loop.create_task(nothing())
        print(isinstance(named, asyncio.Task), isinstance(plain, Named), issubclass(Named, asyncio.Task), issubclass(type(plain), asyncio.Task))
        print(await named + await plain + await asyncio.Task(nothing(), loop=loop, name="third"))

    asyncio.run(main())
"""


def test_asyncios_class_of_tasks_can_be_asked_for_and_derived_from_under_an_order(tmp_path: Path) -> None:
    places = {"ends": place("main/main/nothing", "end"), "starts": place("main/main/nothing#2", "start")}
    done = run(tmp_path, DERIVED, order(places, ("ends", "starts", None)))
    assert done.result["feasible"] and done.stdout == "True False True True\n3\n", done
