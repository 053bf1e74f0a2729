"""A Debug Adapter Protocol server over recordings. One file a request in `requests/`; it knows editors, and nothing of how causes are found.

May import: causeway_core.session and inwards. Imported by: causeway_core.cli.
"""

from causeway_adapter.dap.server import serve

__all__ = ["serve"]
