"""The API in a recorded program: spans, events, contexts, and their conversion of values."""

from __future__ import annotations

from pathlib import Path

from tests.sdk.recorded import run, run_both


def test_spans_nest_and_tell_how_they_ended(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import causeway
        with causeway.trace("outer", account=7):
            try:
                with causeway.trace("inner"):
                    raise KeyError("x")
            except KeyError:
                print("caught")
    """)
    outer, inner, inner_end, outer_end = recorded.facts("SPAN")
    assert (outer["name"], outer["attributes"], outer["parent"]) == ("outer", {"account": 7}, None)
    assert (inner["name"], inner["parent"], inner["trace_id"]) == ("inner", outer["span"], outer["trace_id"])
    assert (inner_end["span"], inner_end["status"]) == (inner["span"], "error")
    assert (outer_end["span"], outer_end["status"]) == (outer["span"], "ok")
    assert outer["ns"] < inner["ns"] < outer_end["ns"]


def test_tasks_inherit_the_span_they_were_made_in(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import asyncio, causeway

        async def child(name):
            async with causeway.trace(name):
                await asyncio.sleep(0)

        async def main():
            with causeway.trace("one"):
                first = asyncio.create_task(child("in one"))
            with causeway.trace("two"):
                await asyncio.gather(first, child("in two"))
        asyncio.run(main())
    """)
    begun = {fact["name"]: fact for fact in recorded.facts("SPAN") if fact["phase"] == "begin"}
    assert begun["in one"]["parent"] == begun["one"]["span"]
    assert begun["in two"]["parent"] == begun["two"]["span"]


def test_decorated_functions_of_every_kind(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import asyncio, inspect, causeway

        @causeway.trace("sync")
        def sync(a, *, b=2):
            "Doc."
            return a + b

        @causeway.trace("coroutine")
        async def coroutine():
            with causeway.trace("within coroutine"):
                await asyncio.sleep(0)
            return "c"

        @causeway.trace("generator")
        def generator():
            got = yield 1
            with causeway.trace("within generator"):
                try:
                    yield got
                except ValueError:
                    yield "thrown"
            return "r"

        @causeway.trace("async generator")
        async def async_generator():
            got = yield 1
            yield got

        class Thing:
            @causeway.trace("method")
            def method(self): return type(self).__name__
            @staticmethod
            @causeway.trace("static")
            def static(): return 1
            @causeway.trace("class")
            @classmethod
            def klass(cls): return cls.__name__

        def delegate():
            print("returned", (yield from generator()))

        async def main():
            task = asyncio.create_task(coroutine())
            with causeway.trace("elsewhere"):
                print(await task)
            agen = async_generator()
            print(await agen.asend(None), await agen.asend("sent"))
            await agen.aclose()

        print(sync(1), sync.__name__, sync.__doc__, inspect.signature(sync))
        print(inspect.iscoroutinefunction(coroutine), inspect.isgeneratorfunction(generator), inspect.isasyncgenfunction(async_generator))
        body = delegate()
        print(next(body), body.send("sent"), body.throw(ValueError), list(body))
        print(Thing().method(), Thing.static(), Thing.klass())
        asyncio.run(main())
        try:
            sync()
        except TypeError as error:
            print(error)
    """)
    spans = recorded.facts("SPAN")
    begun = {fact["name"]: fact for fact in spans if fact["phase"] == "begin"}
    assert set(begun) == {"sync", "coroutine", "within coroutine", "generator", "within generator", "async generator", "method", "static", "class",
                          "elsewhere"}  # fmt: skip
    assert begun["coroutine"]["parent"] is None, "the span begins in the task that runs the coroutine"
    assert begun["within coroutine"]["parent"] == begun["coroutine"]["span"]
    assert begun["within generator"]["parent"] == begun["generator"]["span"]
    assert len([fact for fact in spans if fact["phase"] == "end"]) == len([fact for fact in spans if fact["phase"] == "begin"])


def test_a_generator_does_not_leak_its_span_into_its_caller(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import causeway

        @causeway.trace("generator")
        def generator():
            yield 1
            yield 2

        for item in generator():
            with causeway.trace("caller"):
                print(item)
    """)
    callers = [fact for fact in recorded.facts("SPAN") if fact.get("name") == "caller"]
    assert [fact["parent"] for fact in callers] == [None, None]


def test_attributes_are_taken_without_running_code_of_the_program(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import causeway

        class Hostile:
            def __getattribute__(self, name): print("touched", name); raise RuntimeError
            def __repr__(self): print("repr"); raise RuntimeError
            def __str__(self): print("str"); raise RuntimeError
        class Text(str):
            def __str__(self): print("str"); return "other"
            def __hash__(self): print("hash"); return 1
            def __eq__(self, other): print("eq"); return True

        causeway.event("values", text="a", number=1, real=1.5, flag=True, nothing=None, items=[1, "b"], hostile=Hostile(), subclass=Text("x"),
                       huge=10**100000, nan=float("nan"), nested=[[1]], **{Text("odd"): 1})
        causeway.event(Hostile())
        causeway.event(Text("named"))
    """)
    values, hostile, named = recorded.facts("CUSTOM")
    assert values["attributes"] == {
        "text": "a", "number": 1, "real": 1.5, "flag": True, "nothing": None, "items": [1, "b"], "hostile": "<Hostile>", "subclass": "<Text>",
        "huge": "<int>", "nan": "nan", "nested": ["<list>"], "odd": 1,
    }  # fmt: skip
    assert hostile["name"] == "<Hostile>" and named["name"] == "named"


def test_a_context_handed_over_joins_sender_and_receiver(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import causeway, threading
        with causeway.trace("sender"):
            text = causeway.create_trace().serialize()

        def receive():
            with causeway.continue_trace(causeway.deserialize_trace(text)):
                with causeway.trace("receiver"):
                    pass
            with causeway.trace("afterwards"):
                pass
        thread = threading.Thread(target=receive)
        thread.start(); thread.join()
    """)
    begun = {fact["name"]: fact for fact in recorded.facts("SPAN") if fact["phase"] == "begin"}
    send, receive = recorded.facts("MESSAGE")
    assert begun["causeway.create_trace"]["parent"] == begun["sender"]["span"]
    assert begun["receiver"]["parent"] == begun["causeway.create_trace"]["span"]
    assert begun["receiver"]["trace_id"] == begun["sender"]["trace_id"]
    assert begun["afterwards"]["parent"] is None
    assert (send["direction"], receive["direction"]) == ("send", "receive") and send["id"] == receive["id"]
    assert receive["from"] == [f"{recorded.process.uid:016x}", send["stream"], send["position"]]


def test_sampling_leaves_out_whole_traces(tmp_path: Path) -> None:
    recorded = run_both(tmp_path, """
        import causeway
        causeway.configure(sampling_rate=0)
        with causeway.trace("outer"):
            causeway.event("inside")
            with causeway.trace("inner"):
                pass
        causeway.event("outside")
        print(causeway.create_trace().sampled)
    """)
    assert recorded.facts("SPAN") == []
    assert [fact["name"] for fact in recorded.facts("CUSTOM")] == ["outside"]


def test_sanitized_values_say_nothing(tmp_path: Path) -> None:
    recorded = run(tmp_path, """
        import causeway
        causeway.configure(sanitize_values=True)
        causeway.event("login", user="canary-one", age=77)
    """)
    assert recorded.facts("CUSTOM")[0]["attributes"] == {"user": "[redacted]", "age": "[redacted]"}


def test_configure_reaches_modules_and_names(tmp_path: Path) -> None:
    recorded = run(tmp_path, """
        import causeway, pathlib, sqlite3
        pathlib.Path("auth").mkdir()
        for name in ("auth/login", "orders"): pathlib.Path(name + ".py").write_text("def work():\\n    inside = 1\\n    return inside\\n")
        causeway.configure(exclude_patterns=["**/auth/**", "iban*"], capture_args=False)
        import auth.login, orders
        auth.login.work(); orders.work()
        iban_of_alice = "canary-iban"
        causeway.event("paid", iban="canary-iban", amount=1)
        sqlite3.connect(":memory:").execute("select ?", ("canary-argument",))
    """, variables={"CAUSEWAY_DETAIL": "full"})
    assert recorded.code == 0, recorded.stderr
    tables = [path.read_text() for path in (recorded.spool / "sites").glob("*.json")]
    assert any("/orders.py" in table for table in tables) and not any("/auth/login.py" in table for table in tables)
    assert recorded.facts("CUSTOM")[0]["attributes"] == {"iban": "[redacted]", "amount": 1}
    assert recorded.facts("SQL")[0]["parameters"] is None
    segments = b"".join(path.read_bytes() for path in recorded.spool.glob("*.seg"))
    assert b"canary" not in segments


def test_a_traceback_shows_no_frame_of_ours(tmp_path: Path) -> None:
    recorded = run(tmp_path, """
        import asyncio, causeway, traceback

        @causeway.trace("sync")
        def fail(): raise ValueError("here")

        @causeway.trace("coroutine")
        async def fail_later():
            await asyncio.sleep(0)
            fail()
        try:
            asyncio.run(fail_later())
        except ValueError as error:
            print([frame.name for frame in traceback.extract_tb(error.__traceback__)][-2:])
    """)
    assert recorded.stdout.strip() == "['fail_later', 'fail']"
