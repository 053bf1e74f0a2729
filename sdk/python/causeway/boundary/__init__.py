"""Boundaries: the communication of a recorded program with the world outside its process, one file per library.

A library is hooked when the program has imported it (`causeway.hooks.late.on_import`). No library is imported just to hook it.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

LIBRARIES: tuple[tuple[str, str, str], ...] = (
    ("aiohttp.client_reqrep", "aiohttp", "patch_client"),
    ("aiohttp.web_protocol", "aiohttp", "patch_server"),
    ("aiohttp.web_response", "aiohttp", "patch_response"),
    ("flask.app", "wsgi", "patch_flask"),
    ("http.client", "httpclient", "patch"),
    ("http.server", "httpserver", "patch"),
    ("httpx._transports.default", "httpx", "patch"),
    ("starlette.applications", "asgi", "patch_starlette"),
    ("uvicorn.protocols.http.h11_impl", "asgi", "patch_uvicorn"),
    ("uvicorn.protocols.http.httptools_impl", "asgi", "patch_uvicorn"),
    ("werkzeug.wsgi", "wsgi", "patch_werkzeug"),
    ("wsgiref.handlers", "wsgi", "patch_wsgiref"),
    ("_sqlite3", "sqlite3", "patch"),
    ("asyncpg", "asyncpg", "patch"),
    ("psycopg", "psycopg", "patch"),
    ("psycopg2.extensions", "psycopg2", "patch"),
    ("logging", "logs", "patch"),
)
"""Module to wait for, file in this package, function that hooks the module."""


def _hooker(file: str, function: str) -> Callable[[ModuleType], None]:
    def hook(module: ModuleType) -> None:
        try:
            getattr(import_module(f"causeway.boundary.{file}"), function)(module)
        except Exception as error:
            from causeway.boundary import emit

            emit.gap(f"causeway.boundary.{file}.{function}", f"raised {type(error).__name__}")

    return hook


def install(on_import: Callable[[str, Callable[[ModuleType], Any]], None]) -> None:
    """Hook all libraries, those already imported immediately. Called once per process, when its recording has begun."""
    from causeway import api

    api.activate(True)
    for module, file, function in LIBRARIES:
        on_import(module, _hooker(file, function))
    try:
        from causeway.boundary import files, looks, process_settings

        files.install()
        looks.install()
        process_settings.install()
    except Exception as error:
        from causeway.boundary import emit

        emit.gap("causeway.boundary.files", f"raised {type(error).__name__}")


def uninstall() -> None:
    """The recording has ended: the API does nothing again. Hooks remain, but have no effect."""
    from causeway import api

    api.activate(False)
