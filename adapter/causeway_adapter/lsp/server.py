"""The server: what its methods share. One client, one event loop; whatever reads recordings or checks sources runs in threads."""

from __future__ import annotations

import json
import logging
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from importlib.metadata import version
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from causeway_adapter.lsp.checking import Checking
from causeway_adapter.lsp.diagnosing import Diagnosing
from causeway_adapter.lsp.places import Places, path_of
from causeway_adapter.lsp.protocol import Protocol
from causeway_adapter.lsp.proving import Proving
from causeway_adapter.lsp.settings import Settings
from causeway_adapter.lsp.shelf import Recordings
from causeway_adapter.lsp.working import Report, working

METHODS = (
    "initialize", "initialized", "shutdown", "did_open", "did_change", "did_save", "did_close", "did_change_configuration",
    "did_change_watched_files", "did_change_workspace_folders", "diagnostic", "workspace_diagnostic", "code_lens", "hover", "inlay_hint",
    "inline_value", "code_action", "workspace_symbol", "document_link",
)  # fmt: skip
COMMANDS = ("travel", "analyze", "apply_fix", "generate_test")


class Server(LanguageServer):
    """Everything a method can reach. Use it on the event loop only."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__("causeway", version("causeway-debugger"), protocol_cls=Protocol, max_workers=2)
        self.settings = Settings()
        self.places = Places(self)
        self.recordings = Recordings(self)
        self.checking = Checking(self)
        self.diagnosing = Diagnosing(self)
        self.proving = Proving(self)
        self.pulls_diagnostics = False
        for name in METHODS:
            import_module(f"causeway_adapter.lsp.methods.{name}").register(self)
        for name in COMMANDS:
            import_module(f"causeway_adapter.lsp.commands.{name}").register(self)

    @property
    def folders(self) -> list[str]:
        """Paths of the workspace folders, links resolved."""
        uris = [folder.uri for folder in self.workspace.folders.values()] or ([self.workspace.root_uri] if self.workspace.root_uri else [])
        return list(dict.fromkeys(path for uri in uris if (path := path_of(uri)) is not None))

    # What changed.

    def recordings_changed(self) -> None:
        """Tells the client that the findings have changed."""
        self.diagnosing.refresh()
        self.facts_changed()

    def facts_changed(self) -> None:
        """Makes the client request the runs and values that it shows again, if it supports that."""
        if self.refreshes_lenses:
            self.workspace_code_lens_refresh(None)
        if self.refreshes_hints and self.settings.inlay_hints:
            self.workspace_inlay_hint_refresh(None)

    @property
    def refreshes_lenses(self) -> bool:
        """Whether the client requests its code lenses again when asked to."""
        workspace = self.client_capabilities.workspace
        return bool(workspace and workspace.code_lens and workspace.code_lens.refresh_support)

    @property
    def refreshes_hints(self) -> bool:
        """Whether the client requests its inlay hints again when asked to."""
        workspace = self.client_capabilities.workspace
        return bool(workspace and workspace.inlay_hint and workspace.inlay_hint.refresh_support)

    # Messages.

    def say(self, sentence: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """One message to the user."""
        self.window_show_message(types.ShowMessageParams(kind, f"Causeway: {sentence}"))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Called by pygls for what went wrong outside of requests: goes to the client's log, never to a dialog."""
        if isinstance(error, json.JSONDecodeError):
            self.protocol.reply_to_broken(error)
        logging.getLogger(__name__).warning("%s: %s", getattr(source, "__name__", source), error)

    def working(self, title: str, *, show: bool, token: types.ProgressToken | None = None) -> AbstractAsyncContextManager[Report]:
        """See `working.working`."""
        return working(self, title, show=show, token=token)
