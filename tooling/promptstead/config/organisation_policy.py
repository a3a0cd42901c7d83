"""An organisation's policy over a repository's settings: of both, the stricter holds, setting by setting."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from promptstead.model import Level

STRICTEST: tuple[Level, ...] = ("error", "warning", "note")
Entry = TypeVar("Entry")
Number = TypeVar("Number", int, float)


def stricter(own: Config, policy: Config) -> Config:
    """Return the settings *own* of a repository, made as strict as *policy* at least.

    Rules that the policy selects run whatever the repository ignores. A level is the stricter one, a number of cases
    the larger one, a margin or a budget the smaller one. Python functions and packages of plug-ins must be
    allowed by both. Models and providers of the policy are added.

    :raises PromptsteadError: the repository gives a model or a provider of the policy another meaning.
    """
    return own._replace(
        required=policy.select,
        levels={**own.levels, **{code: _level(own.levels, code, level) for code, level in policy.levels.items()}},
        fail_on="warning" if "warning" in (own.fail_on, policy.fail_on) else "error",
        inconclusive="fail" if "fail" in (own.inconclusive, policy.inconclusive) else "warn",
        not_evaluated="fail" if "fail" in (own.not_evaluated, policy.not_evaluated) else "warn",
        margins=_by_class(min, own.margins, policy.margins),
        comparable_floor=max(own.comparable_floor, policy.comparable_floor),
        min_cases=_by_class(max, own.min_cases, policy.min_cases),
        python_evaluators=tuple(each for each in own.python_evaluators if _allowed(each, policy.python_evaluators)),
        plugins=tuple(each for each in own.plugins if _allowed(each, policy.plugins)),
        max_input_tokens=min(filter(None, (own.max_input_tokens, policy.max_input_tokens)), default=0),
        models=_added(own.models, policy.models, "model", own.file),
        providers=_added(own.providers, policy.providers, "provider", own.file),
    )


def _level(own: Mapping[str, Level], code: str, level: Level) -> Level:
    return min(own.get(code, level), level, key=STRICTEST.index)


def _allowed(own: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether all that the pattern *own* stands for is allowed: its own ``*`` can only be met by one of theirs."""
    return any(fnmatchcase(own, pattern) for pattern in patterns)


def _by_class(
    choose: Callable[[Iterable[Number]], Number], own: Mapping[str, Number], policy: Mapping[str, Number]
) -> Mapping[str, Number]:
    """Return the number *choose* takes for each risk class; a class that a side does not name has its default."""
    if not policy:
        return own
    names = dict.fromkeys([*own, *policy])
    return {name: choose([each.get(name, each["default"]) for each in (own, policy)]) for name in names}


def _added(own: Mapping[str, Entry], policy: Mapping[str, Entry], what: str, file: str) -> Mapping[str, Entry]:
    for name in own:
        if name in policy and own[name] != policy[name]:
            raise PromptsteadError(
                f"{what} `{name}` means something else in the policy that the settings extend",
                hint="give yours another name, or leave it out",
                location=file,
            )
    return {**own, **policy}
