"""A change of the contract through the real commands: declared, undeclared, split, merged, and badly numbered."""

import json
from typing import Any

import pytest

from promptstead.digests import inputs_digest
from promptstead.model import Case
from tests.command_line import Result, run
from tests.conftest import ScratchRepository

PATH = "prompts/shop/mood.prompt.yml"
CASES = "prompts/shop/mood/cases.yml"
OUTPUTS = "prompts/shop/mood/outputs.yml"
COUNT = 12
CLOSED: dict[str, Any] = {
    "type": "object",
    "required": ["mood"],
    "additionalProperties": False,
    "properties": {"mood": {"enum": ["good", "bad"]}},
}
REASON: dict[str, Any] = {
    "type": "object",
    "required": ["mood", "why"],
    "additionalProperties": False,
    "properties": {"mood": {"enum": ["good", "bad"]}, "why": {"type": "string"}},
}
CHECKS = {
    "valid": {"type": "json-schema"},
    "mood": {"type": "json-path", "path": "$.mood", "equals": "{{ expected.mood }}"},
}
GATE = {"primary": "mood", "margin": 0.05, "hard": ["valid"]}


def prompt(schema: Any = None, contract: Any = None, **more: Any) -> str:
    """Return the prompt; without more it is the base's."""
    asked = "Good or bad, as JSON?" if schema in (None, CLOSED) else "Good or bad, and why, as JSON?"
    entry: dict[str, Any] = {
        "schema": "promptstead/v1",
        "title": "Mood of a review",
        **({} if contract is None else {"contract": contract}),
        "inputs": {"review": {"schema": {"type": "string", "maxLength": 800}, "trust": "trusted"}},
        "messages": [{"role": "user", "content": f"{asked} {{{{ review }}}}"}],
        "output": {"format": "json", "schema": CLOSED if schema is None else schema},
        "evaluators": CHECKS,
        "gate": GATE,
        **more,
    }
    return json.dumps({key: value for key, value in entry.items() if value is not None}, indent=1)


def cases(expected: Any = None, **more: Any) -> str:
    """Return as many cases as there are answers."""
    every = [
        {
            "id": f"r{number}",
            "inputs": {"review": f"Review {number}."},
            "expected": expected or {"mood": "good"},
            **more,
        }
        for number in range(COUNT)
    ]
    return json.dumps({"schema": "promptstead/cases/v1", "cases": every})


def outputs(answer: Any, wrong: Any = None, times: int = 0) -> str:
    """Return an answer to each case, the first *times* of them *wrong*."""
    entries = [
        {
            "case": f"r{number}",
            "model": "fast@1",
            "source": "imported",
            "inputs": inputs_digest(Case(f"r{number}", {"review": f"Review {number}."})),
            "samples": [{"output": json.dumps(wrong if number < times else answer)}],
        }
        for number in range(COUNT)
    ]
    return json.dumps({"schema": "promptstead/outputs/v1", "outputs": entries})


GOOD, BAD = {"mood": "good"}, {"mood": "bad"}
WHY = {"mood": "good", "why": "It fits."}


def write(repository: ScratchRepository, text: str, answers: str | None = None, expected: str | None = None) -> str:
    """Commit the prompt with cases and answers, and return the commit."""
    repository.write(PATH, text)
    repository.write(CASES, expected or cases())
    repository.write(OUTPUTS, outputs(GOOD) if answers is None else answers)
    return repository.commit()


def review(repository: ScratchRepository, revisions: str = "HEAD~1..HEAD") -> Result:
    return run("review", revisions, "--format", "text", cwd=repository.root)


def words(result: Result) -> str:
    """Return what was said, on one line."""
    return " ".join(result.out.split())


def report(repository: ScratchRepository, revisions: str = "HEAD~1..HEAD") -> Any:
    """Return the JSON of a review, with the English of each sentence."""
    return run("review", revisions, "--format", "json", cwd=repository.root).said


def comparison(document: Any) -> Any:
    """Return the one comparison of a report."""
    ((found,),) = (each["comparisons"] for each in document["prompts"])
    return found


def breaks(document: Any) -> list[tuple[str, str, str]]:
    """Return level, message and hint of what the rule about contracts found."""
    found = [each for prompt in document["prompts"] for each in prompt["lint"]["new"] if each["code"] == "VER902"]
    return [(each["level"], each["message"], each["hint"]) for each in found]


def declared(repository: ScratchRepository, answers: str | None = None, schema: Any = REASON, **more: Any) -> None:
    """Commit the base, and the change that gives a reason with each answer and says so."""
    write(repository, prompt())
    write(repository, prompt(schema, 2, **more), answers or outputs(WHY), cases(WHY))


def test_a_required_field_is_added_in_one_commit(repository: ScratchRepository) -> None:
    declared(repository)
    done, found = review(repository), report(repository)
    assert done.code == 0, done.out
    assert done.out.startswith("contract 1 → 2, declared · 1 inconclusive  ")
    assert "! shop/mood: contract 1 → 2, declared; what breaks: why in answers: allowed now, ruled out before" in words(
        done
    )
    assert found["contracts"] == [{"prompt": "shop/mood", "old": 1, "new": 2}]
    assert (breaks(found), found["blocks"]) == ([], False)
    compared = comparison(found)
    assert (compared["pairs"], compared["left_out"], compared["violations"]) == (COUNT, [], [])
    assert (
        "not compared, as only one contract has what they read: `valid` validates the whole answer"
        in (compared["reasons"])
    )
    contract = found["prompts"][0]["change"]["contract"]
    assert (contract["old"], contract["new"], contract["declared"], contract["consequence"]) == (1, 2, True, "breaking")


@pytest.mark.parametrize(
    ("form", "language", "first"),
    [
        ("text", "en", "contract 1 → 2, declared · "),
        ("text", "fr", "contrat 1 → 2, déclaré · "),
        ("md", "en", "**contract 1 → 2, declared · "),
        ("md", "fr", "**contrat 1 → 2, déclaré · "),
    ],
)
def test_the_first_line_says_it(repository: ScratchRepository, form: str, language: str, first: str) -> None:
    declared(repository)
    done = run("review", "HEAD~1..HEAD", "--format", form, "--lang", language, cwd=repository.root)
    assert first in done.out.splitlines()[0]
    compared = run("compare", "HEAD~1..HEAD", "--format", form, "--lang", language, cwd=repository.root)
    assert first in compared.out.splitlines()[0]


def test_the_page_says_it_in_both_languages(repository: ScratchRepository) -> None:
    declared(repository)
    page = run("review", "HEAD~1..HEAD", "--format", "html", cwd=repository.root).out
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    said = [data["sentences"][language][data["contracts"]] for language in ("en", "fr")]
    assert said == ["contract 1 → 2, declared", "contrat 1 → 2, déclaré"]


def test_two_contracts_are_counted_in_the_first_line(repository: ScratchRepository) -> None:
    other = "prompts/shop/tone.prompt.yml"
    repository.write(other, prompt())
    write(repository, prompt())
    repository.write(other, prompt(REASON, 2))
    write(repository, prompt(REASON, 2), outputs(WHY), cases(WHY))
    assert review(repository).out.startswith("2 contracts broken, declared · ")


def test_what_got_worse_still_blocks(repository: ScratchRepository) -> None:
    declared(repository, outputs(WHY, {"mood": "bad", "why": "It does not fit."}, COUNT))
    done = review(repository)
    assert (done.code, done.out.startswith("contract 1 → 2, declared · 1 regression  ")) == (1, True), done.out


def test_undeclared_it_is_an_error_that_says_what_to_do(repository: ScratchRepository) -> None:
    base = write(repository, prompt())
    write(repository, prompt(REASON), outputs(WHY), cases(WHY))
    done, found = review(repository), report(repository)
    assert done.code == 1
    assert breaks(found) == [
        (
            "error",
            f"undeclared break for callers: `why` in answers: allowed now, ruled out before (compared with {base[:7]})",
            "keep what callers rely on, or declare the break: write `contract: 2` in this file",
        )
    ]
    said = (
        "! shop/mood: an undeclared break for callers: why in answers: allowed now, ruled out before; keep what they "
        "rely on, or write contract: 2 ! shop/mood: 12 violations of"
    )
    assert said in words(done), "the cause comes before what it causes"
    assert "the answers are held to contract 1: its change is not declared (if it is," in words(done)
    ids = "r0, r1, r2, r3, r4, r5, r6, r7, r8, r9 and 2 more"
    assert words(done).count("must not fail: ") == 1
    assert f"must not fail: {ids} · valid: at $: Additional properties are not allowed" in words(done)
    assert "help: keep what callers rely on, or declare the break: write contract: 2 in this file" in words(done)
    assert (found["contracts"], comparison(found)["pairs"]) == ([], 0)
    check = run("check", "--stage", "review", "--base", "HEAD~1", cwd=repository.root)
    assert check.code == 1
    assert "undeclared break for callers" in check.out + check.err


def test_a_case_that_must_pass_is_counted_once(repository: ScratchRepository) -> None:
    write(repository, prompt(), expected=cases(must_pass=True))
    write(repository, prompt(REASON), outputs(WHY), cases(WHY, must_pass=True))
    assert "! shop/mood: 12 violations of" in words(review(repository))


def test_cases_that_must_pass_pass_with_a_declared_change(repository: ScratchRepository) -> None:
    write(repository, prompt(), expected=cases(must_pass=True))
    write(repository, prompt(REASON, 2), outputs(WHY), cases(WHY, must_pass=True))
    found = report(repository)
    assert (found["blocks"], comparison(found)["violations"]) == (False, [])
    assert not [line for line in found["weakens"] if "asks or expects was changed" in line]


def test_split_in_two_the_schema_alone_does_not_pass(repository: ScratchRepository) -> None:
    write(repository, prompt())
    write(repository, prompt(REASON))
    done = review(repository)
    assert done.code == 1
    assert [level for level, *_ in breaks(report(repository))] == ["error"]
    write(repository, prompt(REASON), outputs(WHY), cases(WHY))
    assert review(repository, "HEAD~2..HEAD").code == 1


def test_split_in_two_and_declared_the_whole_is_compared(repository: ScratchRepository) -> None:
    write(repository, prompt())
    write(repository, prompt(REASON, 2))
    alone = report(repository)
    assert comparison(alone)["violations"], "the answers of contract 1 do not fit contract 2"
    assert alone["blocks"] is True
    write(repository, prompt(REASON, 2), outputs(WHY), cases(WHY))
    whole = report(repository, "HEAD~2..HEAD")
    assert (whole["blocks"], comparison(whole)["pairs"]) == (False, COUNT)
    assert whole["contracts"] == [{"prompt": "shop/mood", "old": 1, "new": 2}]


def test_two_branches_that_both_declare(repository: ScratchRepository) -> None:
    write(repository, prompt())
    repository.run("switch", "--quiet", "--create", "one")
    write(repository, prompt(REASON, 2), outputs(WHY), cases(WHY))
    repository.run("switch", "--quiet", "--create", "two", "main")
    fewer = {"review": {"schema": {"type": "string", "maxLength": 400}, "trust": "trusted"}}
    write(repository, prompt(None, 2, inputs=fewer))
    for branch in ("one", "two"):
        done = review(repository, f"main...{branch}")
        assert (done.code, done.out.startswith("contract 1 → 2, declared · ")) == (0, True), done.out
    repository.run("switch", "--quiet", "main")
    repository.run("merge", "--quiet", "one")
    assert review(repository, "main...two").code == 0  # its merge base is where it was
    repository.run("merge", "--quiet", "--no-commit", "--strategy", "ours", "two")
    write(repository, prompt(REASON, 2, inputs=fewer), outputs(WHY), cases(WHY))
    base = repository.run("rev-parse", "--short=7", "HEAD~1").strip()
    ((level, message, hint),) = breaks(report(repository, "HEAD~1..HEAD"))  # what came last breaks contract 2 again
    assert (level, message) == (
        "error",
        f"undeclared break for callers of contract 2, which {base} has already: input `review`: maximum length lowered",
    )
    assert hint == "keep what callers rely on, or declare the break: write `contract: 3` in this file"
    write(repository, prompt(REASON, 3, inputs=fewer), outputs(WHY), cases(WHY))
    assert review(repository, "HEAD~2..HEAD").code == 0


ANYTHING = {"anything": 1}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({}, "contract 2 allows any answer: contract 1 still holds"),
        (True, None),
        ({"anyOf": [{}]}, "contract 2 allows any answer: contract 1 still holds"),
        ({"type": "object"}, "contract 2 says nothing about `mood`: contract 1 still holds there"),
        (
            {"properties": {"mood": {}}, "type": "object"},
            "contract 2 no longer rules out fields that nobody describes: contract 1, which does, still holds",
        ),
    ],
)
def test_a_schema_that_allows_anything_is_no_new_contract(
    repository: ScratchRepository, schema: Any, said: str | None
) -> None:
    write(repository, prompt())
    write(repository, prompt(schema, 2, evaluators=None, gate=None), outputs(ANYTHING))
    found = report(repository)
    assert found["blocks"] is True
    if said is None:
        return  # no schema at all: the file is not valid
    compared = comparison(found)
    assert [reason for reason in compared["reasons"] if reason.startswith(said)]
    assert len(compared["violations"]) >= COUNT


def test_where_the_new_contract_says_nothing_the_old_one_holds_without_a_check(repository: ScratchRepository) -> None:
    only = {"evaluators": {"mood": CHECKS["mood"]}, "gate": None}
    write(repository, prompt(**only))
    write(repository, prompt({"type": "object"}, 2, **only), outputs(GOOD))
    assert report(repository)["blocks"] is False  # these answers are still those of contract 1
    write(repository, prompt({"type": "object"}, 2, **only), outputs({"mood": "good", "x": 1}))
    found = report(repository, "HEAD~2..HEAD")
    assert found["blocks"] is True
    assert f"`shop/mood`: {COUNT} answers do not fit one of the two contracts" in found["weakens"]
    assert {each["check"] for each in comparison(found)["violations"]} == {"contract 1"}
    assert (
        "answers that contract 1 does not allow: `r0`, `r1`, `r2`, `r3`, `r4` and 7 more"
        in (comparison(found)["reasons"])
    )


def test_answers_must_fit_the_new_contract_also_without_a_check(repository: ScratchRepository) -> None:
    only = {"evaluators": {"mood": CHECKS["mood"]}, "gate": None}
    write(repository, prompt(**only))
    write(repository, prompt(REASON, 2, **only), outputs(WHY, GOOD, 3), cases(WHY))
    found = comparison(report(repository))
    assert [(each["case"], each["check"]) for each in found["violations"]] == [
        (f"r{number}", "contract 2") for number in range(3)
    ]


def test_an_answer_that_was_outside_its_contract_before_is_not_the_changes(repository: ScratchRepository) -> None:
    only = {"evaluators": {"mood": CHECKS["mood"]}, "gate": None}
    write(repository, prompt(**only), outputs(GOOD, {"mood": "good", "odd": 1}, 2))
    write(repository, prompt(REASON, 2, **only), outputs(WHY, GOOD, 2), cases(WHY))
    assert comparison(report(repository))["violations"] == []


GONE: dict[str, Any] = {
    "type": "object",
    "required": ["tone"],
    "additionalProperties": False,
    "properties": {"tone": {"enum": ["good", "bad"]}},
}


def test_checks_of_a_field_that_is_gone_leave_and_are_named(repository: ScratchRepository) -> None:
    checks = {**CHECKS, "named": {"type": "contains", "value": "good"}, "short": {"type": "length", "max": 40}}
    gate = {"primary": "named", "hard": ["valid", "mood", "short"]}
    write(repository, prompt(evaluators=checks, gate=gate))
    tone = {"type": "json-path", "path": "$.tone", "equals": "{{ expected.tone }}"}
    new = {"valid": CHECKS["valid"], "tone": tone, "named": checks["named"], "short": {"type": "length", "max": 60}}
    gate = {"primary": "named", "hard": ["valid", "tone", "short"]}
    write(repository, prompt(GONE, 2, evaluators=new, gate=gate), outputs({"tone": "good"}), cases({"tone": "good"}))
    found = report(repository)
    compared = comparison(found)
    assert (found["blocks"], compared["violations"], compared["pairs"]) == (False, [], COUNT), compared["reasons"]
    (leaving,) = [each for each in compared["reasons"] if each.startswith("not compared, as")]
    assert leaving.removeprefix("not compared, as only one contract has what they read: ").split("; ") == [
        "`valid` validates the whole answer",
        "`mood` reads `mood`, which only contract 1 has",
        "`short` judges the whole answer, and only contract 1 has `mood`",
        "`tone` reads `tone`, which only contract 2 has",
    ]


def test_without_the_deciding_check_nothing_is_evaluated(repository: ScratchRepository) -> None:
    gate = {"primary": "valid", "hard": []}
    write(repository, prompt(gate=gate))
    write(repository, prompt(REASON, 2, gate=gate), outputs(WHY), cases(WHY))
    compared = comparison(report(repository))
    assert (compared["verdict"], compared["pairs"]) == ("NOT EVALUATED", 0)
    whys = {each["why"] for each in compared["left_out"]}
    assert whys == {"`valid`, which decides, cannot be compared between the two contracts"}


@pytest.mark.parametrize(("policy", "code"), [("warn", 0), ("fail", 1)])
def test_too_few_pairs_are_not_evaluated_and_the_policy_of_the_base_decides(
    repository: ScratchRepository, policy: str, code: int
) -> None:
    repository.write("promptstead.toml", f'[policy]\nnot_evaluated = "{policy}"\n')
    write(repository, prompt())
    some = json.loads(cases(WHY))
    for number, case in enumerate(some["cases"]):
        case["expected"] = WHY if number < 3 else {**WHY, "mood": "bad"}
    write(repository, prompt(REASON, 2), outputs(WHY), json.dumps(some))
    done, found = review(repository), report(repository)
    compared = comparison(found)
    assert (compared["verdict"], compared["pairs"]) == ("NOT EVALUATED", 3)
    assert compared["reasons"][-1] == "only 3 of the base's 12 judged cases can be compared"
    assert (done.code, done.out.startswith("contract 1 → 2, declared · 1 not evaluated  ")) == (code, True)
    assert run("review", "HEAD~1..HEAD", cwd=repository.root).out[0] == ("⛔" if code else "⚠")


def test_an_input_that_is_new_does_not_part_the_cases(repository: ScratchRepository) -> None:
    write(repository, prompt())
    inputs = {
        "review": {"schema": {"type": "string", "maxLength": 800}, "trust": "trusted"},
        "shop": {"trust": "trusted"},
    }
    text = prompt(None, 2, inputs=inputs, messages=[{"role": "user", "content": "{{ shop }}: {{ review }}"}])
    every = json.loads(cases())
    recorded = json.loads(outputs(GOOD))
    for case, entry in zip(every["cases"], recorded["outputs"], strict=True):
        case["inputs"]["shop"] = "Shoes"
        entry["inputs"] = inputs_digest(Case(case["id"], case["inputs"]))
    write(repository, text, json.dumps(recorded).replace('\\"good\\"}', '\\"good\\" }'), json.dumps(every))
    found = report(repository)
    assert (found["blocks"], comparison(found)["pairs"], comparison(found)["left_out"]) == (False, COUNT, [])
    every["cases"][0]["inputs"]["review"] = recorded["outputs"][0]["inputs"] = "Another review."
    recorded["outputs"][0]["inputs"] = inputs_digest(Case("r0", every["cases"][0]["inputs"]))
    write(repository, text, json.dumps(recorded), json.dumps(every))
    (left,) = comparison(report(repository, "HEAD~2..HEAD"))["left_out"]
    assert left == {"case": "r0", "why": "its input changed"}


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (0, "`contract` must be at least 1"),
        ("2", "`contract` must be a whole number"),
        (1.5, "`contract` must be a whole number"),
        (True, "`contract` must be a whole number"),
        (10**9, "`contract` must be at most 1000000"),
    ],
)
def test_what_is_no_number_of_a_contract(repository: ScratchRepository, number: Any, message: str) -> None:
    write(repository, prompt())
    write(repository, prompt(REASON, number), outputs(WHY), cases(WHY))
    done = run("lint", cwd=repository.root)
    assert (done.code, message) == (1, next((message for _ in [0] if message in done.out), done.out))
    assert review(repository).code == 1


@pytest.mark.parametrize(
    ("old", "new", "schema", "level", "message", "hint"),
    [
        (None, 3, REASON, "error", "`contract` goes from 1 to 3: it rises by one", "write `contract: 2`"),
        (3, 2, REASON, "error", "`contract` goes back from 3 to 2, and it never falls", "write `contract: 4`: whoever"),
        (2, None, None, "error", "`contract` goes back from 2 to 1, and it never falls", "write `contract: 2`"),
        (
            None,
            2,
            None,
            "note",
            "`contract` goes from 1 to 2, and nothing that callers rely on breaks",
            "write `contract: 1`",
        ),
    ],
)
def test_numbers_that_cannot_be_right(
    repository: ScratchRepository, old: Any, new: Any, schema: Any, level: str, message: str, hint: str
) -> None:
    write(repository, prompt(None, old))
    write(repository, prompt(schema, new), outputs(WHY if schema else GOOD), cases(WHY if schema else GOOD))
    done, found = review(repository), report(repository)
    assert done.code == (level == "error")
    ((found_level, found_message, found_hint),) = breaks(found)
    assert (found_level, found_message[: len(message)], found_hint[: len(hint)]) == (level, message, hint)
    assert found["contracts"] == []  # nothing is loosened by a number that is wrong
    assert bool(comparison(found)["violations"]) is bool(schema)


def test_taking_a_break_back_is_one_more(repository: ScratchRepository) -> None:
    write(repository, prompt(REASON, 2), outputs(WHY), cases(WHY))
    write(repository, prompt(None, 3))
    done = review(repository)
    assert (done.code, done.out.startswith("contract 2 → 3, declared · ")) == (0, True), done.out


def test_github_models_files_cannot_declare(repository: ScratchRepository) -> None:
    entry: dict[str, Any] = {
        "name": "Mood",
        "responseFormat": "json_schema",
        "jsonSchema": json.dumps({"name": "mood", "schema": CLOSED}),
        "messages": [{"role": "user", "content": "Good or bad? {{review}}"}],
        "testData": [{"review": "Fine.", "expected": "good"}],
    }
    repository.write(PATH, json.dumps(entry))
    repository.commit()
    repository.write(PATH, json.dumps({**entry, "jsonSchema": json.dumps({"name": "mood", "schema": REASON})}))
    repository.commit()
    ((level, message, hint),) = breaks(report(repository))
    assert (level, message.partition(" (")[0]) == (
        "error",
        "undeclared break for callers: `why` in answers: allowed now, ruled out before",
    )
    assert hint.endswith("or write this one in promptstead/v1 with `contract: 2`")
    assert review(repository).code == 1
    repository.write(PATH, json.dumps({**entry, "contract": 2}))
    repository.commit()
    assert "GitHub Models ignores it" in run("lint", cwd=repository.root).out
    assert report(repository, "HEAD~2..HEAD")["contracts"] == []


def test_renamed_without_an_alias_is_a_break_to_declare(repository: ScratchRepository) -> None:
    write(repository, prompt())
    for path in (PATH, CASES, OUTPUTS):
        new = path.replace("shop/mood", "shop/tone")
        (repository.root / new).parent.mkdir(parents=True, exist_ok=True)
        (repository.root / path).rename(repository.root / new)
    repository.commit()
    ((level, message, _),) = breaks(report(repository))
    assert (level, "callers of `shop/mood` cannot load it" in message) == ("error", True)
    new = "prompts/shop/tone.prompt.yml"
    repository.write(new, prompt(None, 2))
    repository.commit()
    assert review(repository, "HEAD~2..HEAD").out.startswith("contract 1 → 2, declared · ")


def test_the_number_is_in_the_digest_the_bundle_and_the_diff(repository: ScratchRepository) -> None:
    write(repository, prompt())

    def bundled() -> Any:
        repository.commit()
        run("bundle", "build", "--output", "out", cwd=repository.root)
        (name,) = (repository.root / "out/prompts/shop").glob("mood.*.json")
        found = json.loads(name.read_text(encoding="utf-8"))
        for each in (repository.root / "out/prompts/shop").glob("*"):
            each.unlink()
        return found

    first = bundled()
    repository.write(PATH, prompt(None, 1))
    same = bundled()
    repository.write(PATH, prompt(None, 2))
    other = bundled()
    assert [each["contract"] for each in (first, same, other)] == [1, 1, 2]
    assert first["digests"] == same["digests"]
    assert first["digests"]["behaviour"] != other["digests"]["behaviour"]
    for name in ("tests", "governance"):
        assert first["digests"][name] == other["digests"][name]
    done = run("diff", "HEAD~1..HEAD", cwd=repository.root)
    assert "contract 1 → 2: none" in words(done)


def test_live_the_same_is_compared(repository: ScratchRepository) -> None:
    repository.write(
        "promptstead.toml",
        '[models.scripted]\nprovider = "fake"\nsnapshot = "script"\n[providers.fake]\nscript = "s.json"\n',
    )
    repository.write("s.json", json.dumps([{"contains": "why", "text": json.dumps(WHY)}, {"text": json.dumps(GOOD)}]))
    model = {"model": "scripted"}
    write(repository, prompt(**model), outputs(GOOD))
    write(repository, prompt(REASON, 2, **model), outputs(WHY), cases(WHY))
    done = run("compare", "HEAD~1..HEAD", "--live", "--runs", "out", "--format", "json", cwd=repository.root)
    assert done.code in (0, 1), done.err
    (found,) = done.said["prompts"]
    (compared,) = found["comparisons"]
    assert (compared["pairs"], compared["violations"]) == (COUNT, []), compared
    assert done.said["contracts"] == [{"prompt": "shop/mood", "old": 1, "new": 2}]
    for side in ("base", "head"):
        shown = run("eval", "show", f"out/{side}.run.jsonl", cwd=repository.root)
        assert shown.code in (0, 1), shown.err
    again = run("compare", "out/base.run.jsonl", "out/head.run.jsonl", cwd=repository.root)
    assert again.code in (0, 1), again.err


def test_answers_that_are_no_json_any_more(repository: ScratchRepository) -> None:
    label = {"type": "label", "labels": ["good", "bad"], "find": "first"}
    checks = {"valid": CHECKS["valid"], "says": label}
    gate = {"primary": "says", "hard": ["valid"]}
    write(repository, prompt(evaluators=checks, gate=gate), expected=cases("good", must_pass=True))
    output = {"format": "text"}
    new = prompt(None, 2, output=output, evaluators={"says": label, "short": {"type": "length", "max": 9}}, gate=None)
    answers = json.loads(outputs(GOOD))
    for entry in answers["outputs"]:
        entry["samples"][0]["output"] = "good"
    write(repository, new, json.dumps(answers), cases("good", must_pass=True))
    compared = comparison(report(repository))
    assert compared["violations"] == []
    assert "`valid` validates the whole answer" in compared["reasons"][1]


def test_the_number_stands_where_the_schema_lists_it(repository: ScratchRepository) -> None:
    text = "schema: promptstead/v1\ntitle: Mood\nmessages: [{role: user, content: Hello}]\ncontract: 2\naliases: [a]\n"
    repository.write(PATH, text)
    assert run("fmt", cwd=repository.root).code in (0, 1)
    keys = [line.partition(":")[0] for line in (repository.root / PATH).read_text(encoding="utf-8").splitlines()]
    assert keys[:4] == ["schema", "title", "aliases", "contract"]


@pytest.mark.parametrize(
    ("number", "said"),
    [(3, "which contract: 3 does not declare, as the next number is 2: why in answers"), (2, "")],
)
def test_a_number_that_skips_one_declares_nothing(repository: ScratchRepository, number: int, said: str) -> None:
    write(repository, prompt())
    write(repository, prompt(REASON, number), outputs(WHY), cases(WHY))
    done = review(repository)
    assert (said in words(done), done.code) == (True, 1 if said else 0)
    assert ("help: write contract: 2" in words(done)) == bool(said)


def test_two_run_files_know_the_number_alone(repository: ScratchRepository) -> None:
    def evaluated(name: str) -> str:
        assert run("eval", "--run-file", name, cwd=repository.root).code == 0
        return (repository.root / name).read_text(encoding="utf-8").partition("\n")[0]

    write(repository, prompt())
    assert '"contract"' not in evaluated("one.run.jsonl")
    write(repository, prompt(REASON, 2), outputs(WHY))
    assert '"contract":2' in evaluated("two.run.jsonl").replace(" ", "")
    done = run("compare", "one.run.jsonl", "two.run.jsonl", cwd=repository.root)
    assert done.out.startswith("contract 1 → 2 · 1 inconclusive "), done
    assert "run files hold the number and not the contract" in words(done)
    write(repository, prompt(REASON, 2), outputs(WHY), cases(WHY))
    evaluated("other.run.jsonl")
    other = run("compare", "one.run.jsonl", "other.run.jsonl", "--format", "md", "--lang", "fr", cwd=repository.root)
    assert "**contrat 1 → 2 · 1 non évalué**" in other.out
    assert run("compare", "two.run.jsonl", "other.run.jsonl", cwd=repository.root).out.startswith("1 not evaluated ")
