"""Causeway's recorder and public API for Python programs.

Importing it costs next to nothing and changes nothing; every call is nearly free while nothing records. The names are the same in every language's
SDK (sdk/SPEC.md section 7).

PYTEST_DONT_REWRITE (recorded before pytest starts: it must not warn that it is there already)
"""

from causeway.api import Span, continue_trace, create_trace, deserialize_trace, event, trace
from causeway.context import TraceContext, TraceContextError
from causeway.settings import configure

__all__ = ["Span", "TraceContext", "TraceContextError", "configure", "continue_trace", "create_trace", "deserialize_trace", "event", "trace"]
