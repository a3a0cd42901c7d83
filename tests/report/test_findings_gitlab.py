"""The Code Quality report: what GitLab reads, and fingerprints that stay and differ."""

import json

from promptstead.model import Level, Span
from promptstead.report.findings_gitlab import code_quality
from promptstead.words.sentence import Sentence, say
from tests.report.findings import PATH, finding


def test_an_entry_has_what_gitlab_reads() -> None:
    (entry,) = json.loads(json.dumps(code_quality([finding("a\n😀 b\n", Span(4, 5))])))
    assert entry.pop("fingerprint")
    assert entry == {
        "description": "TPL101 variable `mesage` is used but not declared (did you mean `message`?)",
        "check_name": "TPL101",
        "severity": "major",
        "location": {"path": PATH, "lines": {"begin": 2}},
    }


def test_no_finding_is_an_empty_list() -> None:
    assert code_quality([]) == []


def test_levels_are_severities_in_their_order() -> None:
    order = ["info", "minor", "major", "critical", "blocker"]
    levels: tuple[Level, ...] = ("note", "warning", "error")
    report = code_quality([finding("a", Span(0, 1), level=level) for level in levels])
    severities = [order.index(entry["severity"]) for entry in report]
    assert severities == sorted(set(severities))


def test_a_description_is_one_printable_line() -> None:
    (entry,) = code_quality([finding("a", Span(0, 1), message="a\nb\x1b[2J", hint="")])
    assert entry["description"] == r"TPL101 a\nb\x1b[2J"


def test_equal_findings_differ_and_lines_added_above_change_nothing() -> None:
    line = "{{ mesage }} {{ mesage }}\n"

    def prints(text: str) -> list[str]:
        spans = [Span(at, at + 6) for at in range(len(text)) if text.startswith("mesage", at)]
        return [entry["fingerprint"] for entry in code_quality([finding(text, span) for span in spans])]

    first = prints(line)
    assert len(set(first)) == 2
    assert prints("# more\n\n" + line) == first
    assert prints(line + line)[:2] == first
    assert len(set(prints(line + line))) == 4
    assert not set(first) & set(prints("changed " + line))


def test_the_fingerprint_is_the_one_that_gitlab_has_known() -> None:
    """It is made of the first English of a message: what is worded better is no new finding."""
    found = finding("a", Span(0, 1), message=say("files.too-deep", most=64))
    better = found._replace(message=Sentence("it is nested too deep", "files.too-deep", {"most": 64}))
    (one,), (other,) = code_quality([found]), code_quality([better])
    assert one["fingerprint"] == other["fingerprint"] == f"{found.former_key}:1"
