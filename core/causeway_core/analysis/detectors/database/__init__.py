"""Races on database rows: read-modify-write across statements, and writes that depend on what an earlier query found (phantoms, write skew)."""
