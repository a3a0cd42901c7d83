"""``python -m promptstead``: the command line.

Python looks for modules in the current folder first then, which is the tree that is looked at; nothing of it is run.
"""

import sys

if not sys.flags.safe_path:
    del sys.path[0]

from promptstead.cli import main

main()
