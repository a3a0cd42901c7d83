"""``record --judges``: judges are asked about answers that are there, and the prompt's own model is never asked."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Result
from tests.commands.test_eval_live import serving
from tests.commands.test_judges import JUDGE, KEPT, TONE, WAITING, lines, said, write_judged
from tests.conftest import ScratchRepository
from tests.providers.server import KEY, Server, asked
from tests.recorded import PENDING, answer, at_home, pending
from tests.samples import OUTPUTS, PATH

VERDICT = json.dumps({"score": 5, "why": "kind"})
LOOP = """
[models.grader]
provider = "loop"
snapshot = "grader-1"

[providers.loop]
base_url = "{url}"
key_env = "LOOP_KEY"
"""


def judges(repository: ScratchRepository, *more: str | Path, env: dict[str, str] | None = None) -> Result:
    return at_home("record", "--judges", *more, "shop/mood", cwd=repository.root, env=env)


def refuse_answers(repository: ScratchRepository, *script: dict[str, Any]) -> None:
    """From now on a call of the prompt's own model is an error."""
    answer(repository, [*script, {"failure": "refused"}])


def test_a_server_gets_the_questions_of_judges_and_no_other(repository: ScratchRepository) -> None:
    """One answer is accepted, one is pending, one is missing; the prompt's own model has neither key nor address."""
    write_judged(repository, count=3)
    at_home("record", "--no-judges", "--case", "r000", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    at_home("record", "--no-judges", "--case", "r001", cwd=repository.root)
    repository.write(JUDGE, TONE.replace("model: scripted", "model: grader"))
    (repository.root / "script.json").unlink()
    settings = (repository.root / "promptstead.toml").read_text(encoding="utf-8")
    before = {path: (repository.root / path).read_bytes() for path in (OUTPUTS, PENDING)}
    with serving(Server(say=lambda body: VERDICT)) as server:
        repository.write("promptstead.toml", settings + LOOP.format(url=server.base_url))
        done = judges(repository, env={"LOOP_KEY": KEY})
    assert (done.code, done.out) == (0, f"{WAITING}: 2 judgements recorded\n"), done
    assert "2 judgements to ask for" in done.err
    assert "to make" not in done.err
    assert len(server.bodies) == 2
    assert all("<answer" in asked(body) for body in server.bodies)
    assert {path: (repository.root / path).read_bytes() for path in before} == before


@pytest.mark.parametrize("model", ["model: gone\n", ""])
def test_the_model_of_the_prompt_may_be_unknown_or_left_out(repository: ScratchRepository, model: str) -> None:
    """What people wrote is judged as `record` judges it, and so is what another model said."""
    write_judged(repository, said(5), count=2)
    at_home("record", "--no-judges", "--case", "r000", "--model", "other", cwd=repository.root)
    at_home("accept", "--all", "--even-failing", cwd=repository.root)
    recorded = (repository.root / OUTPUTS).read_text(encoding="utf-8")
    mine = "  - case: r001\n    model: reference\n    source: reference\n    samples:\n      - output: good\n"
    repository.write(OUTPUTS, recorded + mine)
    at_home("accept", "--all", cwd=repository.root)
    prompt = (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(PATH, re.sub(r"(?m)^model: .*\n", model, prompt))
    refused = at_home("record", "shop/mood", cwd=repository.root)
    assert (refused.code, "model" in refused.err) == (2, True)
    refuse_answers(repository, said(5))
    done = judges(repository)
    assert (done.code, done.out) == (0, f"{WAITING}: 2 judgements recorded\n"), done


def test_only_what_lacks_a_judgement_is_asked_about(repository: ScratchRepository) -> None:
    write_judged(repository, said(5), count=3)
    at_home("record", "--no-judges", cwd=repository.root)
    refuse_answers(repository, said(5))
    assert "1 judgement to ask for" in judges(repository, "--case", "r001").err
    assert "2 judgements to ask for, at most 1 of them now" in judges(repository, "--max-requests", "1").err
    assert "1 judgement to ask for" in judges(repository).err  # as after a command that was stopped
    assert "nothing to ask: every answer is judged" in judges(repository).err
    assert "3 judgements to ask for" in judges(repository, "--judge-samples", "2").err
    assert len(lines(repository, WAITING)) == 6
    assert "3 answers accepted · 3 judgements kept" in at_home("accept", "--all", cwd=repository.root).err
    assert "nothing to ask: every answer is judged" in judges(repository).err


def test_what_is_stale_is_not_judged(repository: ScratchRepository) -> None:
    write_judged(repository, said(5))
    at_home("record", "--no-judges", cwd=repository.root)
    prompt = (repository.root / PATH).read_text(encoding="utf-8")
    repository.write(PATH, prompt.replace("You read reviews", "You judge reviews"))
    done = judges(repository)
    assert (done.code, done.out) == (0, "")
    assert "nothing to ask: no answer is recorded, or pending, that is up to date" in done.err


def test_a_judgement_that_fails_is_said_and_asked_for_again(repository: ScratchRepository) -> None:
    write_judged(repository, count=1)
    at_home("record", "--no-judges", cwd=repository.root)
    answer(repository, [{"failure": "refused"}])
    done = judges(repository)
    assert (done.code, done.out) == (1, "")
    assert "not recorded: shop/mood r000 (fake/script): judge judges/tone: the script fails: refused" in done.err
    refuse_answers(repository, said(5))
    assert judges(repository).code == 0


def test_in_ci_they_go_into_a_folder(repository: ScratchRepository) -> None:
    write_judged(repository, said(5))
    at_home("record", "--no-judges", cwd=repository.root)
    at_home("accept", "--all", cwd=repository.root)
    ci = {"CI": "true"}
    assert "in CI nothing is written into the repository" in judges(repository, env=ci).err
    assert judges(repository, "--to", "artifact", env=ci).code == 0
    assert not (repository.root / WAITING).exists()
    assert "1 judgement taken" in at_home("record", "--from", "artifact", cwd=repository.root).out
    assert "1 judgement kept" in at_home("accept", "--all", cwd=repository.root).err
    assert len(lines(repository, KEPT)) == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--all",), "--all means nothing with --judges"),
        (("--samples", "2"), "--samples means nothing with --judges"),
        (("--model", "other"), "--model means nothing with --judges"),
        (("--no-judges",), "--no-judges means nothing with --judges"),
        (("--from", "artifact"), "--judges means nothing with --from"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(
    repository: ScratchRepository, options: tuple[str, ...], named: str
) -> None:
    write_judged(repository, said(5))
    done = judges(repository, *options)
    assert (done.code, done.out, pending(repository)) == (2, "", [])
    assert named in done.err


def test_a_judge_that_cannot_be_asked_is_an_error(repository: ScratchRepository) -> None:
    """Nothing else was asked for, so that to say nothing would be to say that all is judged."""
    write_judged(repository, said(5))
    at_home("record", "--no-judges", cwd=repository.root)
    (repository.root / JUDGE).unlink()
    done = judges(repository)
    assert (done.code, done.out) == (2, "")
    assert "there is no prompt `judges/tone` to judge with" in done.err


def test_without_a_judge_it_says_so(repository: ScratchRepository) -> None:
    write_judged(repository, said(5), check="")
    done = judges(repository)
    assert (done.code, done.out) == (0, "")
    assert "nothing to ask: no prompt here has a judge" in done.err
