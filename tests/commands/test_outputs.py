from typing import Any

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.recorded import PENDING, answer, at_home, pending, prompt_changed, write_recorded
from tests.samples import CASES, OUTPUTS, PATH, cases, outputs

WRITTEN = outputs({0: "good", 1: "bad"}, model="Ana", source="reference")


def test_every_answer_is_listed_with_its_state(repository: ScratchRepository) -> None:
    write_recorded(repository, recorded=WRITTEN)
    repository.write(CASES, cases(3).replace("Review 1", "Report 1"))
    at_home("record", "--case", "r000", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)  # ties r001 anew
    repository.write(CASES, cases(3).replace("Review 1", "Word 1").replace("r000", "r900"))
    at_home("record", "--case", "r002", cwd=repository.root)
    listed = at_home("outputs", "list", cwd=repository.root)
    assert listed.code == 0
    assert [line.split()[:5] for line in listed.out.splitlines()] == [
        ["shop/mood", "r000", "Ana", "reference", "obsolete"],
        ["shop/mood", "r000", "fake/script", "live", "obsolete"],
        ["shop/mood", "r001", "Ana", "reference", "stale"],
        ["shop/mood", "r002", "fake/script", "live", "pending"],
    ]
    assert listed.err == "4 answers\n"
    assert "the input changed since the answer was written" in listed.out


def test_one_case_is_shown_as_received(repository: ScratchRepository) -> None:
    answers: list[dict[str, Any]] = [{"text": "first\n\n  answer \u202e", "times": 1}, {"text": "second"}]
    write_recorded(repository, 2, script=answers)
    at_home("record", "--samples", "2", "--case", "r000", "--concurrency", "1", cwd=repository.root)
    shown = at_home("outputs", "show", "shop/mood", "r000", cwd=repository.root)
    assert shown.out == (
        "--- shop/mood · fake/script · live, pending, sample 1 of 2\nfirst\n\n  answer \u202e\n"
        "--- shop/mood · fake/script · live, pending, sample 2 of 2\nsecond\n"
    )
    (entry,) = at_home("outputs", "show", "shop/mood", "r000", "--format", "json", cwd=repository.root).json["outputs"]
    assert [sample["output"] for sample in entry["samples"]] == [answers[0]["text"], "second"]
    assert entry["attempts"] == 2
    for arguments, message in (
        (("r001",), "there is no case `r001` (did you mean `r000`?)"),
        (("r000", "--model", "x"), "case `r000` has no answer of `x`"),
    ):
        wrong = at_home("outputs", "show", "shop/mood", *arguments, cwd=repository.root)
        assert wrong.code == 2
        assert message in wrong.err


def test_what_nobody_needs_is_pruned(repository: ScratchRepository) -> None:
    write_recorded(repository, recorded="# kept\n" + WRITTEN)
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    before = (repository.root / OUTPUTS).read_text()
    nothing = at_home("outputs", "prune", cwd=repository.root)
    assert (nothing.code, nothing.err) == (0, "0 answers removed\n")
    assert (repository.root / OUTPUTS).read_text() == before

    repository.write(CASES, cases(2))  # r002 is gone
    assert run("outputs", "prune", cwd=repository.root).code == 2  # in CI
    pruned = at_home("outputs", "prune", cwd=repository.root)
    assert (pruned.out, pruned.err) == (f"{OUTPUTS}: r002\n", "1 answer removed\n")

    at_home("record", "--all", cwd=repository.root)
    prompt_changed(repository)
    waiting = at_home("outputs", "prune", cwd=repository.root)
    assert waiting.err == "2 answers removed\n"
    assert pending(repository) == []
    assert not (repository.root / PENDING).exists()

    repository.write(CASES, cases(2).replace("Review", "Report"))
    stale = at_home("outputs", "prune", "--stale", cwd=repository.root)
    assert (stale.out, stale.err) == (f"{OUTPUTS}: r000, r001\n", "2 answers removed\n")
    assert (repository.root / OUTPUTS).read_text() == "# kept\n" + WRITTEN

    repository.write(CASES, "schema: promptstead/cases/v1\ncases: []\n")
    assert at_home("outputs", "prune", cwd=repository.root).err == "2 answers removed\n"
    assert (repository.root / OUTPUTS).read_text() == "# kept\nschema: promptstead/outputs/v1\noutputs: []\n"


def test_waiting_answers_are_no_evidence(repository: ScratchRepository) -> None:
    write_recorded(repository)
    answer(repository, [{"text": "bad and far too long"}])
    at_home("record", cwd=repository.root)
    checked = at_home("check", cwd=repository.root)
    assert checked.code == 0
    assert "3 not evaluated" in checked.out
    assert "3 pending answers: promptstead accept\n" in checked.err
    repository.write(PENDING, "{}\n")
    broken = at_home("check", cwd=repository.root)
    assert broken.code == 0
    assert f"{PENDING}:1: this line is not a pending answer (remove it)" in broken.err
    repository.write(PATH, "title: [\n")
    assert at_home("outputs", "list", cwd=repository.root).code == 2
