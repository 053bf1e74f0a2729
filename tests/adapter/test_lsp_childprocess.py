"""Questions to another process: what happens when it fails, and when nobody needs the answer any more."""

import subprocess
import sys
import threading

import pytest
from causeway_adapter.lsp import childprocess
from causeway_adapter.lsp.childprocess import AnswerDropped, ChildProcess, NoAnswer
from causeway_core.errors import CommandError

CHILD = """\
import sys, threading
from causeway_adapter.lsp.childprocess import serve
from causeway_core.errors import CommandError

def count(note, last):
    for number in range(last):
        note(number)
    return "counted"

def refuse(_note):
    raise CommandError("no", "ask something else")

def hang(_note):
    threading.Event().wait()

def say(_note, text):
    print(text, flush=True)
    return "said"

serve({"count": count, "refuse": refuse, "hang": hang, "say": say, "echo": lambda _note, each: each})
"""
DAMAGED = {
    "text between the messages": b"warning: a library prints\n",
    "little text": b"\n###",
    "a length, and then no pickle": b"cwq1\3\0\0\0\0\0\0\0abc",
    "a pickle of what is not there": b"cwq1\x13\0\0\0\0\0\0\0cno_module\nno_name\n.",
}


@pytest.fixture
def process():
    process = ChildProcess([sys.executable, "-c", CHILD])
    yield process
    process.close()


def test_answers_notes_and_errors(process):
    noted = []
    assert process.ask("count", 3, note=noted.append) == "counted" and noted == [0, 1, 2]
    with pytest.raises(CommandError, match=r"no \(ask something else\)"):
        process.ask("refuse")
    with pytest.raises(NoAnswer, match=r"TypeError"):
        process.ask("count", "a")
    assert process.ask("say", "a stray print") == "said"
    assert process.ask("echo", "\ud800 é" * 200_000) == "\ud800 é" * 200_000


@pytest.mark.parametrize("answer", DAMAGED.values(), ids=DAMAGED)
def test_a_process_that_sends_a_damaged_answer_is_ended(answer):
    waits = f"import sys, threading; sys.stdout.buffer.write({answer!r}); sys.stdout.flush(); threading.Event().wait()"
    process = ChildProcess([sys.executable, "-c", waits])
    process.start()
    first = process.running
    with pytest.raises(NoAnswer, match="sent a damaged answer"):
        process.ask("echo", 1)
    assert first.returncode == -9 and process.running is None
    process.close()


@pytest.mark.parametrize("sent", [b"", b"cwq1", b"cwq1\0\0", b"cwq1\3\0\0\0\0\0\0\0ab"])
def test_a_process_that_ends_in_a_message_has_ended(sent):
    process = ChildProcess([sys.executable, "-c", f"import os; os.write(1, {sent!r}); os._exit(3)"])
    with pytest.raises(NoAnswer, match="has ended with code 3"):
        process.ask("echo", "a text that no pipe holds" * 100_000)
    process.close()


def test_closing_while_it_starts_leaves_no_process_behind(process, monkeypatch):
    closing, begin = threading.Event(), subprocess.Popen
    begun = []

    class Noted:
        """The lock, and that the closing thread has come to it."""

        def __init__(self, lock):
            self.lock = lock

        def __enter__(self):
            if threading.current_thread() is closer:
                closing.set()
            self.lock.acquire()

        def __exit__(self, *_error):
            self.lock.release()

    def close():
        process.close()
        closing.set()

    def popen(*arguments, **options):
        closer.start()
        closing.wait()
        begun.append(begin(*arguments, **options))
        return begun[0]

    closer = threading.Thread(target=close)
    process._state = Noted(process._state)
    monkeypatch.setattr(childprocess.subprocess, "Popen", popen)
    with pytest.raises(AnswerDropped):
        process.ask("hang")
    closer.join()
    assert begun[0].returncode is not None
    with pytest.raises(AnswerDropped):
        process.ask("echo", 1)


def test_closing_ends_a_question_that_is_being_answered(process):
    with pytest.raises(AnswerDropped):
        process.ask("count", 10**9, note=lambda _number: process.close())


def test_a_question_that_is_dropped_and_no_other(process):
    token, other = object(), object()

    def drop(_number):
        process.drop(other)
        process.drop(token)

    with pytest.raises(AnswerDropped):
        process.ask("count", 10**9, note=drop, token=token)
    process.drop(token)
    assert process.ask("echo", 1, token=other) == 1


def test_a_note_that_is_refused_ends_the_process(process):
    with pytest.raises(ZeroDivisionError):
        process.ask("count", 10**9, note=lambda number: 1 // number)
    assert process.running is None and process.ask("echo", 1) == 1
