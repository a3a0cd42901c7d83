"""Lint as a whole process, against check-jsonschema with the same schema on the same files."""

import tempfile
from pathlib import Path

from tests.benchmarks import corpus
from tests.benchmarks.measure import Result, alternate, process, tool

SCHEMA = Path(__file__).parents[2] / "schemas" / "prompt.schema.json"
PEER = "check-jsonschema"


def _compare(files: int, runs: int, *, cached: bool = False) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        paths = corpus.write(root, files)
        return alternate(
            process([tool("promptstead"), "lint", *([] if cached else ["--no-cache"]), *paths], root),
            process([tool(PEER), "--schemafile", SCHEMA, *paths], root),
            runs,
        )


def many(runs: int = 3) -> Result:
    """Lint 1,000 files in one process."""
    return Result("lint 1,000 files", PEER, *_compare(1000, runs), runs, 0.15)


def one(runs: int = 15) -> Result:
    """Lint one file, which is what a hook does most of the time."""
    return Result("lint one file", PEER, *_compare(1, runs), runs, 0.35)


def unchanged(runs: int = 3) -> Result:
    """Lint 1,000 files again, nothing having changed since the last run."""
    return Result("lint 1,000 unchanged", PEER, *_compare(1000, runs, cached=True), runs, 0.04)
