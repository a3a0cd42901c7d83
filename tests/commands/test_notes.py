"""What people say about recorded answers: written, shown beside the answer, and never beside another one."""

import json
import os
from pathlib import Path

import jsonschema
import pytest

from promptstead.evaluators.samples import conversation, from_entries
from promptstead.model import Case, Step, Turn, Usage
from promptstead.outputs.notes import answer_digest
from promptstead.prompts.schema_check import load_schema
from tests.command_line import Result, run
from tests.commands.test_private_answers import SECRET, files, prepare, recorded
from tests.conftest import ScratchRepository
from tests.recorded import at_home
from tests.samples import CASES, OUTPUTS, PATH, PROMPT, answered, cases, outputs, write_sample

FILE = "prompts/shop/mood/notes.yml"
ABOUT_BAD = ("--verdict", "bad", "--tag", "wrong-mood", "--tag", "a, b")


def note(repository: ScratchRepository, *arguments: str, **more: str) -> Result:
    env = {"CI": "", "GIT_AUTHOR_NAME": "Ana B.", **more}
    return run("outputs", "note", *arguments, cwd=repository.root, env=env)


def listed(repository: ScratchRepository, **env: str) -> list[dict[str, object]]:
    found = run("outputs", "notes", "--format", "json", cwd=repository.root, env=env).json["notes"]
    assert isinstance(found, list)
    return found


@pytest.fixture
def sample(repository: ScratchRepository) -> ScratchRepository:
    """Return a repository with three cases, of which the first is answered badly."""
    write_sample(repository, recorded=outputs(answered(3, wrong=1)))
    repository.commit()
    return repository


def test_written_listed_and_shown(sample: ScratchRepository) -> None:
    done = note(sample, "shop/mood", "r000", *ABOUT_BAD, "The review says:\n  'fine' — that is good.\n")
    assert (done.code, done.out) == (0, f"{FILE}\n"), done.err
    assert note(sample, "shop/mood", "r001", "Right.").code == 0
    entries = listed(sample)
    assert [(each["case"], each["verdict"], each["tags"], each["state"]) for each in entries] == [
        ("r000", "bad", ["wrong-mood", "a, b"], "current"),
        ("r001", None, [], "current"),
    ]
    assert entries[0]["text"] == "The review says:\n  'fine' — that is good."
    assert entries[0]["by"] == "Ana B."
    assert run("lint", cwd=sample.root).code == 0
    text = (sample.root / FILE).read_text("utf-8")
    run("fmt", cwd=sample.root)
    assert (sample.root / FILE).read_text("utf-8") == text
    shown = run("outputs", "show", "shop/mood", "r000", cwd=sample.root).out
    assert "bad\nNote: Ana B., " in shown
    assert ", bad, wrong-mood, a, b: The review says:" in shown
    french = run("outputs", "notes", "--lang", "fr", cwd=sample.root)
    assert "shop/mood · r000 · fast@1, à jour : Ana B., " in french.out
    assert ", mauvaise, wrong-mood, a, b : The review says:" in french.out


def test_a_file_that_people_edit_keeps_all_of_it(sample: ScratchRepository) -> None:
    note(sample, "shop/mood", "r000", "One.")
    text = (sample.root / FILE).read_text("utf-8")
    sample.write(FILE, f"# ours\n{text}    x-ticket: 7  # kept\n".replace("\n", "\r\n"))
    before = (sample.root / FILE).read_bytes()
    assert note(sample, "shop/mood", "r001", "Two.").code == 0
    after = (sample.root / FILE).read_bytes()
    assert after.startswith(before.rstrip())
    assert [each["text"] for each in listed(sample)] == ["One.", "Two."]
    for empty in ("schema: promptstead/notes/v1\nnotes: []\n", "schema: promptstead/notes/v1\nnotes: []  # none\n"):
        sample.write(FILE, empty)
        assert note(sample, "shop/mood", "r001", "Two.").code == 0
        assert [each["text"] for each in listed(sample)] == ["Two."]
    sample.write(
        FILE,
        "schema: promptstead/notes/v1\nnotes: [{case: r000, model: m, answer: sha256:"
        + 64 * "0"
        + ", by: A, date: 2026-01-02, text: x}]\n",
    )
    refused = note(sample, "shop/mood", "r001", "Two.")
    assert (refused.code, "a list in brackets" in refused.err) == (2, True)


def test_another_answer_or_another_input_is_not_what_the_note_is_about(sample: ScratchRepository) -> None:
    note(sample, "shop/mood", "r000", *ABOUT_BAD, "Wrong.")
    note(sample, "shop/mood", "r001", "Right.")
    sample.write(PATH, PROMPT.replace("one word", "a single word"))
    sample.write(OUTPUTS, outputs({0: "unknown", 1: "good", 2: "good"}, model="other@2"))
    assert [(each["case"], each["state"]) for each in listed(sample)] == [("r000", "gone"), ("r001", "current")]
    done = run("check", cwd=sample.root)
    assert done.code == 0
    assert done.err.endswith("1 note is about answers that are gone: promptstead outputs notes\n")
    sample.write(CASES, cases(3).replace("Review 1:", "Another:"))
    assert [each["state"] for each in listed(sample)] == ["gone", "gone"], "the case asks something else"
    assert "Note" not in run("outputs", "show", "shop/mood", "r001", cwd=sample.root).out
    sample.write(CASES, cases(1))
    assert [each["state"] for each in listed(sample)] == ["gone", "gone"]
    sample.write(CASES, cases(3) + "x: 1\n")
    assert [each["state"] for each in listed(sample)] == ["gone", "current"]
    sample.write(CASES, cases(1) + "x: 1\n")
    assert [each["state"] for each in listed(sample)] == ["gone", "unknown"], "the key may hide a case"


REFUSED = [
    (("shop/mood", "r00", "x"), "there is no case `r00`"),
    (("shop/mood", "r000", " "), "a note needs a text"),
    (("shop/mood", "r000", "caf\udce9"), "the note is not UTF-8"),
    (("shop/mood", "r000", "x", "--tag", "a\nb"), "a tag is one line of text"),
    (("shop/mood", "r001", "x", "--sample", "2"), "the answer to case `r001` has no sample 2"),
    (("shop/mood", "r001", "x", "--sample", "-1"), "the answer to case `r001` has no sample -1"),
    (("shop/mood", "r000", "x", "--model", "m"), "case `r000` has no recorded answer of `m`"),
    (("prompts", "r000", "x"), "case `r000` has 2 recorded answers"),
    (("shop/moo", "r000", "x"), "there is no prompt and no file `shop/moo`"),
]


def test_what_is_refused(repository: ScratchRepository) -> None:
    both = outputs({0: "bad", 1: "good"}) + "".join(outputs({0: "good"}, model="slow@1").splitlines(keepends=True)[2:])
    write_sample(repository, recorded=both)
    for arguments, said in REFUSED:
        done = note(repository, *arguments)
        assert done.code == 2
        assert done.err.startswith(f"promptstead: {said}"), done.err
        assert len(done.err.splitlines()) == 1
    assert not (repository.root / FILE).exists()


def test_neither_a_stale_answer_nor_ci_gets_a_note(sample: ScratchRepository) -> None:
    assert "people, not in CI" in note(sample, "shop/mood", "r000", "x", CI="true").err
    sample.write(CASES, cases(3).replace("Review 0:", "Report 0:"))
    done = note(sample, "shop/mood", "r000", "x")
    assert done.code == 2
    assert "the answer to case `r000` is not current, and what it answers is not known: stale: " in done.err


NO_NOTES = [
    ("{case: r000, model: m, by: A, date: '2026-01-02', text: x}", "`answer` is missing"),
    ("{case: r000, model: m, answer: sha256:0, by: A, date: '2026-01-02', text: x}", "must be `sha256:` and 64"),
    ("{case: r000, model: m, answer: DIGEST, by: A, date: 2 March, text: x}", "must be a date"),
    ("{case: r000, model: m, answer: DIGEST, by: A, text: x}", "`date` is missing"),
    ("{case: r000, model: m, answer: DIGEST, by: A, date: '2026-01-02', text: x, verdict: meh}", "`verdict`"),
    ("{case: r000, model: m, answer: DIGEST, digest: DIGEST, text: x}", "`digest`"),
    ("[]", "must be a mapping"),
]


def test_what_is_no_note(sample: ScratchRepository) -> None:
    entries = "".join(f"  - {entry}\n" for entry, _ in NO_NOTES).replace("DIGEST", f"sha256:{64 * '0'}")
    sample.write(FILE, f"schema: promptstead/notes/v1\nnotes:\n{entries}")
    findings = run("lint", "--format", "json", cwd=sample.root).json["findings"]
    assert {each["path"] for each in findings} == {FILE}
    for line, (_, said) in enumerate(NO_NOTES, 3):
        assert [said in each["message"] for each in findings if each["line"] == line] == [True], (said, findings)
    assert note(sample, "shop/mood", "r000", "x").code == 2


def test_a_review_shows_notes_beside_the_answers(sample: ScratchRepository) -> None:
    note(sample, "shop/mood", "r000", *ABOUT_BAD, "The **base** is `wrong`. <b>")
    sample.commit("A note")
    sample.write(OUTPUTS, outputs(answered(3)))
    note(sample, "shop/mood", "r000", "--verdict", "good", "Now it is right.")
    note(sample, "shop/mood", "r002", "Nothing changed here.")
    done = run("review", "HEAD", "--format", "json", cwd=sample.root)
    jsonschema.validate(done.json, load_schema("review"), jsonschema.Draft202012Validator)
    (prompt,) = done.json["prompts"]
    (pair,) = prompt["comparisons"][0]["fixed"]
    assert [each["text"] for each in pair["base_notes"]] == ["The **base** is `wrong`. <b>"]
    assert [each["verdict"] for each in pair["head_notes"]] == ["good"]
    assert [each["case"] for each in prompt["change"]["notes"]["added"]] == ["r000", "r002"]
    text = run("review", "HEAD", cwd=sample.root).out
    assert "- Note: `Ana B., " in text
    assert "bad, wrong-mood, a, b`: ``The **base** is `wrong`. <b>``" in text
    assert "**notes added**\n- `r000`: `Ana B., " in text
    lines = run("review", "HEAD", "--format", "text", cwd=sample.root).out
    assert "  Note · r002: Ana B., " in lines
    page = run("review", "HEAD", "--format", "html", cwd=sample.root).out
    assert '"text":"Now it is right."' in page
    assert "notes added: r000, r002\n" in run("diff", "HEAD", cwd=sample.root).out
    french = run("review", "HEAD", "--lang", "fr", cwd=sample.root).out
    assert "**annotations ajoutées**" in french


def test_a_note_alone_asks_for_no_evaluation(sample: ScratchRepository) -> None:
    sample.write("promptstead.toml", '[policy]\nnot_evaluated = "fail"\n')
    sample.write(OUTPUTS, outputs(answered(3), model="Ana", source="reference"))
    sample.commit("A policy, and answers of a person")
    note(sample, "shop/mood", "r000", "Right.")
    done = run("review", "HEAD", cwd=sample.root)
    assert (done.code, "**notes added**" in done.out) == (0, True), done.out
    sample.write(PATH, PROMPT.replace("one word", "a single word"))
    assert run("review", "HEAD", cwd=sample.root).code == 1


def test_a_private_answers_note_never_enters_the_repository(repository: ScratchRepository, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    prepare(repository)
    env = recorded(repository, store)
    said = "Names Marie Curie, which it must not."
    assert note(repository, "shop/mood", "r000", "--verdict", "bad", said, **env).code == 0
    for path in files(repository.root):
        assert b"must not." not in path.read_bytes(), path
        assert SECRET.encode() not in path.read_bytes() or path.name == "script.json"
    assert sum("must not." in path.read_text() for path in files(store)) == 1
    assert [(each["text"], each["state"]) for each in listed(repository, **env)] == [(said, "current")]
    without = run("outputs", "notes", cwd=repository.root)
    assert "r000 · fake/script, current: no store of private answers" in without.out
    assert run("lint", cwd=repository.root, env=env).code == 0
    repository.commit()
    note(repository, "shop/mood", "r001", "Good.", **env)
    review = run("review", "HEAD", cwd=repository.root, env=env).out
    assert "- `r001`: a note that is kept outside the repository" in review
    for path in files(store):
        path.write_text(path.read_text().replace("must not", "must"))
    changed = run("lint", cwd=repository.root, env=env)
    assert f"{FILE}:3:5: error SCH001 the stored note is not the one that was written" in changed.out, changed.out


def test_notes_move_out_with_their_answers(repository: ScratchRepository, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    prepare(repository)
    settings = (repository.root / "promptstead.toml").read_text()
    repository.write("promptstead.toml", settings.partition("\n[outputs]")[0])
    assert at_home("record", cwd=repository.root).code == 0
    assert at_home("accept", "--all", "--even-failing", cwd=repository.root).code == 0
    assert note(repository, "shop/mood", "r000", "--tag", "names", "Names Marie Curie.").code == 0
    note(repository, "shop/mood", "r001", "Fine.")
    (repository.root / FILE).write_text((repository.root / FILE).read_text() + "# a remark\n")
    repository.write("promptstead.toml", settings)
    env = {"PROMPTSTEAD_STORE": str(store)}
    exposed = run("lint", cwd=repository.root, env=env)
    assert f"{FILE}:3:5: error SCH001 this note stands in the repository" in exposed.out
    moved = at_home("outputs", "move", cwd=repository.root, env=env)
    assert moved.err == "3 answers moved · 2 notes moved\n"
    assert "Marie" not in (repository.root / FILE).read_text()
    assert "# a remark" in (repository.root / FILE).read_text()
    assert [(each["text"], each["tags"], each["state"]) for each in listed(repository, **env)] == [
        ("Names Marie Curie.", ["names"], "current"),
        ("Fine.", [], "current"),
    ]
    assert at_home("outputs", "move", cwd=repository.root, env=env).err == "0 answers moved\n"
    assert run("fmt", "--check", cwd=repository.root).code == 0
    assert run("lint", cwd=repository.root, env=env).code == 0


def test_answers_in_lines(sample: ScratchRepository) -> None:
    """The answers of a dataset stand in ``outputs.jsonl``; a note on one of them is found again."""
    os.remove(sample.root / OUTPUTS)
    rows = [json.loads(json.dumps({"id": f"r{n}", "inputs": {"q": str(n)}})) for n in range(3)]
    sample.write("prompts/many/rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    sample.write(
        "prompts/many.prompt.yml",
        "schema: promptstead/v1\ntitle: Many\ninputs: {q: {}}\nmessages: [{role: user, content: '{{ q }}'}]\n"
        "datasets: [{path: rows.jsonl}]\n",
    )
    lines = [{"case": row["id"], "model": "m", "source": "imported", "samples": [{"output": "x"}]} for row in rows]
    sample.write("prompts/many/outputs.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    assert run("accept", "many", cwd=sample.root).code == 0
    assert note(sample, "many", "r1", "Terse.").code == 0
    assert [(each["case"], each["state"]) for each in listed(sample)] == [("r1", "current")]


def test_a_note_on_a_conversation_is_about_what_was_said() -> None:
    """Not about the requests that asked for it, nor the tokens that it took."""
    steps = (Step("Which size?", request="sha256:1"), Step("Sent.", "stop", Usage(9, 2), request="sha256:2"))
    case = Case("c", {}, turns=(Turn(""), Turn("In 42.")))
    said = conversation(steps)
    about = answer_digest(case, said)
    again = conversation([step._replace(request="sha256:3", usage=Usage(7, 1), finish_reason="") for step in steps])
    assert answer_digest(case, again) == about
    for other in (steps[0]._replace(output="What size?"), steps[0]._replace(tool_calls=from_entries(CALL))):
        assert answer_digest(case, conversation([other, steps[1]])) != about
    assert answer_digest(case._replace(turns=(Turn(""), Turn("In 43."))), said) != about


CALL = [{"name": "stock", "arguments": "{}"}]
