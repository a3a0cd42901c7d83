"""``python -m promptstead``: the command line."""

from promptstead.cli import main

main()
