"""What an application pays: one prompt of a bundle of 1,000 against all of them, and the import of the runtime."""

import sys
import tempfile
from pathlib import Path

from promptstead.config.file import load_config
from promptstead.prompts.compile import compile_prompt
from promptstead.prompts.library import Library
from promptstead.release.bundle import write_bundle
from promptstead.runtime.bundle import open_bundle
from promptstead.storage.working_tree import WorkingTree
from tests.benchmarks import corpus
from tests.benchmarks.measure import Result, alternate, process

PROMPTS = 1000
INPUTS = {"text": "I was charged twice and nobody calls me back.", "received_on": "2026-03-02", "teams": ["first line"]}


def one_of_many(runs: int = 15) -> Result:
    """Open a bundle folder, take one prompt and render it; the peer loads every prompt."""
    return _one_of_many("one prompt of 1,000, folder", archive=False, runs=runs)


def one_of_many_in_an_archive(runs: int = 15) -> Result:
    """Open a bundle archive, take one prompt and render it; the peer loads every prompt."""
    return _one_of_many("one prompt of 1,000, archive", archive=True, runs=runs)


def runtime_import(runs: int = 31) -> Result:
    """Start Python and import the runtime; the peer starts Python."""
    here = Path.cwd()
    ours = process([sys.executable, "-c", "import promptstead.runtime.bundle"], here)
    peer = process([sys.executable, "-c", "pass"], here)
    return Result("import of the runtime", "bare Python", *alternate(ours, peer, runs), runs, 25.0, added=True)


def _one_of_many(name: str, *, archive: bool, runs: int) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        corpus.write(root, PROMPTS)
        tree = WorkingTree(str(root))
        target = str(root / "prompts.bundle")
        compiled = [compile_prompt(loaded) for loaded in Library(tree, load_config(tree)).load_all()]
        write_bundle(compiled, target, commit="0" * 40, vectors={}, archive=archive)
        wanted = compiled[PROMPTS // 2]
        document = next(input_name for input_name in wanted["inputs"] if input_name not in INPUTS)
        values = {key: INPUTS.get(key, INPUTS["text"]) for key in wanted["inputs"]} | {document: INPUTS["text"]}

        def ours() -> None:
            if not open_bundle(target)[wanted["id"]].messages(**values):
                raise SystemExit("the prompt rendered no message")

        def peer() -> None:
            bundle = open_bundle(target)
            if len([bundle[prompt_id] for prompt_id in bundle]) != PROMPTS:
                raise SystemExit("the bundle does not hold every prompt")

        return Result(name, "loading all of it", *alternate(ours, peer, runs), runs, 0.05)
