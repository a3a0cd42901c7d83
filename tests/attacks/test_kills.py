"""A few kills; ``python -m tests.attacks.run kills`` makes a thousand of all commands."""

import sys
from pathlib import Path

import pytest

from tests.attacks import kills

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

FAULTY = """\
import pathlib, time
left = pathlib.Path("left-behind")
left.touch()
for number in (1, 2):
    path = pathlib.Path(f"prompts/shop/mood{number}.prompt.yml")
    path.write_text("half of ")
    time.sleep(0.2)
    path.write_text("half of it, and the other half")
left.unlink(missing_ok=True)
"""


def test_a_kill_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    outcome = kills.attack(14, 1, tmp_path, names=("record", "eval --live", "accept", "fmt"))
    assert outcome.failures == []
    assert outcome.tried == 14
    assert outcome.facts["hit"] >= 5


def test_the_attack_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "PROGRAM", (sys.executable, "-c", FAULTY))
    outcome = kills.attack(4, 1, tmp_path, names=("fmt",), most=1)
    found = "\n".join(outcome.failures)
    assert "is neither what it was nor what it is to be" in found
    assert "left-behind is neither" in found
