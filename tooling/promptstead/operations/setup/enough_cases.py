"""How many cases a decision takes, said to whoever starts: the example's five show what a good answer is, no more."""

from promptstead.statistics.power import cases_to_clear

MARGIN = 0.05
"""The margin of what ``new`` writes."""


def enough_cases(margin: float = MARGIN) -> str:
    """Return the least number of cases on which a change can be cleared, in a sentence with the command that counts."""
    least = cases_to_clear(margin, 0.0)
    return (
        f"whether a change makes answers worse takes at least {least} cases a prompt at a margin of "
        f"{100 * margin:g} points; promptstead power --rate 0.9 says how many yours takes"
    )
