"""Benchmarks: what recording costs, and how quick the host is. `make bench` runs them; docs/benchmarks.md keeps the figures."""
