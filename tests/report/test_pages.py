"""The pages of a run and of a review as a reader has them: in a browser, from a file."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from promptstead.evaluators.shared.results import CaseResult, Result
from promptstead.model import Case, RecordedOutput, Sample
from promptstead.report.html.page import MAX_DATA, encode, page
from promptstead.report.html.review_page import review_page
from promptstead.report.html.run_page import render
from promptstead.runs.writer import Row
from promptstead.verdicts.run_report import RunReport
from promptstead.words.sentence import NOTHING_SAID, own_words
from promptstead.words.sentence_json import sentence_json
from tests.command_line import run
from tests.conftest import ScratchRepository, make_repository
from tests.made_runs import RIGHT, RUN, outcomes, row, rows
from tests.report.browser import Page, install_axe
from tests.report.every_sentence import CORE, english, flat, shown
from tests.report.hostile import HOSTILE
from tests.report.test_review_in_french import EVERY, full_review
from tests.report.test_review_markdown import change, comparison, pair, prompt, review
from tests.samples import OUTPUTS, PATH, PROMPT, outputs, write_sample

OUT_OF_SIGHT = """
const cells = [...document.querySelectorAll(".checks td")].filter((cell) => cell.offsetParent);
return cells.filter((cell) => cell.getBoundingClientRect().right > 401).map((cell) => cell.textContent);
"""
"""The cells of tables that a narrow window does not show without scrolling sideways."""

LONG_AND_SHORT = ("a/b", "team/answer-to-a-customer-who-complains-about-a-late-delivery", "team-of-two/triage")
LEFTS = (
    "return [...document.querySelectorAll('h2 svg.interval')].map((bar) => Math.round(bar.getBoundingClientRect().x))"
)
CELLS = """
return [...document.querySelectorAll(".item.prompt tr")].map((row) => [...row.cells].map((cell) => cell.innerText));
"""
NAMES_OF_SETTINGS = """
const heads = [...document.querySelectorAll("h4")].filter((head) => head.textContent === "Settings changed");
const names = heads.flatMap((head) => [...head.nextElementSibling.querySelectorAll("td:first-child code")]);
return names.map((name) => [name.textContent, name.getBoundingClientRect().height]);
"""


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    return install_axe(tmp_path_factory.mktemp("axe"))


_made: dict[str, Path] = {}
"""The pages that several tests look at and none changes."""


@pytest.fixture
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a review in which one prompt got worse and another is inconclusive."""
    if "changed" not in _made:
        _made["changed"] = make_review(make_repository(tmp_path_factory.mktemp("changed") / "repository"))
    return _made["changed"]


@pytest.fixture
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the run of a prompt with right, wrong and missing answers."""
    if "evaluated" not in _made:
        _made["evaluated"] = make_run(make_repository(tmp_path_factory.mktemp("evaluated") / "repository"))
    return _made["evaluated"]


def make_review(repository: ScratchRepository) -> Path:
    answers = {number: "bad" if 100 <= number < 108 else "good" for number in range(200)}
    write_sample(repository, 200, recorded=outputs(answers))
    for name in (".prompt.yml", "/cases.yml", "/outputs.yml"):
        text = (repository.root / f"prompts/shop/mood{name}").read_text(encoding="utf-8")
        repository.write(f"prompts/shop/tone{name}", text)
    repository.commit()
    worse = {number: "bad, and very very <b>angry</b>" if number < 30 else "good" for number in range(200)}
    repository.write(OUTPUTS, outputs(worse))
    repository.write(PATH, PROMPT.replace("with one word", "with a single word, in lower case"))
    repository.write("prompts/shop/tone.prompt.yml", PROMPT.replace("with one word", "with just one word"))
    undecided = {number: "bad" if number < 12 else "good" for number in range(200)}
    repository.write("prompts/shop/tone/outputs.yml", outputs(undecided))
    target = repository.root / "review.html"
    done = run("review", "HEAD", "--format", "html", "--output", target, cwd=repository.root)
    assert done.code == 1, done.err
    return target


def make_run(repository: ScratchRepository) -> Path:
    write_sample(repository, 6, recorded=outputs({0: "good", 1: "bad", 2: "bad, very bad, so bad", 4: "good"}))
    done = run("eval", "--format", "html", "--lang", "en", cwd=repository.root)
    assert done.code == 1, done.err
    target = repository.root / "run.html"
    target.write_text(done.out, encoding="utf-8")
    return target


def test_a_review_shows_the_verdict_first_and_opens_to_answers(browser: Page, changed: Path) -> None:
    browser.open(changed)
    assert browser.text("h1") == "This change may not go in"
    assert browser.text(".hero p").startswith("1 regression, 1 inconclusive · 2 changed prompts")
    heads = browser.texts("#list h2")
    assert heads[0].startswith("regression\nshop/mood\nsystem message")
    assert heads[1].startswith("inconclusive\nshop/tone\nsystem message")
    assert browser.texts("ins")[:1] == [" a single word, in lower case"]
    prompt = browser.text("#list .item.open").lower()
    assert prompt.index("words changed") < prompt.index("\nanswers\n") < prompt.index("as sent for the cases")
    browser.click("#list h3 > button", "worse\nr000")
    before, after = browser.texts("#list .item .item .two > div")
    assert before == "Before\ngood"
    assert after == "After\nbad, and very very <b>angry</b>"
    assert "expected good, got bad, and very very <b>angry</b>" in browser.text(
        ".item .item.open .checks, .item .item.open .scroll"
    )
    assert browser.complaints() == []


def test_bars_of_prompts_stand_below_each_other_whatever_their_names_are(browser: Page, tmp_path: Path) -> None:
    found = RunReport(RUN._replace(prompts=tuple(RUN.prompts[0]._replace(id=name) for name in LONG_AND_SHORT)))
    for name in LONG_AND_SHORT:
        for each in rows(outcomes(40, range(9)), prompt=name, model="provider/a-model-with-a-long-name-2026-01-01"):
            found.add(each)
    target = tmp_path / "run.html"
    target.write_text(render(found), encoding="utf-8")
    for width in (1280, 390):
        browser.open(target, width=width)
        lefts = browser.run(LEFTS)
        assert len(lefts) == len(LONG_AND_SHORT)
        assert len(set(lefts)) == 1
        assert browser.run("return document.documentElement.scrollWidth <= window.innerWidth")


def test_small_costs_are_not_0(browser: Page, tmp_path: Path) -> None:
    found = RunReport(RUN, keep=True)
    output = RecordedOutput("a", "m@1", "live", (Sample("good", cost=0.0012),) * 3)
    judged = ({"right": Result(True, own_words("as expected"))},) * 3
    found.add(Row("shop/mood", CaseResult(Case("a", {}), "m@1", "evaluated", NOTHING_SAID, output, judged, (RIGHT,))))
    target = tmp_path / "run.html"
    target.write_text(render(found), encoding="utf-8")
    browser.open(target)
    browser.click(".item.prompt h2 > button")
    assert "cost 0.0036" in browser.text(".item.prompt .facts")
    browser.click("#list h3 > button")
    assert "cost 0.0012" in browser.text("#list .item .facts")


def test_labels_stand_below_what_an_evaluator_says_and_its_name_is_as_written(browser: Page, tmp_path: Path) -> None:
    from tests.report.test_run_errors import report

    target = tmp_path / "run.html"
    target.write_text(render(report()), encoding="utf-8")
    browser.open(target)
    browser.click(".item.prompt h2 > button")
    heads = browser.texts(".item.prompt th")
    (cells,) = [row for row in browser.run(CELLS) if row[0] == "topic"]
    assert cells[heads.index("Says")] == "b 20, a 20"
    assert any(title.startswith("topic: ") for title in browser.texts(".item.prompt h4"))


def test_names_of_settings_stay_whole_and_stand_once(browser: Page, tmp_path: Path) -> None:
    pieces = [{"kind": "removed", "text": "a " * 80}, {"kind": "added", "text": "b " * 80}]
    text = {"path": "description", "old": "a " * 80, "new": "b " * 80, "pieces": pieces, "kind": "changed"}
    risk = {"path": "risk", "old": "minimal", "new": "high", "pieces": [], "kind": "changed"}
    target = tmp_path / "review.html"
    found = prompt(0, change=change(description=[text], governance=[risk]))
    target.write_text(review_page(review(found), "en"), encoding="utf-8")
    browser.open(target, width=390)
    names = browser.run(NAMES_OF_SETTINGS)
    assert [name for name, _ in names] == ["governance risk", "description"]
    assert all(height < 30 for _, height in names)


def test_a_review_is_filtered_and_searched(browser: Page, changed: Path) -> None:
    browser.open(changed)
    browser.click(".chip", "inconclusive")
    assert [head.split("\n")[1] for head in browser.texts("#list h2")] == ["shop/tone"]
    browser.click(".chip", "inconclusive")
    browser.click(".chip", "better")
    assert {head.split("\n")[0] for head in browser.texts("#list h3")} == {"better"}
    browser.click(".chip", "better")
    browser.search("r007")
    assert [head.split("\n")[1] for head in browser.texts("#list h3")] == ["r007", "r007"]
    browser.search("nothing like this")
    assert browser.text(".nothing p") == "Nothing matches. Clear the search or a filter."
    browser.click(".nothing button")
    assert len(browser.texts("#list h2")) == 2
    browser.choose("Evaluator", "short")
    assert browser.text("#count").startswith("1 of 2")


def test_keys_move_open_search_and_help(browser: Page, changed: Path) -> None:
    browser.open(changed)
    browser.press("j")
    assert browser.focused().startswith("regression\nshop/mood")
    browser.press("j")
    assert browser.focused().startswith("worse\nr000")
    browser.press("\ue007")
    assert browser.run("return document.activeElement.getAttribute('aria-expanded')") == "true"
    browser.press("jk")
    assert browser.focused().startswith("worse\nr000")
    browser.press("s")
    assert "View: in line" in browser.texts(".bar button")
    browser.press("/")
    assert browser.run("return document.activeElement.id") == "search"
    browser.press("jk?")
    assert browser.run("return document.activeElement.value") == "jk?"
    browser.press("\ue00c")
    browser.press("?")
    assert "next, previous" in browser.text("dialog")
    browser.press("\ue00c")
    assert browser.run("return document.querySelector('dialog[open]')") is None


def test_the_theme_follows_the_reader_and_can_be_set(browser: Page, changed: Path) -> None:
    background = "return getComputedStyle(document.body).backgroundColor"
    browser.open(changed)
    light = browser.run(background)
    browser.open(changed, theme="dark")
    dark = browser.run(background)
    assert light != dark
    for theme, colour in (("dark", dark), ("light", light), ("auto", dark)):
        browser.click("#theme")
        assert browser.text("#theme") == f"Theme: {theme}"
        assert browser.run(background) == colour


def test_the_reader_changes_the_language(browser: Page, changed: Path) -> None:
    browser.open(changed)
    browser.choose("Language", "Français")
    assert browser.text("h1") == "Cette modification ne peut pas être acceptée"
    assert browser.text(".hero p").startswith("1 régression, 1 non concluant · 2 prompts modifiés")
    assert browser.run("return document.documentElement.lang") == "fr"
    assert "Vue : côte à côte" in browser.texts(".bar button")
    assert any("réparés" in text for text in browser.texts("#list li"))
    assert browser.run("return document.querySelectorAll('main [lang]').length") == 0
    browser.choose("Langue", "English")
    assert browser.text("h1") == "This change may not go in"
    french = run("review", "HEAD", "--format", "html", "--lang", "fr", cwd=changed.parent).out
    assert french.startswith('<!DOCTYPE html>\n<html lang="fr">')
    assert "Ce rapport a besoin de JavaScript" in french.partition("<script")[0]


def assert_all_is_french(browser: Page) -> None:
    """Every sentence is on the page in French, and nothing of the English tables is."""
    text = flat(browser.run("return document.body.innerText + document.body.outerHTML.replace(/<script.*/s, '')"))
    for sentence in EVERY:
        assert shown(sentence, "fr") in text, sentence.code
    words = english([*CORE, "labels", "reports", "pages"])
    found = [each for each in words if each in text]  # of a few megabytes, where each search takes long
    assert sorted(each for each in found if re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", text)) == []
    assert browser.complaints() == []


def test_nothing_of_ours_is_english_on_a_french_page(browser: Page, tmp_path: Path) -> None:
    target = tmp_path / "review.html"
    target.write_text(review_page(full_review(EVERY), "fr"), encoding="utf-8")
    browser.open(target)
    browser.run("state.limits.prompts = 10000; drawList(); window.dispatchEvent(new Event('beforeprint')); help()")
    assert_all_is_french(browser)


def test_a_run_in_french(browser: Page, tmp_path: Path) -> None:
    report = RunReport(RUN, keep=True)
    case = Case("tagged", {"review": ["a", 1]}, "x", True, tags=("t1",), must_pass=True, cluster="c1")
    for number, sentence in enumerate(EVERY):
        report.add(row(case._replace(id=f"k{number}"), False, model="a@1", reason=sentence))
    report.add(row("k-none", None, model="a@1", reason=EVERY[0]))
    target = tmp_path / "run.html"
    target.write_text(render(report, "fr"), encoding="utf-8")
    browser.open(target)
    browser.run("state.limits.rows = 10000; drawList(); window.dispatchEvent(new Event('beforeprint'))")
    assert_all_is_french(browser)


def test_the_search_knows_both_languages(browser: Page, changed: Path) -> None:
    browser.open(changed)
    for words in ("message système", "system message"):
        browser.search(words)
        assert browser.text("#count").startswith("2 of 2"), words


def test_a_run_shows_every_case_with_messages_answers_and_reasons(browser: Page, evaluated: Path) -> None:
    browser.open(evaluated)
    assert browser.text("h1") == "1 violation of what may not fail"
    assert browser.texts(".tile") == [
        "2\npass",
        "2\nfail",
        "0\nscores or labels only",
        "0\nunscored",
        "2\nnot evaluated",
        "4\nAnswers",
    ]
    states = [head.split("\n")[:2] for head in browser.texts("#list h3")]
    assert states == [
        ["fail", "r002"],  # a hard check fails
        ["fail", "r001"],
        ["not evaluated", "r003"],
        ["not evaluated", "r005"],
        ["pass", "r000"],
        ["pass", "r004"],
    ]
    browser.click("#list h3 > button", "fail\nr002")
    body = browser.text("#list .item.open .body")
    for part in (
        "bad, very bad, so bad",
        "short fail expected at most 3, got 5 words",
        "Review 2: the shoes are fine.",
        "You read reviews for a shop.",
        "EXPECTED",
    ):
        assert part in body, part
    browser.choose("Sort", "Sort: case id")
    assert [head.split("\n")[1] for head in browser.texts("#list h3")] == [f"r{number:03}" for number in range(6)]
    browser.choose("Failed evaluator", "short")
    assert [head.split("\n")[1] for head in browser.texts("#list h3")] == ["r002"]
    assert browser.complaints() == []


def test_a_run_with_models_tags_and_several_answers(browser: Page, tmp_path: Path) -> None:
    report = RunReport(RUN, keep=True)
    tagged = Case("tagged", {"review": ["a", 1]}, None, tags=("fr", "long"), must_pass=True, cluster="doc")
    for each in (row(tagged, [True, False], model="a@1"), row("plain", None, model="b@1"), row("c", True, model="a@1")):
        report.add(each)
    target = tmp_path / "run.html"
    target.write_text(render(report), encoding="utf-8")
    browser.open(target)
    browser.choose("Model", "b@1")
    assert [head.split("\n")[:2] for head in browser.texts("#list h3")] == [["unscored", "plain"]]
    browser.choose("Model", "Model: all")
    browser.choose("Tag", "fr")
    (head,) = browser.texts("#list h3")
    assert head.startswith("fail\ntagged\nmust pass\nfr\nlong")
    browser.click("#list h3 > button")
    body = browser.text("#list .body")
    assert body.index("ANSWER 1 OF 2") < body.index("ANSWER 2 OF 2")
    assert "The messages are not in a run file" in body


def test_cases_with_scores_only_are_measured_and_neither_unscored_nor_failed(browser: Page, tmp_path: Path) -> None:
    report = RunReport(RUN, keep=True)
    for name, value in (("a", 0.5), ("b", 0.25)):
        made = row(name, True)
        judged = ({"right": Result(value, own_words("close"))},)
        report.add(made._replace(result=made.result._replace(samples=judged)))
    target = tmp_path / "run.html"
    target.write_text(render(report), encoding="utf-8")
    browser.open(target)
    assert browser.text("h1") == "Scores or labels only: nothing passes or fails"
    assert browser.texts(".tile")[2:4] == ["2\nscores or labels only", "0\nunscored"]
    assert [head.split("\n")[:2] for head in browser.texts("#list h3")] == [
        ["scores or labels only", "a"],
        ["scores or labels only", "b"],
    ]
    assert browser.texts("#list .badge.unsure") == []
    assert browser.complaints() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["English", "Français"])
@pytest.mark.parametrize("kind", ["changed", "evaluated"])
def test_nothing_serious_keeps_anybody_out(
    browser: Page, axe: str, kind: str, language: str, theme: str, request: pytest.FixtureRequest
) -> None:
    browser.open(request.getfixturevalue(kind), theme=theme)
    browser.run(
        "document.getElementById('language').value = arguments[0]", {"English": "en", "Français": "fr"}[language]
    )
    browser.run("document.getElementById('language').dispatchEvent(new Event('change'))")
    for opener in ("#list h3 > button", "main > .wrap h2 > button"):
        if browser.texts(opener):
            browser.click(opener)
    assert browser.accessibility(axe) == []


@pytest.mark.parametrize("kind", ["changed", "evaluated"])
def test_a_narrow_window_scrolls_one_way_only_and_print_hides_controls(
    browser: Page, kind: str, request: pytest.FixtureRequest
) -> None:
    browser.open(request.getfixturevalue(kind), width=400)
    browser.click("#list h3 > button")
    assert browser.run("return document.documentElement.scrollWidth") <= 400
    assert browser.run(OUT_OF_SIGHT) == []
    browser.media("light", "print")
    assert not browser.texts(".bar")
    assert browser.texts("h1")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.run("return document.querySelectorAll('#list .item:not(.open)').length") == 0


def hostile_review() -> Any:
    failures = [{"evaluator": text, "reason": sentence_json(text)} for text in HOSTILE]
    hostile = [
        pair(text, HOSTILE[index - 1])
        | {"inputs": {text: text}, "base_answer": text, "base_failures": [], "head_failures": failures}
        for index, text in enumerate(HOSTILE)
    ]
    prompts = [
        prompt(
            0,
            id=text,
            path=text,
            comparisons=[comparison(broken=hostile, reasons=[sentence_json(text)], base_model=text)],
        )
        for text in HOSTILE
    ]
    return review(*prompts) | {
        "base": HOSTILE[0],
        "head": HOSTILE[1],
        "weakens": [sentence_json(text) for text in HOSTILE],
    }


def test_nothing_of_theirs_is_run_or_asked_for(browser: Page, tmp_path: Path) -> None:
    report = RunReport(RUN, HOSTILE[0], keep=True)
    for text in HOSTILE:
        case = Case(text, {text: text}, text, True, tags=(text,), cluster=text)
        report.add(row(case, [False, None], model=text, answer=text, reason=text))
    for name, text in (("review", review_page(hostile_review())), ("run", render(report))):
        target = tmp_path / f"{name}.html"
        target.write_text(text, encoding="utf-8")
        browser.open(target)
        for selector in ("main > .wrap h2 > button", "#list h3 > button"):
            if browser.texts(selector):
                browser.click(selector)
        assert browser.run(
            "return [window.hit, document.querySelectorAll('img, base, iframe, main style, main script').length]"
        ) == [None, 0]
        assert browser.texts("h1")
        assert HOSTILE[1] in browser.run("return document.body.textContent")
        assert "\\u202e" in browser.run("return document.querySelector('main').textContent")
        assert "\u202e" not in browser.run("return document.querySelector('main').textContent")
        assert [address for address in browser.requests() if not address.startswith("file://")] == []
        assert browser.complaints() == []
        refused = browser.driver.execute_async_script(
            "const done = arguments[0]; fetch('http://127.0.0.1:9/').then(() => done('sent'), () => done('refused'))"
        )
        assert refused == "refused"
        assert any("Content Security Policy" in line for line in browser.complaints())


def test_data_in_a_page_is_json_that_ends_no_element() -> None:
    for text in HOSTILE:
        encoded = encode({text: [text]})
        assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", encoded)
        assert json.loads(encoded) == {text: [text]}
    made = page("run", {"x": "</script>"}, "en")
    assert made.count("</script>") == 2
    assert "unsafe" not in made.partition("</head>")[0]
    assert re.search(r"default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'", made)


def test_a_number_without_an_end_is_null() -> None:
    assert json.loads(encode({"a": [float("inf"), 1.5, float("nan")], "b": (1,)})) == {"a": [None, 1.5, None], "b": [1]}


def test_an_interval_without_an_end_is_shown(browser: Page, tmp_path: Path) -> None:
    endless = comparison(lower=float("-inf"), upper=float("inf"), scale="score")
    target = tmp_path / "review.html"
    target.write_text(review_page(review(prompt(0, comparisons=[endless]))), encoding="utf-8")
    browser.open(target)
    assert "[∞, ∞]" in browser.text("#list .body")
    assert browser.complaints() == []


def test_the_script_writes_no_markup() -> None:
    folder = Path(page.__code__.co_filename).parent
    for name in ("page.js", "run.js", "review.js"):
        text = (folder / name).read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|Function\(|\.style\b", text)


def test_a_huge_review_keeps_what_is_worst_and_says_what_is_left_out(browser: Page, tmp_path: Path) -> None:
    big = [pair(f"r{number:05}", "word") | {"base_answer": "<&>" * 30_000} for number in range(40)]
    prompts = [prompt(number, comparisons=[comparison(broken=big)]) for number in range(3)]
    text = review_page(review(*prompts))
    assert MAX_DATA / 2 < len(text.encode()) < 20_000_000
    target = tmp_path / "review.html"
    target.write_text(text, encoding="utf-8")
    browser.open(target)
    shown = browser.run("return data.prompts.map((prompt) => prompt.cases.length)")
    left = browser.run("return data.left_out.cases")
    assert 0 < shown[0] < 40
    assert shown[1:] == [0, 0]
    assert sum(shown) + left == 120
    assert browser.texts(".note")[-1].startswith(f"{left:,} answers are left out here")


def test_the_rows_of_a_run_stand_worst_first() -> None:
    report = RunReport(RUN, keep=True)
    must = Case("must", {"review": "x"}, "good", must_pass=True)
    seldom = [True, True, False]
    for each in (row("good", True), row("seldom", seldom), row("never", [False] * 3), row("unsure", None)):
        report.add(each)
    report.add(row(must, seldom))
    data = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', render(report))[0])
    assert [each["case"] for each in data["rows"]] == ["must", "never", "seldom", "unsure", "good"]


def test_a_huge_run_keeps_what_is_worst(tmp_path: Path) -> None:
    report = RunReport(RUN, keep=True)
    for each in rows(outcomes(900, range(850, 900))):
        report.add(each)
    for number in range(400):
        report.add(row(f"big{number}", True, answer="x" * 90_000))
    text = render(report)
    assert len(text.encode()) < 20_000_000
    data = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)[0])
    assert [each["state"] for each in data["rows"][:50]] == ["fail"] * 50
    assert data["left_out"] == 1300 - len(data["rows"])
    assert data["left_out"] > 0


def test_reference_answers_that_pass_are_not_green(browser: Page, repository: ScratchRepository) -> None:
    write_sample(repository, 3, recorded=outputs({0: "good", 1: "good", 2: "good"}, source="reference"))
    done = run("eval", "--format", "html", cwd=repository.root)
    target = repository.root / "run.html"
    target.write_text(done.out, encoding="utf-8")
    browser.open(target)
    assert browser.text("h1") == "Every reference answer passes; no model's answer was judged"
    assert browser.run("return document.querySelectorAll('.hero.good, #app .badge.good').length") == 0
    assert browser.complaints() == []


def test_code_in_a_sentence_is_shown_as_code(browser: Page, changed: Path) -> None:
    browser.open(changed)
    assert browser.run("return [...document.querySelectorAll('#list h3 code')].length") > 0
    assert "`" not in browser.text("#list")


def test_a_preview_that_is_cut_says_so(browser: Page, tmp_path: Path) -> None:
    report, target = RunReport(RUN, keep=True), tmp_path / "run.html"
    report.add(row("long", True, answer="x" * 300))
    target.write_text(render(report), encoding="utf-8")
    browser.open(target)
    assert "x" * 120 + "…" in browser.text("#list h3")


def test_counterexamples_that_are_let_pass_and_notes_beside_answers(
    browser: Page, repository: ScratchRepository
) -> None:
    write_sample(repository, 2, recorded=outputs({0: "bad", 1: "good"}))
    why = "The shop <i>reads</i> one word."
    entry = f"{{id: wordy, case: r001, output: <b>very</b> good indeed now, caught_by: short, why: {why}}}"
    repository.write(
        "prompts/shop/mood/counterexamples.yml",
        f"schema: promptstead/counterexamples/v1\ncounterexamples:\n  - {entry}\n",
    )
    say = ("outputs", "note", "shop/mood", "r000")
    env = {"CI": "", "GIT_AUTHOR_NAME": "Ana <b>"}
    run(*say, "--verdict", "bad", "Read the <script>review</script>.", cwd=repository.root, env=env)
    repository.commit()
    repository.write(OUTPUTS, outputs({0: "good", 1: "good"}))
    repository.write(PATH, PROMPT.replace("max: 3", "max: 9"))
    run(*say, "--verdict", "good", "--tag", "fixed", "Right now.", cwd=repository.root, env=env)
    target = repository.root / "review.html"
    done = run("review", "HEAD", "--format", "html", "--lang", "en", "--output", target, cwd=repository.root)
    assert done.code == 1, done.err
    browser.open(target)
    text = browser.text("#list .item.open")
    assert "must not pass" in text.lower()
    assert "wordy" in text
    assert why in text
    assert "notes added" in text.lower()
    browser.click("#list .item .item button")
    opened = " ".join(browser.text("#list .item .item.open").split())
    assert "Before: Ana <b>, " in opened
    assert ", bad Read the <script>review</script>." in opened
    assert ", good, fixed Right now." in opened
