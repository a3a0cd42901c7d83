"""Draw the pictures of the documentation again: ``python -m tests.report.pictures``, with Chromium at hand.

What stands in them is a change and answers that were written for the purpose; the captions say so.
"""

import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt
from selenium import webdriver

from promptstead.digests import inputs_digest
from promptstead.model import Case, RecordedOutput, Sample, Usage
from promptstead.outputs.entry_format import dump
from tests.command_line import run
from tests.conftest import ScratchRepository, make_repository
from tests.report.browser import Page, chromium
from tests.samples import CASES, DATA, OUTPUTS, PARTIAL, PATH, PROMPT

IMAGES = Path(__file__).parents[2] / "tooling" / "docs" / "images"
COUNT = 120
WORSE = range(2, 114, 8)
"""Cases with a bad review that the changed prompt calls a good one."""
FIXED = (21, 61, 97)
GOOD = (
    "The soles are worn and I still wear them every day.",
    "Arrived two days early, fits as the table says.",
    "My third pair. That says it all.",
    "Not cheap, and worth every cent.",
)
BAD = (
    "I asked for 42 and got 40.",
    "The zip broke on the first evening. Pretty, though.",
    "Nobody answers the phone. Nice colour.",
    "Second parcel that never came, but the app is well made.",
)
SIGNS = {"⛔": "⊘", "🔴": "●"}
"""Signs for which there is no font everywhere."""
STYLE = """<!doctype html><meta charset="utf-8"><style>
body {margin: 12px; width: 980px; font: 14px/1.5 "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; color: #1f2328}
.box {border: 1px solid #d1d9e0; border-radius: 6px} .head {background: #f6f8fa; padding: 8px 16px; color: #59636e;
border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0} .head b {color: #59636e} .body {padding: 8px 16px}
table {border-collapse: collapse; width: 100%} td, th {border: 1px solid #d1d9e0; padding: 6px 9px; text-align: left}
code {background: #eff1f3; border-radius: 4px; padding: 2px 4px; font-size: 12px} pre {background: #f6f8fa;
padding: 12px; border-radius: 6px} pre code {background: none; padding: 0} details {margin: 8px 0}
h4 {margin: 12px 0 4px} del {background: #ffebe9} ins {background: #dafbe1; text-decoration: none}
</style><div class="box"><div class="head"><b>github-actions</b> bot commented · edited</div><div class="body">"""


def make_change(repository: ScratchRepository) -> None:
    """Write a prompt with recorded answers, commit it, and change both in the working tree."""
    letters = [GOOD[number % 4] if number % 2 else BAD[number % 4] for number in range(COUNT)]
    expected = ["good" if number % 2 else "bad" for number in range(COUNT)]
    made = [Case(f"order-{number:03}", {"review": f"{text} (order {number})"}) for number, text in enumerate(letters)]
    lines = ["schema: promptstead/cases/v1", "cases:"]
    for case, label in zip(made, expected, strict=True):
        lines += [f"  - id: {case.id}", f"    inputs: {{review: {case.inputs['review']!r}}}", f"    expected: {label}"]
    before = {number: label if number not in FIXED else "unknown" for number, label in enumerate(expected)}
    after = dict(enumerate(expected)) | dict.fromkeys(WORSE, "good")
    repository.write(PATH, PROMPT)
    repository.write(PARTIAL, DATA)
    repository.write(CASES, "\n".join(lines) + "\n")
    repository.write(OUTPUTS, _outputs(made, before))
    repository.commit("Mood of a review")
    repository.write(PATH, PROMPT.replace("good, bad or unknown.", "good, bad or unknown. When in doubt, be kind."))
    repository.write(OUTPUTS, _outputs(made, after))
    repository.commit("Be kind")


def _outputs(cases: list[Case], answers: dict[int, str]) -> str:
    return dump(
        RecordedOutput(
            case.id, "fast@1", "imported", (Sample(answers[number], "stop", Usage(214, 2)),), inputs=inputs_digest(case)
        )
        for number, case in enumerate(cases)
    )


def main() -> None:
    """Draw the comment and the pages."""
    with tempfile.TemporaryDirectory() as folder:
        repository = make_repository(Path(folder) / "repository")
        make_change(repository)
        comment = run("review", "HEAD~1..HEAD", "--format", "md", cwd=repository.root).out
        opened = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        html = opened.render(comment.replace("<details>", "<details open>", 1))
        for sign, drawn in SIGNS.items():
            html = html.replace(sign, f'<span style="color: #cf222e">{drawn}</span>')
        (Path(folder) / "comment.html").write_text(f"{STYLE}{html}</div></div>", encoding="utf-8")
        for verb, name in (("review", "review-page"), ("eval", "run-page")):
            revisions = ["HEAD~1..HEAD"] if verb == "review" else []
            page = run(verb, *revisions, "--format", "html", "--lang", "en", cwd=repository.root).out
            (Path(folder) / f"{name}.html").write_text(page, encoding="utf-8")
        with chromium(Path(folder) / "profile") as driver:
            for name, width, height in (("comment", 1024, 600), ("review-page", 1280, 1000), ("run-page", 1280, 900)):
                _draw(driver, Path(folder) / f"{name}.html", IMAGES / f"{name}.png", width, height)


def _draw(driver: webdriver.Chrome, page: Path, target: Path, width: int, height: int) -> None:
    shown = Page(driver)
    shown.open(page, width=width)
    if page.stem == "run-page":
        shown.click("#list h3 > button, #list h2 > button")
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    shown.run("document.documentElement.style.scrollbarWidth = 'none'")
    target.write_bytes(driver.get_screenshot_as_png())
    print(target.name, file=sys.stderr)


if __name__ == "__main__":
    main()
