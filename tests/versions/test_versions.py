"""Every document that promptstead ever wrote is read for ever; one that is too new is refused in one line.

``corpus/`` has a file of each kind and version, as that version wrote it (``write.py``). A kind or version that the
code names and the corpus has no file of fails here, and so does one without a schema.
"""

import ast
import json
import re
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from promptstead.console.output import plain
from promptstead.operations.reviewing.review import read_document, rendered
from promptstead.runtime.bundle import Bundle, open_bundle
from promptstead.words.template import LANGUAGES
from tests.command_line import run
from tests.commands.test_review_post import event, workflow_run
from tests.conftest import ScratchRepository
from tests.forge.server import GitHubServer, pull
from tests.json_lines import entries
from tests.recorded import at_home
from tests.versions.write import CORPUS, WRITTEN, as_it_was, changed

ROOT = Path(__file__).parents[2]
MOOD = "prompts/shop/mood"
FILES = {
    "promptstead/v1": ("repository/prompts/shop/mood.prompt-v1.yml", "repository/prompts/judges/tone.prompt-v1.yml"),
    "promptstead/cases/v1": ("repository/prompts/shop/mood/cases.yml",),
    "promptstead/evaluators/v1": ("repository/prompts/evaluators/short.yml",),
    "promptstead/outputs/v1": (
        "repository/prompts/shop/mood/outputs.yml",
        "repository/prompts/shop/sums/outputs.jsonl",
        "outputs-v1-conversation.yml",
        "outputs-v1-first.yml",
        "outputs-v1-first.jsonl",
    ),
    "promptstead/counterexamples/v1": ("counterexamples-v1.yml",),
    "promptstead/notes/v1": ("notes-v1.yml",),
    "promptstead/note/v1": ("note-v1.json",),
    "promptstead/notes-list/v1": ("notes-list-v1.json",),
    "promptstead/judgements/v1": (
        "repository/prompts/shop/mood/judgements.jsonl",
        "judgements-v1-pending.jsonl",
        "judgements-v1-first.jsonl",
    ),
    "promptstead/labels/v1": ("repository/prompts/shop/mood/labels.jsonl",),
    "promptstead/pending/v1": ("pending-v1.jsonl", "pending-v1-first.jsonl"),
    "promptstead/answer/v1": ("answer-v1.json",),
    "promptstead/baseline/v1": ("baseline-v1.json",),
    "promptstead/baseline/v2": ("baseline-v2.json",),
    "promptstead/run/v1": ("run-v1.jsonl", "run-v1-first.jsonl", "run-v1-live.jsonl", "run-v1-shard-1.jsonl"),
    "promptstead/run/v2": ("run-v2.jsonl", "run-v2-live.jsonl", "run-v2-shard-2.jsonl"),
    "promptstead/review/v1": ("review-v1.json",),
    "promptstead/review/v2": ("review-v2.json",),
    "promptstead/compare/v2": ("compare-v2.json",),
    "promptstead/self-check/v1": ("self-check-v1.json",),
    "promptstead/diff/v2": ("diff-v2.json",),
    "promptstead/check/v2": ("check-v2.json",),
    "promptstead/lint/v1": ("lint-v1.json",),
    "promptstead/eval/v2": ("eval-v2.json",),
    "promptstead/audit/v1": ("audit-v1.json",),
    "promptstead/outputs-list/v1": ("outputs-list-v1.json",),
    "promptstead/call/v1": ("call-v1.json",),
    "promptstead/bundle/v1": ("bundle-v1/manifest.json", "bundle-v1-first/manifest.json"),
    "promptstead/prompt/v1": ("bundle-v1/prompts/*/*.json", "bundle-v1-first/prompts/*/*.json"),
    "promptstead/vectors/v1": ("bundle-v1/vectors/*/*.json",),
}
"""Version -> its files in the corpus."""
SCHEMAS = {"promptstead": "prompt", "prompt": "compiled-prompt", "answer": "stored-answer"}
"""Kind -> its schema, where that is not called as the kind is."""
NOT_DESCRIBED = {"promptstead/review/v1"}
"""Versions that no schema describes any more: they are read, and never written."""
WITHOUT_VERSION = {"outputs-v1-first.jsonl", "judgements-v1-first.jsonl", "pending-v1-first.jsonl"}
"""Files of lines from before they said their version: they are of v1."""
OF_SARIF = "promptstead/v2"
"""What a finding's second fingerprint is called in SARIF; the first is called as a prompt file is."""
VERSION = re.compile(r"promptstead(/[a-z-]+)?/v[0-9]+")


def files(version: str) -> list[Path]:
    return [path for pattern in FILES[version] for path in sorted(CORPUS.glob(pattern))]


def kind_of(version: str) -> str:
    kind = version.split("/")[-2]
    return SCHEMAS.get(kind, kind)


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def named(value: Any) -> Iterator[str]:
    """Yield the versions that a schema names."""
    if isinstance(value, dict):
        for each in value.values():
            yield from named(each)
    elif isinstance(value, list):
        for each in value:
            yield from named(each)
    elif isinstance(value, str) and VERSION.fullmatch(value):
        yield value


def documents(path: Path) -> Iterator[Any]:
    """Yield the documents of a file that a schema describes: each line, or all of it."""
    if path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)
    elif path.suffix == ".yml":
        yield YAML(typ="safe", pure=True).load(path)
    else:
        yield json.loads(path.read_text(encoding="utf-8"))


class TestTheCorpus:
    def test_it_has_a_file_of_every_version_that_the_code_or_a_schema_names(self) -> None:
        found = set()
        for path in (ROOT / "tooling" / "promptstead").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and VERSION.fullmatch(node.value):
                    found.add(node.value)
        for path in (ROOT / "schemas").glob("*.json"):
            found |= set(named(json.loads(path.read_text(encoding="utf-8"))))
        assert found - {OF_SARIF} == FILES.keys(), (
            "a new version has a file in tests/versions/corpus, and a line in FILES"
        )

    @pytest.mark.parametrize("version", FILES)
    def test_each_file_says_its_version_and_keeps_to_its_schema(self, version: str) -> None:
        found = files(version)
        assert len(found) >= len(FILES[version])
        for path in found:
            first = next(documents(path))
            said = first.get("format", first.get("schema"))
            assert said == version or (path.name in WITHOUT_VERSION and said is None), path
            if version in NOT_DESCRIBED:
                continue
            name = kind_of(version)
            validator = jsonschema.Draft202012Validator(schema(name))
            for document in documents(path):
                if path.suffix == ".jsonl" and name == "outputs":
                    if "schema" in document:
                        continue
                    document = {"schema": version, "outputs": [document]}
                validator.validate(document)

    def test_every_file_of_it_is_of_a_version(self) -> None:
        listed = {path for version in FILES for path in files(version)}
        others = {
            CORPUS / "bundle-v1.zip", *(CORPUS / "bundle-v1-first/vectors").rglob("*.json"),
            *(CORPUS / "repository" / name for name in ("script.json", "promptstead.toml")),
            CORPUS / "repository/prompts/partials/data.md", CORPUS / "repository/prompts/shop/sums.prompt-v1.yml",
            CORPUS / "repository/prompts/shop/sums/rows.jsonl",
        }  # fmt: skip
        assert {path for path in CORPUS.rglob("*") if path.is_file()} == listed | others

    def test_the_page_of_versions_lists_each(self) -> None:
        page = (ROOT / "tooling" / "docs" / "stability.md").read_text(encoding="utf-8")
        for version in FILES:
            kind, _, number = version.rpartition("/")
            newest = max(each for each in FILES if each.startswith(f"{kind}/v"))
            name = kind.removeprefix("promptstead/")
            assert f"{name}/{number}`" in page or f"{newest}`, {number} " in page, version


class TestTheSchemas:
    def test_each_has_an_id_of_its_name_and_version(self) -> None:
        ids = {}
        for path in (ROOT / "schemas").glob("*.json"):
            name = path.name.removesuffix(".schema.json")
            found = schema(name)
            versions = [int(each.rpartition("/v")[2]) for each in named(found) if kind_of(each) == name]
            end = f":v{max(versions)}" if versions else ""
            ids[path.name] = found["$id"]
            assert found["$id"] == f"urn:promptstead:schema:{name}{end}"
            assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert [name for name, found in ids.items() if not re.search(r":v\d+$", found)] == ["github-models.schema.json"]

    def test_each_version_that_is_written_has_one(self) -> None:
        newest = {version.rpartition("/v")[0]: version for version in sorted(FILES)}
        for version in newest.values():
            assert version in set(named(schema(kind_of(version)))), version


CONVERSATION = """\
schema: promptstead/v1
title: Card help
messages: [{role: user, content: Hello}]
cases: [{id: blocked, inputs: {}, turns: [{user: And?}]}]
"""


@pytest.fixture
def corpus(tmp_path: Path) -> ScratchRepository:
    """Return the repository of the corpus, as it was."""
    return as_it_was(tmp_path / "corpus")


def take(repository: ScratchRepository, name: str, path: str) -> Path:
    """Put a file of the corpus into the repository."""
    target = repository.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CORPUS / name, target)
    return target


def counted(repository: ScratchRepository) -> dict[str, dict[str, int]]:
    done = run("check", "--format", "json", cwd=repository.root)
    assert done.code == 0, done.err + done.out
    return {prompt["id"]: {key: n for key, n in prompt["counts"].items() if n} for prompt in done.json["prompts"]}


AS_RECORDED = {"judges/tone": {}, "shop/mood": {"pass": 3, "fail": 1}, "shop/sums": {"pass": 2, "fail": 1}}


class TestFilesOfThePeople:
    def test_prompts_cases_evaluators_answers_and_judgements_stand(self, corpus: ScratchRepository) -> None:
        """No answer is stale: what a prompt of v1 sends has the digest that it had."""
        assert counted(corpus) == AS_RECORDED
        assert at_home("record", cwd=corpus.root).err.startswith("nothing to ask: every answer is up to date")
        assert run("fmt", "--check", cwd=corpus.root).code in (0, 1)

    def test_the_first_answers_and_judgements_stand(self, corpus: ScratchRepository) -> None:
        take(corpus, "outputs-v1-first.yml", f"{MOOD}/outputs.yml")
        take(corpus, "outputs-v1-first.jsonl", "prompts/shop/sums/outputs.jsonl")
        take(corpus, "judgements-v1-first.jsonl", f"{MOOD}/judgements.jsonl")
        assert counted(corpus) == AS_RECORDED
        assert at_home("record", cwd=corpus.root).err.startswith("nothing to ask: every answer is up to date")

    @pytest.mark.parametrize("name", ["pending-v1.jsonl", "pending-v1-first.jsonl"])
    def test_pending_answers_are_accepted(self, corpus: ScratchRepository, name: str) -> None:
        (corpus.root / f"{MOOD}/outputs.yml").unlink()
        (corpus.root / f"{MOOD}/judgements.jsonl").unlink()
        take(corpus, name, f"{MOOD}/outputs.new.jsonl")
        take(corpus, "judgements-v1-pending.jsonl", f"{MOOD}/judgements.new.jsonl")
        done = at_home("accept", "--all", "--even-failing", cwd=corpus.root)
        assert done.err == "4 answers accepted · 4 judgements kept\n"
        assert counted(corpus) == AS_RECORDED

    def test_counterexamples_are_caught(self, corpus: ScratchRepository) -> None:
        take(corpus, "counterexamples-v1.yml", f"{MOOD}/counterexamples.yml")
        [mood] = [
            each
            for each in run("check", "--format", "json", cwd=corpus.root).json["prompts"]
            if each["counterexamples"]
        ]
        assert [(each["counterexample"], each["state"]) for each in mood["counterexamples"]] == [("too-long", "caught")]

    def test_notes_stand_beside_their_answers(self, corpus: ScratchRepository) -> None:
        take(corpus, "notes-v1.yml", f"{MOOD}/notes.yml")
        [note] = run("outputs", "notes", "--format", "json", cwd=corpus.root).json["notes"]
        assert (note["case"], note["state"], note["text"]) == ("good", "current", "A fair word.")

    def test_a_conversation_is_shown(self, corpus: ScratchRepository) -> None:
        corpus.write("prompts/bank/card.prompt.yml", CONVERSATION)
        take(corpus, "outputs-v1-conversation.yml", "prompts/bank/card/outputs.yml")
        listed = run("outputs", "show", "bank/card", "blocked", "--format", "json", cwd=corpus.root)
        assert [len(sample["steps"]) for sample in listed.json["outputs"][0]["samples"]] == [4]

    def test_labels_are_counted(self, corpus: ScratchRepository) -> None:
        [judge] = run("audit", "--format", "json", cwd=corpus.root).json["judges"]
        assert (judge["judged"], judge["humans"], judge["agreement"]["n"], judge["gone"]) == (2, 1, 2, 0)

    def test_a_stored_answer_is_found_by_its_digest(self, corpus: ScratchRepository) -> None:
        from hashlib import sha256

        digest = sha256((CORPUS / "answer-v1.json").read_bytes()).hexdigest()
        store = corpus.root.parent / "store"
        (store / digest[:2]).mkdir(parents=True)
        shutil.copyfile(CORPUS / "answer-v1.json", store / digest[:2] / f"{digest}.json")
        lines = entries((corpus.root / "prompts/shop/sums/outputs.jsonl").read_text())
        line = next(line for line in lines if line["case"] == "six")
        line |= {"source": "imported", "samples": [{"digest": f"sha256:{digest}"}]}
        for key in ("request", "received", "attempts", "golden"):
            line.pop(key, None)
        corpus.write("prompts/shop/sums/outputs.jsonl", json.dumps(line) + "\n")
        assert at_home("accept", "--all", cwd=corpus.root).code == 0  # ties it to its inputs
        shown = run("outputs", "show", "shop/sums", "six", cwd=corpus.root, env={"PROMPTSTEAD_STORE": str(store)})
        assert shown.out.endswith("\n6\n"), shown

    @pytest.mark.parametrize("version", ["v1", "v2"])
    def test_a_baseline_allows_what_it_allowed(self, corpus: ScratchRepository, version: str) -> None:
        """Rules that came later find more; what was written down stays allowed."""
        known = [each["code"] for each in json.loads((CORPUS / "baseline-v1.json").read_text())["findings"]]
        (corpus.root / f"{MOOD}/labels.jsonl").unlink()
        take(corpus, f"baseline-{version}.json", "promptstead-baseline.json")
        found = run("lint", "--format", "json", cwd=corpus.root).json
        assert found["allowed_by_baseline"] == len(known) == 7
        assert not {each["code"] for each in found["findings"]} & set(known)


class TestRuns:
    @pytest.mark.parametrize(
        "name", [path.name for version in ("v1", "v2") for path in files(f"promptstead/run/{version}")]
    )
    def test_a_run_is_shown(self, corpus: ScratchRepository, name: str) -> None:
        path = take(corpus, name, "old.run.jsonl")
        rows = sum('"prompt":' in line[:12] for line in path.read_text().splitlines())
        done = run("eval", "show", "old.run.jsonl", "--format", "json", cwd=corpus.root)
        assert done.code in (0, 1), done.err
        assert done.json["counts"]["results"] == rows >= 3
        assert done.json["counts"]["not_evaluated"] == 0
        assert run("eval", "show", "old.run.jsonl", "--format", "html", "-o", "x.html", cwd=corpus.root).code in (0, 1)

    def test_two_versions_are_compared(self, corpus: ScratchRepository) -> None:
        take(corpus, "run-v1.jsonl", "old.run.jsonl")
        take(corpus, "run-v2.jsonl", "new.run.jsonl")
        done = run("compare", "old.run.jsonl", "new.run.jsonl", "--format", "json", cwd=corpus.root)
        [sums] = [prompt["comparisons"] for prompt in done.json["prompts"] if prompt["id"] == "shop/sums"]
        assert (sums[0]["pairs"], sums[0]["unchanged"], sums[0]["left_out"]) == (3, 3, [])

    def test_two_versions_are_merged(self, tmp_path: Path) -> None:
        for name in ("run-v1-shard-1.jsonl", "run-v2-shard-2.jsonl"):
            shutil.copyfile(CORPUS / name, tmp_path / name)
        done = run(
            "eval", "merge", "run-v1-shard-1.jsonl", "run-v2-shard-2.jsonl", "--run-file", "all.run.jsonl",
            "--format", "json", cwd=tmp_path,
        )  # fmt: skip
        assert (done.code, done.json["counts"]["pass"]) == (0, 12), done.err
        first = json.loads((tmp_path / "all.run.jsonl").read_text().partition("\n")[0])
        assert (first["format"], first["shard"]) == ("promptstead/run/v2", [1, 1])

    @pytest.mark.parametrize("name", ["run-v1-live.jsonl", "run-v2-live.jsonl"])
    def test_a_live_run_is_resumed_scored_again_and_taken_over(self, corpus: ScratchRepository, name: str) -> None:
        changed(corpus)
        path = take(corpus, name, "old.run.jsonl")
        again = at_home("eval", "--rescore", "old.run.jsonl", "--format", "json", cwd=corpus.root)
        assert again.json["counts"]["results"] == 7, again.err
        taken = at_home("record", "--from", "old.run.jsonl", "shop/sums", cwd=corpus.root)
        assert "3 answers" in taken.out, taken
        *lines, _, _ = path.read_text().splitlines(keepends=True)
        path.write_text("".join(lines))
        resumed = at_home("eval", "--live", "--resume", "old.run.jsonl", "--format", "json", cwd=corpus.root)
        assert resumed.json["counts"]["results"] == 7, resumed.err
        assert json.loads(path.read_text().partition("\n")[0])["format"] == "promptstead/run/v2"


class TestReviews:
    @pytest.mark.parametrize("version", ["v1", "v2"])
    def test_an_artifact_is_shown_in_every_form_and_language(self, version: str) -> None:
        path = CORPUS / f"review-{version}.json"
        document = read_document(str(path))
        for form in ("text", "md", "html", "github"):
            for language in LANGUAGES:
                shown = rendered(document, form, language, plain)
                assert "shop/mood" in shown
                assert form == "github" or "bad" in shown
        assert document["blocks"]
        jsonschema.Draft202012Validator(schema("review")).validate(document)

    @pytest.mark.parametrize("version", ["v1", "v2"])
    def test_the_posting_workflow_makes_its_comment(self, tmp_path: Path, version: str) -> None:
        path = CORPUS / f"review-{version}.json"
        head = json.loads(path.read_text())["head_commit"]
        server = GitHubServer()
        with server.serve():
            server.pulls = [pull(7, head, "stranger:a-fix")]
            env = event(tmp_path, "workflow_run", workflow_run(head), server.url)
            done = run("review", "--post", "github", "--from", path, cwd=tmp_path, env=env)
            assert (done.code, len(server.comments)) == (0, 1), done.err
            body = server.comments[0]["body"]
        assert "cases that must pass do not: bad" in body
        assert "| `shop/sums` |" in body


class TestBundles:
    @pytest.mark.parametrize("name", ["bundle-v1", "bundle-v1.zip", "bundle-v1-first"])
    def test_a_bundle_gives_the_requests_that_were_tested(self, name: str) -> None:
        bundle = open_bundle(CORPUS / name)
        assert list(bundle) == ["judges/tone", "shop/mood", "shop/sums"]
        vectors = golden(bundle)
        assert len(vectors) == 4
        for vector in vectors:
            prompt = bundle["shop/mood"]
            assert prompt.messages(vector["history"], **vector["inputs"]) == vector["messages"]
            if "request" in vector:
                assert prompt.request(vector["history"], **vector["inputs"]) == vector["request"]

    def test_it_is_built_as_it_was(self, corpus: ScratchRepository) -> None:
        """The same prompts give the same digests and the same requests."""
        assert run("bundle", "build", "--working-tree", "-o", "now", cwd=corpus.root).code == 0
        now, then = open_bundle(corpus.root / "now"), open_bundle(CORPUS / "bundle-v1")
        assert {name: prompt.digests for name, prompt in now.items()} == {
            name: prompt.digests for name, prompt in then.items()
        }
        assert golden(now) == golden(then)


def golden(bundle: Bundle) -> list[dict[str, Any]]:
    document = json.loads(bundle.file("vectors/shop/mood.json"))
    found: list[dict[str, Any]] = document["vectors"] if isinstance(document, dict) else document
    return found


def shape(value: Any, path: str = "") -> Iterator[str]:
    """Yield the place of each key of a document, list positions aside."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield f"{path}/{key}"
            yield from shape(each, f"{path}/{key}")
    elif isinstance(value, list):
        for each in value:
            yield from shape(each, f"{path}/*")


READ_BACK = {
    "run-v2.jsonl", "run-v2-live.jsonl", "baseline-v2.json", "answer-v1.json", "notes-v1.yml", "note-v1.json",
}  # fmt: skip
"""Of what commands write, the files that they read too: those have tests of their own."""


def test_what_programs_read_loses_no_key(tmp_path: Path) -> None:
    """Within a version keys are added only: the same command on the same repository says all that it said."""
    repository = as_it_was(tmp_path / "corpus")
    changed(repository)
    for name, write in WRITTEN.items():
        if name in READ_BACK:
            continue
        before, now = json.loads((CORPUS / name).read_text()), json.loads(write(repository))
        assert set(shape(before)) - set(shape(now)) == set(), name
        assert now["format"] == before["format"]
        version = before["format"]
        jsonschema.Draft202012Validator(schema(kind_of(version))).validate(now)


ATTACHED = """\
schema: promptstead/v1
title: Card
inputs: {scan: {attachment: image, description: a scan, trust: untrusted}}
model: {name: scripted, params: {max_completion_tokens: 9}}
messages:
  - role: user
    content:
      - {text: What is this?}
      - {image: {path: a.png}, detail: low}
      - {image: "{{ scan }}"}
cases: [{id: one, inputs: {scan: https://example.org/a.png}}]
"""
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def test_what_is_written_of_every_feature_keeps_to_its_schema(corpus: ScratchRepository) -> None:
    """Conversations, tools, counterexamples, attachments: the library and a prompt that attaches an image."""
    shutil.copytree(ROOT / "prompts", corpus.root / "prompts", dirs_exist_ok=True)
    with (corpus.root / "promptstead.toml").open("ab") as settings:
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        settings.write(text[text.index("[tool.promptstead.models]") :].replace("[tool.promptstead.", "[").encode())
    corpus.write("prompts/shop/card.prompt.yml", ATTACHED)
    corpus.write("prompts/shop/card/a.png", PNG)
    changed(corpus)
    written = [
        run(*arguments, "--format", "json", cwd=corpus.root).json
        for arguments in (
            ("check",), ("lint",), ("eval", "--run-file", "a.run.jsonl"), ("outputs", "list"),
            ("outputs", "show", "health/appointment-booking", "knee-after-three"), ("diff", "HEAD~1..HEAD"),
            ("review", "HEAD~1..HEAD"), ("compare", "HEAD~1..HEAD"),
        )
    ]  # fmt: skip
    written += map(json.loads, (corpus.root / "a.run.jsonl").read_text(encoding="utf-8").splitlines())
    assert run("bundle", "build", "--working-tree", "-o", "bundle", cwd=corpus.root).code == 0
    written += (json.loads(path.read_bytes()) for path in (corpus.root / "bundle").rglob("*.json"))
    assert open_bundle(corpus.root / "bundle").names()
    validators = {name: jsonschema.Draft202012Validator(schema(name)) for name in map(kind_of, FILES)}
    kinds = set()
    for document in written:
        kind = kind_of(document["format"]) if "format" in document else "run"
        kinds.add(kind)
        validators[kind].validate(document)
    assert {"check", "compiled-prompt", "vectors", "bundle", "run", "eval", "review", "outputs-list"} <= kinds
    assert '"attachments"' in "".join(path.read_text("utf-8") for path in (corpus.root / "bundle").rglob("*.json"))
