"""Break the product on purpose: ``python -m tests.attacks.run [NAME…] [--count N] [--seed S]``.

The tests run a small number of each attack; this is the large one. An attack is a module beside this one with a
function ``attack(count: int, seed: int, folder: Path) -> Outcome``: the same count and seed try the same things, and
*folder* is an empty one that it may fill. Exit code 1 where anything did not hold.
"""

import argparse
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from tests.attacks.outcome import Outcome

ATTACKS = {
    "files": 100_000,
    "bundles": 10_000,
    "kills": 1_000,
    "trees": 1,
    "strings": 500,
    "keys": 10_000,
}
"""Attack -> how much is tried by default; trees are tried with every command, so many times each."""
SHOWN = 20


def main() -> int:
    """Run the attacks named, or all, and print what each tried and what did not hold."""
    parser = argparse.ArgumentParser(description="Break promptstead on purpose.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(ATTACKS)}; default: all")
    parser.add_argument("--count", type=int, help="how much is tried")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in ATTACKS]:
        parser.error(f"no attack `{unknown[0]}`; there are {', '.join(ATTACKS)}")
    failed = False
    for name in arguments.names or ATTACKS:
        with tempfile.TemporaryDirectory(prefix=f"promptstead-{name}-") as folder:
            started = time.monotonic()
            attack = import_module(f"tests.attacks.{name}").attack
            outcome: Outcome = attack(arguments.count or ATTACKS[name], arguments.seed, Path(folder))
            seconds = time.monotonic() - started
        facts = "".join(f", {count:,} {fact}" for fact, count in outcome.facts.items())
        print(
            f"{name}: seed {arguments.seed}, {outcome.tried:,} tried{facts}, {len(outcome.failures):,} did not hold "
            f"({seconds:.0f} s)",
            flush=True,
        )
        for failure in outcome.failures[:SHOWN]:
            print(f"  {failure}", flush=True)
        failed = failed or bool(outcome.failures)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
