"""Generators of the pages that must not be written by hand."""
