"""`causeway lsp`: what recordings and `causeway check` say about source files, in an editor, over the Language Server Protocol.

May import: errors, model, storage, analysis, session, lines, proof, fix, report, export of core. One file a method in `methods/`, one
a command in `commands/`.
"""
