"""`workspace/didChangeConfiguration`, and asking for settings with `workspace/configuration`."""

from __future__ import annotations

from collections.abc import Mapping

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.settings import Settings


def register(server: Server) -> None:
    """Serves the method."""

    async def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        if isinstance(params.settings, Mapping) and "causeway" in params.settings:
            server.settings = Settings.read(params.settings["causeway"])
        await ask_for_settings(server)
        server.recordings.refresh()
        server.recordings_changed()

    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)


async def ask_for_settings(server: Server) -> None:
    """Takes the client's settings, where it gives any."""
    workspace = server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return
    try:
        given = await server.workspace_configuration_async(types.ConfigurationParams([types.ConfigurationItem(section="causeway")]))
    except JsonRpcException:
        return
    if given and isinstance(given[0], Mapping) and given[0]:
        server.settings = Settings.read(given[0])
