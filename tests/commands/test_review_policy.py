"""What the policy of the base, repeats and many prompts do to a review, through the real command."""

from typing import Any

import pytest

from promptstead.digests import inputs_digest
from promptstead.documents.yaml_reader import read
from promptstead.model import Case, RecordedOutput
from promptstead.outputs.entry_format import dump, received_digest
from promptstead.outputs.reader import parse
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.recorded import answer, at_home, write_recorded
from tests.samples import (
    CASES,
    DATA,
    OUTPUTS,
    PARTIAL,
    PATH,
    PROMPT,
    answered,
    case_id,
    cases,
    outputs,
    review_of,
    write_sample,
)

HIGH_RISK = "\ngovernance: {risk: high}\n"


def review(repository: ScratchRepository) -> tuple[int, Any]:
    done = run("review", "HEAD~1..HEAD", "--format", "json", cwd=repository.root)
    assert done.err == ""
    return done.code, done.said


def repeated(wrong: dict[int, int], count: int, samples: int = 5) -> str:
    """Return *samples* answers a case, of which as many are wrong as *wrong* says by number of the case."""
    lines = ["schema: promptstead/outputs/v1", "outputs:"]
    for number in range(count):
        digest = inputs_digest(Case(case_id(number), {"review": review_of(number)}))
        lines += [f"  - case: {case_id(number)}", "    model: fast@1", "    source: imported", f"    inputs: {digest}"]
        lines.append("    samples:")
        lines += [f"      - output: {'bad' if place < wrong.get(number, 0) else 'good'}" for place in range(samples)]
    return "\n".join(lines) + "\n"


def test_repeats_are_compared_by_case_and_not_by_whether_all_pass(repository: ScratchRepository) -> None:
    """In 100 cases another one of five samples is wrong: by "all samples pass" that is 80 broken cases."""
    write_sample(repository, 100, recorded=repeated(dict.fromkeys(range(20), 1), 100))
    repository.commit()
    repository.write(OUTPUTS, repeated(dict.fromkeys(range(100), 1) | dict.fromkeys(range(20), 0), 100))
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    repository.commit()
    code, document = review(repository)
    (comparison,) = document["prompts"][0]["comparisons"]
    assert (comparison["base_rate"], comparison["head_rate"]) == (pytest.approx(0.96), pytest.approx(0.84))
    assert comparison["difference"] == pytest.approx(-0.12)
    assert (comparison["method"], comparison["scale"]) == ("bootstrap-t interval, exact sign-flip test", "share")
    assert (len(comparison["broken"]), len(comparison["fixed"]), comparison["pairs"]) == (80, 20, 100)
    assert comparison["lower"] < -0.12 < comparison["upper"] < 0
    assert (code, comparison["verdict"]) == (1, "REGRESSION")
    shown = run("review", "HEAD~1..HEAD", cwd=repository.root)
    assert "96.00 → 84.00 % (-12.0 [" in shown.out


def test_the_risk_class_bounds_the_margin_by_the_base_s_policy(repository: ScratchRepository) -> None:
    loose = PROMPT.replace("margin: 0.05", "margin: 0.2")
    write_sample(repository, 200)
    repository.write("promptstead.toml", "[policy]\nmargins = {default = 0.2, high = 0.02}\n")
    repository.write(PATH, loose + HIGH_RISK)
    repository.commit()
    repository.write(OUTPUTS, outputs(answered(200, wrong=7)))
    repository.write(PATH, loose.replace("one word", "a single word"))  # it calls itself less risky
    repository.write("promptstead.toml", "[policy]\nmargins = 1.0\n")
    repository.commit()
    code, document = review(repository)
    (comparison,) = document["prompts"][0]["comparisons"]
    assert (comparison["margin"], comparison["verdict"], code) == (0.02, "REGRESSION", 1)
    repository.write("promptstead.toml", "[policy]\nmargins = {hihg = 0.02}\n")
    refused = run("review", "HEAD", cwd=repository.root)
    assert refused.code == 2
    assert "did you mean `high`?" in refused.err


def test_a_changed_prompt_without_a_verdict_stops_where_the_policy_says_so(repository: ScratchRepository) -> None:
    write_sample(repository, 5, recorded=outputs({}))
    repository.commit()
    repository.write(PATH, PROMPT.replace("one word", "a single word"))
    repository.commit()
    assert review(repository)[0] == 0
    repository.write("promptstead.toml", '[policy]\nnot_evaluated = "fail"\n')
    repository.commit()
    repository.write(PATH, PROMPT.replace("one word", "just one word"))
    repository.write("prompts/shop/new.prompt.yml", PROMPT)
    repository.commit()
    code, document = review(repository)
    assert code == 1
    stopped = [line for line in document["weakens"] if "does not accept" in line]
    assert stopped == ["`shop/mood`: not evaluated, which the base's policy does not accept"]


def fifth_drops(repository: ScratchRepository, count: int, others: tuple[int, int]) -> None:
    """Commit a change of *count* prompts: 12 answers of the fifth break, 3 are mended; *others* are of each other."""
    names = [f"prompts/shop/mood{number:02}" for number in range(count)]
    for name in names:
        repository.write(f"{name}.prompt.yml", PROMPT)
        repository.write(f"{name}/cases.yml", cases(100))
        repository.write(f"{name}/outputs.yml", outputs({n: "bad" if n < 3 else "good" for n in range(100)}))
    repository.write("prompts/partials/data.md", "Customers wrote this: it is data.\n")
    repository.commit()
    for number, name in enumerate(names):
        broken, fixed = (12, 3) if number == 4 else others
        wrong = {*range(fixed, 3), *range(50, 50 + broken)}
        repository.write(f"{name}/outputs.yml", outputs({n: "bad" if n in wrong else "good" for n in range(100)}))
    repository.write("prompts/partials/data.md", "Customers wrote all of this: it is data.\n")
    repository.commit()


def test_many_prompts_share_one_rate_of_false_alarms(repository: ScratchRepository) -> None:
    """Twelve prompts of which one dropped by what would be a regression alone (12 broken, 3 fixed: p 0.02)."""
    fifth_drops(repository, 12, others=(4, 3))
    code, document = review(repository)
    found = {prompt["id"]: prompt["comparisons"][0] for prompt in document["prompts"]}
    doubtful = found["shop/mood04"]
    assert len(found) == 12
    assert doubtful["p_value"] < 0.05 <= doubtful["adjusted_p_value"]
    assert (doubtful["compared_together"], doubtful["verdict"], doubtful["upper"], code) == (12, "INCONCLUSIVE", 0, 0)
    assert doubtful["verdict_alone"] == "REGRESSION"
    assert "by itself this would be regression" in doubtful["reasons"][-1]
    assert any(line.startswith("`shop/mood04`: worse by itself (p 0.02") for line in document["weakens"])
    table = run("review", "HEAD~1..HEAD", "--format", "md", cwd=repository.root).out
    assert "inconclusive (regression by itself): about " in table


SHORT = PROMPT.replace(
    "  short: {type: length, unit: words, max: 3}", "  short: {type: length, unit: words, better: lower}"
)
SHORT = SHORT.replace("gate: {primary: mood, margin: 0.05, hard: [short]}", "gate: {primary: short}")


@pytest.mark.parametrize(("before", "after", "verdict"), [(2, 3, "REGRESSION"), (3, 2, "IMPROVEMENT")])
def test_of_a_score_of_which_less_is_better_a_rise_is_a_regression(
    repository: ScratchRepository, before: int, after: int, verdict: str
) -> None:
    def answers(words: int) -> str:
        return outputs({number: "very " * (words - number % 2) + "good" for number in range(60)})

    repository.write(PATH, SHORT)
    repository.write(CASES, cases(60))
    repository.write(PARTIAL, DATA)
    repository.write(OUTPUTS, answers(before))
    repository.commit()
    run("eval", "--run-file", "base.run.jsonl", cwd=repository.root)
    repository.write(PATH, SHORT.replace("one word", "a single word"))
    repository.write(OUTPUTS, answers(after))
    repository.commit()
    run("eval", "--run-file", "head.run.jsonl", cwd=repository.root)
    code, document = review(repository)
    (prompt,) = document["prompts"]
    (found,) = prompt["comparisons"]
    worse = verdict == "REGRESSION"
    assert (code, found["verdict"], found["better"], found["difference"]) == (
        int(worse),
        verdict,
        "lower",
        pytest.approx(after - before),
    )
    assert len(found["broken" if worse else "fixed"]) == 60
    assert ", less is better)" in run("review", "HEAD~1..HEAD", "--format", "md", cwd=repository.root).out
    compared = run("compare", "base.run.jsonl", "head.run.jsonl", cwd=repository.root)
    assert (compared.code, verdict in compared.out, "less is better" in compared.out) == (int(worse), True, True)


def test_prompts_that_hardly_change_do_not_hide_a_regression(repository: ScratchRepository) -> None:
    """The same drop among thirty prompts of each of which two answers flip, which no test could call a difference."""
    fifth_drops(repository, 31, others=(2, 2))
    code, document = review(repository)
    first, *others = document["prompts"]
    (dropped,) = first["comparisons"]
    assert (code, first["id"], dropped["verdict"]) == (1, "shop/mood04", "REGRESSION")
    assert (dropped["adjusted_p_value"], "verdict_alone" in dropped) == (None, False)
    assert {each["comparisons"][0]["adjusted_p_value"] for each in others} == {None}
    assert {each["comparisons"][0]["compared_together"] for each in document["prompts"]} == {1}


def test_an_answer_that_changed_without_being_asked_again_is_named(repository: ScratchRepository) -> None:
    """A forged digest convinces `lint`; the count of attempts says that nobody asked."""
    write_recorded(repository)
    at_home("record", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    repository.commit()
    honest = (repository.root / OUTPUTS).read_text(encoding="utf-8")

    def reviewed(text: str) -> list[str]:
        repository.write(OUTPUTS, text)
        repository.commit()
        document = review(repository)[1]
        assert run("lint", cwd=repository.root).code == 0
        repository.write(OUTPUTS, honest)
        repository.commit()
        return [line for line in document["weakens"] if line.startswith("`shop/mood`: answers")]

    forged: list[RecordedOutput] = []
    for output in parse(read(honest.encode(), OUTPUTS))[0]:
        if output.case == case_id(1):
            output = output._replace(samples=(output.samples[0]._replace(output="bad"),))
            output = output._replace(received=received_digest(output))
        forged.append(output)
    said = "answers changed though nothing was asked again, by their own count: `r001`"
    assert reviewed(dump(forged)) == [f"`shop/mood`: {said}"]
    bare = [output._replace(received="", attempts=2) if output.case == case_id(1) else output for output in forged]
    assert reviewed(dump(bare)) == ["`shop/mood`: answers no longer carry the digest of what was received: `r001`"]

    answer(repository, [{"text": "bad"}])
    at_home("record", "--all", cwd=repository.root)
    at_home("accept", "--all", "--even-failing", cwd=repository.root)
    again = (repository.root / OUTPUTS).read_text(encoding="utf-8")
    assert "attempts: 2" in again
    assert reviewed(again) == []


REWRITTEN = """\
schema: promptstead/v1
title: What a customer feels
inputs:
  review:
    schema: {type: string, maxLength: 20000}
    trust: untrusted
    description: a text
    example: Nice.
model: {name: gpt-5.4-nano-2026-03-17}
messages:
  - role: user
    content: 'Is the customer happy? {{ review | fence("text") }}'
evaluators:
  right: {type: equals, value: "{{ expected }}"}
"""


@pytest.mark.parametrize(
    ("kept", "named", "said"), [(10, False, True), (6, False, True), (5, False, False), (10, True, False)]
)
def test_a_prompt_that_was_renamed_and_rewritten_is_called_by_its_former_name(
    repository: ScratchRepository, kept: int, named: bool, said: bool
) -> None:
    write_sample(repository, 10, recorded=outputs(answered(10)))
    repository.commit()
    for path in (PATH, CASES, OUTPUTS):
        (repository.root / path).unlink()
    repository.write("prompts/shop/tone.prompt.yml", REWRITTEN + ("aliases: [shop/mood]\n" if named else ""))
    moved = cases(10)
    for number in range(kept, 10):
        moved = moved.replace(review_of(number), f"Another text {number}")
    repository.write("prompts/shop/tone/cases.yml", moved)
    repository.commit()
    _, document = review(repository)
    kinds = {prompt["id"]: prompt["change"]["kind"] for prompt in document["prompts"]}
    assert kinds == ({"shop/tone": "renamed"} if named else {"shop/tone": "added", "shop/mood": "removed"})
    text = "looks like a rename of `shop/mood`, which is compared with nothing: give it `aliases: [shop/mood]`"
    assert (f"`shop/tone`: {text}" in document["weakens"]) == said


@pytest.mark.parametrize(
    ("folder", "suffix", "stays"), [("prompts", "yaml", False), ("texts", "yml", False), ("texts", "yml", True)]
)
def test_a_prompt_that_moves_to_another_suffix_or_root_is_compared_however_much_it_changed(
    repository: ScratchRepository, folder: str, suffix: str, stays: bool
) -> None:
    """Its id is the same, so it is what callers load; a loose gate of its own does not judge it."""
    rewritten = PROMPT.replace("You read reviews for a shop.", "\n      ".join(f"Other words {n}." for n in range(60)))
    rewritten = rewritten.replace("gate: {primary: mood, margin: 0.05, hard: [short]}", "gate: {margin: 1}")
    write_sample(repository, 60)
    repository.write("promptstead.toml", "[policy]\ninconclusive = 'fail'\n")
    repository.commit()
    for path in () if stays else (PATH, CASES, OUTPUTS, PARTIAL):
        (repository.root / path).unlink()
    repository.write("promptstead.toml", f'roots = ["{folder}"]\n')
    changed = {PATH: rewritten, CASES: cases(60), OUTPUTS: outputs(answered(60, wrong=55)), PARTIAL: DATA}
    for path, text in changed.items():
        path = path.replace("prompts/", f"{folder}/", 1)
        repository.write(path.replace(".prompt.yml", f".prompt.{suffix}"), text)
    repository.commit()
    code, document = review(repository)
    (prompt,) = document["prompts"]
    (comparison,) = prompt["comparisons"]
    assert (code, prompt["id"], comparison["verdict"], comparison["pairs"]) == (1, "shop/mood", "REGRESSION", 60)


@pytest.mark.parametrize("settings", ["services/a/promptstead.toml", "promptstead.toml"])
def test_a_change_of_where_the_settings_lie_does_not_choose_what_is_reviewed(
    repository: ScratchRepository, settings: str
) -> None:
    def write(wrong: int) -> None:
        for path, text in ((PATH, PROMPT), (PARTIAL, DATA), (CASES, cases(60))):
            repository.write(f"services/a/{path}", text)
        repository.write(f"services/a/{OUTPUTS}", outputs(answered(60, wrong=wrong)))

    nested = settings.startswith("services/")
    root = "prompts" if nested else "services/a/prompts"
    write(0)
    repository.write(settings, f'roots = ["{root}"]\n[policy]\nmargins = 0.01\n')
    repository.commit()
    write(55)
    if nested:
        (repository.root / settings).unlink()
    else:
        repository.write("services/a/promptstead.toml", "[policy]\nmargins = 1.0\n")
    repository.commit()
    done = run("review", "HEAD~1..HEAD", "--format", "json", cwd=repository.root / "services/a")
    (comparison,) = done.json["prompts"][0]["comparisons"]
    assert (done.code, comparison["verdict"], comparison["margin"]) == (1, "REGRESSION", 0.01)


@pytest.mark.parametrize("how", ["deleted", "by hand", "two other models"])
def test_a_change_that_only_takes_the_evidence_away_does_not_pass_where_it_is_demanded(
    repository: ScratchRepository, how: str
) -> None:
    write_sample(repository, 60)
    repository.write("promptstead.toml", '[policy]\nnot_evaluated = "fail"\n')
    repository.commit()
    bad = answered(60, wrong=55)
    second = outputs(answered(60), model="other@2").partition("outputs:\n")[2]
    if how == "deleted":
        (repository.root / OUTPUTS).unlink()
    elif how == "by hand":
        repository.write(OUTPUTS, outputs(bad, model="reference", source="reference"))
    else:
        repository.write(OUTPUTS, outputs(bad, model="fast@9") + second)
    repository.commit()
    code, document = review(repository)
    assert (code, document["prompts"][0]["change"]["kind"]) == (1, "unchanged")
