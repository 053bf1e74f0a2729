"""Rewrites user modules as they are imported, so that taps record what they do.

`tree.weave` turns source into a code object with placeholder constants, `patch` puts tap objects in their places, `cache` keeps the result on
disk, `hook` makes imports use it. Nothing here imports anything of the host.
"""
