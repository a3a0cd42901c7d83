"""Fixes on the text itself, and comments that allow a finding."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptstead.config.settings import Config
from promptstead.lint.engine import Engine
from promptstead.lint.finding import Finding
from promptstead.lint.fixes import apply_fixes, fix_prompts
from promptstead.model import Fix, Span, Tree
from promptstead.prompts.library import Library
from promptstead.words.sentence import own_words
from tests.trees import MemoryTree

PATH = "prompts/shop/mood.prompt.yml"
HEAD = """\
schema: promptstead/v1
title: Mood
inputs:
  review:
    schema: {type: string, maxLength: 900}
    trust: untrusted
    description: the review
    example: Nice coat.
"""


def engine(_: Library) -> Engine:
    return Engine(Config(), select=("SCH", "TPL", "INJ201", "INJ203", "INJ205", "SUP"))


def library(tree: Tree) -> Library:
    return Library(tree, Config())


def found(text: str) -> list[Finding]:
    prompts = library(MemoryTree({PATH: text}))
    return engine(prompts).check(prompts.load(PATH))


def fixed(text: str, *, unsafe: bool = True) -> str:
    tree = MemoryTree({PATH: text})
    return fix_prompts(tree, [PATH], library, engine, unsafe=unsafe).files.get(PATH, text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '  - role: user\n    content: "{{ reviw }}"\n',
            "  - role: user\n    content: \"{{ review | fence('review') }}\"\n",
        ),
        (
            "  - role: user\n    content: '{{ review }}'\n",
            "  - role: user\n    content: '{{ review | fence(\"review\") }}'\n",
        ),
        (
            "  - role: user\n    content: |\n      <r>\n      {{ review }}  # not a comment\n      </r>\n",
            "  - role: user\n    content: |\n      <r>\n"
            '      {{ review | fence("review") }}  # not a comment\n      </r>\n',
        ),
        (
            "  - role: user\n    content: |\n      A \u200bhidden {review} 🎉 é {{ reviw }}\n",
            "  - role: user\n    content: |\n"
            '      A hidden {{ review | fence("review") }} 🎉 é {{ review | fence("review") }}\n',
        ),
    ],
)
def test_all_fixes_of_a_file(before: str, after: str) -> None:
    text = fixed(f"{HEAD}messages:\n{before}")
    assert text == f"{HEAD}messages:\n{after}"
    assert found(text) == []
    assert fixed(text) == text


def test_safe_fixes_alone_leave_what_needs_a_review() -> None:
    before = f"{HEAD}language: no\nmessages:\n  - role: user\n    content: |\n      \u200b{{{{ review }}}}\n"
    after = fixed(before, unsafe=False)
    assert after == before.replace("language: no", 'language: "no"')
    assert [finding.code for finding in found(after)] == ["INJ205", "INJ201"]


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    text = "\ufeff" + f"{HEAD}messages:\n  - role: user\n    content: |\n      {{{{ reviw }}}}\n".replace("\n", "\r\n")
    assert fixed(text) == text.replace("{{ reviw }}", '{{ review | fence("review") }}')


def test_an_unused_input_goes_with_its_lines_and_never_the_last_one() -> None:
    body = "messages:\n  - role: user\n    content: '{{ review | fence(\"review\") }}'\n"
    unused = "  branch:\n    trust: trusted\n    description: >-\n      where\n      it is\n"
    assert fixed(HEAD + unused + body) == HEAD + body
    alone = HEAD + "messages:\n  - role: user\n    content: Hello\n"
    assert fixed(alone) == alone


def test_a_fix_that_would_break_the_prompt_is_taken_back() -> None:
    text = f"{HEAD}titel: Twice\nmessages:\n  - {{role: user, content: Hi}}\n"
    assert fixed(text) == text


SUPPRESSED = HEAD + (
    "messages:\n"
    "  # promptstead: ignore[INJ201] the shop's system strips tags\n"
    "  - role: user\n"
    "    content: 'Read {{ review }}'\n"
    "  - role: user\n"
    "    content: |  # promptstead: ignore[INJ203, TPL104] legacy caller\n"
    "      <r>\n"
    "      {{ review }} {review}\n"
    "      </r>\n"
)


def test_a_comment_allows_a_finding_in_the_value_that_it_stands_at() -> None:
    assert found(SUPPRESSED) == []
    without = SUPPRESSED.replace("ignore[INJ201]", "ignore[TPL104]")
    assert [(each.code, each.line) for each in found(without)] == [("SUP991", 10), ("INJ201", 12)]


def test_a_comment_for_the_whole_file() -> None:
    text = "# promptstead: ignore-file[INJ201,INJ203,TPL104] generated\n" + SUPPRESSED.replace(
        "# promptstead: ", "# ", 2
    )
    assert found(text) == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# promptstead: ignore[INJ205] no reason why", "INJ205 finds nothing here"),
        ("# promptstead: ignore[INJ999] whatever", "no rule `INJ999`"),
        ("# promptstead: ignore[] whatever", "names no rule"),
    ],
)
def test_a_comment_that_allows_nothing_is_found(comment: str, message: str) -> None:
    text = f"{HEAD}messages:\n  - role: user\n    content: '{{{{ review | fence(\"review\") }}}}'  {comment}\n"
    (finding,) = found(text)
    assert finding.code == "SUP991"
    assert message in finding.message


def test_a_stale_comment_is_removed_with_its_line() -> None:
    body = "messages:\n  - role: user\n    content: '{{ review | fence(\"review\") }}'\n"
    stale = "# promptstead: ignore[INJ201] once needed\n"
    assert fixed(HEAD + stale + body, unsafe=False) == HEAD + body


def test_a_comment_without_a_reason_still_allows() -> None:
    text = f"{HEAD}messages:\n  - role: user\n    content: 'Read {{{{ review }}}}'  # promptstead: ignore[INJ201]\n"
    assert [each.message for each in found(text)] == ["this suppression gives no reason"]


def test_text_that_looks_like_a_comment_allows_nothing() -> None:
    block = "      {{ review }}\n      # promptstead: ignore[INJ201] x\n"
    text = f"{HEAD}messages:\n  - role: user\n    content: |\n{block}"
    assert [each.code for each in found(text)] == ["INJ201"]


def test_partials_have_comments_of_their_own() -> None:
    tree = MemoryTree(
        {
            PATH: f"{HEAD}messages:\n  - role: user\n    content: '{{% include \"partials/p.md\" %}}'\n",
            "prompts/partials/p.md": "{# promptstead: ignore[INJ201] tested #}\n{{ review }}\n{{ review }}\n",
        }
    )
    prompts = library(tree)
    (finding,) = engine(prompts).check(prompts.load(PATH))
    assert (finding.code, finding.path, finding.line) == ("INJ201", "prompts/partials/p.md", 3)


spans = st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))
fixes = st.lists(
    st.builds(lambda span, text: Fix(own_words("x"), ((span, text),), safe=True), spans, st.text("xyz", max_size=4)),
    max_size=6,
)


@given(st.text("ab\n", min_size=36, max_size=36), fixes)
def test_edits_that_do_not_touch_leave_the_rest_as_it_is(text: str, edits: list[Fix]) -> None:
    result, count = apply_fixes(text, edits)
    assert count <= len(edits)
    kept = [character for character in result if character in "ab\n"]
    removed = len(text) - len(kept)
    assert removed <= sum(fix.edits[0][0].end - fix.edits[0][0].start for fix in edits)
    assert (count == 0) == (not edits)


def test_fix_on_the_command_line_writes_once_and_shows_without_writing(tmp_path: Path) -> None:
    from tests.command_line import run

    (tmp_path / ".git").mkdir()
    file = tmp_path / PATH
    file.parent.mkdir(parents=True)
    before = f"{HEAD}messages:\n  - role: user\n    content: |\n      {{{{ reviw }}}}\n"
    file.write_text(before, encoding="utf-8")
    shown = run("lint", "--diff", "--unsafe-fixes", cwd=tmp_path)
    assert (shown.code, file.read_text(encoding="utf-8")) == (1, before)
    assert '+      {{ review | fence("review") }}' in shown.out
    assert run("lint", "--fix", cwd=tmp_path).code == 1
    assert file.read_text(encoding="utf-8") == before
    run("lint", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert '{{ review | fence("review") }}' in file.read_text(encoding="utf-8")
    assert run("lint", "--unsafe-fixes", cwd=tmp_path).code == 2


@pytest.mark.parametrize(
    "text", ["{# promptstead: ignore-file[SCH001] x #}\n<<<<<<< HEAD\n", "a: [\n# promptstead: ignore-file[SCH001] x\n"]
)
def test_a_broken_file_cannot_speak_for_itself(text: str) -> None:
    assert {each.code for each in found(HEAD + text)} & {"SCH001", "SCH005"}


def test_no_comment_makes_a_prompt_that_cannot_be_rendered_good() -> None:
    text = f"# promptstead: ignore-file[TPL101] fine\n{HEAD}messages:\n  - role: user\n    content: '{{{{ other }}}}'\n"
    assert "TPL101" in {each.code for each in found(text)}


def test_a_file_that_is_not_utf_8_is_left_alone() -> None:
    cases = "prompts/shop/mood/cases.yml"
    text = HEAD + 'messages:\n  - role: user\n    content: "{{ reviw }}"\n'
    tree = MemoryTree({PATH: text, cases: "# hid\u200bden\n".encode() + b"\xff\n"})

    def rules(_: Library) -> Engine:
        return Engine(Config(), select=("INJ205",))

    prompts = library(tree)
    assert [each.path for each in rules(prompts).check(prompts.load(PATH)) if each.fix] == [cases]
    done = fix_prompts(tree, [PATH], library, rules, unsafe=True)
    assert (dict(done.files), done.fixes) == ({}, 0)
