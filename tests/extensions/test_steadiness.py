"""An evaluator that always says the same is not asked twice about the same answer; one that does not is."""

import pytest

from tests.conftest import ScratchRepository
from tests.extensions.installed import Environment
from tests.extensions.user import ALLOWED, User
from tests.samples import PATH, PROMPT, write_sample

CASES = 3
CODE = """
from promptstead.extend import Evaluator

def judge(answer, options, case):
    with open({path!r}, "a") as file:
        file.write("x")
    return True

E = Evaluator(judge, "counts", deterministic={deterministic})
"""
PYPROJECT = """
[project]
name = "acme-checks"
version = "1"
[project.entry-points."promptstead.evaluators"]
"acme/counts" = "acme_checks:E"
"""


@pytest.mark.parametrize(("deterministic", "asked"), [(True, 2 * CASES), (False, 3 * CASES)])
def test_how_often_a_review_asks(
    repository: ScratchRepository, environment: Environment, deterministic: bool, asked: int
) -> None:
    count = repository.root.parent / "count"
    code = CODE.format(path=str(count), deterministic=deterministic)
    environment.install({"acme_checks.py": code}, PYPROJECT)
    prompt = PROMPT.replace("gate:", "  counts: {type: acme/counts}\ngate:")
    write_sample(repository, CASES)
    repository.write(PATH, prompt)
    repository.write("promptstead.toml", ALLOWED)
    repository.commit("main")
    repository.write(PATH, prompt.replace("one word", "a single word"))
    repository.commit("change")
    assert User(repository, environment).run("review", "HEAD~1..HEAD", "--format", "json").code in (0, 1)
    assert len(count.read_text(encoding="utf-8")) == asked
