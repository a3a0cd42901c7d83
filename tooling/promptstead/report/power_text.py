"""How many cases a comparison needs, as lines of text."""

from collections.abc import Iterator

from promptstead.report.columns import right
from promptstead.report.numbers import number
from promptstead.words.sentence import say_in
from promptstead.words.template import Language

COUNT = 11


def power_lines(
    margin: float, discordance: float, power: float, clear: int, notice: int | None, language: Language = "en"
) -> Iterator[str]:
    """Yield what is assumed, and how many cases show what.

    :param margin: how much worse is still acceptable, as a share. *discordance* (the cases that pass on one side only)
        and *power* (the chance to decide) are shares too.
    :param clear: cases that show that nothing got worse by more than the margin.
    :param notice: cases that show that the rate fell, None where it cannot fall by the margin.
    """
    points, differ, chance = 100 * margin, 100 * discordance, 100 * power
    yield say_in(language, "runs.power", points=points, differ=differ, chance=chance)
    yield f"{_count(clear, language)} {say_in(language, 'runs.power-clear', n=clear)}"
    if notice is None:
        yield f"{' ' * COUNT} {say_in(language, 'runs.power-no-drop')}"
    else:
        yield f"{_count(notice, language)} {say_in(language, 'runs.power-notice', n=notice)}"


def _count(cases: int, language: Language) -> str:
    return right(number(cases, language, ","), COUNT)
