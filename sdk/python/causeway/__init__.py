"""Causeway's recorder and public API for Python programs."""
