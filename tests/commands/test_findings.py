"""``--format`` and ``--output`` of ``lint`` and ``check``, through the real command."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from tests.command_line import Result, run
from tests.conftest import ScratchRepository
from tests.report.findings import cut

HEAD = "schema: promptstead/v1\ntitle: Greeting\n"
WRONG = HEAD + "messages:\n- {role: user, content: '\t😀 e\u0301 {{ nobody }}'}\n"
MACHINE = ("sarif", "github", "gitlab", "rdjson")


def sarif_region(document: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    region = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    return (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])


def rdjson_range(document: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    place = document["diagnostics"][0]["location"]["range"]
    return (place["start"]["line"], place["start"]["column"]), (place["end"]["line"], place["end"]["column"])


def lint(repository: ScratchRepository, *arguments: str | Path) -> Result:
    return run("lint", *arguments, cwd=repository.root)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_are_right_in_every_unit(repository: ScratchRepository, ending: str, mark: str) -> None:
    text = WRONG.replace("\n", ending)
    repository.write("prompts/a.prompt.yml", mark + text)
    assert cut(text, *sarif_region(lint(repository, "--format", "sarif").json), "utf-16-le") == "nobody"
    assert cut(text, *rdjson_range(lint(repository, "--format", "rdjson").json), "utf-8") == "nobody"
    (finding,) = lint(repository, "--format", "json").json["findings"]
    assert cut(
        text, (finding["line"], finding["column"]), (finding["end_line"], finding["end_column"]), "utf-32-le"
    ) == ("nobody")


def test_a_fix_of_a_rule_becomes_a_suggestion_that_mends_the_file(repository: ScratchRepository) -> None:
    text = HEAD + "descripton: 😀\nmessages: [{role: user, content: Hello}]\n"
    repository.write("prompts/a.prompt.yml", text)
    (finding,) = lint(repository, "--format", "rdjson").json["diagnostics"]
    (suggestion,) = finding["suggestions"]
    start, end = suggestion["range"]["start"], suggestion["range"]["end"]
    lines = text.encode().split(b"\n")
    line = lines[start["line"] - 1]
    assert start["line"] == end["line"]
    lines[start["line"] - 1] = line[: start["column"] - 1] + suggestion["text"].encode() + line[end["column"] - 1 :]
    repository.write("prompts/a.prompt.yml", b"\n".join(lines))
    assert lint(repository).code == 0


@pytest.mark.parametrize("output_format", MACHINE)
def test_exit_codes_and_streams(repository: ScratchRepository, output_format: str) -> None:
    repository.write("prompts/a.prompt.yml", HEAD + "messages: [{role: user, content: Hello}]\n")
    clean = lint(repository, "--format", output_format)
    assert clean.code == 0
    assert clean.err == ("1 prompt: clean\n" if output_format == "github" else "")
    assert clean.out == "" if output_format == "github" else json.loads(clean.out) is not None
    repository.write("prompts/a.prompt.yml", WRONG)
    wrong = lint(repository, "--format", output_format)
    assert wrong.code == 1
    assert "nobody" in wrong.out


@pytest.mark.parametrize("output_format", ["text", "json", *MACHINE])
@pytest.mark.parametrize("verb", ["lint", "check"])
def test_output_writes_the_same_to_a_file_and_the_summary_to_people(
    repository: ScratchRepository, verb: str, output_format: str
) -> None:
    repository.write("prompts/a.prompt.yml", WRONG)
    shown = run(verb, "--format", output_format, cwd=repository.root)
    written = run(verb, "--format", output_format, "--output", "reports/found", cwd=repository.root)
    assert (shown.code, written.code, written.out) == (1, 1, "")
    assert (repository.root / "reports" / "found").read_bytes().decode() == shown.out
    assert written.err.startswith("1 prompt: 1 error")


def test_check_reports_the_findings_of_its_stage(repository: ScratchRepository) -> None:
    repository.write("prompts/a.prompt.yml", WRONG)
    done = run("check", "--stage", "release", "--format", "gitlab", cwd=repository.root)
    assert [entry["check_name"] for entry in done.json] == ["GOV951", "TST601", "TPL101"]
    done = run("check", "--format", "gitlab", cwd=repository.root)
    assert [entry["check_name"] for entry in done.json] == ["TPL101"]


def test_an_output_that_cannot_be_written_is_one_line(repository: ScratchRepository) -> None:
    repository.write("prompts/a.prompt.yml", WRONG)
    repository.write("taken", "a file\n")
    done = lint(repository, "--format", "sarif", "--output", "taken/found.sarif")
    assert done.code == 2
    assert done.err.startswith("promptstead: taken/found.sarif: cannot write the file: ")
    assert done.err.count("\n") == 1


def test_paths_start_where_each_reader_looks(repository: ScratchRepository) -> None:
    repository.write("service/promptstead.toml", "")
    repository.write("service/prompts/a.prompt.yml", WRONG)
    service = repository.root / "service"

    def path(output_format: str, cwd: Path) -> str:
        done = run("lint", service / "prompts", "--format", output_format, cwd=cwd)
        if output_format == "github":
            return done.out.partition("file=")[2].partition(",")[0]
        document = done.json
        if output_format == "gitlab":
            return str(document[0]["location"]["path"])
        if output_format == "rdjson":
            return os.path.normpath(str(document["diagnostics"][0]["location"]["path"]))
        return str(document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])

    below = service / "prompts"
    for output_format in ("sarif", "github", "gitlab"):
        assert path(output_format, repository.root) == path(output_format, below) == "service/prompts/a.prompt.yml"
    assert path("rdjson", repository.root) == "service/prompts/a.prompt.yml"
    assert path("rdjson", service) == "prompts/a.prompt.yml"
    assert path("rdjson", below) == os.path.join("..", "prompts", "a.prompt.yml")


def test_a_hostile_file_name_stays_a_name(repository: ScratchRepository) -> None:
    name = "prompts/a,line=9::x%0A\n::stop-commands::t\n 😀.prompt.yml"
    repository.write(name, WRONG)
    done = lint(repository, "--format", "github")
    lines = done.out.splitlines()
    assert len(lines) == 2, lines
    assert all(line.startswith("::error file=prompts/a%2Cline=9%3A%3Ax%250A%0A%3A%3Astop-commands") for line in lines)
    artifact = lint(repository, "--format", "sarif").json["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert unquote_to_bytes(artifact["artifactLocation"]["uri"]).decode() == name


def test_a_file_name_that_is_no_utf_8_can_be_reported(repository: ScratchRepository) -> None:
    raw = os.fsencode(repository.root) + b"/prompts/a\xff.prompt.yml"
    (repository.root / "prompts").mkdir()
    try:
        with open(raw, "wb") as file:
            file.write(WRONG.encode())
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    for output_format in ("text", "json", *MACHINE):
        shown = lint(repository, "--format", output_format)
        assert shown.code == 1, shown.err
        assert lint(repository, "--format", output_format, "--output", "found").code == 1
        assert (repository.root / "found").read_bytes().decode() == shown.out
    artifact = lint(repository, "--format", "sarif").json["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert artifact["artifactLocation"]["uri"] == "prompts/a%FF.prompt.yml"
