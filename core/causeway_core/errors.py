"""The one tree of errors of the host.

    CausewayError                   anything a user may see; has a slug (docs/errors.md) and a next step
    ├── RecordingError              a recording or spool cannot be used
    │   ├── RecordingMissing        no such file, or no recording in .causeway/
    │   ├── NotARecording           a foreign or empty file
    │   ├── NewerSchema             written by a newer Causeway
    │   ├── DamagedRecording        torn or inconsistent beyond what `recover` mends
    │   └── NotReplayable           it does not hold what came from outside
    ├── WireError                   bytes that are not the wire format
    ├── FindingUnusable             a finding that nothing can be done with here
    ├── CommandError                wrong use of the command line
    │   └── SpoolTaken              another recorder writes there, or one that crashed did
    ├── LaunchError                 the program to record cannot be started
    ├── ResetFailed                 what a re-run starts from could not be brought back
    ├── EvaluationError             an expression cannot be evaluated over recorded state
    │   └── NotCaptured             … because a value it needs was not captured
    ├── ProtocolError               a malformed or unsupported editor request
    └── InternalError               our own bug: please report
"""

from __future__ import annotations


class CausewayError(Exception):
    """An error for a user: `message` in one line that says what and where, `next_step` what to do now.

    `slug` is the heading in docs/errors.md. Raised by every ring; turned into one line and exit code 2 by the CLI, into an
    error reply by the adapters.
    """

    slug = "error"
    exit_code = 2

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} ({self.next_step})" if self.next_step else self.message


class RecordingError(CausewayError):
    """A recording or spool cannot be used."""

    slug = "recording"


class RecordingMissing(RecordingError):
    """There is no such recording."""

    slug = "recording-missing"


class NotARecording(RecordingError):
    """The file is not a Causeway recording."""

    slug = "not-a-recording"


class NewerSchema(RecordingError):
    """The recording was written by a newer Causeway."""

    slug = "newer-schema"


class DamagedRecording(RecordingError):
    """The recording contradicts itself."""

    slug = "damaged-recording"


class NotReplayable(RecordingError):
    """The recording does not hold what came from outside of the program."""

    slug = "not-replayable"


class WireError(CausewayError):
    """Bytes that are not the wire format of sdk/SPEC.md."""

    slug = "wire"


class FindingUnusable(CausewayError):
    """A finding names no places in the source, or its source is not at hand."""

    slug = "finding-unusable"


class ExportImpossible(CausewayError):
    """A recording holds nothing, or too much, for the form it is wanted in."""

    slug = "export-impossible"


class CommandError(CausewayError):
    """The command line was used wrongly."""

    slug = "command"


class SpoolTaken(CommandError):
    """The place of a recording is taken by another recorder, or by what one that crashed left."""


class LaunchError(CausewayError):
    """The program to record cannot be started."""

    slug = "launch"


class ResetFailed(CausewayError):
    """The command given with `--reset`, which brings back what a re-run starts from, failed or did not end."""

    slug = "reset"


class EvaluationError(CausewayError):
    """An expression cannot be evaluated over recorded state."""

    slug = "evaluation"


class NotCaptured(EvaluationError):
    """A value that the expression needs was not captured."""

    slug = "not-captured"


class ProtocolError(CausewayError):
    """An editor's request is malformed or not supported."""

    slug = "protocol"


class InternalError(CausewayError):
    """A bug in Causeway."""

    slug = "internal"
    exit_code = 70
