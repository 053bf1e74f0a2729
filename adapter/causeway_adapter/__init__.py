"""Editors' protocols over the engine: dap/ and lsp/; no analysis of their own."""
