"""A document of a newer version, or one that needs a newer promptstead, is refused in one line and left as it is."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import promptstead
from promptstead import PromptsteadError, format_version, open_bundle
from promptstead.format_version import is_met, too_new
from tests.command_line import Result
from tests.conftest import ScratchRepository
from tests.recorded import at_home
from tests.versions.write import CORPUS, as_it_was

MOOD = "prompts/shop/mood"


class Reader(NamedTuple):
    """A file of the repository, and commands that read it; *source* is the file of the corpus that it is."""

    path: str
    commands: tuple[str, ...]
    source: str = ""


READERS = {
    "prompt": Reader(f"{MOOD}.prompt.yml", ("render shop/mood --case good", "record", "eval shop/mood")),
    "cases": Reader(f"{MOOD}/cases.yml", ("record", "accept --all", "eval shop/mood")),
    "evaluators": Reader("prompts/evaluators/short.yml", ("record", "accept --all", "eval shop/mood")),
    "counterexamples": Reader(
        f"{MOOD}/counterexamples.yml", ("record", "accept --all"), "counterexamples-v1.yml"
    ),
    "notes": Reader(f"{MOOD}/notes.yml", ("outputs notes", "outputs note shop/mood good again"), "notes-v1.yml"),
    "outputs": Reader(f"{MOOD}/outputs.yml", ("record", "outputs prune")),
    "outputs in lines": Reader("prompts/shop/sums/outputs.jsonl", ("record", "outputs prune")),
    "judgements": Reader(f"{MOOD}/judgements.jsonl", ("record", "accept --all")),
    "labels": Reader(f"{MOOD}/labels.jsonl", ("audit", "audit --sheet")),
    "pending": Reader(f"{MOOD}/outputs.new.jsonl", ("record", "accept --all", "outputs prune"), "pending-v1.jsonl"),
    "pending judgements": Reader(
        f"{MOOD}/judgements.new.jsonl", ("record", "accept --all"), "judgements-v1-pending.jsonl"
    ),
    "from elsewhere": Reader("other/outputs.new.jsonl", ("record --from other",), "pending-v1.jsonl"),
    "judgements from elsewhere": Reader(
        "other/judgements.new.jsonl", ("record --from other",), "judgements-v1-pending.jsonl"
    ),
    "baseline": Reader("promptstead-baseline.json", ("lint", "lint --write-baseline", "check"), "baseline-v2.json"),
    "run": Reader(
        "a.run.jsonl",
        (
            "eval show a.run.jsonl",
            "eval merge a.run.jsonl --run-file b.run.jsonl",
            "eval --rescore a.run.jsonl",
            "eval --live --resume a.run.jsonl",
            "eval --run-file a.run.jsonl",
            "compare a.run.jsonl a.run.jsonl",
            "record --from a.run.jsonl",
        ),
        "run-v2-live.jsonl",
    ),
    "review": Reader("review.json", ("review --from review.json", "review --from review.json --post gitlab --dry-run"),
                     "review-v2.json"),
    "bundle": Reader("a/manifest.json", ("bundle build --working-tree -o a",), "bundle-v1/manifest.json"),
}  # fmt: skip


def newer(text: str, how: str) -> tuple[str, str]:
    """Return the file as a newer promptstead would write it, and what is to be said of it."""
    said = re.search(r"promptstead(/[a-z-]+)?/v([0-9]+)", text)
    assert said
    if how == "version":
        version = f"{said[0].rpartition('/v')[0]}/v{int(said[2]) + 1}"
        return text.replace(said[0], version, 1), version
    for written, added in ((f'"{said[0]}"', ', "needs": "99.1"'), (said[0], '\nneeds: "99.1"')):
        if written in text:
            return text.replace(written, written + added, 1), "99.1"
    raise AssertionError(text)


def refused(done: Result, says: str, path: str) -> None:
    assert done.code == 2, done
    lines = [line for line in done.err.splitlines() if says in line]
    assert len(lines) == 1, done.err
    assert len(done.err.splitlines()) <= 2, done.err  # `audit` counts its problems first
    assert "upgrade promptstead" in lines[0]
    assert path.rsplit("/", maxsplit=1)[-1] in lines[0] or path.split("/", maxsplit=1)[0] in lines[0], lines[0]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ScratchRepository:
    return as_it_was(tmp_path_factory.mktemp("corpus") / "repository")


@pytest.mark.parametrize("how", ["version", "needs"])
@pytest.mark.parametrize("kind", READERS)
def test_it_is_refused_and_stays(corpus: ScratchRepository, tmp_path: Path, kind: str, how: str) -> None:
    root = tmp_path / "repository"
    shutil.copytree(corpus.root, root)
    reader = READERS[kind]
    if kind == "bundle":
        shutil.copytree(CORPUS / "bundle-v1", root / "a")
    path = root / reader.path
    path.parent.mkdir(exist_ok=True)
    text = ((CORPUS / reader.source) if reader.source else path).read_text(encoding="utf-8")
    changed, says = newer(text, how)
    path.write_text(changed, encoding="utf-8")
    for command in reader.commands if how == "version" else reader.commands[:1]:
        refused(at_home(*command.split(), cwd=root), says, reader.path)
        assert path.read_text(encoding="utf-8") == changed, command
    shutil.rmtree(root)


def test_lint_says_it_as_a_finding(corpus: ScratchRepository, tmp_path: Path) -> None:
    shutil.copytree(corpus.root, tmp_path / "repository")
    path = tmp_path / "repository" / f"{MOOD}.prompt.yml"
    path.write_text(newer(path.read_text(), "needs")[0])
    for language, says in (
        ("en", "error SCH001 this file needs promptstead 99.1 or later, and this is"),
        ("fr", "erreur SCH001 ce fichier demande promptstead 99.1 ou une version plus récente ; celle-ci est"),
    ):
        done = at_home("lint", "shop/mood", "--lang", language, cwd=tmp_path / "repository")
        assert done.code == 1
        assert f"{MOOD}.prompt.yml:2:8: {says} {promptstead.__version__}" in done.out
        assert done.out.count("SCH001") == 1


@pytest.mark.parametrize("change", [{"format": "promptstead/prompt/v2", "new": 1}, {"needs": "99.1"}])
def test_one_prompt_of_a_bundle_that_is_too_new_leaves_the_others(tmp_path: Path, change: dict[str, Any]) -> None:
    shutil.copytree(CORPUS / "bundle-v1", tmp_path / "bundle")
    manifest = json.loads((tmp_path / "bundle/manifest.json").read_text())
    entry = manifest["prompts"]["shop/mood"]
    path = tmp_path / "bundle" / entry["file"]
    raw = json.dumps(json.loads(path.read_text()) | change).encode()
    path.write_bytes(raw)
    entry |= {"sha256": sha256(raw).hexdigest(), "size": len(raw)}
    (tmp_path / "bundle/manifest.json").write_text(json.dumps(manifest))
    bundle = open_bundle(tmp_path / "bundle")
    assert bundle["shop/sums"].messages(sum="1 + 1")
    with pytest.raises(PromptsteadError, match="upgrade promptstead") as caught:
        bundle["shop/mood"]
    assert str(change.get("needs", change.get("format"))) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_stored_answer_that_is_too_new_is_not_taken_for_a_changed_one(
    corpus: ScratchRepository, tmp_path: Path
) -> None:
    root = tmp_path / "repository"
    shutil.copytree(corpus.root, root)
    raw = (CORPUS / "answer-v1.json").read_text().replace("answer/v1", "answer/v2").encode()
    digest = sha256(raw).hexdigest()
    (tmp_path / "store" / digest[:2]).mkdir(parents=True)
    (tmp_path / "store" / digest[:2] / f"{digest}.json").write_bytes(raw)
    entry = {"case": "six", "model": "m@1", "source": "imported", "samples": [{"digest": f"sha256:{digest}"}]}
    (root / "prompts/shop/sums/outputs.jsonl").write_text(json.dumps(entry) + "\n")
    env = {"PROMPTSTEAD_STORE": str(tmp_path / "store")}
    shown = at_home("outputs", "show", "shop/sums", "six", cwd=root, env=env)
    assert "this is `promptstead/answer/v2`; promptstead" in shown.out
    assert "changed" not in shown.out + at_home("lint", cwd=root, env=env).out


def test_settings_say_what_they_need(corpus: ScratchRepository, tmp_path: Path) -> None:
    """Before a setting that only the newer one knows is called unknown."""
    root = tmp_path / "repository"
    shutil.copytree(corpus.root, root)
    settings = (root / "promptstead.toml").read_text()
    for needs in ('"99.1"', "99.1"):
        (root / "promptstead.toml").write_text(f'unheard_of = 1\nneeds = {needs}\n{settings}[extends]\nalso = "new"\n')
        done = at_home("check", cwd=root)
        assert (done.code, done.err) == (
            2,
            "promptstead: promptstead.toml:2: these settings need promptstead 99.1 or later, and this is "
            f"{promptstead.__version__} (upgrade promptstead)\n",
        )
    (root / "promptstead.toml").write_text(f'needs = "0.1"\n{settings}')
    assert at_home("check", cwd=root).code == 0


@pytest.mark.parametrize(
    ("version", "met", "unmet"),
    [
        ("0.1.0", ["0.1", "0.1.0", "0"], ["0.1.1", "0.2", "1", "0.1.0.1"]),
        ("0.10.2", ["0.9", "0.10", "0.2", "0.10.2"], ["0.11", "0.10.3", "1.0"]),
        ("0.3.0rc1", ["0.3", "0.3.0"], ["0.3.1", "0.4"]),
        ("0.3.0.dev4+g1", ["0.3", "0.2.9"], ["0.3.1"]),
        (
            "1.2.3",
            ["1.2.3.0", 1.2, 1],
            ["1.2.3.1", 1.3, "x", "", "1.x", "-1", "1..2", "٣", True, None, [], {}, "9" * 99],
        ),
    ],
)
def test_what_a_version_meets(monkeypatch: pytest.MonkeyPatch, version: str, met: list[Any], unmet: list[Any]) -> None:
    monkeypatch.setattr(format_version, "__version__", version)
    assert [is_met(needs) for needs in met] == [True] * len(met)
    assert [is_met(needs) for needs in unmet] == [False] * len(unmet)


KNOWN = ("promptstead/run/v2", "promptstead/run/v1")


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"format": "promptstead/run/v1"}, None),
        ({"format": "promptstead/run/v2", "needs": "0.1"}, None),
        ({"format": "promptstead/run/v3"}, ("promptstead/run/v3", "")),
        ({"format": "promptstead/run/v10", "needs": "0.1"}, ("promptstead/run/v10", "")),
        ({"format": "promptstead/run/v3", "needs": "99"}, ("promptstead/run/v3", "99")),
        ({"schema": "promptstead/run/v2", "needs": "99"}, ("promptstead/run/v2", "99")),
        ({"format": "promptstead/run/v2", "needs": "\x1b[31m99'"}, ("promptstead/run/v2", "31m99")),
        ({"format": "promptstead/run/v2", "needs": {"a": 1}}, ("promptstead/run/v2", "?")),
        ({"format": "promptstead/run/v2", "needs": None}, ("promptstead/run/v2", "?")),
        # of another kind, or of none: whoever reads it says so
        ({"format": "promptstead/run/v0"}, None),
        ({"format": "promptstead/run/v" + "9" * 5000}, None),
        ({"format": "promptstead/run/v３"}, None),
        ({"format": "promptstead/review/v9", "needs": "99"}, None),
        ({"format": ["promptstead/run/v3"]}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_what_is_too_new(document: dict[str, Any], found: tuple[str, str] | None) -> None:
    assert too_new(document, KNOWN) == found
