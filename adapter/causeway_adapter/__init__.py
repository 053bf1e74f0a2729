"""Editors' protocols over the engine (dap/); no analysis of their own."""
