"""Answers that must fail: `check` says which pass, and `review` holds the head to those of the base."""

import json
import re

import jsonschema
import pytest

from promptstead.digests import tests_digest as digest_of_tests
from promptstead.model import Counterexample
from promptstead.prompts.schema_check import load_schema
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.diff.prompts import BASE
from tests.recorded import at_home
from tests.samples import CASES, OUTPUTS, PATH, PROMPT, answered, cases, outputs, write_sample

FILE = "prompts/shop/mood/counterexamples.yml"
HEAD = "schema: promptstead/counterexamples/v1\ncounterexamples:\n"
WORDY = """\
  - id: wordy
    case: r000
    output: The mood is very good.
    caught_by: short
    why: The shop reads one word.
"""
WRONG = """\
  - id: wrong-mood
    case: r001
    replace: [{find: good, with: bad}]
    caught_by: [mood]
    why: The review praises the shoes.
"""


def write(repository: ScratchRepository, *entries: str) -> None:
    repository.write(FILE, HEAD + "".join(entries))


@pytest.fixture
def sample(repository: ScratchRepository) -> ScratchRepository:
    """Return a repository with three cases, each with a reference answer, and two counterexamples."""
    write_sample(repository, recorded=outputs(answered(3), model="Ana", source="reference"))
    write(repository, WORDY, WRONG)
    repository.commit()
    return repository


def test_those_that_are_caught(sample: ScratchRepository) -> None:
    done = run("check", cwd=sample.root)
    assert (done.code, done.out) == (0, "shop/mood  3 pass  (reference answers) · 2 counterexamples caught\n")
    assert done.err == "1 prompt: clean · 3 cases: 3 pass · 2 counterexamples caught\n"


def test_one_that_is_let_pass_is_an_error(sample: ScratchRepository) -> None:
    write(sample, WORDY, WRONG.replace("[mood]", "[mood, short]"))
    done = run("check", cwd=sample.root)
    assert done.code == 1
    assert "2 counterexamples: 1 caught, 1 let pass" in done.out
    assert f"  LET PASS {FILE}:8: counterexample wrong-mood (case r001) passes short, which must fail it: " in done.out
    assert (
        "help: make the evaluator stricter, or correct the counterexample: The review praises the shoes.\n" in done.out
    )
    trials = run("check", "--format", "json", cwd=sample.root).json["prompts"][0]["counterexamples"]
    assert [(each["counterexample"], each["evaluator"], each["state"]) for each in trials] == [
        ("wordy", "short", "caught"),
        ("wrong-mood", "mood", "caught"),
        ("wrong-mood", "short", "let pass"),
    ]
    assert (trials[2]["path"], trials[2]["line"]) == (FILE, 8)
    french = run("check", "--lang", "fr", cwd=sample.root)
    assert "2 contre-exemples : 1 intercepté, 1 laissé passer" in french.out
    assert run("check", "--no-lint", cwd=sample.root).code == 1


def test_they_may_stand_in_the_prompt_file_and_belong_to_rows(repository: ScratchRepository) -> None:
    repository.write("prompts/many/rows.jsonl", '{"id": "row-7", "inputs": {"q": "?"}, "expected": "yes"}\n')
    own = """\
counterexamples:
  - {id: no, case: row-7, output: "no", caught_by: right, why: It is yes.}
"""
    repository.write(
        "prompts/many.prompt.yml",
        "schema: promptstead/v1\ntitle: Many\ninputs: {q: {}}\nmessages: [{role: user, content: '{{ q }}'}]\n"
        "evaluators: {right: {type: equals, value: '{{ expected }}'}}\ndatasets: [{path: rows.jsonl}]\n" + own,
    )
    assert "1 counterexample caught" in run("check", cwd=repository.root).out
    repository.write(
        "prompts/many/counterexamples.yml",
        HEAD + "  - {id: no, case: row-7, output: x, caught_by: right, why: y}\n",
    )
    twice = run("lint", cwd=repository.root)
    assert (
        "prompts/many/counterexamples.yml:3:10: error SCH001 duplicate counterexample id `no`; the first is in "
        "prompts/many.prompt.yml, line 8" in twice.out
    )


def test_a_prompt_of_github_models_may_have_some(repository: ScratchRepository) -> None:
    repository.write(
        "prompts/mood.prompt.yml",
        "messages: [{role: user, content: '{{input}}'}]\ntestData: [{input: a, expected: b}]\n"
        "evaluators: [{name: has, string: {contains: '{{expected}}'}}]\n",
    )
    repository.write(
        "prompts/mood/counterexamples.yml",
        HEAD + "  - {id: no, case: row-1, output: c, caught_by: has, why: x}\n",
    )
    done = run("check", cwd=repository.root)
    assert "1 counterexample caught" in done.out, done.out + done.err


BROKEN = [
    (WRONG.replace("r001", "r01"), 1, "there is no case `r01`"),
    (WRONG.replace("[mood]", "[moo]"), 3, "there is no evaluator `moo` for this case"),
    (WRONG.replace("[mood]", "moo"), 3, "there is no evaluator `moo` for this case"),
    (WRONG.replace("find: good", "find: goods"), 2, "the reference answer does not hold `goods`"),
    (WRONG.replace("with: bad", "with: good"), 2, "the edit changes nothing in the reference answer"),
    (WRONG.replace("replace: [{find: good, with: bad}]", "set: {$.a: 1}"), 2, "the reference answer is not JSON"),
]
"""A counterexample of five lines, which of them is wrong, and why."""


def test_one_that_cannot_be_judged_is_named_by_lint(sample: ScratchRepository) -> None:
    write(sample, WORDY, *(entry.replace("wrong-mood", f"c{n}") for n, (entry, _, _) in enumerate(BROKEN)))
    found = run("lint", "--format", "json", cwd=sample.root)
    assert found.code == 1
    assert {(each["code"], each["level"], each["path"]) for each in found.json["findings"]} == {
        ("EXA506", "error", FILE)
    }
    assert [each["line"] for each in found.json["findings"]] == [
        8 + 5 * n + line for n, (_, line, _) in enumerate(BROKEN)
    ]
    for number, (each, (_, _, said)) in enumerate(zip(found.json["findings"], BROKEN, strict=True)):
        assert each["message"].startswith(f"counterexample `c{number}`: {said}")
    checked = run("check", cwd=sample.root)
    assert "1 caught, 6 not evaluated" in checked.out
    assert f"  not evaluated {FILE}:8: counterexample c0 (case r01) · mood: there is no case `r01`" in checked.out


def test_an_edit_needs_a_reference_answer_that_is_current(sample: ScratchRepository) -> None:
    sample.write(OUTPUTS, outputs({0: "good"}, model="Ana", source="reference"))
    missing = run("lint", cwd=sample.root)
    assert "counterexample `wrong-mood`: case `r001` has no reference answer to edit" in missing.out
    assert f"help: write one into {OUTPUTS} and run promptstead accept, or give the whole answer" in missing.out
    sample.write(OUTPUTS, outputs(answered(3), model="Ana", source="reference"))
    sample.write(CASES, cases(3).replace("Review 1:", "Another review:"))
    assert "EXA506" not in run("lint", cwd=sample.root).out, "the stale answer is TST604's"
    stale = run("check", cwd=sample.root)
    assert "the reference answer to case `r001` is not current: run promptstead accept" in stale.out


MALFORMED = [
    ("{id: a, case: r000, output: x, set: {$.a: 1}, caught_by: mood, why: w}", "and only one of them"),
    ("{id: a, case: r000, caught_by: mood, why: w}", "must have `output`, `replace`, `set` or `remove`"),
    ("{id: a, case: r000, set: {a.b: 1}, caught_by: mood, why: w}", "must be a place in the answer"),
    ("{id: a, case: r000, output: x, caught_by: [], why: w}", "`caught_by` is empty"),
    ("{id: a, case: r000, output: x, caught_by: mood}", "`why` is missing"),
    ("{id: a, case: r000, remove: ['$..a'], caught_by: mood, why: w}", "must be a place in the answer"),
    ("{id: a, case: r000, remove: [$.a], finish_reason: stop, caught_by: mood, why: w}", "requires `output` beside it"),
    ("5", "must be a mapping"),
]


def test_what_is_no_counterexample(sample: ScratchRepository) -> None:
    write(sample, *(f"  - {entry}\n" for entry, _ in MALFORMED))
    findings = run("lint", "--format", "json", cwd=sample.root).json["findings"]
    for line, (_, said) in enumerate(MALFORMED, 3):
        assert [said in each["message"] for each in findings if each["line"] == line] == [True], (line, findings)
    checked = run("check", cwd=sample.root)
    assert checked.code == 1
    assert "Traceback" not in checked.err


def test_a_judge_without_a_judgement_and_a_score_catch_nothing(sample: ScratchRepository) -> None:
    sample.write(
        "prompts/shop/judge.prompt.yml",
        "schema: promptstead/v1\ntitle: J\ninputs: {output: {}}\nmessages: [{role: user, content: '{{ output }}'}]\n"
        "model: gpt-5.4-nano-2026-03-17\n",
    )
    more = (
        "  near: {type: similarity, to: good, metric: levenshtein}\n"
        "  judged: {type: judge, prompt: shop/judge, inputs: {output: '{{ output }}'}, pass: [yes]}\n"
    )
    sample.write(PATH, PROMPT.replace("gate:", more + "gate:"))
    write(sample, WORDY.replace("short", "near"), WRONG.replace("[mood]", "judged"))
    done = run("check", "--no-lint", cwd=sample.root)
    assert done.code == 1
    assert "counterexample wordy (case r000) passes near, which must fail it: it gives `" in done.out, done.out
    assert "counterexample wrong-mood (case r001) · judged: " in done.out
    assert "1 let pass, 1 not evaluated" in done.out


def test_what_is_published_as_an_example_counts_where_a_secret_is_looked_for(sample: ScratchRepository) -> None:
    """A counterexample can be written for `no-secret` and `no-personal-data` with reserved values alone."""
    more = "  secret: {type: no-secret}\n  private: {type: no-personal-data}\n"
    sample.write(PATH, PROMPT.replace("gate:", more + "gate:"))
    texts = [
        "AKIAIOSFODNN7EXAMPLE",
        "postgres://app:Tr0ub4dor3@db.example.com",
        "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",
    ]
    entries = [
        f"  - {{id: s{n}, case: r000, output: {json.dumps(text)}, caught_by: secret, why: x}}\n"
        for n, text in enumerate(texts)
    ]
    numbers = "FR14 2004 1010 0505 0001 3M02 606, +33 6 39 98 00 01, 4111 1111 1111 1111"
    entries.append(f"  - {{id: p, case: r000, output: '{numbers}', caught_by: private, why: x}}\n")
    write(sample, *entries)
    done = run("check", cwd=sample.root)
    assert (done.code, "4 counterexamples caught" in done.out) == (0, True), done.out
    write(sample, "  - {id: s, case: r000, output: your-api-key-here, caught_by: secret, why: x}\n")
    assert "1 let pass" in run("check", cwd=sample.root).out
    write(sample, "  - {id: s, case: r000, output: AKIAQ3EGTX7LMPWZN4KD, caught_by: secret, why: x}\n")
    assert "error SEC301" in run("lint", cwd=sample.root).out, "what no documentation shows is a secret"


def test_the_canonical_form(sample: ScratchRepository) -> None:
    sample.write(FILE, HEAD + "  - {why: w, caught_by: short, case: r000,\n     id: a, output: x}  # kept\n")
    done = run("fmt", cwd=sample.root)
    assert done.code == 0
    text = (sample.root / FILE).read_text("utf-8")
    assert "# kept" in text
    assert [line.split(":")[0].strip(" -") for line in text.splitlines()[2:]] == [
        "id",
        "case",
        "output",
        "caught_by",
        "why",
    ]
    assert run("fmt", "--check", FILE, cwd=sample.root).code == 0


LOOSE = PROMPT.replace("max: 3", "max: 5").replace(", hard: [short]", "")


def test_the_heads_evaluators_are_held_to_the_bases_counterexamples(sample: ScratchRepository) -> None:
    """Whether the head removes the counterexample, edits it or keeps it: what was caught must be caught."""
    sample.write(PATH, LOOSE)
    for entries in ((WRONG,), (WORDY.replace("very good", "very, very good indeed"), WRONG), (WORDY, WRONG)):
        write(sample, *entries)
        done = run("review", "HEAD", "--format", "json", cwd=sample.root)
        assert done.code == 1
        (prompt,) = done.json["prompts"]
        assert prompt["outcome"] == "fails what must not fail"
        assert [(each["counterexample"], each["evaluator"]) for each in prompt["let_pass"]] == [("wordy", "short")]
        jsonschema.validate(done.json, load_schema("review"), jsonschema.Draft202012Validator)
    write(sample, WRONG)
    lines = run("review", "HEAD", cwd=sample.root).out.splitlines()
    assert lines[0].startswith("⛔ **1 fails what must not fail**")
    assert lines[2] == "- `shop/mood: 1 counterexample passes an evaluator that must catch it: wordy`"
    assert "- `shop/mood: counterexample wordy removed`" in lines[:8]
    text = run("review", "HEAD", "--format", "text", cwd=sample.root).out
    assert "must not pass: counterexample wordy (case r000) · short: " in text
    page = run("review", "HEAD", "--format", "html", cwd=sample.root).out
    assert '"counterexample":"wordy"' in page
    told = run("review", "HEAD", "--format", "github", cwd=sample.root).out
    assert "::error file=prompts/shop/mood.prompt.yml,line=1,title=prompt review::fails what must not fail" in told


def test_given_up_on_purpose_in_two_changes(sample: ScratchRepository) -> None:
    write(sample, WRONG)
    removed = run("review", "HEAD", cwd=sample.root)
    assert removed.code == 0
    assert "- `shop/mood: counterexample wordy removed`" in removed.out.splitlines()[:4]
    sample.commit("The shop reads five words")
    sample.write(PATH, LOOSE)
    assert run("review", "HEAD", cwd=sample.root).code == 0


def test_an_evaluator_with_another_name(sample: ScratchRepository) -> None:
    sample.write(PATH, PROMPT.replace("short", "brief"))
    gone = run("review", "HEAD", "--format", "json", cwd=sample.root)
    assert [each["evaluator"] for each in gone.json["prompts"][0]["let_pass"]] == ["short"]
    write(sample, WORDY.replace("short", "brief"), WRONG)
    renamed = run("review", "HEAD", "--format", "json", cwd=sample.root).json["prompts"][0]
    assert renamed["let_pass"] == []
    assert renamed["change"]["counterexamples"] == {"added": [], "removed": [], "changed": ["wordy"]}


def test_what_the_base_let_pass_is_not_the_changes_and_what_is_new_is(sample: ScratchRepository) -> None:
    write(sample, WORDY.replace("short", "mood").replace("The mood is very good.", "good"), WRONG)
    sample.commit("One that was never caught")
    sample.write(PATH, PROMPT.replace("one word", "a single word"))
    assert run("review", "HEAD", cwd=sample.root).code == 0
    new = WORDY.replace("id: wordy", "id: other").replace("short", "mood").replace("The mood is very good.", "good")
    write(sample, WORDY.replace("short", "mood").replace("The mood is very good.", "good"), WRONG, new)
    added = run("review", "HEAD", "--format", "json", cwd=sample.root)
    assert [each["counterexample"] for each in added.json["prompts"][0]["let_pass"]] == ["other"]
    assert added.code == 1


def test_a_check_that_can_no_longer_judge_is_said(sample: ScratchRepository) -> None:
    unknown = "short: {type: number, min: 1}"
    sample.write(PATH, PROMPT.replace("short: {type: length, unit: words, max: 3}", unknown).replace("max: 3", ""))
    sample.write(PATH, (sample.root / PATH).read_text("utf-8").replace(unknown, "short: {type: cost, max: 1}"))
    done = run("review", "HEAD", cwd=sample.root)
    assert "counterexample wordy can no longer be judged by short: " in done.out.partition("| prompt |")[0]


def test_an_answer_is_no_command_to_a_log(sample: ScratchRepository) -> None:
    hostile = WORDY.replace("The shop reads one word.", '"::error::x\\n##[add-mask]y |a| <b>"').replace("short", "mood")
    write(sample, hostile.replace("The mood is very good.", "good"), WRONG)
    done = run("check", cwd=sample.root)
    assert done.code == 1
    assert not [line for line in done.out.splitlines() if line.lstrip().startswith(("::", "##["))]
    review = run("review", "HEAD", cwd=sample.root).out
    assert "<b>" not in re.sub("`[^`]*`", "", review)


def test_the_diff_and_the_digest(sample: ScratchRepository) -> None:
    write(sample, WORDY.replace("The shop reads one word.", "Too long."), WRONG)
    assert "1 prompt changed" not in run("diff", "HEAD", cwd=sample.root).err, "why is for people"
    write(sample, WORDY, WORDY.replace("id: wordy", "id: more"))
    shown = run("diff", "HEAD", cwd=sample.root).out
    assert "  counterexamples added: more\n  counterexamples removed: wrong-mood\n" in shown
    assert "  weakened: counterexample `wrong-mood` removed\n" in shown


def test_the_digest_of_tests_counts_them() -> None:
    """What it is without any is what it was before there were any."""
    one = Counterexample("c", "one", ("named", "short"), "w", "x")
    digests = {
        digest_of_tests(BASE._replace(counterexamples=(each,)))
        for each in (one, one._replace(output="y"), one._replace(case="two"), one._replace(caught_by=("named",)))
    }
    former = "sha256:3bc4c37d58760dcc952b89358cbe8f5d63cb6e7da85785c7e61d61ed68698e9f"
    assert digest_of_tests(BASE) == former
    assert len(digests | {former}) == 5
    same = one._replace(why="Because.", caught_by=("short", "named"), file="b.yml")
    assert digest_of_tests(BASE._replace(counterexamples=(same,))) in digests


CHAT = """\
schema: promptstead/v1
title: Chat
messages: [{role: user, content: Hello}]
evaluators:
  no-fish: {type: contains, value: fish, negate: true}
cases:
  - id: c
    inputs: {}
    turns:
      - user: And then?
        evaluators:
          then: {type: contains, value: then}
      - user: And at last?
"""
SPOKEN = """\
schema: promptstead/outputs/v1
outputs:
  - case: c
    model: Ann
    source: reference
    samples: [{steps: [{output: first}, {output: then this}, {output: at last}]}]
"""
WRONG_REPLIES = """\
schema: promptstead/counterexamples/v1
counterexamples:
  - {id: turn, case: c, turn: 2, caught_by: then@2, why: it says when, output: later}
  - {id: edit, case: c, caught_by: no-fish, why: no fish, replace: [{find: last, with: last a fish}]}
  - {id: other-turn, case: c, turn: 1, caught_by: then@2, why: not the turn that it judges, output: later}
"""


def test_in_a_conversation_one_answer_is_the_wrong_one(repository: ScratchRepository) -> None:
    repository.write("prompts/chat.prompt.yml", CHAT)
    repository.write("prompts/chat/outputs.yml", SPOKEN)
    repository.write("prompts/chat/counterexamples.yml", WRONG_REPLIES)
    assert at_home("accept", "--all", cwd=repository.root).code == 0
    checked = run("check", "--format", "json", cwd=repository.root)
    assert checked.code == 1
    assert [(each["counterexample"], each["state"]) for each in checked.json["prompts"][0]["counterexamples"]] == [
        ("turn", "caught"),
        ("edit", "caught"),
        ("other-turn", "let pass"),
    ]
    repository.write("prompts/chat/counterexamples.yml", WRONG_REPLIES.replace("turn: 1", "turn: 4"))
    assert "there is no answer to turn 4: the reference answer has 3 turns" in run("lint", cwd=repository.root).out
    repository.write("prompts/chat/outputs.yml", SPOKEN.partition("outputs:")[0] + "outputs: []\n")
    hint = "write the conversation into prompts/chat/outputs.yml and run promptstead accept"
    assert hint in run("lint", cwd=repository.root).out


def test_what_is_published_as_an_example_counts_in_a_conversation(repository: ScratchRepository) -> None:
    repository.write("prompts/chat.prompt.yml", CHAT.replace("  no-fish:", "  secret: {type: no-secret}\n  no-fish:"))
    repository.write("prompts/chat/outputs.yml", SPOKEN)
    key = "{id: key, case: c, turn: 2, output: then AKIAIOSFODNN7EXAMPLE, caught_by: secret, why: it shows a key}"
    repository.write("prompts/chat/counterexamples.yml", HEAD + f"  - {key}\n")
    assert at_home("accept", "--all", cwd=repository.root).code == 0
    checked = run("check", "--no-lint", cwd=repository.root)
    assert (checked.code, "1 counterexample caught" in checked.out) == (0, True), checked.out
