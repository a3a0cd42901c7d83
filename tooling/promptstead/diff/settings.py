"""What a change of the settings loosens: what is looked at, by which rules, and what may go in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from promptstead.config.settings import LEVELS, Config

Value = TypeVar("Value")

MAX_NAMES = 10
"""Most prompts that a sentence names."""


def out_of_sight(prompts: Sequence[str]) -> str:
    """Return the sentence that names prompts which the settings no longer name."""
    more = f" and {len(prompts) - MAX_NAMES:,} more" if len(prompts) > MAX_NAMES else ""
    are = "1 prompt is" if len(prompts) == 1 else f"{len(prompts):,} prompts are"
    return f"{are} no longer looked at: {_named(prompts[:MAX_NAMES])}{more}"


def loosened(base: Config, head: Config) -> Iterator[str]:
    """Yield one line for each setting of *head* that asks for less than that of *base*."""
    gone = [root.path or "." for root in base.roots if root not in head.roots]
    if gone:
        yield f"`roots` no longer has {_named(gone)}"
    for name in ("exclude", "ignore", "private", "python_evaluators", "plugins"):
        if more := [each for each in getattr(head, name) if each not in getattr(base, name)]:
            yield f"`{name}` has {_named(more)} now"
    if missing := [each for each in base.required if each not in head.required]:
        yield f"the policy no longer demands {_named(missing)}"
    if head.select and (not base.select or set(base.select) - set(head.select)):
        yield f"`select` has {_named(head.select)} only"
    pairs = {(pattern, code) for pattern, codes in base.per_file_ignores.items() for code in codes}
    for pattern, codes in head.per_file_ignores.items():
        if more := [code for code in codes if (pattern, code) not in pairs]:
            yield f"`per-file-ignores` has {_named(more)} for `{pattern}` now"
    for code in {**base.levels, **head.levels}:
        old, new = base.levels.get(code), head.levels.get(code)
        if old != new and (old is None or new is None or LEVELS.index(new) > LEVELS.index(old)) and new != "error":
            yield f"`levels`: {code} {_step(old or 'by stage', new or 'by stage')}"
    for name, strict in (("fail_on", "warning"), ("inconclusive", "fail"), ("not_evaluated", "fail")):
        old, new = getattr(base, name), getattr(head, name)
        if old != new and old == strict:
            yield f"`{name}` {_step(old, new)}"
    yield from (f"`margins`: {text}" for text in _classes(base.margins, head.margins, up=True))
    yield from (f"`min_cases`: {text}" for text in _classes(base.min_cases, head.min_cases, up=False))
    if head.comparable_floor < base.comparable_floor:
        yield f"`comparable_floor` {_step(base.comparable_floor, head.comparable_floor)}"
    if base.max_input_tokens and not 0 < head.max_input_tokens <= base.max_input_tokens:
        yield f"`max_input_tokens` {_step(base.max_input_tokens, head.max_input_tokens or 'none')}"


def _classes(old: Mapping[str, float], new: Mapping[str, float], *, up: bool) -> Iterator[str]:
    """Yield the risk classes whose number is a looser one: a larger one, or with *up* False a smaller."""
    for name in {**old, **new}:
        before, after = (each.get(name, each["default"]) for each in (old, new))
        if after != before and (after > before) == up:
            yield f"{name} {_step(before, after)}"


def _named(values: Sequence[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _step(old: Value | str, new: Value | str) -> str:
    return f"{old} -> {new}"
