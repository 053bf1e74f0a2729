"""Running programs under the recorder: what to run, and one run from its start to its finished recording.

`causeway record`, the debug adapter and the re-runs of a proof all go through here.

May import: errors, model, wire, storage, ingest. Imported by: proof and faces.
"""

from causeway_core.launch.run import Run, Streams, environment
from causeway_core.launch.target import Target, check_interpreter, resolve

__all__ = ["Run", "Streams", "Target", "check_interpreter", "environment", "resolve"]
