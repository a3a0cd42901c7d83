"""The number of cases that the policy asks for."""

import pytest

from promptstead.config.file import load_config
from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from tests.trees import MemoryTree


def min_cases(text: str) -> dict[str, int]:
    return dict(load_config(MemoryTree({"promptstead.toml": text})).min_cases)


def test_without_a_setting_it_is_five() -> None:
    assert dict(Config().min_cases) == min_cases("") == min_cases("[policy]\n") == {"default": 5}


def test_one_number_is_for_all() -> None:
    assert min_cases("[policy]\nmin_cases = 0\n") == {"default": 0}


def test_a_table_is_by_risk_class() -> None:
    assert min_cases("[policy.min_cases]\nhigh = 30\n") == {"default": 5, "high": 30}
    assert min_cases("[policy]\nmin_cases = {default = 8, minimal = 2}\n") == {"default": 8, "minimal": 2}


@pytest.mark.parametrize(
    ("value", "message", "line"),
    [
        ("-1", "`min_cases` must be a number of cases", 2),
        ("true", "`min_cases` must be a number of cases", 2),
        ("1.5", "`min_cases` must be a number of cases", 2),
        ("'5'", "`min_cases` must be a number of cases", 2),
        ("{high = -3}", "`high` must be a number of cases", 2),
        ("{hihg = 3}", "unknown risk class `hihg`", 2),
    ],
)
def test_what_is_no_number_of_cases_is_refused(value: str, message: str, line: int) -> None:
    with pytest.raises(PromptsteadError) as caught:
        min_cases(f"[policy]\nmin_cases = {value}\n")
    assert message in caught.value.message
    assert caught.value.location == f"promptstead.toml:{line}"


def test_a_misspelt_risk_class_is_suggested() -> None:
    with pytest.raises(PromptsteadError) as caught:
        min_cases("[policy]\nmin_cases = {hihg = 3}\n")
    assert caught.value.hint == "did you mean `high`?"


def test_the_policy_on_comparisons() -> None:
    policy = load_config(
        MemoryTree(
            {
                "promptstead.toml": "[policy]\nmargins = {default = 0.1, high = 0.02}\ncomparable_floor = 0.8\n"
                'not_evaluated = "fail"\n'
            }
        )
    )
    assert dict(policy.margins) == {"default": 0.1, "high": 0.02}
    assert (policy.comparable_floor, policy.not_evaluated) == (0.8, "fail")
    assert (dict(Config().margins), Config().comparable_floor, Config().not_evaluated) == (
        {"default": 1.0},
        0.5,
        "warn",
    )
    assert dict(load_config(MemoryTree({"promptstead.toml": "[policy]\nmargins = 0.05\n"})).margins) == {
        "default": 0.05
    }


@pytest.mark.parametrize(
    "setting",
    [
        "margins = {high = 2}",
        "margins = -0.1",
        "margins = {hihg = 0.1}",
        "comparable_floor = 50",
        "comparable_floor = true",
    ],
)
def test_what_is_no_share_is_refused(setting: str) -> None:
    with pytest.raises(PromptsteadError) as refused:
        load_config(MemoryTree({"promptstead.toml": f"[policy]\n{setting}\n"}))
    assert str(refused.value).startswith("promptstead.toml:2")
