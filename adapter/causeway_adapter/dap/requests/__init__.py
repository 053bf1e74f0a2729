"""The requests, one file each; `table` says which serves which. Nothing is imported here: `initialize` is answered before the rest is there."""
