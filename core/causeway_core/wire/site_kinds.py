"""Kinds of sites (sdk/SPEC.md section 5), numbered for the native scanner as in `_site_kinds.h`."""

from __future__ import annotations

SITE_KINDS = (
    "", "line", "call", "return", "unwind", "yield", "await", "resume", "local", "param", "for", "global", "cell", "attr", "item", "contains",
    "iterate", "truth", "method", "handler", "with", "read",
)
"""The index of a kind is its number; 0 stands for any other."""

SITE_KIND_NUMBERS = {kind: number for number, kind in enumerate(SITE_KINDS)}
