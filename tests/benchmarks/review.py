"""What a pull request costs: listing and reading 50 changed prompts of many, the whole review, and a word diff."""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path

from promptstead.config.settings import Config
from promptstead.diff.words import word_diff
from promptstead.digests import inputs_digest
from promptstead.model import RecordedOutput, Sample, Usage
from promptstead.outputs.entry_format import dump
from promptstead.prompts.library import Library
from promptstead.storage.working_tree import WorkingTree
from tests.benchmarks.corpus import CONFIGURATION, SENTENCES, prompts
from tests.benchmarks.measure import Action, Result, alternate, process, tool

CHANGED = 50
COMMITS = 300
PEER = """\
import git, sys
repository = git.Repo(".")
base, head = (repository.commit(name) for name in sys.argv[1].split(".."))
read = 0
for change in base.diff(head):
    for blob in (change.a_blob, change.b_blob):
        read += len(blob.data_stream.read())
print(read)
"""
OURS = """\
import sys
from promptstead.git.repository import Repository
with Repository.discover(".") as repository:
    base, head = repository.parse_range(sys.argv[1])
    paths = [change.path for change in repository.changed_paths(base, head)]
    print(sum(len(raw) for side in (base, head) for raw in repository.tree(side).read_many(paths).values()))
"""


def listing() -> Result:
    """Listing and reading both sides, against a plain GitPython script."""
    with _repository(1_000) as folder:
        ours, peer = alternate(_python(OURS, folder), _python(PEER, folder), 7)
    return Result("read 50 changed of 1,000", "GitPython script", ours, peer, 7, 0.3)


def whole() -> Result:
    """The whole review of 50 changed prompts of 1,000, against the script that only reads them."""
    with _repository(1_000) as folder:
        ours, peer = alternate(_review(folder), _python(PEER, folder), 5)
    return Result("review 50 changed of 1,000", "GitPython script", ours, peer, 5, 2)


def large() -> Result:
    """The same review in a repository of 20,000 prompts, against 1,000."""
    with _repository(20_000) as many, _repository(1_000) as few:
        ours, peer = alternate(_review(many), _review(few), 3)
    return Result("review 50 changed of 20,000", "the same of 1,000", ours, peer, 3, 2)


def words() -> Result:
    """The word diff of two messages of 20,000 words, one in twenty of them changed, against difflib on the words."""
    rng = random.Random(7)
    old = " ".join(rng.choice(SENTENCES) for _ in range(1_500)).split()[:20_000]
    new = [word if rng.random() > 0.05 else f"new{rng.randrange(50)}" for word in old]
    texts = [_paragraphs(side) for side in (old, new)]
    ours, peer = alternate(
        lambda: word_diff(*texts), lambda: SequenceMatcher(None, old, new, autojunk=False).get_opcodes(), 3
    )
    return Result("word diff of 20,000 words", "difflib", ours, peer, 3, 1)


def _paragraphs(side: list[str]) -> str:
    return "\n\n".join(" ".join(side[start : start + 80]) for start in range(0, len(side), 80))


def _review(folder: Path) -> Action:
    # the change is harmless: the review exits 0
    return process([tool("promptstead"), "review", "HEAD~1..HEAD"], folder)


def _python(code: str, folder: Path) -> Action:
    return process([sys.executable, "-c", code, "HEAD~1..HEAD"], folder)


@contextmanager
def _repository(count: int) -> Iterator[Path]:
    """Give a repository of *count* prompts and 300 commits, the last of which changes 50 prompts with recorded answers.

    They were asked for by hand, so that the change does not make them stale and both sides are replayed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "promptstead.toml").write_text(CONFIGURATION, encoding="utf-8")
        every = list(prompts(count))
        changed = random.Random(1).sample(every, CHANGED)
        for prompt_id, text in every:
            path = folder / "prompts" / f"{prompt_id}.prompt.yml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        _record(folder, [prompt_id for prompt_id, _ in changed])
        _git(folder, "init", "--quiet", "--initial-branch=main")
        _commit(folder)
        for number in range(COMMITS - 2):
            (folder / "notes.md").write_text(f"{number}\n", encoding="utf-8")
            _commit(folder)
        for prompt_id, text in changed:
            path = folder / "prompts" / f"{prompt_id}.prompt.yml"
            path.write_text(text.replace("does not read attachments", "reads no attachments"), encoding="utf-8")
            if "does not read attachments" not in text:
                path.write_text(text.replace("title: ", "title: New ", 1), encoding="utf-8")
        _commit(folder)
        _git(folder, "gc", "--quiet")
        yield folder


def _record(folder: Path, prompt_ids: list[str]) -> None:
    """Write the answer that each case expects, but for the urgency of every fourth."""
    library = Library(WorkingTree(str(folder)), Config())
    for prompt_id in prompt_ids:
        prompt = library.load(f"prompts/{prompt_id}.prompt.yml").prompt
        assert prompt is not None  # the corpus is valid
        recorded = []
        for number, case in enumerate(prompt.cases):
            answer = dict(case.expected)
            if number % 4 == 3 and not case.must_pass:
                answer["urgency"] = "low" if answer["urgency"] == "high" else "high"
            samples = (Sample(json.dumps(answer), "stop", Usage(400, 30)),)
            recorded.append(RecordedOutput(case.id, "m/one", "imported", samples, inputs=inputs_digest(case)))
        path = folder / "prompts" / prompt_id / "outputs.yml"
        path.parent.mkdir(parents=True)
        path.write_text(dump(recorded), encoding="utf-8")


def _commit(folder: Path) -> None:
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=B", "-c", "user.email=b@example.org", "commit", "--quiet", "--message", "x")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)
