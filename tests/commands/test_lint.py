"""``promptstead lint``, in repositories made for the purpose."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from promptstead import cli

SLOW = {
    "openai", "git", "rich", "jinja2", "asyncio", "pydantic", "jsonschema", "ruamel", "subprocess", "tomllib",
    "hashlib", "csv", "tempfile", "regex", "stdnum", "jsonpath_rfc9535",
}  # fmt: skip
HEAD = "schema: promptstead/v1\ntitle: Greeting\n"
CLEAN = HEAD + "messages: [{role: user, content: Hello}]\n"
WRONG = HEAD + "messages: [{role: user, content: '{{ nobody }}'}]\n"
INPUTS = "inputs: {a: {schema: {type: string}, trust: trusted, description: a word, example: hello}}\n"
FIRST_BASELINE = """{
  "format": "promptstead/baseline/v1",
  "findings": [
    {"file": "prompts/a.prompt.yml", "code": "TPL101", "key": "fa6214bb31debcfc7f37bd30ca8072bb", "count": 1}
  ]
}
"""
"""What ``lint --write-baseline`` wrote of WRONG when keys were made of the text of messages."""
UNUSED = HEAD + INPUTS + "messages: [{role: user, content: Hello}]\n"


class Scratch:
    """A folder that stands for a repository, in which ``lint`` is run."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.capsys = capsys
        (root / ".git").mkdir()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def lint(self, *arguments: str) -> tuple[int, list[str], str]:
        """Return the exit code, the first line of every finding, and what was said to people."""
        code = cli.run(["lint", *arguments])
        said = self.capsys.readouterr()
        return code, [line for line in said.out.splitlines() if not line.startswith("  ")], said.err.strip()

    def report(self, *arguments: str) -> tuple[int, dict[str, object]]:
        """Return the exit code and the JSON document."""
        code = cli.run(["lint", "--format", "json", *arguments])
        document: dict[str, object] = json.loads(self.capsys.readouterr().out)
        return code, document


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Scratch:
    monkeypatch.chdir(tmp_path)
    return Scratch(tmp_path, capsys)


def test_exit_codes_and_summary(scratch: Scratch) -> None:
    assert scratch.lint() == (0, [], "0 prompts: clean")
    scratch.write("prompts/a.prompt.yml", CLEAN)
    assert scratch.lint() == (0, [], "1 prompt: clean")
    scratch.write("prompts/b.prompt.yml", UNUSED)
    assert scratch.lint() == (
        0,
        ["prompts/b.prompt.yml:3:10: warning TPL102 input `a` is never used"],
        "2 prompts: 1 warning",
    )
    scratch.write("promptstead.toml", "[lint]\nfail_on = 'warning'\n")
    assert scratch.lint()[0] == 1
    scratch.write("prompts/c.prompt.yml", WRONG)
    code, heads, said = scratch.lint()
    assert code == 1
    assert heads[1] == "prompts/c.prompt.yml:3:38: error TPL101 variable `nobody` is used but not declared"
    assert said == "3 prompts: 1 error, 1 warning"


def test_arguments_are_ids_files_and_folders(scratch: Scratch) -> None:
    scratch.write("prompts/hr/a.prompt.yml", WRONG + "aliases: [old/name]\n")
    scratch.write("prompts/b.prompt.yaml", WRONG)
    for name in (
        "hr/a",
        "old/name",
        "prompts/hr/a.prompt.yml",
        "prompts/hr",
        str(scratch.root / "prompts/hr/a.prompt.yml"),
    ):
        code, heads, _ = scratch.lint(name)
        assert (code, [head.partition(":")[0] for head in heads]) == (1, ["prompts/hr/a.prompt.yml"]), name
    assert len(scratch.lint("hr/a", "prompts", "b")[1]) == 2
    assert scratch.lint("hr/b")[2] == "promptstead: there is no prompt and no file `hr/b` (did you mean `hr/a`?)"


def test_a_companion_stands_for_its_prompt_and_a_shared_file_for_those_that_use_it(scratch: Scratch) -> None:
    cases = "schema: promptstead/cases/v1\ncases: [{id: a, inputs: {b: 1}}]\n"
    include = "messages: [{role: user, content: '{% include \"partials/x.md\" %}'}]\n"
    scratch.write("prompts/a.prompt.yml", CLEAN)
    scratch.write("prompts/a/cases.yml", cases)
    scratch.write("prompts/b.prompt.yml", HEAD + include)
    scratch.write("prompts/partials/x.md", "{{ nobody }}")
    assert [head.partition(" ")[0] for head in scratch.lint("prompts/a/cases.yml")[1]] == ["prompts/a/cases.yml:2:26:"]
    assert [head.partition(" ")[0] for head in scratch.lint("prompts/partials/x.md")[1]] == [
        "prompts/partials/x.md:1:4:"
    ]


def test_excluded_files_are_linted_only_when_named(scratch: Scratch) -> None:
    scratch.write("promptstead.toml", "exclude = ['prompts/old/*']\n")
    scratch.write("prompts/old/a.prompt.yml", WRONG)
    assert scratch.lint()[0] == 0
    assert scratch.lint("prompts")[0] == 0
    assert scratch.lint("prompts/old/a.prompt.yml")[0] == 1


def test_select_and_ignore_take_codes_in_any_case(scratch: Scratch) -> None:
    scratch.write("prompts/a.prompt.yml", WRONG + INPUTS)
    assert len(scratch.lint()[1]) == 2
    assert [head.split()[2] for head in scratch.lint("--select", "tpl101,INJ")[1]] == ["TPL101"]
    assert [head.split()[2] for head in scratch.lint("--ignore", "TPL101", "--ignore", "INJ")[1]] == ["TPL102"]
    code, _, said = scratch.lint("--select", "ABC")
    assert (code, said) == (2, "promptstead: there is no rule `ABC` (run promptstead rule to list them)")


def test_json_is_one_document(scratch: Scratch) -> None:
    scratch.write("prompts/a.prompt.yml", WRONG)
    code, document = scratch.report()
    assert code == 1
    assert document["prompts"] == 1
    findings = document["findings"]
    assert isinstance(findings, list)
    assert [(one["path"], one["line"], one["column"], one["code"], one["prompt"]) for one in findings] == [
        ("prompts/a.prompt.yml", 3, 38, "TPL101", "a")
    ]
    scratch.write("prompts/a.prompt.yml", CLEAN)
    assert scratch.report() == (
        0,
        {"format": "promptstead/lint/v1", "prompts": 1, "allowed_by_baseline": 0, "findings": []},
    )


def test_the_baseline_allows_what_was_there(scratch: Scratch) -> None:
    scratch.write("prompts/a.prompt.yml", WRONG)
    code, heads, said = scratch.lint("--write-baseline")
    assert (code, heads) == (0, [])
    assert said == "promptstead-baseline.json: 1 findings are allowed from now on"
    assert scratch.lint() == (0, [], "1 prompt: clean (1 allowed by the baseline)")
    scratch.write("prompts/a.prompt.yml", "# a line\n# more\n" + WRONG)
    assert scratch.lint()[0] == 0, "lines above change nothing"
    scratch.write("prompts/a.prompt.yml", WRONG.replace("}]", "}, {role: user, content: '{{ other }}'}]"))
    code, heads, said = scratch.lint()
    assert code == 1
    assert [head.split()[0] for head in heads if "`other`" in head] == ["prompts/a.prompt.yml:3:77:"]
    assert scratch.lint("--no-baseline")[2] == "1 prompt: 2 errors"
    scratch.write("prompts/a.prompt.yml", CLEAN)
    assert scratch.lint() == (0, [], "1 prompt: clean")


def test_a_baseline_of_the_first_format_is_read_and_written_anew_in_the_second(scratch: Scratch) -> None:
    scratch.write("prompts/a.prompt.yml", WRONG)
    scratch.write("promptstead-baseline.json", FIRST_BASELINE)
    assert scratch.lint() == (0, [], "1 prompt: clean (1 allowed by the baseline)")
    assert scratch.lint("--write-baseline")[0] == 0
    written = json.loads((scratch.root / "promptstead-baseline.json").read_text("utf-8"))
    assert written["format"] == "promptstead/baseline/v2"
    assert "`nobody`" in written["findings"][0]["message"]
    assert scratch.lint() == (0, [], "1 prompt: clean (1 allowed by the baseline)")


def test_the_baseline_lies_where_the_configuration_says(scratch: Scratch) -> None:
    scratch.write("promptstead.toml", "[lint]\nbaseline = 'config/allowed.json'\n")
    scratch.write("prompts/a.prompt.yml", WRONG)
    code, _, said = scratch.lint()
    assert code == 2
    assert said.startswith("promptstead: config/allowed.json: the baseline that the configuration names does not exist")
    assert scratch.lint("--write-baseline")[0] == 0
    assert (scratch.root / "config/allowed.json").is_file()
    assert scratch.lint()[0] == 0


def test_lint_works_from_a_folder_below(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch.write("prompts/hr/a.prompt.yml", WRONG)
    monkeypatch.chdir(scratch.root / "prompts" / "hr")
    assert scratch.lint("a.prompt.yml")[1][0].startswith("prompts/hr/a.prompt.yml:3:38:")
    assert len(scratch.lint()[1]) == 1


def test_the_seven_mistakes_of_one_file_are_each_found_at_their_place(scratch: Scratch) -> None:
    mistakes = {
        "topkey": ("descripton: x\n", "4:1", "unknown key `descripton`; did you mean `description`?"),
        "evalkey": (
            "evaluators:\n  a: {type: regex, pattern: x, ignorecase: true}\n",
            "5:32",
            "did you mean `ignore_case`?",
        ),
        "evaltype": ("evaluators:\n  a: {type: regexp, pattern: x}\n", "5:13", "`type` must be one of"),
        "input": ("examples: []\n", "3:38", "variable `nobody` is used but not declared"),
        "regex": ("evaluators:\n  a: {type: regex, pattern: '(x'}\n", "5:29", "the pattern `(x` is malformed"),
        "threshold": ("gate: {margn: 0.1}\n", "4:8", "unknown key `margn`; did you mean `margin`?"),
        "twice": ("tags: [a]\ntags: [b]\n", "5:1", "duplicate key `tags`"),
    }
    for name, (text, place, message) in mistakes.items():
        scratch.write("prompts/a.prompt.yml", (WRONG if name == "input" else CLEAN) + text)
        code, heads, _ = scratch.lint()
        assert code == 1
        assert len(heads) == 1, heads
        assert heads[0].startswith(f"prompts/a.prompt.yml:{place}: error")
        assert message in heads[0]


def test_a_clean_file_needs_no_slow_module(scratch: Scratch) -> None:
    scratch.write("prompts/a.prompt.yml", CLEAN)
    script = "import sys\nfrom promptstead.cli import run\nassert run(['lint']) == 0\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=scratch.root, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "promptstead" in loaded
    assert not loaded & SLOW
