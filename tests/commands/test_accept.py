import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from datetime import date

import pytest

from tests.command_line import environment, run
from tests.conftest import ScratchRepository
from tests.json_lines import entries
from tests.recorded import answer, at_home, pending, prompt_changed, write_recorded
from tests.samples import CASES, OUTPUTS, case_id, cases, outputs, write_sample

WRITTEN = """\
# written by Ana
schema: promptstead/outputs/v1
outputs:
  # the first
  - case: r000
    model: Ana
    source: reference  # by hand
    samples:
      - output: |-
          good

  - {case: r001, model: Ana, source: reference, samples: [{output: good}]}   # flow
  -   source: imported
      case: r002
      model: other@1
      samples:
      - output: "good"
  - case: r002
    model: fast@1
    source: live
    request: sha256:0000000000000000000000000000000000000000000000000000000000000000
    samples: [{output: good}]
"""


def test_answers_are_tied_to_their_inputs_and_the_rest_of_the_file_stays(repository: ScratchRepository) -> None:
    write_sample(repository, recorded=WRITTEN)
    before = run("check", cwd=repository.root)
    assert before.code == 0
    assert "shop/mood  3 cases, 8 results: 8 not evaluated  (reference, imported, live answers)\n" in before.out
    assert before.out.count("note TST604") == 4
    assert before.out.count("run promptstead accept") == 3

    unknown = run("accept", "--case", "r000", "--case", "r00", cwd=repository.root)
    assert unknown.code == 2
    assert "there is no case `r00` (did you mean `r00" in unknown.err
    assert (repository.root / OUTPUTS).read_text() == WRITTEN

    one = run("accept", "shop/mood", "--case", "r001", cwd=repository.root)
    assert one.code == 0
    assert one.out == f"{OUTPUTS}: r001\n"
    assert one.err == "1 answer accepted\n"
    rest = run("accept", cwd=repository.root)
    assert rest.out == f"{OUTPUTS}: r000, r002\n"
    text = (repository.root / OUTPUTS).read_text()
    added = [line for line in text.splitlines() if line not in WRITTEN.splitlines()]
    assert [line.split("sha256")[0] for line in added] == [
        "    inputs: ",
        "  - {case: r001, model: Ana, source: reference, inputs: ",
        "      inputs: ",
    ]
    without = text.replace(added[0] + "\n", "").replace(added[2] + "\n", "")
    digest = added[1].partition(", inputs: ")[2].partition(",")[0]
    assert without.replace(f", inputs: {digest}", "") == WRITTEN

    after = run("check", cwd=repository.root)
    assert "shop/mood  3 cases, 8 results: 3 pass, 5 not evaluated" in after.out
    assert run("accept", cwd=repository.root).err == "0 answers accepted\n"
    assert (repository.root / OUTPUTS).read_text() == text


def test_an_answer_is_stale_once_its_input_changes(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write(
        "promptstead.toml", '[lint]\nignore = ["GOV", "VER", "MOD", "TST"]\n'
    )  # this is about answers only
    assert run("check", "--stage", "release", cwd=repository.root).code == 0
    repository.write(CASES, cases(3).replace("Review 1", "Report 1"))
    checked = run("check", "-v", cwd=repository.root)
    assert checked.code == 0
    assert "2 pass, 1 not evaluated" in checked.out
    assert f"not evaluated {case_id(1)} (fast@1): stale: the input changed" in checked.out
    assert run("check", "--stage", "release", cwd=repository.root).code == 1
    accepted = run("accept", OUTPUTS, cwd=repository.root)
    assert accepted.out == f"{OUTPUTS}: {case_id(1)}\n"
    assert run("check", "--stage", "release", cwd=repository.root).code == 0


def test_lines_of_json(repository: ScratchRepository) -> None:
    write_sample(repository)
    (repository.root / OUTPUTS).unlink()
    path = OUTPUTS.replace(".yml", ".jsonl")
    entry = {"case": "r000", "model": "m", "source": "imported", "samples": [{"output": "line\u2028separator é"}]}
    half = entry | {"case": "r001", "samples": [{"output": "\ud83d"}]}
    lines = [json.dumps(entry, ensure_ascii=False), "not JSON", json.dumps(half), ""]
    repository.write(path, "\n".join(lines))
    done = run("accept", cwd=repository.root)
    assert done.code == 0
    assert done.out == f"{path}: r000\n"
    first, *rest = (repository.root / path).read_text(encoding="utf-8").split("\n")
    assert rest == lines[1:]
    assert {key: value for key, value in json.loads(first).items() if key != "inputs"} == entry
    assert json.loads(first)["inputs"].startswith("sha256:")


def test_what_cannot_be_accepted(repository: ScratchRepository) -> None:
    write_sample(repository, recorded="schema: promptstead/outputs/v1\noutputs: {}\n")
    wrong = run("accept", cwd=repository.root)
    assert wrong.code == 2
    assert wrong.err == f"promptstead: {OUTPUTS}: the recorded answers are not valid (run promptstead lint)\n"
    repository.write("prompts/shop/mood.prompt.yml", "title: [\n")
    broken = run("accept", cwd=repository.root)
    assert broken.code == 2
    assert "this prompt is not valid (run promptstead lint)" in broken.err


def test_answers_of_a_model_are_accepted_with_who_and_why(repository: ScratchRepository) -> None:
    by_hand = outputs({0: "good"}, model="Ana", source="reference").replace("  - case", "  # by hand\n  - case")
    write_recorded(repository, recorded=by_hand)
    assert at_home("record", cwd=repository.root).code == 0
    left = at_home("accept", cwd=repository.root)
    assert left.code == 0
    assert left.err == ("3 pending answers: add --all or --case ID, or run this on a terminal\n0 answers accepted\n")
    refused = run("accept", "--all", cwd=repository.root)
    assert refused.code == 2
    assert "answers cannot be accepted in CI" in refused.err

    one = at_home("accept", "--case", "r001", "--why", "matches the handbook", cwd=repository.root)
    assert (one.code, one.out, one.err) == (0, f"{OUTPUTS}: r001\n", "1 answer accepted\n")
    text = (repository.root / OUTPUTS).read_text()
    assert text.startswith(by_hand)
    today = date.today().isoformat()
    assert f'    golden: {{sample: 1, by: Test Author, "on": "{today}", why: matches the handbook}}\n' in text
    assert [line["case"] for line in pending(repository)] == ["r000", "r002"]

    rest = at_home("accept", "--all", cwd=repository.root)
    assert rest.err == "2 answers accepted\n"
    checked = at_home("check", cwd=repository.root)
    assert "4 pass" in checked.out
    assert "prompt files skipped" not in checked.err
    cases_in_order = re.findall(r"case: (r\d+)\n    model: (\S+)", (repository.root / OUTPUTS).read_text())
    assert cases_in_order == [
        ("r000", "Ana"), ("r000", "fake/script"), ("r001", "fake/script"), ("r002", "fake/script")
    ]  # fmt: skip


def test_asking_until_it_looks_good_shows(repository: ScratchRepository) -> None:
    write_recorded(repository, 1, script=[{"text": "bad", "times": 1}, {"text": "good"}])
    at_home("record", cwd=repository.root)
    rejected = at_home("accept", "--all", "--reject", cwd=repository.root)
    assert (rejected.code, rejected.out, rejected.err) == (0, "", "0 answers accepted, 1 rejected\n")
    assert "output" not in pending(repository)[0]
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    text = (repository.root / OUTPUTS).read_text()
    assert "    attempts: 2\n" in text
    assert at_home("fmt", "--check", OUTPUTS, cwd=repository.root).code == 0
    at_home("record", "--all", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    received = re.compile(r"received: sha256:\w+")
    after = (repository.root / OUTPUTS).read_text()
    assert received.sub("", after) == received.sub("", text.replace("attempts: 2", "attempts: 3"))
    assert at_home("accept", "--reject", cwd=repository.root).code == 2


@pytest.mark.parametrize(("old", "new"), [("          good\n", "          bad\n"), ("attempts: 2", "attempts: 1")])
def test_what_a_model_said_cannot_be_changed_unseen(repository: ScratchRepository, old: str, new: str) -> None:
    write_recorded(repository, 1, script=[{"text": "good", "times": 1}, {"text": "bad"}])
    for _ in range(2):
        at_home("record", "--all", cwd=repository.root)
        at_home("accept", "--all", cwd=repository.root)
    text = (repository.root / OUTPUTS).read_text()
    assert old in text
    assert at_home("check", cwd=repository.root).code == 0
    repository.write(OUTPUTS, text.replace(old, new))
    done = at_home("check", cwd=repository.root)
    assert done.code == 1
    assert f"{OUTPUTS}:3:5: error SCH001 this answer is not what the model said" in done.out
    refused = at_home("record", "--all", cwd=repository.root)
    assert refused.code == 2
    assert f"{OUTPUTS}:3: these are not recorded answers: this answer is not what the model said" in refused.err


def on_terminal(repository: ScratchRepository, typed: str, *arguments: str) -> str:
    """Run ``accept`` with *arguments* on a terminal where somebody types; return all that is shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "promptstead", "accept", *arguments],
        cwd=repository.root,
        env=environment(CI="", NO_COLOR="1"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, typed.encode())
    shown = b""
    with contextlib.suppress(OSError):  # the terminal is closed when the command ends
        while piece := os.read(ours, 65536):
            shown += piece
    os.close(ours)
    process.wait(timeout=30)
    return shown.decode().replace("\r\n", "\n")


def test_a_person_is_asked_in_french(repository: ScratchRepository) -> None:
    write_recorded(repository, 2, script=[{"text": "a good answer, all in all", "usage": {"input": 40, "output": 6}}])
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", "--even-failing", cwd=repository.root)
    answer(repository, [{"text": "good", "usage": {"input": 1400, "output": 1}}])
    prompt_changed(repository)
    at_home("record", cwd=repository.root)
    shown = on_terminal(repository, "a\nq\n", "--lang", "fr")
    assert "shop/mood · r000 · fake/script (1 sur 2)\n  réponse :\n" in shown
    assert "  mood échoué → réussi\n" in shown
    assert (
        "  jetons : 40 en entrée, 6 en sortie, coût 0,0460 → 1\u202f400 en entrée, 1 en sortie, coût 1,4010\n" in shown
    )
    assert "accepter, rejeter, sauter ou quitter (a, r, s, q) ? " in shown
    assert shown.endswith("1 réponse acceptée, 1 laissée en attente\n")


def test_a_person_decides_answer_by_answer(repository: ScratchRepository) -> None:
    write_recorded(repository, 5, script=[{"text": "a good answer, all in all", "usage": {"input": 40, "output": 6}}])
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", "--even-failing", cwd=repository.root)
    answer(repository, [{"text": "good", "usage": {"input": 40, "output": 1}}])
    prompt_changed(repository)
    at_home("record", cwd=repository.root)
    before = (repository.root / OUTPUTS).read_text()

    shown = on_terminal(repository, "a\nr\ns\nq\n")
    assert "shop/mood · r000 · fake/script (1 of 5)\n" in shown
    assert "[-a-]" in shown
    assert "  mood fail → pass\n" in shown
    assert "  tokens 40 in, 6 out, cost 0.0460 → 40 in, 1 out, cost 0.0410\n" in shown
    assert "1 answer accepted, 1 rejected, 3 left\n" in shown
    after = (repository.root / OUTPUTS).read_text()
    assert after.count("a good answer") == before.count("a good answer") - 1
    assert [("output" in line, line["case"]) for line in pending(repository)] == [
        (False, "r001"), (True, "r002"), (True, "r003"), (True, "r004"),
    ]  # fmt: skip


def test_an_answer_that_nobody_signs(repository: ScratchRepository) -> None:
    write_recorded(repository)
    at_home("record", cwd=repository.root)
    nobody = at_home("accept", "--all", cwd=repository.root, env={"GIT_AUTHOR_NAME": ""})
    assert nobody.code == 2
    assert 'there is no name for who accepts the answers (git config user.name "Your Name")' in nobody.err
    repository.run("config", "user.name", "Ana\x1b Martin")
    signed = at_home("accept", "--all", cwd=repository.root, env={"GIT_AUTHOR_NAME": ""})
    assert signed.code == 0
    assert "by: Ana\\x1b Martin," in (repository.root / OUTPUTS).read_text()


def test_a_file_of_lines_stays_one(repository: ScratchRepository) -> None:
    write_recorded(repository)
    (repository.root / OUTPUTS).unlink()
    path = OUTPUTS.replace(".yml", ".jsonl")
    kept = json.dumps(
        {"case": "r001", "model": "Ana", "source": "reference", "samples": [{"output": "good"}], "x-note": 1}
    )
    repository.write(path, kept)
    at_home("record", cwd=repository.root)
    done = at_home("accept", "--all", cwd=repository.root)
    assert done.err == "4 answers accepted\n"
    lines = entries((repository.root / path).read_text())
    assert [(line["case"], line["model"]) for line in lines] == [
        ("r000", "fake/script"), ("r001", "Ana"), ("r001", "fake/script"), ("r002", "fake/script"),
    ]  # fmt: skip
    assert lines[1]["x-note"] == 1


def test_all_is_not_what_fails_what_must_not_fail(repository: ScratchRepository) -> None:
    long = "a good answer, all in all"
    write_recorded(
        repository,
        3,
        script=[{"contains": "Review 0", "text": long}, {"contains": "Review 1", "text": "bad"}, {"text": "good"}],
    )
    at_home("record", cwd=repository.root)
    some = at_home("accept", "--all", cwd=repository.root)
    assert (some.code, some.out) == (1, f"{OUTPUTS}: r001\n{OUTPUTS}: r002\n")
    assert some.err.startswith("left: shop/mood r000: fails short: ")
    assert some.err.endswith(
        "2 answers accepted, 1 left\nlook at them on a terminal, name them with --case, or add --even-failing\n"
    )
    assert [line["case"] for line in pending(repository)] == ["r000"]
    repository.write(CASES, cases(3, must_pass=(1,)))
    at_home("record", "--all", "--case", "r001", cwd=repository.root)
    must_pass = at_home("accept", "--all", cwd=repository.root)
    assert must_pass.code == 1
    assert "left: shop/mood r001: fails mood: " in must_pass.err
    one = at_home("accept", "--case", "r001", cwd=repository.root)
    assert (one.code, one.err) == (0, "1 answer accepted\n")
    rest = at_home("accept", "--all", "--even-failing", cwd=repository.root)
    assert (rest.code, rest.err) == (0, "1 answer accepted\n")
