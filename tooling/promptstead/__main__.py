"""``promptstead`` and ``python -m promptstead``: the command line in a process of its own."""

import sys

from promptstead import interrupts

TYPE_CHECKING = False  # what type checkers take for true; importing typing would let an interrupt in
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> "NoReturn":
    """Run the command line and exit."""
    interrupts.obey()
    from promptstead.cli import run

    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # a second one, while the first was dealt with
        interrupts.end()
    sys.exit(code)


if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the current folder, which is the tree that is looked at: nothing of it is run
    main()
