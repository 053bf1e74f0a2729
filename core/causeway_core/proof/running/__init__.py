"""Running the recorded command again.

`rerun` runs it under an order. `workspace` gives each run the same files to start from, `isolation` gives it the recorded answers of the outside
world, and `requests` sends a service the requests that it served. `safety` says whether the command may run without asking.
"""
