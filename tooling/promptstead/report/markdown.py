"""The review as Markdown for a pull-request comment or a job summary."""

from collections.abc import Iterator

from promptstead.diff.prompts import PromptChange
from promptstead.diff.words import Piece
from promptstead.evals.gate import FEW_CASES, Decision
from promptstead.evals.pairing import Pair
from promptstead.evals.verdict import Verdict
from promptstead.report.changes import path_text, summary, value_parts, values_text
from promptstead.report.excerpt import excerpt
from promptstead.report.markup import block, cell, code, html
from promptstead.report.review import PromptReview, Review, answer_of, base_rate, head_rate

MAX_CHARACTERS = 60_000
"""Of the whole; a comment on GitHub holds 65,536."""
MAX_ANSWERS = 10
"""Most answers shown of one prompt."""
MAX_DETAIL = 12_000
"""Characters of one prompt's details."""
MAX_MESSAGE = 4_000
"""Characters of what changed in one text."""
MAX_TABLE = 24_000
"""Characters of the table."""
MAX_ROWS = 20
"""Most rows of one prompt, that is, pairs of models."""
MAX_NOT_COMPARED = 6_000
"""Characters of the list of cases that were not compared."""

MARKS = {
    Verdict.REGRESSION: "🔴",
    Verdict.WITHIN_MARGIN: "🟠",
    Verdict.INCONCLUSIVE: "⚪",
    Verdict.NO_REGRESSION: "✅",
    Verdict.IMPROVEMENT: "🟢",
    Verdict.NOT_EVALUATED: "➖",
}


def review_markdown(review: Review) -> str:
    """Return the review; when it is too long, the details of the last prompts are left out, and it says so."""
    head = [_headline(review), *_weakens(review), *_table(review)]
    text = "\n".join(head) + "\n"
    tail = "\n".join(_not_compared(review))
    left_out = 0
    for prompt in review.prompts:
        details = "\n".join(_details(prompt))
        if len(text) + len(details) + len(tail) > MAX_CHARACTERS:
            left_out += 1
        else:
            text += "\n" + details + "\n"
    if left_out:
        text += f"\nDetails of {left_out} more prompt{'' if left_out == 1 else 's'} are in the JSON report.\n"
    return f"{text}\n{tail}\n" if tail else text


def _headline(review: Review) -> str:
    counted = ", ".join(f"{count} {outcome}" for outcome, count in review.headline_counts().items())
    state = "⛔" if review.blocks else "✔"
    prompts = len(review.prompts)
    revisions = f"{code(review.base)}..{code(review.head)}"
    if not prompts:
        return f"✔ **No prompt changed** · {revisions}"
    return (
        f"{state} **{counted}** in {prompts} changed prompt{'' if prompts == 1 else 's'} · {revisions}"
        f" · {review.evaluated:,} recorded answers replayed, 0 model calls"
    )


def _weakens(review: Review) -> Iterator[str]:
    lines = list(review.weakens())
    if lines:
        yield ""
        yield from (f"- {_mixed(line)}" for line in lines[:10])
        if len(lines) > 10:
            yield f"- … and {len(lines) - 10} more"


def _mixed(text: str) -> str:
    """Return a sentence of ours with what it quotes; all of it as code, since what it quotes is not ours."""
    return code(text.replace("`", ""), 300)


def _table(review: Review) -> Iterator[str]:
    if not review.prompts:
        return
    yield ""
    yield "| prompt | change | contract | lint | cases ✔→✘ / ✘→✔ / same | score | verdict | tokens per call |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    size = 0
    for number, prompt in enumerate(review.prompts):
        rows = list(_rows(prompt))
        size += sum(map(len, rows))
        if size > MAX_TABLE:
            yield f"\n… and {len(review.prompts) - number} more prompts, in the JSON report"
            return
        yield from rows


def _rows(prompt: PromptReview) -> Iterator[str]:
    """Yield one row for each pair of models that is compared, the first with what is about the prompt itself."""
    if prompt.error:
        yield f"| {cell(prompt.id)} | not valid | – | {_lint(prompt)} | – | – | ⛔ not valid | – |"
        return
    change = prompt.change
    first = [cell(prompt.id), cell(summary(change)) if change else "", _contract(change), _lint(prompt)]
    last = _tokens(prompt)
    for decision in prompt.decisions[:MAX_ROWS] or (None,):
        yield "| " + " | ".join([*first, *_scores(decision), last]) + " |"
        first, last = [""] * len(first), ""
    if len(prompt.decisions) > MAX_ROWS:
        yield f"| … and {len(prompt.decisions) - MAX_ROWS} more models | | | | | | | |"


def _contract(change: PromptChange | None) -> str:
    if change is None or change.kind == "added" or change.contract.consequence == "none":
        return "none"
    word = "**breaking**" if change.contract.consequence == "breaking" else "compatible"
    return f"{cell(change.contract.reasons[0].text, 80)}: {word}"


def _lint(prompt: PromptReview) -> str:
    codes = sorted({diagnostic.code for diagnostic in prompt.new_findings})
    new = f"{len(prompt.new_findings)} new" + (f" ({', '.join(codes[:5])})" if codes else "")
    return f"{new}, {prompt.fixed_findings} fixed" if prompt.fixed_findings else new


def _scores(decision: Decision | None) -> list[str]:
    if decision is None:
        return ["–", "–", f"{MARKS[Verdict.NOT_EVALUATED]} not evaluated"]
    broken, fixed, same = len(decision.broken), len(decision.fixed), len(decision.unchanged)
    cases = f"{broken} / {fixed} / {same}" if broken + fixed + same else "–"
    if broken:
        cases = f"**{cases}**"
    if decision.sides.by_hand:
        cases += " (reference)" if cases != "–" else ""
    if decision.violations and decision.verdict != Verdict.REGRESSION:
        return [cases, _score(decision), f"⛔ {len(decision.violations)} must not fail"]
    verdict = f"{MARKS[decision.verdict]} {decision.verdict.lower()}"
    if decision.further:
        verdict += f": about {decision.further:,} more cases would decide"
    return [cases, _score(decision), verdict]


def _score(decision: Decision) -> str:
    comparison, before, after = decision.comparison, base_rate(decision), head_rate(decision)
    if comparison is None or before is None or after is None:
        return "–"
    interval = f"{comparison.difference * 100:+.1f} [{comparison.lower * 100:+.1f}, {comparison.upper * 100:+.1f}]"
    if comparison.n < FEW_CASES:
        return f"{comparison.n} cases: too few for a percentage"
    return f"{before * 100:.2f} → {after * 100:.2f} % ({interval})"


def _tokens(prompt: PromptReview) -> str:
    if prompt.base_tokens is None and prompt.head_tokens is None:
        return "unknown"
    shown = ["?" if tokens is None else f"{tokens:.0f}" for tokens in (prompt.base_tokens, prompt.head_tokens)]
    return " → ".join(shown)


def _details(prompt: PromptReview) -> Iterator[str]:
    broken = sum(len(decision.broken) for decision in prompt.decisions)
    title = f"{prompt.id}: {broken} answer{'' if broken == 1 else 's'} got worse" if broken else prompt.id
    parts = [
        *_findings(prompt),
        *_answers(prompt),
        *_reasons(prompt),
        *(_words(prompt.change) if prompt.change else ()),
    ]
    if not parts:
        return
    yield f"<details{' open' if prompt.blocks else ''}><summary>{html(title)}</summary>\n"
    size = 0
    for part in parts:
        size += len(part)
        if size > MAX_DETAIL:
            yield "… the rest is in the JSON report."
            break
        yield part + "\n"
    yield "</details>"


def _findings(prompt: PromptReview) -> Iterator[str]:
    if prompt.error:
        yield f"**Not valid** {code(prompt.error)}"
    for diagnostic in prompt.new_findings[:10]:
        hint = f" – {code(diagnostic.hint)}" if diagnostic.hint else ""
        yield f"**{diagnostic.level} {diagnostic.code}** {code(diagnostic.location)}: {code(diagnostic.message)}{hint}"
    if len(prompt.new_findings) > 10:
        yield f"… and {len(prompt.new_findings) - 10} more findings"


def _reasons(prompt: PromptReview) -> Iterator[str]:
    for decision in prompt.decisions:
        models = " → ".join(dict.fromkeys(filter(None, (decision.sides.base_model, decision.sides.head_model))))
        yield "\n".join(f"- {code(models) + ': ' if models else ''}{_mixed(reason)}" for reason in decision.reasons)


def _answers(prompt: PromptReview) -> Iterator[str]:
    shown = 0
    for decision in prompt.decisions:
        for violation in decision.violations:
            if shown < MAX_ANSWERS:
                shown += 1
                where = f"{code(violation.case or 'every case')} · {code(violation.check)}"
                yield f"**must not fail** {where}: {code(violation.reason)}"
        for label, pairs in (("worse", decision.broken), ("better", decision.fixed)):
            for pair in pairs:
                if shown == MAX_ANSWERS:
                    counts = f"{len(decision.broken)} answers got worse and {len(decision.fixed)} better"
                    yield f"… {counts}; the JSON report has them all."
                    return
                shown += 1
                yield _answer(label, pair)


def _answer(label: str, pair: Pair) -> str:
    failures = pair.head.failures() if label == "worse" else pair.base.failures()
    failed = "; ".join(f"{code(name)}: {code(why)}" for name, why in failures)
    when = "failed" if label == "worse" else "failed before"
    inputs = "\n".join(f"{name}: {value}" for name, value in pair.head.case.inputs.items())
    before, after = answer_of(pair.base) or "", answer_of(pair.head) or ""
    return "\n\n".join(
        (
            f"**{code(pair.head.case.id)}** got {label}; {when}: {failed}",
            f"Input\n{block(inputs, 800)}",
            f"Before\n{block(before, 1_200)}",
            f"After\n{block(after, 1_200)}",
        )
    )


def _words(change: PromptChange) -> Iterator[str]:
    for message in change.messages:
        yield f"**{message.role} message** {'' if message.kind == 'changed' else message.kind + ' '}" + _pieces(
            message.pieces
        )
    for name, values in value_parts(change):
        for value in values[:20]:
            text = _pieces(value.pieces) if value.pieces else code(values_text(value))
            yield f"**{name}** {code(path_text(value.path))}: {text}"


def _pieces(pieces: tuple[Piece, ...]) -> str:
    shown: list[str] = []
    for piece in excerpt(pieces):
        text = code(piece.text, 1_500)
        if not text:
            continue
        if sum(map(len, shown)) + len(text) > MAX_MESSAGE:
            return " ".join(shown) + " … the rest is in the JSON report."
        if piece.kind in ("removed", "moved from"):
            shown.append(f"~~{text}~~" + (" (moved)" if piece.kind == "moved from" else ""))
        elif piece.kind in ("added", "moved to"):
            shown.append(f"**{text}**" + (" (moved here)" if piece.kind == "moved to" else ""))
        else:
            shown.append(text)
    return " ".join(shown)


def _not_compared(review: Review) -> Iterator[str]:
    left = [
        (prompt.id, each) for prompt in review.prompts for decision in prompt.decisions for each in decision.left_out
    ]
    if not left:
        return
    yield f"<details><summary>Not compared: {len(left)} case{'' if len(left) == 1 else 's'}</summary>\n"
    size = 0
    for number, (prompt_id, each) in enumerate(left):
        text = f"- {code(prompt_id, 120)} {code(each.case, 120)}: {code(each.why)}"
        size += len(text)
        if size > MAX_NOT_COMPARED:
            yield f"- … and {len(left) - number} more"
            break
        yield text
    yield "\n</details>"
