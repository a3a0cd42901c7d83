"""An organisation's policy: pinned by its digest, and of both settings the stricter one."""

import hashlib
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from promptstead.config.file import load_config
from promptstead.config.organisation_policy import stricter
from promptstead.config.settings import LEVELS, Config, ModelAlias
from promptstead.errors import PromptsteadError
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import PATH, PROMPT, write_sample
from tests.trees import MemoryTree

ORGANISATION = """\
[lint]
select = ["INJ", "SEC"]
fail_on = "warning"

[lint.levels]
MOD701 = "error"

[policy]
inconclusive = "fail"
min_cases = { default = 3, high = 30 }
max_input_tokens = 8000

[models.fast]
provider = "openai"
snapshot = "gpt-5.4-nano-2026-03-17"
"""


def extending(policy: str, more: str = "", **keys: str) -> str:
    pinned = {"path": "policy/org.toml", "sha256": hashlib.sha256(policy.encode()).hexdigest()} | keys
    return "extends = {" + ", ".join(f'{key} = "{value}"' for key, value in pinned.items()) + "}\n" + more


def load(settings: str, policy: str = ORGANISATION) -> Config:
    return load_config(MemoryTree({"promptstead.toml": settings, "policy/org.toml": policy}))


def test_the_stricter_of_both_holds() -> None:
    config = load(
        extending(
            ORGANISATION,
            """
            [lint]
            ignore = ["INJ", "CLA"]
            [lint.levels]
            MOD701 = "note"
            CLA971 = "note"
            [policy]
            min_cases = { default = 8, high = 5, minimal = 0 }
            max_input_tokens = 0
            [models.strong]
            provider = "openai"
            snapshot = "gpt-5.4-2026-03-05"
            """,
        )
    )
    assert config.required == ("INJ", "SEC")
    assert config.ignore == ("INJ", "CLA")
    assert dict(config.levels) == {"MOD701": "error", "CLA971": "note"}
    assert (config.fail_on, config.inconclusive, config.max_input_tokens) == ("warning", "fail", 8000)
    assert dict(config.min_cases) == {"default": 8, "high": 30, "minimal": 3}
    assert set(config.models) == {"fast", "strong"}
    assert config.file == "promptstead.toml"
    loose = load(extending("", "[policy]\nmin_cases = 0\ncomparable_floor = 0.1\n"), "")
    assert load(extending("", "[policy]\npython_evaluators = ['ours.checks:*']\n"), "").python_evaluators == (
        "ours.checks:*",
    )
    some = "[policy]\npython_evaluators = ['ours.*:is_*', 'shared:f']\n"
    own = "[policy]\npython_evaluators = ['ours.checks:*', 'ours.checks:is_*', 'ours.x:is_a', '*', 'shared:f']\n"
    assert load(extending(some, own), some).python_evaluators == ("ours.checks:is_*", "ours.x:is_a", "shared:f")
    nobody = "[policy]\npython_evaluators = []\n"
    assert load(extending(nobody, own), nobody).python_evaluators == ()
    assert (dict(loose.min_cases), loose.comparable_floor) == ({"default": 0}, 0.1)


def test_packages_of_plugins_that_both_allow() -> None:
    own = "[policy]\nplugins = ['acme-checks', 'other-checks', '*']\n"
    assert load(extending("", own), "").plugins == ("acme-checks", "other-checks", "*")
    some = "[policy]\nplugins = ['acme-*']\n"
    assert load(extending(some, own), some).plugins == ("acme-checks",)
    nobody = "[policy]\nplugins = []\n"
    assert load(extending(nobody, own), nobody).plugins == ()


def test_in_pyproject_too() -> None:
    digest = hashlib.sha256(ORGANISATION.encode()).hexdigest()
    text = f'[tool.promptstead.extends]\npath = "policy/org.toml"\nsha256 = "{digest}"\n'
    assert load_config(MemoryTree({"pyproject.toml": text, "policy/org.toml": ORGANISATION})).required == ("INJ", "SEC")


@pytest.mark.parametrize(
    ("settings", "policy", "location", "message"),
    [
        (extending("x"), ORGANISATION, "policy/org.toml", "this is not the policy that `extends` pins"),
        (
            extending(ORGANISATION, path="nowhere.toml"),
            "",
            "nowhere.toml",
            "the policy that the settings extend",
        ),
        (extending("", sha256="abc"), "", "promptstead.toml:1", "`extends` needs `sha256`"),
        ('extends = "policy/org.toml"', "", "promptstead.toml:1", "`extends` must be a table"),
        (extending("", path=""), "", "promptstead.toml:1", "`extends` needs `path`"),
        (extending("", path="../org.toml"), "", "promptstead.toml:1", "must be a path below the repository"),
        (extending("", branch="main"), "", "promptstead.toml:1", "unknown key of `extends` `branch`"),
        (extending("roots = ['a']"), "roots = ['a']", "policy/org.toml:1", "unknown setting of a policy `roots`"),
        (extending("extends = {}"), "extends = {}", "policy/org.toml:1", "unknown setting of a policy `extends`"),
        (
            extending("[lint]\nignore = []"),
            "[lint]\nignore = []",
            "policy/org.toml:2",
            "unknown lint setting of a policy",
        ),
        (extending("[lint"), "[lint", "policy/org.toml", "this is not TOML"),
        (
            extending(ORGANISATION, "[models.fast]\nprovider = 'x'\nsnapshot = 'y'\n"),
            ORGANISATION,
            "promptstead.toml",
            "model `fast` means something else in the policy",
        ),
    ],
)
def test_what_does_not_hold_is_said(settings: str, policy: str, location: str, message: str) -> None:
    with pytest.raises(PromptsteadError) as caught:
        load(settings, policy)
    assert message in str(caught.value)
    assert caught.value.location == location


def test_where_it_comes_from_is_said() -> None:
    with pytest.raises(PromptsteadError) as caught:
        load(extending("x", source="https://git.example/acme/policy", revision="a1b2c3d"))
    assert (
        "(fetch it again from https://git.example/acme/policy at a1b2c3d, or pin the new digest once you have read it)"
        in str(caught.value)
    )


def with_fields(fields: dict[str, Any]) -> Config:
    return Config(**fields)


CODES = st.sampled_from(["INJ201", "SEC301", "MOD701", "CLA971"])
CASES = st.dictionaries(st.sampled_from(["high", "minimal"]), st.integers(0, 50)).flatmap(
    lambda some: st.integers(0, 50).map(lambda default: {"default": default, **some})
)
SETTINGS: st.SearchStrategy[Config] = st.fixed_dictionaries(
    {
        "select": st.lists(CODES, max_size=2).map(tuple),
        "levels": st.dictionaries(CODES, st.sampled_from(LEVELS)),
        "fail_on": st.sampled_from(["error", "warning"]),
        "inconclusive": st.sampled_from(["warn", "fail"]),
        "not_evaluated": st.sampled_from(["warn", "fail"]),
        "margins": st.dictionaries(st.just("high"), st.floats(0, 1)).map(lambda some: {"default": 0.5, **some}),
        "comparable_floor": st.floats(0, 1),
        "min_cases": CASES,
        "max_input_tokens": st.integers(0, 3),
        "models": st.just({"fast": ModelAlias("openai", "x-2026-01-01")}),
    }
).map(with_fields)


@settings(max_examples=60, phases=[Phase.explicit, Phase.generate])
@given(SETTINGS, SETTINGS)
def test_no_setting_is_looser_than_either_of_both(own: Config, policy: Config) -> None:
    both = stricter(own, policy)
    for one in (own, policy):
        assert all(LEVELS.index(both.levels[code]) <= LEVELS.index(level) for code, level in one.levels.items())
        assert one.fail_on in ("error", both.fail_on)
        assert one.inconclusive in ("warn", both.inconclusive)
        assert one.not_evaluated in ("warn", both.not_evaluated)
        assert both.comparable_floor >= one.comparable_floor
        for risk in ("high", "minimal", "limited"):
            assert both.margins.get(risk, both.margins["default"]) <= one.margins.get(risk, one.margins["default"])
            assert both.min_cases.get(risk, both.min_cases["default"]) >= one.min_cases.get(
                risk, one.min_cases["default"]
            )
        assert not one.max_input_tokens or 0 < both.max_input_tokens <= one.max_input_tokens
    assert stricter(own, own)._replace(required=()) == own
    assert stricter(both, policy) == both


def test_a_rule_of_the_policy_cannot_be_switched_off(repository: ScratchRepository) -> None:
    write_sample(repository)
    repository.write("policy/org.toml", ORGANISATION)
    repository.write("promptstead.toml", extending(ORGANISATION))
    repository.commit()
    repository.write(PATH, PROMPT.replace("You read reviews", "You read reviews such as {{ review }}"))
    loosened = '[lint]\nselect = ["CLA"]\nignore = ["INJ"]\n[lint.per-file-ignores]\n"prompts/*" = ["INJ"]\n'
    repository.write("promptstead.toml", extending(ORGANISATION, loosened))
    done = run("lint", cwd=repository.root)
    assert (done.code, "INJ202" in done.out) == (1, True)
    assert "INJ202" not in run("lint", "--select", "CLA", cwd=repository.root).out
    repository.write("policy/org.toml", ORGANISATION.replace('"INJ", ', ""))
    done = run("lint", cwd=repository.root)
    assert done.code == 2
    assert done.err.startswith("promptstead: policy/org.toml: this is not the policy that `extends` pins")
    repository.write("promptstead.toml", "")
    done = run("review", "HEAD", cwd=repository.root)
    assert done.code == 1
    assert "INJ202" in done.out
