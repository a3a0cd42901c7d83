"""What a change of the settings loosens."""

import pytest

from promptstead.config.file import load_config
from promptstead.config.settings import Config
from promptstead.diff.settings import loosened, out_of_sight
from tests.trees import MemoryTree


def settings(text: str) -> Config:
    return load_config(MemoryTree({"promptstead.toml": text}))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('roots = ["a", "b"]', 'roots = ["b"]', "`roots` no longer has `a`"),
        ("", 'exclude = ["prompts/old/*"]', "`exclude` has `prompts/old/*` now"),
        ("", '[lint]\nignore = ["SEC301", "INJ2"]', "`ignore` has `SEC301`, `INJ2` now"),
        ("", '[lint]\nselect = ["SCH"]', "`select` has `SCH` only"),
        ('[lint]\nselect = ["SCH", "SEC"]', '[lint]\nselect = ["SCH"]', "`select` has `SCH` only"),
        ("", '[lint.per-file-ignores]\n"prompts/*" = ["SEC"]', "`per-file-ignores` has `SEC` for `prompts/*` now"),
        ('[lint.levels]\nINJ201 = "error"', '[lint.levels]\nINJ201 = "note"', "`levels`: INJ201 error -> note"),
        ('[lint.levels]\nINJ201 = "error"', "", "`levels`: INJ201 error -> by stage"),
        ("", '[lint.levels]\nINJ201 = "note"', "`levels`: INJ201 by stage -> note"),
        ('[lint]\nfail_on = "warning"', "", "`fail_on` warning -> error"),
        ('[policy]\ninconclusive = "fail"', "", "`inconclusive` fail -> warn"),
        ('[policy]\nnot_evaluated = "fail"', "", "`not_evaluated` fail -> warn"),
        ("[policy]\nmargins = 0.05", "[policy]\nmargins = 0.5", "`margins`: default 0.05 -> 0.5"),
        ("[policy.margins]\nhigh = 0.01", "", "`margins`: high 0.01 -> 1"),
        ("", "[policy]\nmin_cases = 1", "`min_cases`: default 5 -> 1"),
        ("", "[policy]\ncomparable_floor = 0.1", "`comparable_floor` 0.5 -> 0.1"),
        ("[policy]\nmax_input_tokens = 900", "", "`max_input_tokens` 900 -> none"),
        ("[policy]\nmax_input_tokens = 900", "[policy]\nmax_input_tokens = 901", "`max_input_tokens` 900 -> 901"),
        ("", '[policy]\npython_evaluators = ["ours:*"]', "`python_evaluators` has `ours:*` now"),
        ("", '[outputs]\nprivate = ["prompts/shop/*"]', "`private` has `prompts/shop/*` now"),
    ],
)
def test_what_asks_for_less_is_said_and_the_way_back_is_not(before: str, after: str, said: str) -> None:
    base, head = settings(before), settings(after)
    assert list(loosened(base, head)) == [said]
    assert [each for each in loosened(head, base) if not each.startswith(("`roots`", "`levels`"))] == []
    assert list(loosened(head, head)) == []


def test_rules_that_a_policy_no_longer_demands() -> None:
    (said,) = loosened(Config(required=("SEC", "INJ")), Config(required=("SEC",)))
    assert said == "the policy no longer demands `INJ`"


def test_few_are_named() -> None:
    assert out_of_sight(["a"]) == "1 prompt is no longer looked at: `a`"
    assert out_of_sight([str(number) for number in range(1_000)]).endswith("`4` and 995 more")
