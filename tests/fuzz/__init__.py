"""Fuzzers that run for as long as they are told: python -m tests.fuzz.wire --seconds 600 (and .storage). `make fuzz` runs them all."""
