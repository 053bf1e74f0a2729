"""`initialized`: settings are asked for, watching is arranged, reading begins."""

from __future__ import annotations

from lsprotocol import types

from causeway_adapter.lsp.methods.did_change_configuration import ask_for_settings
from causeway_adapter.lsp.server import Server

_WATCHED = "**/.causeway/*.causeway"


def register(server: Server) -> None:
    """Serves the method."""

    async def initialized(_params: types.InitializedParams) -> None:
        server.protocol.warm()
        await ask_for_settings(server)
        server.recordings.start()
        server.checking.start()
        await _watch(server)

    server.feature(types.INITIALIZED)(initialized)


async def _watch(server: Server) -> None:
    workspace = server.client_capabilities.workspace
    registrations = []
    if workspace and workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration:
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers=[types.FileSystemWatcher(_WATCHED)])
        registrations.append(types.Registration("causeway-recordings", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if workspace and workspace.did_change_configuration and workspace.did_change_configuration.dynamic_registration:
        section = types.DidChangeConfigurationRegistrationOptions(section="causeway")
        registrations.append(types.Registration("causeway-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
    if registrations:
        await server.client_register_capability_async(types.RegistrationParams(registrations))
