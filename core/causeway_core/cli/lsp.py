"""`causeway lsp`: the language server."""

from __future__ import annotations

import click


@click.command(epilog="Editors start this by themselves; docs/editors.md shows how.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen on this TCP port of 127.0.0.1 (0: any free one, printed).")
@click.option("--stdio", is_flag=True, help="Talk over stdin and stdout (the default; many clients add this).")
def command(port: int | None, stdio: bool) -> int:
    """Show findings, runs and last values in an editor over the Language Server Protocol."""
    del stdio
    from causeway_adapter.lsp.serve import serve

    return serve(port=port)
