"""Requests that come in from outside, taken down so that a re-run can be sent them again (sdk/SPEC.md section 10, kind `request`).

Taken at the servers, one file each: what no server received, such as a test client's request, is part of the program. Nothing is given here: `resend`
sends the requests, over the wire.
"""

from __future__ import annotations

SERVERS: tuple[tuple[str, str], ...] = (
    ("uvicorn.protocols.http.h11_impl", "uvicorn"),
    ("uvicorn.protocols.http.httptools_impl", "uvicorn"),
    ("aiohttp.web_protocol", "aiohttp"),
    ("http.server", "httpserver"),
    ("gunicorn.http.wsgi", "gunicorn"),
)
"""Module to wait for, file here that takes its requests."""
