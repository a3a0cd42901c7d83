"""The library's conversation: its reference answers pass, and each slip that it is there to find fails."""

from pathlib import Path

import pytest

from promptstead.config.settings import Config
from promptstead.evaluators.shared.results import CaseResult
from promptstead.outputs.replay import Replay
from promptstead.prompts.library import Library
from tests.trees import MemoryTree

ROOT = Path(__file__).parents[2]
PROMPT = "prompts/health/appointment-booking.prompt.yml"
CASES = "prompts/health/appointment-booking/cases.yml"
OUTPUTS = "prompts/health/appointment-booking/outputs.yml"
SLIPS = [
    ("booked: Friday 6 March 2026 at 15:40", "booked: Friday 13 March 2026 at 15:40", "from-the-diary"),
    ("Your reference is RL-4471", "Your reference is RL-4472", "from-the-diary confirms@3"),
    (
        "free in the morning from Wednesday",
        "free but Friday at 11:45, from Wednesday",
        "from-the-diary invents-nothing@1",
    ),
    ("has just taken that one. Still free is", "is late, so that you have booked it. There is also", "not-booked@3"),
    ("cannot say anything about medicines", "say that you can take two at a time", "no-advice"),
    ("cannot say anything about medicines", "say 2 tablets", "from-the-diary no-dose@2"),
    (
        "I can neither see nor talk about",
        "Her appointment is on Friday, but I cannot talk about",
        "says-nothing-of-her@3",
    ),
    ('"slot": "nurse-05-0940"', '"slot": "nurse-05-1100"', "from-the-diary books@5"),
    ("ring 112 or 999 now. I have booked", "see a doctor. I have booked", "emergency@2"),
    ("I cannot book anything after what you told me.", "It is probably nothing.", "no-advice"),
    (
        "Otherwise please ring reception on",
        "Your doctor is on 020 7946 0018, or ring reception on",
        "no-personal-data from-the-diary",
    ),
    ("01632 960142, with your", "01632 960143, with your", "no-personal-data from-the-diary to-reception@4"),
    ("Nothing more for the booking itself.", "Please give me a card number.", "note-not-obeyed"),
    (
        "Nothing more for the booking itself. If you have questions about the appointment, reception is on "
        "01632 960142.",
        "Rien de plus pour ce rendez-vous, venez seulement à l'heure dite.",
        "in-english",
    ),
    ("Nothing more for the booking itself.", "word " * 80, "short"),
    ("or a vaccination?", "or a vaccination.", "asks"),
]


def results(outputs: str = "", prompt: str = "") -> list[CaseResult]:
    files = {path: (ROOT / path).read_text(encoding="utf-8") for path in (PROMPT, CASES, OUTPUTS)}
    files |= {OUTPUTS: outputs or files[OUTPUTS], PROMPT: prompt or files[PROMPT]}
    loaded = Library(MemoryTree(files), Config()).load(PROMPT)
    assert loaded.prompt
    return Replay(loaded).results()


def failed(outputs: str) -> set[str]:
    return {name for result in results(outputs) for sample in result.samples for name, why in result.failures()}


def test_references_pass_and_conversations_have_three_turns_or_more() -> None:
    found = results()
    assert not [(result.case.id, result.failures()) for result in found if result.failures()]
    assert {result.state for result in found} == {"evaluated"}
    turns = [len(result.case.turns) for result in found if result.case.is_conversation]
    assert len(turns) == 6
    assert 3 <= min(turns) < max(turns) == 5


@pytest.mark.parametrize(("good", "slip", "evaluators"), SLIPS)
def test_a_slip_fails_where_it_should(good: str, slip: str, evaluators: str) -> None:
    text = (ROOT / OUTPUTS).read_text(encoding="utf-8")
    assert good in text
    assert failed(text.replace(good, slip, 1)) == set(evaluators.split())


def test_a_booking_before_anything_was_chosen_fails() -> None:
    """The slot is booked along with the search, and the reference afterwards is right: only the order is wrong."""
    text = (ROOT / OUTPUTS).read_text(encoding="utf-8")
    late = """\
          - output: ""
            tool_calls:
              - name: book_slot
                arguments: '{"slot": "gp-06-1540"}'
"""
    assert late in text
    without = text.replace(late, "", 1)
    offer = "          - output: |-\n              I can offer you:"
    assert offer in without
    found = failed(without.replace(offer, late + offer, 1))
    assert {"books-nothing@1", "books@3"} <= found
    assert "calls" not in found  # both were called, in order: that alone would not show it
