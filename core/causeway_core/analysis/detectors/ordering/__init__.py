"""Order violations and data races: two accesses need one order, and no synchronization enforces it.

Use before initialization, publication before the data is ready, use after close, writes after completion was signalled.
"""
