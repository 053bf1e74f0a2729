"""`causeway record`: run a program, ingest what its recorder writes, analyse, and say what was found in one line."""

from __future__ import annotations

import signal
import sqlite3
import sys
import time
from pathlib import Path

import click

from causeway_core.cli import recordings
from causeway_core.cli.summary import print_summary, shown_path
from causeway_core.errors import CommandError
from causeway_core.launch.drive import drive_words
from causeway_core.launch.environment import environment
from causeway_core.launch.output import claim_new
from causeway_core.launch.run import Run
from causeway_core.launch.target import check_interpreter, resolve

GRACE_SECONDS = 2.0


class Foreground:
    """A run that a person watches: it gets the terminal's signals, and the exit code is the program's.

    Used from the main thread only. The terminal sends Ctrl-C to the whole foreground process group, so the first two are the child's own
    business (the second ends a Python program whose threads hang); if it is still there a moment after the second, it is asked to
    terminate, and the third kills it. What was recorded until then is in the mapped segments, so nothing is lost either way.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.interrupts = 0
        self.failure: sqlite3.Error | OSError | None = None
        self._terminate_at: float | None = None

    def _on_interrupt(self, number: int, frame: object) -> None:
        self.interrupts += 1
        if self.interrupts == 2:
            self._terminate_at = time.monotonic() + GRACE_SECONDS
        elif self.interrupts > 2:
            self._run.kill()

    def _on_terminate(self, number: int, frame: object) -> None:
        self._run.signal(number)

    def _terminate_if_overdue(self) -> None:
        if self._terminate_at is not None and time.monotonic() > self._terminate_at:
            self._terminate_at = None
            print("causeway: the program is still running; terminating it (Ctrl-C once more kills it)", file=sys.stderr)
            self._run.signal(signal.SIGTERM)

    def complete(self) -> int:
        """Ingest until the child has ended, finish the recording and return the exit code as a shell would give it.

        Where the recording cannot be written (a full disk), `failure` is why. The child still runs to its end, and its spool stays for `recover`.
        """
        handlers = {number: signal.signal(number, self._on_terminate) for number in (signal.SIGTERM, signal.SIGHUP)}
        handlers[signal.SIGINT] = signal.signal(signal.SIGINT, self._on_interrupt)
        try:
            while self._run.poll():
                self._terminate_if_overdue()
            return self._run.finish()
        except (sqlite3.Error, OSError) as error:
            self.failure = error
            while not self._run.has_ended():
                self._terminate_if_overdue()
            return self._run.leave()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog="""\b
Examples:
  causeway record script.py --its-own option
  causeway record -m myservice
  causeway record pytest tests/test_orders.py -x
  causeway record --drive 'python client.py' -m uvicorn app:app
  causeway record -o run.causeway --detail causal -- python -X dev app.py""",
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the recording (default: .causeway/NAME-TIME.causeway)."
)
@click.option(
    "--detail",
    type=click.Choice(["full", "causal"]),
    default="full",
    show_default=True,
    help="full: every line and value; causal: scheduling, synchronization and boundaries only.",
)
@click.option("--include", multiple=True, metavar="GLOB", help="Also record modules or paths that match (may be given several times).")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Do not record modules or paths that match.")
@click.option(
    "--replayable", is_flag=True,
    help="Also keep what comes from outside (responses of services, time, random, environment), for `--isolated` re-runs.",
)  # fmt: skip
@click.option("--python", metavar="PATH", help="The interpreter to run (default: the active virtual environment's).")
@click.option(
    "--drive", metavar="COMMAND",
    help="For a service: the client to run once it listens ({port} in it: where). The service is interrupted when the client has ended.",
)  # fmt: skip
@click.option("--no-analyze", is_flag=True, help="Only record; do not look for findings afterwards.")
@click.option("--force", is_flag=True, help="Overwrite the output file.")
@click.option("-q", "--quiet", is_flag=True, help="No summary line.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[--] script.py|-m module|pytest …")
def command(
    output: Path | None,
    detail: str,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    replayable: bool,
    python: str | None,
    drive: str | None,
    no_analyze: bool,
    force: bool,
    quiet: bool,
    command: tuple[str, ...],
) -> int:
    """Run a program and record it.

    The program runs as always: same output, same exit code. Afterwards one line says what was found and what to type next.
    """
    words = list(command)
    if words and words[0] == "--":
        words.pop(0)
    if not words:
        raise CommandError("nothing to record", "name a script: causeway record script.py")
    target = resolve(words, python=python)
    check_interpreter(target)
    requests = drive_words(drive, target.python) if drive is not None else ()
    path, claim = (output, recordings.claim_output(output, force=force)) if output else claim_new(target.name)
    variables = environment(
        target, claim.spool, detail=detail, include=include, exclude=exclude, replayable=replayable, drive=requests
    )
    foreground = Foreground(Run(target, path, variables, claim=claim))
    code = foreground.complete()
    if foreground.failure is not None:
        print(f"causeway: cannot write {shown_path(path)}: {foreground.failure}", file=sys.stderr)
        print(f"  make room on its disk, then: causeway recover {shown_path(path)}", file=sys.stderr)
    elif not quiet:
        try:
            print_summary(path, analyze_now=not no_analyze)
        except Exception as error:
            # The program has run: its exit code is what the caller waits for, whatever becomes of the summary.
            print(f"causeway: {path} is recorded, but not summarized: {type(error).__name__}: {error}", file=sys.stderr)
    return code
