"""Detectors that tell what they find themselves: each with the trouble, and with what prevents it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from causeway_core.analysis.direct_findings import direct_findings
from causeway_core.analysis.wording import Namer, Scene
from causeway_core.graph import SourcePlace
from causeway_core.model import At, Finding, Function, make_at
from causeway_core.storage.rows import Obj
from causeway_core.wire.kinds import SyncOp

from tests.support.trace import PATH, Trace

BLOCKED, ASYNC = 1, 4


class Story(Trace):
    """A trace that knows the line of each of its events."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.lines: dict[int, int] = {}

    def line(self, at: At, code: str) -> At:
        """The event happened at the line that contains `code`."""
        self.lines[at] = next(number for number, text in enumerate(self.source.splitlines(), 1) if code in text)
        return at

    def place(self, at: At) -> SourcePlace | None:
        return SourcePlace(PATH, "app.py", self.lines[at], self._around(self.lines[at]), at) if at in self.lines else None

    def _around(self, line: int) -> str:
        before = [text for text in self.source.splitlines()[:line] if text.lstrip().startswith(("def ", "async def "))]
        return before[-1].split("def ")[1].split("(")[0] if before else "?"

    def thing(self, name: str, kind: str) -> int:
        id = 1 << 32 | 8000 + len(self.objects)
        self.objects[id] = Obj(id, kind, make_at(1, 1), name, None)
        return id


def found(trace: Story) -> list[Finding]:
    for actor, row in trace.actors.items():
        trace.actors[actor] = replace(row, first_at=make_at(trace._stream[actor], 1))
    evidence = trace.evidence()
    scene = Scene(evidence, Namer(evidence, lambda a, b: "nothing orders them"), trace.place)
    return direct_findings(scene, evidence)


def firm(trace: Story) -> list[tuple[str, str]]:
    return [(each.kind, each.tier) for each in found(trace) if each.tier in ("likely", "latent")]


# Conditions and events.

WAIT = """
def stage(pipeline):
    with pipeline.ready:
        {look}
            pipeline.ready.wait()

def open(pipeline):
    with pipeline.ready:
        pipeline.ready.notify_all()
"""


def conditioned(look: str, *, waiters: int = 1, ordered: bool = False, barrier: bool = False) -> Story:
    trace = Story(WAIT.format(look=look))
    notifier = trace.thread("notifier")
    lock, condition = trace.lock("Condition._lock", "_thread.RLock"), trace.thing("Pipeline.ready", "threading.Condition")
    for number in range(waiters):
        waiter = trace.thread(f"waiter-{number}")
        taken = trace.acquire(waiter, lock)
        if barrier:
            trace.line(trace.sync(waiter, SyncOp.BARRIER_ARRIVE, trace.thing("Pipeline.gate", "asyncio.locks.Barrier")), "ready.wait()")
        trace.line(trace.sync(waiter, SyncOp.WAIT_BEGIN, condition, BLOCKED), "ready.wait()")
        trace.release(waiter, lock)
        if ordered:
            trace.edge(taken, trace.event(notifier))
        trace.acquire(notifier, lock)
        trace.line(trace.sync(notifier, SyncOp.NOTIFY_ALL, condition), "notify_all")
        trace.release(notifier, lock)
        trace.acquire(waiter, lock)
        trace.sync(waiter, SyncOp.WAIT_END, condition)
        trace.release(waiter, lock)
    return trace


def test_a_wait_without_a_look_at_any_state_can_come_too_late() -> None:
    assert firm(conditioned("with nothing():")) == [("lost_wakeup", "latent")]


def test_a_barriers_own_condition_is_not_reported() -> None:
    assert not firm(conditioned("with nothing():", barrier=True))


@pytest.mark.parametrize("look", ["while not pipeline.open:", "if not pipeline.open:"])
def test_a_look_at_the_state_keeps_a_single_waiter_from_waiting_in_vain(look: str) -> None:
    assert not firm(conditioned(look))


def test_a_look_made_once_does_not_hold_for_the_second_that_is_woken() -> None:
    assert firm(conditioned("if not pipeline.items:", waiters=2)) == [("atomicity_violation", "latent")]
    assert not firm(conditioned("while not pipeline.items:", waiters=2))


def test_a_notifier_that_waits_until_the_waiter_has_the_lock_comes_after_the_wait() -> None:
    assert not firm(conditioned("with nothing():", ordered=True))


PULSE = """
def run(life):
    life.wake.wait()

def wake(life):
    life.pending = 1
    life.wake.set()
    {clear}
"""


@pytest.mark.parametrize("clears", [True, False])
def test_an_event_that_is_cleared_as_soon_as_it_is_set(clears: bool) -> None:
    trace = Story(PULSE.format(clear="life.wake.clear()" if clears else "pass"))
    worker, boss, event = trace.thread("worker"), trace.thread("boss"), trace.thing("Life.wake", "threading.Event")
    trace.line(trace.sync(worker, SyncOp.WAIT_BEGIN, event, BLOCKED), "wake.wait()")
    trace.line(trace.sync(boss, SyncOp.EVENT_SET, event), "wake.set()")
    if clears:
        trace.line(trace.sync(boss, SyncOp.EVENT_CLEAR, event), "wake.clear()")
    trace.sync(worker, SyncOp.WAIT_END, event)
    assert firm(trace) == ([("lost_wakeup", "latent")] if clears else [])


SERVE = """
def serve(life):
    while True:
        life.wake.wait()
        life.done = life.pending
        life.wake.clear()

def ask(life):
    life.pending = 1
    life.wake.set()
"""


@pytest.mark.parametrize("late", [True, False])
def test_an_event_that_its_waiter_clears_after_its_work(late: bool) -> None:
    trace = Story(SERVE)
    worker, boss, event = trace.thread("worker"), trace.thread("boss"), trace.thing("Life.wake", "threading.Event")
    trace.write(boss, "life.pending = 1", "Life.pending", 1)
    trace.line(trace.sync(boss, SyncOp.EVENT_SET, event), "wake.set()")
    trace.sync(worker, SyncOp.WAIT_END, event)
    if not late:
        trace.line(trace.sync(worker, SyncOp.EVENT_CLEAR, event), "wake.clear()")
    trace.read(worker, "life.done = life.pending", "Life.pending", 1)
    if late:
        trace.line(trace.sync(worker, SyncOp.EVENT_CLEAR, event), "wake.clear()")
    trace.line(trace.sync(worker, SyncOp.WAIT_BEGIN, event, BLOCKED), "wake.wait()")
    trace.sync(worker, SyncOp.WAIT_END, event)
    assert firm(trace) == ([("lost_wakeup", "latent")] if late else [])


# Objects of asyncio in threads.

SIGNAL = """
def publish(listener):
    listener.wakeup.set()

async def listen(listener):
    await listener.wakeup.wait()
"""


@pytest.mark.parametrize(("kind", "where", "accused"), [
    ("asyncio.locks.Event", "thread", True), ("asyncio.locks.Event", "loop", False), ("threading.Event", "thread", False),
])  # fmt: skip
def test_an_event_of_asyncio_is_set_on_its_loop(kind: str, where: str, accused: bool) -> None:
    trace = Story(SIGNAL)
    task, event = trace.task("listener"), trace.thing("Listener.wakeup", kind)
    flags = ASYNC if kind.startswith("asyncio") else 0
    setter = trace.thread("publisher") if where == "thread" else trace.task("publisher")
    trace.sync(task, SyncOp.WAIT_BEGIN, event, BLOCKED | flags)
    trace.line(trace.sync(setter, SyncOp.EVENT_SET, event, flags), "wakeup.set()")
    trace.sync(task, SyncOp.WAIT_END, event, flags)
    assert (("data_race", "likely") in firm(trace)) is accused


def test_a_future_of_asyncio_is_settled_on_its_loop() -> None:
    trace = Story(SIGNAL)
    trace.task("reader")
    future = trace.thing("Device.pending['t']", "_asyncio.Future")
    trace.line(trace.sync(trace.thread("library"), SyncOp.RESULT_SET, future, ASYNC), "wakeup.set()")
    (finding,) = [each for each in found(trace) if each.tier == "likely"]
    assert "resolved Device.pending['t'], an asyncio Future, from a thread" in finding.title and "call_soon_threadsafe" in finding.recommendation


# Locks that their holder asks for again.

FINALIZER = """
class Client:
    def release(self):
        with self.lock:
            self.count = 0

class Remote:
    def __del__(self):
        {body}
"""


@pytest.mark.parametrize(("body", "lock", "accused"), [
    ("self.client.release()", "_thread.lock", True), ("self.client.release()", "_thread.RLock", False),
    ("self.client.later.append(1)", "_thread.lock", False),
])  # fmt: skip
def test_a_finalizer_takes_no_lock_that_it_may_interrupt(body: str, lock: str, accused: bool) -> None:
    trace = Story(FINALIZER.format(body=body))
    one, mutex = trace.thread("one"), trace.lock("Client.lock", lock)
    for _ in range(2):
        trace.line(trace.acquire(one, mutex), "with self.lock")
        trace.release(one, mutex)
    assert firm(trace) == ([("deadlock", "latent")] if accused else [])


HANDLER = """
def note(service):
    {take}:
        service.count = 1

def on_child(signum, frame):
    note(service)

signal.signal(SIGCHLD, {handler})
"""


@pytest.mark.parametrize(("handler", "take", "accused"), [
    ("on_child", "with service.lock", True), ("SIG_IGN", "with service.lock", False), ("on_child", "if service.lock.acquire(blocking=False)", False),
])  # fmt: skip
def test_a_signal_handler_takes_no_lock_that_it_may_interrupt(handler: str, take: str, accused: bool) -> None:
    trace = Story(HANDLER.format(handler=handler, take=take))
    main, mutex = trace.thread("main"), trace.lock("Service.lock", "_thread.lock")
    trace.line(trace.acquire(main, mutex), "service.lock")
    trace.release(main, mutex)
    assert firm(trace) == ([("deadlock", "latent")] if accused else [])


CALLBACK = """
def forget(future):
    with channel.lock:
        channel.response = None

def ask(channel):
    with channel.lock:
        future = pool.submit(work)
        {inside}
    {outside}
"""


@pytest.mark.parametrize("inside", [True, False])
def test_a_callback_that_takes_a_lock_is_added_when_that_is_free(inside: bool) -> None:
    add = "future.add_done_callback(forget)"
    trace = Story(CALLBACK.format(inside=add if inside else "pass", outside="pass" if inside else add))
    one, two, mutex = trace.thread("one"), trace.thread("two"), trace.lock("Channel.lock", "_thread.lock")
    at = trace.acquire(one, mutex)
    trace.lines[at] = 7
    trace.release(one, mutex)
    trace.line(trace.acquire(two, mutex), "with channel.lock")
    trace.release(two, mutex)
    assert firm(trace) == ([("deadlock", "latent")] if inside else [])


DRAIN = """
def drain(tasks, done):
    {look}:
        {take}
"""


@pytest.mark.parametrize(("look", "take", "told"), [
    ("while not tasks.empty()", "done.append(tasks.get())", True), ("while not tasks.empty()", "done.append(tasks.get(timeout=1))", False),
    ("while not done.empty()", "done.append(tasks.get())", False), ("while tasks.qsize()", "item = tasks.get()", True),
])  # fmt: skip
def test_the_last_item_of_a_queue_may_be_anothers(look: str, take: str, told: bool) -> None:
    trace = Story(DRAIN.format(look=look, take=take))
    queue = trace.lock("Pool.tasks", "queue.Queue")
    for name in ("one", "two"):
        trace.line(trace.sync(trace.thread(name), SyncOp.GET, queue), take)
    assert [(each.kind, each.tier) for each in found(trace)] == ([("deadlock", "hint")] if told else [])


GIVES_BACK = """
def work(total, done):
    total.lock.acquire()
    {first}
    {second}

def other(total):
    total.lock.acquire()  # asks
"""


@pytest.mark.parametrize("held", [True, False])
def test_a_lock_that_was_given_back_before_is_not_held_while_waiting(held: bool) -> None:
    waits, gives = "done.join()", "total.lock.release()"
    trace = Story(GIVES_BACK.format(first=waits if held else gives, second=gives if held else waits))
    one, two, mutex = trace.thread("one"), trace.thread("two"), trace.lock("Total.lock", "_thread.lock")
    trace.line(trace.acquire(one, mutex), "total.lock.acquire()")
    trace.line(trace.release(one, mutex), gives)
    trace.line(trace.acquire(two, mutex), "# asks")
    trace.release(two, mutex)
    assert [each.tier for each in found(trace) if each.kind == "deadlock"] == (["hint"] if held else [])


# Files.

STORE = """
def put(store, key):
    {lock}
        data = read(store.path)
        write(store.path, data)

def get(store):
    return read(store.path)
"""


def put(trace: Story, actor: int, path: str = "/tmp/data.json") -> None:
    trace.line(trace.file(actor, "open", path, "r"), "data = read")
    trace.line(trace.file(actor, "open", path, "w"), "write(store.path")


@pytest.mark.parametrize("lock", ["with open_store():", "with file_lock(store):"])
def test_a_file_that_two_actors_read_and_write_loses_an_update(lock: str) -> None:
    trace = Story(STORE.format(lock=lock))
    put(trace, trace.thread("one"))
    put(trace, trace.thread("two"))
    assert firm(trace) == ([] if "file_lock" in lock else [("lost_update", "likely")])


def test_who_only_reads_a_file_loses_no_update_but_may_find_it_empty() -> None:
    trace = Story(STORE.format(lock="if True:"))
    put(trace, trace.thread("one"))
    put(trace, trace.thread("two"))
    trace.line(trace.file(trace.thread("reader"), "open", "/tmp/data.json", "r"), "return read(store.path)")
    assert firm(trace) == [("lost_update", "likely"), ("atomicity_violation", "latent")]


TURN = """
@contextmanager
def turn(store):
    with open(store.path + ".turn", "w") as handle:
        {take}
        yield

class Turn:
    def __enter__(self):
        self.handle = os.open(self.path, {flags})

def put(store, key):
    with {manager}:
        data = read(store.path)
    {indent}write(store.path, data)
"""


@pytest.mark.parametrize(("manager", "take", "flags", "together", "quiet"), [
    ("turn(store)", "fcntl.flock(handle, fcntl.LOCK_EX)", "os.O_CREAT", True, True),
    ("turn(store)", "fcntl.flock(handle, fcntl.LOCK_EX)", "os.O_CREAT", False, False),
    ("turn(store)", "print(handle)", "os.O_CREAT", True, False),
    ("Turn(store)", "pass", "os.O_CREAT | os.O_EXCL", True, True),
    ("Turn(store)", "pass", "os.O_CREAT", True, False),
])  # fmt: skip
def test_a_context_manager_of_the_project_may_lock_a_file(manager: str, take: str, flags: str, together: bool, quiet: bool) -> None:
    trace = Story(TURN.format(manager=manager, take=take, flags=flags, indent="    " if together else ""))
    put(trace, trace.thread("one"))
    put(trace, trace.thread("two"))
    assert firm(trace) == ([] if quiet else [("lost_update", "likely")])


@pytest.mark.parametrize(("elsewhere", "quiet"), [("pass", True), ("put(store)", False)])
def test_a_lock_on_a_file_may_be_taken_by_whoever_calls(elsewhere: str, quiet: bool) -> None:
    source = TURN.split("def put")[0].format(take="fcntl.lockf(handle, fcntl.LOCK_EX)", flags="0")
    calls = f"""
def all(store):
    with turn(store):
        put(store)

def other(store):
    {elsewhere}
"""
    trace = Story(source + STORE.format(lock="if True:").replace("put(store, key)", "put(store)") + calls)
    put(trace, trace.thread("one"))
    put(trace, trace.thread("two"))
    assert firm(trace) == ([] if quiet else [("lost_update", "likely")])


def test_a_lock_of_threads_or_an_order_protects_a_file() -> None:
    trace = Story(STORE.format(lock="with store.mutex:"))
    mutex = trace.lock("Store.mutex", "_thread.lock")
    for name in ("one", "two"):
        actor = trace.thread(name)
        trace.acquire(actor, mutex)
        put(trace, actor)
        trace.release(actor, mutex)
    assert not firm(trace)
    trace = Story(STORE.format(lock="with open_store():"))
    one, two = trace.thread("one"), trace.thread("two")
    put(trace, one)
    trace.edge(trace.event(one), trace.event(two))
    put(trace, two)
    assert not firm(trace)


@pytest.mark.parametrize(("mode", "removed_late"), [("x", True), ("x", False), ("w", True)])
def test_a_file_that_only_one_can_make_is_a_lock_until_it_is_removed(mode: str, removed_late: bool) -> None:
    trace = Story(STORE.format(lock="with open_store():"))
    for name in ("one", "two"):
        actor = trace.thread(name)
        trace.line(trace.file(actor, "open", "/tmp/data.turn", mode), "with open_store")
        if not removed_late:
            trace.line(trace.file(actor, "remove", "/tmp/data.turn"), "with open_store")
        put(trace, actor)
        if removed_late:
            trace.line(trace.file(actor, "remove", "/tmp/data.turn"), "with open_store")
    assert (("lost_update", "likely") in firm(trace)) is not (mode == "x" and removed_late)


def test_tasks_that_do_not_give_way_while_they_have_the_file_lose_nothing() -> None:
    for gives_way in (False, True):
        trace = Story(STORE.format(lock="with open_store():"))
        for name in ("one", "two"):
            actor = trace.task(name)
            trace.line(trace.file(actor, "open", "/tmp/data.json", "r"), "data = read")
            if gives_way:
                trace.step(actor)
            trace.line(trace.file(actor, "open", "/tmp/data.json", "w"), "write(store.path")
        assert bool(firm(trace)) is gives_way


def test_a_reader_may_find_a_file_that_was_just_emptied() -> None:
    trace = Story(STORE.format(lock="with open_store():"))
    trace.line(trace.file(trace.thread("writer"), "open", "/tmp/data.json", "w"), "write(store.path")
    trace.line(trace.file(trace.thread("reader"), "open", "/tmp/data.json", "r"), "return read")
    assert firm(trace) == [("atomicity_violation", "latent")]


@pytest.mark.parametrize("own", [True, False])
def test_writers_need_temporary_files_of_their_own(own: bool) -> None:
    trace = Story(STORE.format(lock="with open_store():"))
    for name in ("one", "two"):
        actor, path = trace.thread(name), f"/tmp/{name if own else 'new'}.tmp"
        trace.line(trace.file(actor, "open", path, "w"), "data = read")
        trace.line(trace.file(actor, "rename", path), "write(store.path")
    assert firm(trace) == ([] if own else [("atomicity_violation", "likely")])


ENSURE = """
def ensure(folder):
    {look}:
        {act}
"""


@pytest.mark.parametrize(("look", "act", "found", "quiet"), [
    ("if not folder.exists()", "folder.mkdir()", False, False),
    ("if not folder.exists()", "folder.mkdir(exist_ok=True)", False, True),
    ("if not folder.exists()", "with suppress(FileExistsError): folder.mkdir()", False, True),
    ("while not folder.exists()", "folder.mkdir()", False, False),
    ("with noted(folder.exists())", "folder.mkdir()", False, True),
    ("if folder.exists()", "folder.unlink()", True, False),
    ("if folder.exists()", "folder.unlink(missing_ok=True)", True, True),
    ("with flock(folder.exists())", "folder.unlink()", True, True),
])  # fmt: skip
def test_what_a_look_found_may_no_longer_hold(look: str, act: str, found: bool, quiet: bool) -> None:
    trace = Story(ENSURE.format(look=look, act=act))
    one, two, verb = trace.thread("one"), trace.thread("two"), "remove" if found else "mkdir"
    trace.line(trace.file(one, "look", "/tmp/out", found=found), look)
    trace.line(trace.file(one, verb, "/tmp/out"), act)
    trace.line(trace.file(two, "look", "/tmp/out", found=not found), look)
    assert firm(trace) == ([] if quiet else [("atomicity_violation", "likely")])


BUMP = """
def bump(path):
    with open(path, "r+") as file:
        {read}
        {write}
"""


@pytest.mark.parametrize(("read", "write", "quiet"), [
    ("n = file.read()", "file.write(n + 1)", False), ("file.seek(8)", "file.write(b'block')", True),
    ("flock(file); n = file.read()", "file.write(n + 1)", True),
])  # fmt: skip
def test_a_file_that_is_changed_in_place_loses_an_update(read: str, write: str, quiet: bool) -> None:
    trace = Story(BUMP.format(read=read, write=write))
    for name in ("one", "two"):
        trace.line(trace.file(trace.thread(name), "open", "/tmp/n", "r+"), "with open")
    assert firm(trace) == ([] if quiet else [("lost_update", "likely")])


SWEEP = """
def sweep(folder):
    for name in listdir(folder):
        {act}
"""


@pytest.mark.parametrize(("act", "other", "tier"), [
    ("remove(name)", "remove", "likely"), ("remove(name)", "list", "hint"), ("rmtree(name, ignore_errors=True)", "remove", None),
])  # fmt: skip
def test_what_was_in_a_folder_may_be_gone(act: str, other: str, tier: str | None) -> None:
    trace = Story(SWEEP.format(act=act))
    one, two = trace.thread("one"), trace.thread("two")
    trace.line(trace.file(one, "list", "/tmp/jobs"), "listdir")
    trace.line(trace.file(one, "remove", "/tmp/jobs/a"), act)
    trace.line(trace.file(two, other, "/tmp/jobs" + ("/a" if other == "remove" else "")), "listdir" if other == "list" else act)
    assert [(each.kind, each.tier) for each in found(trace)] == ([] if tier is None else [("atomicity_violation", tier)])


SAVE = """
def save(path):
    remove(path)
    rename(path + ".new", path)

def load(path):
    {read}
"""


@pytest.mark.parametrize(("first", "read", "tier"), [
    ("remove", "return open(path)", "latent"), ("look", "return open(path)", None),
    ("remove", "try: return open(path)\n    except FileNotFoundError: return None", "hint"),
])  # fmt: skip
def test_a_file_that_is_taken_away_and_made_again_is_missed_in_between(first: str, read: str, tier: str | None) -> None:
    trace = Story(SAVE.format(read=read))
    one, two = trace.thread("one"), trace.thread("two")
    trace.line(trace.file(one, first, "/tmp/s"), "remove")
    trace.line(trace.file(one, "link", "/tmp/s"), "rename")
    trace.line(trace.file(two, "open", "/tmp/s", "r"), "return open")
    assert [(each.kind, each.tier) for each in found(trace)] == ([] if tier is None else [("atomicity_violation", tier)])


STORE_PAIR = """
def store(folder):
    write(folder / "index")
    write(folder / "body")

def load(folder):
    {look}
    {read}
"""
READ_INDEX, READ_BODY = "index = open(folder / 'index')", "return open(folder / 'body')"
CATCHING = "try: {}\n    except FileNotFoundError: {}"


@pytest.mark.parametrize(("look", "read", "first", "tier"), [
    (READ_INDEX, READ_BODY, "index", "latent"), (READ_INDEX, READ_BODY, "body", None),
    (READ_INDEX, CATCHING.format(READ_BODY, "return b''"), "index", "hint"),
    (CATCHING.format(READ_INDEX, "return None"), READ_BODY, "index", "latent"),
    (CATCHING.format(READ_INDEX, "index = {}"), READ_BODY, "index", None),
    ("while not (folder / 'index').exists(): pass", READ_BODY, "index", "latent"),
])  # fmt: skip
def test_a_file_is_taken_for_a_sign_that_another_is_there(look: str, read: str, first: str, tier: str | None) -> None:
    trace = Story(STORE_PAIR.format(look=look, read=read))
    one, two = trace.thread("one"), trace.thread("two")
    for name, where in zip((first, "body" if first == "index" else "index"), ("write(folder / \"index\")", "write(folder / \"body\")"), strict=True):
        trace.line(trace.file(one, "link", f"/tmp/{name}"), where)
    if "exists" in look:
        trace.line(trace.file(two, "look", "/tmp/index", found=True), look)
    else:
        trace.line(trace.file(two, "open", "/tmp/index", "r"), "'index'")
    trace.line(trace.file(two, "open", "/tmp/body", "r"), "'body'")
    assert [(each.kind, each.tier) for each in found(trace)] == ([] if tier is None else [("atomicity_violation", tier)])


@pytest.mark.parametrize(("handler", "quiet"), [("pass", True), ("return log.info('there')", True), ("failed.append(folder)", False)])
def test_an_exception_that_says_another_was_first_may_be_dropped(handler: str, quiet: bool) -> None:
    trace = Story(f"""
def ensure(folder):
    try:
        if not folder.exists():
            folder.mkdir()
    except FileExistsError:
        {handler}
""")
    for name in ("one", "two"):
        actor = trace.thread(name)
        trace.line(trace.file(actor, "look", "/tmp/out"), "if not")
        trace.line(trace.file(actor, "mkdir", "/tmp/out"), "folder.mkdir")
    assert firm(trace) == ([] if quiet else [("atomicity_violation", "likely")])


LOCK_FILE = """
def update(path):
    try:
        fd = {make}
    except FileExistsError:
        {meets}
        fd = open_exclusively(path)
    write(fd, getpid())
    data = read()
    save(data)
    remove(path)
"""
TAKES_IT = "if not path.read_text():\n            path.unlink()"


@pytest.mark.parametrize(("make", "meets", "locked", "quiet"), [
    ("open(path, flags)", TAKES_IT, True, False), ("open(path, flags)", TAKES_IT, False, True), ("link(own, path)", TAKES_IT, True, True),
    ("open(path, flags)", "sleep(1)", True, True), ("open(path, flags)", "raise Busy(path.read_text())", True, True),
])  # fmt: skip
def test_a_lock_file_may_be_met_before_its_owner_is_in_it(make: str, meets: str, locked: bool, quiet: bool) -> None:
    trace = Story(LOCK_FILE.format(make=make, meets=meets))
    for name in ("one", "two"):
        actor = trace.thread(name)
        trace.line(trace.file(actor, "open", "/tmp/lock", "x"), make)
        if not locked:
            trace.line(trace.file(actor, "remove", "/tmp/lock"), "remove(path)")
        trace.line(trace.file(actor, "open", "/tmp/data", "r"), "data = read()")
        trace.line(trace.file(actor, "open", "/tmp/data", "w"), "save(data)")
        trace.line(trace.file(actor, "remove", "/tmp/lock"), "remove(path)")
    assert ("makes lock before" in "".join(each.title for each in found(trace))) is not quiet


NUMBERED = """
def store(folder):
    number = len(listdir(folder))
    {write}
"""


@pytest.mark.parametrize(("mode", "names", "place", "quiet"), [
    ("w", ("0", "1"), "write(", False), ("x", ("0", "1"), "write(", True), ("w", ("0", "0"), "write(", True), ("w", ("0", "1"), "listdir", True),
])  # fmt: skip
def test_two_actors_choose_one_name_from_what_a_folder_holds(mode: str, names: tuple[str, str], place: str, quiet: bool) -> None:
    trace = Story(NUMBERED.format(write="write(folder / str(number))"))
    for actor, name, where in zip((trace.thread("one"), trace.thread("two")), names, ("write(", place), strict=True):
        trace.line(trace.file(actor, "list", "/tmp/kept"), "listdir")
        trace.line(trace.file(actor, "open", f"/tmp/kept/{name}", mode), where)
    assert ("one name for both" in "".join(each.title for each in found(trace))) is not quiet


SAVED = """
def save(folder):
    {make}
    {write}

def clean(folder):
    rmtree(folder)
"""


@pytest.mark.parametrize(("make", "write", "action", "quiet"), [
    ("folder.mkdir(exist_ok=True)", "write(folder / name)", "mkdir", False), ("assert folder.exists()", "write(folder / name)", "look", False),
    ("folder.mkdir(exist_ok=True)", "with suppress(OSError): write(folder / name)", "mkdir", True),
    ("folder.mkdir(exist_ok=True)", "write(folder / name)", "rename", True),
])  # fmt: skip
def test_a_folder_may_be_removed_before_it_is_used(make: str, write: str, action: str, quiet: bool) -> None:
    trace = Story(SAVED.format(make=make, write=write))
    one, two = trace.thread("one"), trace.thread("two")
    trace.line(trace.file(one, action, "/tmp/cache", found=True), make)
    trace.line(trace.file(one, "open", "/tmp/cache/x", "w"), write)
    trace.line(trace.file(two, "rmdir", "/tmp/cache"), "rmtree")
    assert ("remove the folder in between" in "".join(each.title for each in found(trace))) is not quiet


@pytest.mark.parametrize(("reads_first", "calls"), [(True, 1), (False, 1), (False, 2)])
def test_a_version_of_a_file_that_is_noted_after_it_was_read(reads_first: bool, calls: int) -> None:
    lines = ["data = open(path)", "stamp = path.stat()"][:: 1 if reads_first else -1]
    trace = Story("def load(path):\n    " + "\n    ".join(lines))
    one, two = trace.thread("one"), trace.thread("two")
    for line in lines * calls:
        opens = "open" in line
        trace.line(trace.file(one, "open" if opens else "look", "/tmp/c.json", "r" if opens else "", found=not opens), line)
    trace.line(trace.file(two, "link", "/tmp/c.json"), "stamp")
    trace.line(trace.file(two, "open", "/tmp/c.json", "a"), "stamp")
    assert ("pass for the new version" in "".join(each.title for each in found(trace))) is reads_first


# Settings of the process.

BUILD = """
def build(folder):
    before = getcwd()
    {first}
    run()
    chdir(before)

def read(name):
    return open(name)
"""


@pytest.mark.parametrize(("same", "locked", "used", "tier"), [
    (False, False, True, "likely"), (False, False, False, "latent"), (True, False, True, None), (False, True, True, None),
])  # fmt: skip
def test_two_actors_set_what_the_whole_process_has_once(same: bool, locked: bool, used: bool, tier: str | None) -> None:
    trace = Story(BUILD.format(first="chdir(folder)"))
    mutex = trace.lock("mutex", "_thread.lock")
    for number, name in enumerate(("one", "two")):
        actor = trace.thread(name)
        if locked:
            trace.acquire(actor, mutex)
        trace.line(trace.setting(actor, "set", "working directory", 0 if same else number), "chdir(folder)")
        if used:
            trace.line(trace.setting(actor, "use", "working directory"), "run()")
        if not same:
            trace.line(trace.setting(actor, "set", "working directory", 7), "chdir(before)")
        if locked:
            trace.release(actor, mutex)
    assert [(each.kind, each.tier) for each in found(trace)] == ([] if tier is None else [("atomicity_violation", tier)])


@pytest.mark.parametrize(("back", "sets_too"), [(True, False), (False, False), (True, True)])
def test_an_actor_uses_what_another_has_set_for_a_while(back: bool, sets_too: bool) -> None:
    trace = Story(BUILD.format(first="chdir(folder)"))
    one, two = trace.thread("one"), trace.thread("two")
    trace.line(trace.setting(one, "set", "working directory", 1), "chdir(folder)")
    if back:
        trace.line(trace.setting(one, "set", "working directory", 2), "chdir(before)")
    if sets_too:
        trace.line(trace.setting(two, "set", "working directory", 1), "return open")
    trace.line(trace.setting(two, "use", "working directory"), "return open")
    assert [each.tier for each in found(trace)] == (["hint"] if back and not sets_too else ["likely"] if back else [])


def test_tasks_that_do_not_give_way_while_a_setting_is_theirs_disturb_nobody() -> None:
    for gives_way in (False, True):
        trace = Story(BUILD.format(first="chdir(folder)"))
        for number, name in enumerate(("one", "two")):
            actor = trace.task(name)
            trace.line(trace.setting(actor, "set", "locale", number), "chdir(folder)")
            if gives_way:
                trace.step(actor)
            trace.line(trace.setting(actor, "use", "locale"), "run()")
        assert bool(firm(trace)) is gives_way


# Cancellation.

POOL = """
async def handle(pool, url):
    {body}

async def main(pool):
    await wait_for(handle(pool, "/a"), 1)
"""


def cancelled(*body: str) -> list[tuple[str, str]]:
    trace = Story(POOL.format(body="\n    ".join(body)))
    trace.task("handler")
    trace._functions["handle"] = Function(1, 1, PATH, "handle", "coroutine", 2, 2 + len(body), ())
    return firm(trace)


def hints(*body: str) -> list[str]:
    trace = Story(POOL.format(body="\n    ".join(body)))
    trace.task("handler")
    trace._functions["handle"] = Function(1, 1, PATH, "handle", "coroutine", 2, 2 + len(body), ())
    return [finding.title for finding in found(trace) if finding.tier == "hint" and "cleans up" in finding.title]


def test_a_change_that_is_undone_after_an_unprotected_await() -> None:
    assert cancelled("pool.users += 1", "await work()", "pool.users -= 1") == [("atomicity_violation", "latent")]
    assert cancelled("pool.busy = True", "await work()", "pool.busy = False") == [("atomicity_violation", "latent")]
    assert cancelled("pool.urls.append(url)", "await look()", "try:", "    await work()", "finally:", "    pool.urls.remove(url)")
    assert cancelled("pool.left -= 1", "await work()", "pool.right += 1") == [("atomicity_violation", "latent")]
    assert cancelled("one = await pool.free.get()", "await work()", "pool.free.put_nowait(one)") == [("atomicity_violation", "latent")]
    assert cancelled("pool.asked[url] = 1", "await work()", "del pool.asked[url]") == [("atomicity_violation", "latent")]
    assert cancelled("await pool.lock.acquire()", "await work()", "pool.lock.release()") == [("atomicity_violation", "latent")]
    assert cancelled("flight = Future()", "pool.flights[url] = flight", "flight.set_result(await work())") == [("atomicity_violation", "latent")]


def test_a_change_that_is_undone_in_a_finally_or_made_in_one_step() -> None:
    assert not cancelled("pool.users += 1", "try:", "    await work()", "finally:", "    pool.users -= 1")
    assert not cancelled("pool.users += 1", "try:", "    await work()", "except BaseException:", "    pool.users -= 1", "    raise")
    assert not cancelled("await work()", "pool.users += 1", "pool.users -= 1")
    assert not cancelled("pool.users += 1", "await shield(work())", "pool.users -= 1")
    assert not cancelled("if url:", "    pool.users += 1", "else:", "    await work()", "    pool.users -= 1")
    assert not cancelled("pool.left -= 1", "pool.right += 1", "await work()")
    assert not cancelled("one = await pool.free.get()", "await work()", "pool.free.put_nowait(url)")
    assert not cancelled("await pool.lock.acquire()", "try:", "    await work()", "finally:", "    pool.lock.release()")
    assert not cancelled("flight = Future()", "flight.set_result(await work())")
    assert not cancelled("mine = []", "mine.append(url)", "await work()", "mine.remove(url)")


def test_a_clean_up_that_no_cancellation_reaches_is_a_hint() -> None:
    assert hints("try:", "    await work()", "except Exception:", "    pool.reset()", "    raise")
    assert not hints("try:", "    await work()", "except BaseException:", "    pool.reset()", "    raise")
    assert not hints("try:", "    await work()", "except Exception:", "    log.warning(url)", "    raise")
    assert not hints("try:", "    await work()", "except Exception:", "    pool.reset()")


def test_nothing_is_half_done_where_nothing_is_cancelled() -> None:
    source = POOL.format(body="pool.users += 1\n    await work()\n    pool.users -= 1")
    assert not firm(ran(source.replace("wait_for(", "nothing(")))
    assert not firm(ran(source.replace("await wait_for(handle(pool, \"/a\"), 1)", "await pool.changed.wait_for(lambda: pool.users == 0)")))


def ran(source: str) -> Story:
    """A story in which the handler of a pool ran."""
    trace = Story(source)
    trace.task("handler")
    trace._functions["handle"] = Function(1, 1, PATH, "handle", "coroutine", 2, 5, ())
    return trace


def test_a_coroutine_that_did_not_run_is_not_accused() -> None:
    trace = Story(POOL.format(body="pool.users += 1\n    await work()\n    pool.users -= 1"))
    trace.task("handler")
    assert not firm(trace)
