"""SARIF against the schema of OASIS, with places read back in UTF-16 by a reader of its own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator

from promptstead import __version__
from promptstead.documents.document import text_document
from promptstead.lint.finding import Finding
from promptstead.lint.rule_table import TABLE, page
from promptstead.model import Fix, Level, Span
from promptstead.report.findings_sarif import sarif
from promptstead.words.sentence import Sentence, own_words, say
from tests.report.findings import PATH, cut, finding, fixed, replaced, texts_with_fixes, texts_with_spans

STANDARD = Path(__file__).parents[3] / "shared" / "data" / "sarif" / "sarif-schema-2.1.0.json"


def run_of(findings: Sequence[Finding], text: str = "", path: str = PATH) -> dict[str, Any]:
    log = json.loads(json.dumps(sarif(findings, {path: text_document(path, text)})))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def ends(region: dict[str, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])


@pytest.mark.skipif(not STANDARD.is_file(), reason="the schema of OASIS is not at hand")
def test_the_log_keeps_to_the_schema_of_the_standard() -> None:
    validator = Draft7Validator(json.loads(STANDARD.read_text(encoding="utf-8")))
    text = "a 😀 b\r\nc\n"
    fix = Fix(own_words("mend it"), ((Span(0, 1), "b"), (Span(7, 8), "")), safe=False)
    levels: tuple[Level, ...] = ("error", "warning", "note")
    found = [finding(text, Span(2, 8), code=code, level=levels[index % 3]) for index, code in enumerate(TABLE)]
    found += [finding(text, Span(2, 2), fix=fix), finding(text, Span(0, 0), hint="", path="a b:c%41/\udcff.yml")]
    for some in ([], found):
        document = sarif(some, {PATH: text_document(PATH, text)})
        assert [error.message for error in validator.iter_errors(document)] == []
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(document), "the schema decides nothing"


def test_a_rule_is_listed_once_with_its_page() -> None:
    found = [finding("a", Span(0, 1), code=code) for code in ("TPL101", "INJ205", "TPL101")]
    run = run_of(found)
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("promptstead", __version__)
    assert [rule["id"] for rule in driver["rules"]] == ["TPL101", "INJ205"]
    assert [driver["rules"][one["ruleIndex"]]["id"] for one in run["results"]] == ["TPL101", "INJ205", "TPL101"]
    rule = driver["rules"][0]
    assert rule["help"]["markdown"] == page("TPL101").strip()
    assert rule["fullDescription"]["text"] in " ".join(page("TPL101").split())
    assert rule["defaultConfiguration"] == {"level": "error"}


@given(texts_with_spans())
@settings(max_examples=150)
def test_a_region_cuts_the_finding_out_of_the_text_in_utf_16(case: tuple[str, Span]) -> None:
    text, span = case
    run = run_of([finding(text, span)], text)
    assert run["columnKind"] == "utf16CodeUnits"
    assert set(run["newlineSequences"]) == {"\r\n", "\n", "\r"}
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert cut(text, *ends(region), "utf-16-le") == text[span.start : span.end]


@given(texts_with_fixes())
@settings(max_examples=150)
def test_replacements_do_what_the_fix_does(case: tuple[str, Fix]) -> None:
    text, fix = case
    (change,) = run_of([finding(text, Span(0, 0), fix=fix)], text)["results"][0]["fixes"][0]["artifactChanges"]
    edits = [(*ends(one["deletedRegion"]), one["insertedContent"]["text"]) for one in change["replacements"]]
    assert replaced(text, edits, "utf-16-le") == fixed(text, fix)


def test_a_fix_that_needs_a_review_says_so() -> None:
    def description(safe: bool) -> str:
        fix = Fix(own_words("rename it"), ((Span(0, 1), "b"),), safe)
        result = run_of([finding("a", Span(0, 1), fix=fix)], "a")["results"][0]
        assert isinstance(result["fixes"][0]["description"]["text"], str)
        return str(result["fixes"][0]["description"]["text"])

    assert description(safe=True) == "rename it"
    assert description(safe=False) == "rename it (review it: the meaning may change)"
    assert "fixes" not in run_of([finding("a", Span(0, 1))], "a")["results"][0]


@pytest.mark.parametrize(
    "path",
    [
        "prompts/a.prompt.yml",
        "prompts/é 😀#?%41/a:b.prompt.yml",
        "a/\n::error::/b.yml",
        "a\\b.yml",
        "http://x/y",
        "\udcff.yml",
    ],
)
def test_a_path_is_a_relative_reference_that_decodes_to_itself(path: str) -> None:
    location = run_of([finding("a", Span(0, 1), path=path)])["results"][0]["locations"][0]["physicalLocation"]
    uri = location["artifactLocation"]["uri"]
    assert location["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert unquote_to_bytes(uri) == path.encode("utf-8", "surrogateescape")
    assert uri.isascii()
    assert uri.isprintable()


def test_a_message_holds_no_placeholder_and_no_link() -> None:
    message = "`{{ x }}` is {0}; see [here](https://example.org)\x1b[2J"
    text = run_of([finding("a", Span(0, 1), message=message, hint="write `{{ y }}`")])["results"][0]["message"]["text"]
    assert text == ("`{{{{ x }}}}` is {{0}}; see [here\\](https://example.org)\\x1b[2J. Write `{{{{ y }}}}`")


def test_a_backslash_makes_no_link_of_a_message() -> None:
    one = finding("a", Span(0, 1), message="[a\\](https://example.org)", hint="")
    assert run_of([one])["results"][0]["message"]["text"] == "[a\\\\\\](https://example.org)"


def test_alerts_stay_known_by_the_first_english_of_a_message_and_by_what_it_says() -> None:
    said = say("files.too-deep", most=64)
    found = finding("a", Span(0, 1), message=said)
    better = found._replace(message=Sentence("it is nested too deep", said.code, said.arguments))
    (one,), (other,) = run_of([found])["results"], run_of([better])["results"]
    assert one["partialFingerprints"] == {
        "promptstead/v1": f"{found.former_key}:1", "promptstead/v2": f"{found.content_key}:1"
    }  # fmt: skip
    assert other["partialFingerprints"] == one["partialFingerprints"]
    assert other["message"] != one["message"]


def test_fingerprints_outlive_lines_added_above_and_differ_for_equal_findings() -> None:
    line = "{{ mesage }}\n"

    def prints(text: str) -> list[str]:
        spans = [Span(at, at + 1) for at in range(len(text)) if text.startswith("mesage", at)]
        results = run_of([finding(text, span) for span in spans], text)["results"]
        return [result["partialFingerprints"]["promptstead/v1"] for result in results]

    first = prints(line * 2)
    assert len(set(first)) == 2
    assert prints("# more\n" + line * 2) == first
    assert prints(line * 3)[:2] == first
    assert set(prints("other " + line * 2)) != set(first)
