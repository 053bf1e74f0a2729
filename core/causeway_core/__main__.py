"""`python -m causeway_core`: the command line, for those who know an interpreter but not its scripts folder (editors)."""

from causeway_core.cli.main import main

if __name__ == "__main__":
    main()
