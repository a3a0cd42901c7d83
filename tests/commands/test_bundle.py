import json
from pathlib import Path

from promptstead.runtime.bundle import open_bundle
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import MODEL, PATH, PROMPT, write_sample

GITHUB = """\
name: Summarise
messages:
  - {role: user, content: "{{text}} and {{missing}}"}
testData:
  - {text: one, expected: x, extra: 1}
"""


def test_the_same_commit_gives_the_same_bytes_anywhere(repository: ScratchRepository, tmp_path: Path) -> None:
    write_sample(repository)
    repository.write(".github/prompts/summarise.prompt.yml", GITHUB)
    commit = repository.commit()
    first = run("bundle", "build", cwd=repository.root)
    assert first.code == 0
    assert first.out == f"promptstead.bundle: 2 prompts of commit {commit[:12]}\n"
    assert first.err == ""
    raw = (repository.root / "promptstead.bundle").read_bytes()
    assert run("bundle", "build", cwd=repository.root).err == ""
    assert (repository.root / "promptstead.bundle").read_bytes() == raw

    clone = tmp_path / "clone"
    repository.run("clone", "--quiet", str(repository.root), str(clone))
    (clone / PATH).write_text("# not committed\n" + PROMPT.replace("one word", "a word"))
    other = run("bundle", "build", "-o", tmp_path / "out" / "b.bundle", cwd=clone / "prompts")
    assert other.err == "uncommitted changes are not in the bundle (--working-tree takes them)\n"
    assert (tmp_path / "out" / "b.bundle").read_bytes() == raw

    tree = run("bundle", "build", "--working-tree", "-o", "tree", cwd=clone)
    assert tree.out == "tree: 2 prompts of the working tree\n"
    assert open_bundle(str(clone / "tree")).commit == ""
    assert "a word" in open_bundle(str(clone / "tree"))["shop/mood"].messages(review="x")[0]["content"]

    repository.write(PATH, PROMPT.replace("one word", "two words"))
    repository.commit()
    old = run("bundle", "build", "--at", "HEAD~1", cwd=repository.root)
    assert old.code == 0
    assert (repository.root / "promptstead.bundle").read_bytes() == raw


def test_an_application_renders_what_the_toolkit_renders(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(".github/prompts/summarise.prompt.yml", GITHUB)
    repository.commit()
    for target in ("some.bundle", "folder"):
        assert run("bundle", "build", "-o", target, cwd=repository.root).code == 0
        bundle = open_bundle(str(repository.root / target))
        assert list(bundle) == ["shop/mood", "summarise"]
        for prompt_id in bundle:
            documents = run("render", prompt_id, "--case", "all", "--format", "json", cwd=repository.root).json
            vectors = json.loads(bundle.file(f"vectors/{prompt_id}.json"))["vectors"]
            assert [vector["messages"] for vector in vectors] == [document["messages"] for document in documents]
            for vector in vectors:
                assert bundle[prompt_id].messages(vector["history"], **vector["inputs"]) == vector["messages"]
                assert bundle[prompt_id].request(vector["history"], **vector["inputs"]) == vector["request"]
        assert set(bundle["shop/mood"].digests) == {"behaviour", "tests", "governance"}
    one = run("bundle", "build", "shop/mood", "-o", "one.bundle", cwd=repository.root)
    assert one.out.startswith("one.bundle: 1 prompt of commit ")


def test_digests_tell_what_changed(repository: ScratchRepository) -> None:
    write_sample(repository)

    def digests(text: str) -> dict[str, str]:
        repository.write(PATH, text)
        assert run("bundle", "build", "--working-tree", "-o", "b", cwd=repository.root).code == 0
        found: dict[str, str] = open_bundle(str(repository.root / "b"))["shop/mood"].digests
        return found

    before = digests(PROMPT)
    reordered = PROMPT.replace(MODEL, "").replace("inputs:\n", f"# cheap\n{MODEL}inputs:\n")
    assert digests(reordered) == before
    for text, kind in (
        (PROMPT.replace("one word", "a word"), "behaviour"),
        (PROMPT.replace("margin: 0.05", "margin: 0.04"), "tests"),
        (PROMPT.replace("title: Mood of a review", "title: Mood"), "governance"),
    ):
        after = digests(text)
        assert [name for name in before if after[name] != before[name]] == [kind]


def test_nothing_is_built_from_what_is_wrong(repository: ScratchRepository) -> None:
    empty = run("bundle", "build", cwd=repository.root)
    assert empty.code == 2
    assert "the repository has no commits yet" in empty.err
    repository.commit()
    none = run("bundle", "build", cwd=repository.root)
    assert (none.code, none.err) == (
        2,
        "promptstead: there is no prompt to bundle (run promptstead new to start one)\n",
    )
    write_sample(repository)
    repository.write("prompts/bad.prompt.yml", PROMPT.replace("{{ review |", "{{ reveiw |"))
    repository.commit()
    wrong = run("bundle", "build", cwd=repository.root)
    assert wrong.code == 1
    assert "prompts/bad.prompt.yml:18:10: error TPL101" in wrong.out
    assert wrong.err.endswith("; nothing was built: fix them, or name the prompts to bundle\n")
    assert not (repository.root / "promptstead.bundle").exists()
    assert run("bundle", "build", "shop/mood", cwd=repository.root).code == 0
    repository.write("notes/keep.txt", "mine")
    kept = run("bundle", "build", "shop/mood", "-o", "notes", cwd=repository.root)
    assert kept.code == 2
    assert "this exists and is not a bundle (choose another target" in kept.err
    assert (repository.root / "notes/keep.txt").read_text() == "mine"
    assert "there is no revision `nope`" in run("bundle", "build", "--at", "nope", cwd=repository.root).err


def test_a_case_that_no_request_can_be_made_of_is_named(repository: ScratchRepository) -> None:
    repository.write(
        "prompts/shop/ask.prompt.yml",
        "schema: promptstead/v1\ntitle: A question\nmodel: anthropic/claude-sonnet-5\n"
        "inputs: {question: {schema: {type: string}, trust: trusted}}\n"
        "messages: [{role: user, content: '{{ question }}'}]\n"
        "cases: [{id: full, inputs: {question: Why}}, {id: blank, inputs: {question: ' '}}]\n",
    )
    repository.commit()
    refused = run("bundle", "build", cwd=repository.root)
    assert refused.code == 2
    assert refused.err.startswith(
        "promptstead: prompts/shop/ask.prompt.yml: case `blank`: message 1, of role user, is empty"
    )
