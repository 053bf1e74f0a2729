"""What a program really did: runs it under sys.settrace and prints each line event with its scalar locals as JSON, one a line.

python tracer.py PROGRAM
"""

import json
import runpy
import sys

SCALARS = (int, float, str, bool, type(None))


def main(path):
    events = []

    def local(frame, event, argument):
        if event == "line":
            names = {} if frame.f_code.co_name == "<module>" else frame.f_locals
            values = {k: repr(v) for k, v in names.items() if type(v) in SCALARS and not k.startswith("__")}
            events.append([frame.f_code.co_qualname, frame.f_lineno, values])
        return local

    def trace(frame, event, argument):
        return local if frame.f_code.co_filename == path else None

    sys.settrace(trace)
    try:
        runpy.run_path(path, run_name="__main__")
    finally:
        sys.settrace(None)
        for event in events:
            print(json.dumps(event))


main(sys.argv[1])
