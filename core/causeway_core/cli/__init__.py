"""The command line: `causeway`. One file a command; a command's docstring is its help.

The outermost ring: may import everything, nothing imports it.
"""
