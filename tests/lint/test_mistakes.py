"""What lint says about one mistake: the exact place, what is wrong in the words of whoever made it, one thing to do."""

import pytest

from tests.lint.mistakes import BASE, Mistake, mistakes, said


def test_without_a_mistake_nothing_is_said() -> None:
    assert said(Mistake("none", [], [])) == [], BASE


@pytest.mark.parametrize("mistake", mistakes(), ids=lambda mistake: mistake.name)
def test_a_single_mistake(mistake: Mistake) -> None:
    assert said(mistake) == mistake.says


def test_each_mistake_is_one_finding() -> None:
    """What follows from a mistake is not said beside it, but for keys that are gone."""
    several = {each.name: len(each.says) for each in mistakes() if len(each.says) != 1}
    assert several == {"missing dash": 3, "flow no space": 3}
