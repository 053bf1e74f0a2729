"""Running programs under the recorder: what to run, and one run from its start to its finished recording.

`causeway record`, the debug adapter and the re-runs of a proof all go through here.

May import: errors, model, wire, storage, ingest. Imported by: proof and faces.
"""
