"""From the spool to the recording, while the program runs and after a crash; joining recordings.

May import: errors, model, wire, storage. Imported by: graph, analysis and everything outside it.
"""
