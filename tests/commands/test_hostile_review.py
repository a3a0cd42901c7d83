"""A pull request from anybody: what it holds is shown, and does nothing to the comment that shows it."""

import json
import re

from markdown_it import MarkdownIt

from promptstead.digests import inputs_digest
from promptstead.model import Case
from tests.command_line import run
from tests.conftest import ScratchRepository
from tests.samples import DATA, PARTIAL, PROMPT, outputs

COMMENT_LIMIT = 65_536
"""Most characters of a comment on GitHub."""

EVIL = (
    "@everyone | a `b` ``` c\n```\n</details></summary><script>alert(1)</script> <img src=https://evil.example/x> "
    "[click](https://evil.example) <!-- promptstead --> \u202egnp.exe \u200b\U000e0041 # no\n# heading\n~~~\n| a | b |"
)
NAME = "prompts/shop/a|b`c <img> @team\n# x"


def marked(text: str) -> tuple[list[str], list[str]]:
    """Return what a reader of Markdown sees as text, and the HTML that is passed through."""
    plain, html = [], []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        for child in token.children or [token]:
            if child.type in ("text", "link_open", "image"):
                plain.append(f"{child.content}{child.attrs or ''}")
            elif child.type in ("html_block", "html_inline"):
                html.append(child.content)
    return plain, html


def write_evil(repository: ScratchRepository, answer: str) -> None:
    """Write a prompt that has *answer* wherever text may stand."""
    case = Case("c1", {"review": answer[:1000]})
    repository.write(f"{NAME}.prompt.yml", PROMPT.replace("Answer with", json.dumps(answer[:1000]) + " Answer with"))
    cases = {"schema": "promptstead/cases/v1", "cases": [{"id": "c1", "inputs": dict(case.inputs), "expected": "good"}]}
    repository.write(f"{NAME}/cases.yml", json.dumps(cases))
    entry = {"case": "c1", "model": EVIL[:40], "source": "imported", "inputs": inputs_digest(case)}
    repository.write(f"{NAME}/outputs.jsonl", json.dumps(entry | {"samples": [{"output": answer}]}) + "\n")


def test_nothing_of_theirs_is_markup(repository: ScratchRepository) -> None:
    repository.write(PARTIAL, DATA)
    write_evil(repository, "good")
    repository.commit()
    write_evil(repository, EVIL)
    repository.write(PARTIAL, DATA + EVIL)
    repository.write("prompts/\udcff.prompt.yml", PROMPT)
    repository.commit()
    entry = json.loads((repository.root / f"{NAME}/outputs.jsonl").read_text())
    case = Case("c1", {"review": "good"})
    repository.write(f"{NAME}/cases.yml", json.dumps({"schema": "promptstead/cases/v1", "cases": [
        {"id": "c1", "inputs": {"review": "good"}, "expected": "good"}]}))  # fmt: skip
    repository.write(f"{NAME}/outputs.jsonl", json.dumps(entry | {"inputs": inputs_digest(case)}) + "\n")
    done = run("review", "HEAD~1", cwd=repository.root)
    assert done.code == 1
    assert "gnp.exe" in done.out
    assert not re.search("[\u200b\u202e\U000e0041]", done.out)
    plain, html = marked(done.out)
    assert not [text for text in plain if re.search(r"@|evil|alert|<|#|\bhref\b", text)]
    kept = re.sub(r"<code>[^<]*</code>", "", "".join(html))
    assert re.findall(r"<[^>]*>", kept) == ["<details open>", "<summary>", "</summary>", "</details>"] * 2
    assert "@" not in kept
    assert "got worse" in "".join(plain)

    for form in ("md", "json"):
        assert run("review", "HEAD~1", "--format", form, "-o", f"r.{form}", cwd=repository.root).code == 1
    assert (repository.root / "r.md").read_text(encoding="utf-8") == done.out
    named = [prompt["path"] for prompt in json.loads((repository.root / "r.json").read_bytes())["prompts"]]
    assert sorted(named) == [f"{NAME}.prompt.yml", "prompts/\udcff.prompt.yml"]

    shown = run("diff", "HEAD~1", cwd=repository.root)
    assert not re.search("[\u200b\u202e\x1b]", shown.out)


def test_an_answer_of_ten_megabytes(repository: ScratchRepository) -> None:
    repository.write(PARTIAL, DATA)
    write_evil(repository, "good")
    repository.commit()
    repository.write(
        f"{NAME}/outputs.jsonl",
        (repository.root / f"{NAME}/outputs.jsonl").read_text().replace('"good"', json.dumps("<b>`|" * 2_500_000)),
    )
    done = run("review", "HEAD", cwd=repository.root)
    assert done.code == 1
    assert len(done.out) < 10_000


def test_three_hundred_prompts_fit_into_a_comment(repository: ScratchRepository) -> None:
    repository.write(PARTIAL, DATA)
    case = {"schema": "promptstead/cases/v1", "cases": [
        {"id": f"r00{number}", "inputs": {"review": f"Review {number}: the shoes are fine."}, "expected": "good"}
        for number in range(3)]}  # fmt: skip

    def write(answer: str, words: str) -> None:
        for number in range(300):
            stem = f"prompts/{'sector-with-a-long-name/' * 4}p{number:03}-{'x' * 40}"
            repository.write(f"{stem}.prompt.yml", PROMPT.replace("one word", words))
            repository.write(f"{stem}/cases.yml", json.dumps(case))
            repository.write(f"{stem}/outputs.yml", outputs({0: answer, 1: "good"}))

    write("good", "one word")
    repository.commit()
    write("very bad, all of it " + "<@|`" * 400, "a single word " * 60)
    done = run("review", "HEAD", cwd=repository.root)
    assert done.code == 1
    assert 30_000 < len(done.out) < COMMENT_LIMIT
    assert "in 300 changed prompts" in done.out
    assert re.search(r"… and \d+ more prompts, in the full report", done.out)
    assert re.search(r"Details of \d+ more prompts are in the full report", done.out)
    assert done.out.count("<details") == done.out.count("</details>")
    document = run("review", "HEAD", "--format", "json", cwd=repository.root).json
    assert len(document["prompts"]) == 300
