"""Time travel: a mark that moves over a recording, and the state of the program at it. Nothing runs; no protocol is known here.

May import: errors, model, wire, storage, graph, analysis. Imported by: report, export, the text UI, the server and the adapters.
"""

from causeway_core.session.actorstate import ActorList, ActorState
from causeway_core.session.breakpoint import (
    DataBreakpoint,
    ExceptionFilter,
    FunctionBreakpoint,
    LineBreakpoint,
    LogLine,
    Verified,
)
from causeway_core.session.frame import Frame, Scope, ScopeKind
from causeway_core.session.growth import Growth
from causeway_core.session.now import Now
from causeway_core.session.place import Change, Place
from causeway_core.session.session import Execution, Link, Session
from causeway_core.session.variable import Ref, Variable

__all__ = [
    "ActorList", "ActorState", "Change", "DataBreakpoint", "ExceptionFilter", "Execution", "Frame", "FunctionBreakpoint", "Growth", "LineBreakpoint",
    "Link", "LogLine", "Now", "Place", "Ref", "Scope", "ScopeKind", "Session", "Variable", "Verified",
]
