"""What a change of the settings loosens: what is looked at, by which rules, and what may go in."""

from collections.abc import Iterator, Mapping, Sequence

from promptstead.config.settings import LEVELS, Config
from promptstead.words.sentence import Sentence, say


def out_of_sight(prompts: Sequence[str]) -> Sentence:
    """Return the sentence that names prompts which the settings no longer name."""
    return say("changes.out-of-sight", n=len(prompts), prompts=prompts)


def loosened(base: Config, head: Config) -> Iterator[Sentence]:
    """Yield one sentence for each setting of *head* that asks for less than that of *base*."""
    gone = [root.path or "." for root in base.roots if root not in head.roots]
    if gone:
        yield say("changes.roots-gone", roots=gone)
    for name in ("exclude", "ignore", "private", "python_evaluators", "plugins"):
        if more := [each for each in getattr(head, name) if each not in getattr(base, name)]:
            yield say("changes.setting-grown", setting=name, values=more)
    if missing := [each for each in base.required if each not in head.required]:
        yield say("changes.no-longer-demanded", codes=missing)
    if head.select and (not base.select or set(base.select) - set(head.select)):
        yield say("changes.selected-only", codes=head.select)
    pairs = {(pattern, code) for pattern, codes in base.per_file_ignores.items() for code in codes}
    for pattern, codes in head.per_file_ignores.items():
        if more := [code for code in codes if (pattern, code) not in pairs]:
            yield say("changes.ignored-for", codes=more, pattern=pattern)
    for code in {**base.levels, **head.levels}:
        old, new = base.levels.get(code), head.levels.get(code)
        if old != new and (old is None or new is None or LEVELS.index(new) > LEVELS.index(old)) and new != "error":
            by_stage = say("changes.by-stage")
            yield say("changes.level-step", rule=code, old=old or by_stage, new=new or by_stage)
    for name, strict in (("fail_on", "warning"), ("inconclusive", "fail"), ("not_evaluated", "fail")):
        old, new = getattr(base, name), getattr(head, name)
        if old != new and old == strict:
            yield say("changes.setting-step", setting=name, old=old, new=new)
    for risk, margin, larger in _classes(base.margins, head.margins, up=True):
        yield say("changes.margin-step", risk=risk, old=margin, new=larger)
    for risk, cases, fewer in _classes(base.min_cases, head.min_cases, up=False):
        yield say("changes.cases-step", risk=risk, old=cases, new=fewer)
    if head.comparable_floor < base.comparable_floor:
        yield say("changes.floor-step", old=base.comparable_floor, new=head.comparable_floor)
    if base.max_input_tokens and not 0 < head.max_input_tokens <= base.max_input_tokens:
        unlimited = say("changes.no-limit")
        yield say("changes.tokens-step", old=base.max_input_tokens, new=head.max_input_tokens or unlimited)


def _classes(old: Mapping[str, float], new: Mapping[str, float], *, up: bool) -> Iterator[tuple[str, float, float]]:
    """Yield the risk classes whose number is a looser one, with both: a larger one, or with *up* False a smaller."""
    for name in {**old, **new}:
        before, after = (each.get(name, each["default"]) for each in (old, new))
        if after != before and (after > before) == up:
            yield name, before, after
