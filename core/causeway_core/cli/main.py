"""The entry point `causeway`: finds the command (`cli/<name>.py`, its function `command`), and turns errors into a line and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module

import click

from causeway_core.errors import CausewayError, CommandError

COMMANDS = {
    "record": "run a program and record it",
    "analyze": "find races, lost updates and deadlocks in a recording",
    "explore": "look for orders that go wrong, by seeded random schedules",
    "check": "warn about windows over an await in the source, without a run",
    "fix": "close a finding with the smallest change, and prove it by re-runs",
    "export": "write the regression test of a finding, or a recording for other tools",
    "why": "walk backwards along causes from a value, an event or a finding",
    "query": "ask a recording in SQL",
    "ls": "list the recordings in .causeway/",
    "recover": "finish a recording that a crash left behind",
    "init": "prepare a project for editors and for recording",
    "merge": "join the recordings of two services",
    "dap": "debug a program and its recorded past in an editor (Debug Adapter Protocol)",
    "lsp": "show findings and last values in an editor (Language Server Protocol)",
}


class LazyGroup(click.Group):
    """Imports the module of a command only when it is used: `causeway record` would else load the analysis and the adapters."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"causeway_core.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `causeway --help`, without importing the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a hint for those who forgot `record`."""
        if args and args[0] not in COMMANDS and (args[0].endswith(".py") or args[0] == "pytest"):
            raise click.UsageError(f"no such command '{args[0]}'. Did you mean: causeway record {args[0]}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=LazyGroup, epilog="Start with: causeway record your_script.py")
@click.version_option(package_name="causeway-debugger", prog_name="causeway")
def cli() -> None:
    """Causeway answers "what caused this?" for concurrent programs.

    It records an ordinary run, orders it by causality instead of the clock, finds the races, and walks backwards along causes.
    """


def report_error(error: CausewayError) -> None:
    """One line on stderr: what, where, and what to do next."""
    print(f"causeway: {error.message}", file=sys.stderr)
    if error.next_step:
        print(f"  {error.next_step}", file=sys.stderr)


def report_misuse(error: click.ClickException) -> None:
    """The same two lines for what click finds wrong; bare `causeway` shows its help."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    message = error.format_message().rstrip(".")
    report_error(CommandError(message[:1].lower() + message[1:], f"see: {context.command_path if context else 'causeway'} --help"))


def main() -> None:
    """Run the command line. Exits 2 on bad input, 70 on a bug of ours, otherwise with the command's own code."""
    try:
        result = cli.main(standalone_mode=False)
    except CausewayError as error:
        report_error(error)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        report_misuse(error)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has closed the pipe. Without this, the interpreter's last flush would print a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("CAUSEWAY_TRACEBACK"):
            traceback.print_exc()
        print(f"causeway: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        print("  This is a bug in Causeway. Please report it with the output of: CAUSEWAY_TRACEBACK=1 " + " ".join(sys.argv), file=sys.stderr)
        sys.exit(70)
    sys.exit(result if isinstance(result, int) else 0)
