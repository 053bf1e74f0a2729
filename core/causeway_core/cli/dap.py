"""`causeway dap`: the debug adapter."""

from __future__ import annotations

import click

from causeway_core.errors import CommandError


@click.command(epilog="Editors start this by themselves; docs/editors.md shows how.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this TCP port (0: any free one, printed) instead of stdin and stdout.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; anything but loopback needs --token.")
@click.option("--token", help="Clients must send this in `launch`/`attach` as `token`.")
def command(port: int | None, host: str, token: str | None) -> int:
    """Debug programs and their recorded past in an editor, over the Debug Adapter Protocol."""
    if host not in ("127.0.0.1", "::1", "localhost") and not token:
        raise CommandError(f"{host} can be reached from other machines", "add --token SECRET, or leave --host at 127.0.0.1")
    from causeway_adapter.dap import serve

    return serve(port=port, host=host, token=token)
