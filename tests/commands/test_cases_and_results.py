"""A case that several models, or a model and a person, answered is one case with several results, in every count."""

import re

import pytest

from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import outputs, write_sample

TWO_AND_HAND = (
    ({0: "good", 1: "bad", 2: "good"}, "fast@1", "imported"),
    ({0: "good", 1: "bad", 2: "good"}, "slow@1", "imported"),
    ({0: "good", 1: "good"}, "Ana", "reference"),
)


@pytest.fixture
def answered_twice(repository: ScratchRepository) -> ScratchRepository:
    """Return a repository of three cases, answered by two models and, two of them, by a person: eight results."""
    parts = [outputs(answers, model=model, source=source) for answers, model, source in TWO_AND_HAND]
    recorded = parts[0] + "".join(part.partition("outputs:\n")[2] for part in parts[1:])
    write_sample(repository, 3, recorded=recorded)
    repository.commit()
    return repository


def test_check_counts_cases_once(answered_twice: ScratchRepository) -> None:
    done = run("check", cwd=answered_twice.root)
    assert done.out.startswith("shop/mood  3 cases, 8 results: 6 pass, 2 fail  (imported, reference answers)\n")
    assert done.err == "1 prompt: clean · 3 cases, 8 results: 6 pass, 2 fail\n"
    french = run("check", "--lang", "fr", cwd=answered_twice.root)
    assert "3 cas, 8 résultats : 6 réussis, 2 échoués" in french.out
    assert french.err.endswith("· 3 cas, 8 résultats : 6 réussis, 2 échoués\n")


def test_the_json_of_check_says_what_each_number_counts(answered_twice: ScratchRepository) -> None:
    document = run("check", "--format", "json", cwd=answered_twice.root).json
    counts = {"pass": 6, "fail": 2, "measured": 0, "unscored": 0, "not evaluated": 0}
    none = {"caught": 0, "let pass": 0, "not evaluated": 0}
    assert document["totals"] == {"cases": 3, "results": 8, "counts": counts, "counterexamples": none}
    (prompt,) = document["prompts"]
    assert (prompt["totals"], prompt["counts"]) == ({"cases": 3, "results": 8}, counts)


def test_eval_counts_cases_once(answered_twice: ScratchRepository) -> None:
    done = run("eval", cwd=answered_twice.root)
    assert re.search(r"(?m)^total +3 ", done.out)
    assert "\n3 cases, 8 results: 6 pass, 2 fail · 8 answers\n" in done.out
    french = run("eval", "--lang", "fr", cwd=answered_twice.root).out
    assert "\n3 cas, 8 résultats : 6 réussis, 2 échoués · 8 réponses\n" in french
    document = run("eval", "--format", "json", cwd=answered_twice.root).json
    states = {"pass": 6, "fail": 2, "measured": 0, "unscored": 0, "not_evaluated": 0}
    assert document["counts"] == {"cases": 3, "results": 8, **states}
    page = run("eval", "--format", "html", cwd=answered_twice.root).out
    assert '"cases":3,"failing":1' in page
    # one test case a suite, which is a prompt and who answered it
    suites = run("eval", "--format", "junit", cwd=answered_twice.root).out
    assert re.findall(r'<testsuite name="[^"]* (\S+)" tests="(\d)"', suites) == [
        ("fast@1", "3"),
        ("slow@1", "3"),
        ("Ana", "2"),
    ]


def test_one_answer_a_case_is_said_as_short_as_before(repository: ScratchRepository) -> None:
    write_sample(repository, 3)
    done = run("check", cwd=repository.root)
    assert (done.out, done.err) == ("shop/mood  3 pass  (imported answers)\n", "1 prompt: clean · 3 cases: 3 pass\n")
    assert "\n3 pass · 3 answers\n" in run("eval", cwd=repository.root).out


def test_the_list_of_outputs_counts_each_sample(repository: ScratchRepository) -> None:
    recorded = outputs({0: "good"}) + "      - output: bad\n"
    write_sample(repository, 1, recorded=recorded)
    assert run("outputs", "list", cwd=repository.root).err == "2 answers\n"
