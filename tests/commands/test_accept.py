import json

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import CASES, OUTPUTS, case_id, cases, write_sample

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
    assert "shop/mood  8 not evaluated  (reference, imported, live answers)\n" in before.out
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
    assert "shop/mood  3 pass, 5 not evaluated" in after.out
    assert run("accept", cwd=repository.root).err == "0 answers accepted\n"
    assert (repository.root / OUTPUTS).read_text() == text


def test_an_answer_is_stale_once_its_input_changes(repository: ScratchRepository) -> None:
    write_sample(repository)
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
    assert wrong.err == f"promptstead: {OUTPUTS}: these are no recorded outputs (run promptstead lint)\n"
    repository.write("prompts/shop/mood.prompt.yml", "title: [\n")
    broken = run("accept", cwd=repository.root)
    assert broken.code == 2
    assert "this prompt is not valid (run promptstead lint)" in broken.err
