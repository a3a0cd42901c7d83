"""Keys of findings that were made of the text of messages: baselines of format 1 and alerts on forges have them.

``former_keys.json`` was written by the last version that made them so, from the cases of the rules: rule -> keys.
Left out are keys of findings that are no more what they were: a list of kinds that has grown since, another place.
"""

import json
from pathlib import Path

import pytest

from tests.lint.test_rules import CASES, Run

FORMER: dict[str, list[str]] = json.loads((Path(__file__).parent / "former_keys.json").read_text("utf-8"))


@pytest.mark.parametrize("code", FORMER)
def test_a_finding_has_the_key_that_it_had(code: str, tmp_path: Path) -> None:
    found = [each for index, case in enumerate(CASES[code]) for each in Run(tmp_path / str(index), code, case).lint()]
    lost = set(FORMER[code]) - {each.former_key for each in found}
    said = "\n".join(sorted(each.message for each in found))
    assert not lost, (
        f"{len(lost)} keys of {code} are lost: is the former English in words/former.py? It says now:\n{said}"
    )
