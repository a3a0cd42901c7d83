"""What is said about a comparison: reasons, what weakens the evidence, verdict lines."""

WORDS = {
    "written-by-hand": (
        "not evaluated: answers that people wrote, or a stand-in gave, show what the checks accept, "
        "not what a model says"
    ),
    "nothing-comparable": "not evaluated: no case has a comparable answer on both sides",
    "too-few-comparable": "only {compared} of the base's {judged} judged cases can be compared",
    "must-pass": "cases that must pass do not: {cases:names}",
    "hard-missing": "hard check `{check}` does not run on the head",
    "hard-fails": "hard check `{check}` fails: {cases:names}",
    "cases-removed": "cases removed: {cases:names}",
    "must-pass-removed": "cases that no longer say `must_pass` (it still holds here): {cases:names}",
    "not-run-on-head": "it does not run on the head",
    "by-evaluator": "{evaluator}: {reason}",
    "unscored-by": "unscored: {evaluator}: {reason}",
    "case-passes": "case passes",
    "no-label-expected": "it gives a label, and the case expects no label",
    "nothing-to-compare": "nothing to compare: no assertion ran on it",
    "unscored": "unscored: {reason}",
    "no-assertion": "no assertion ran on it",
    "answer-not-shown": "not shown: the answer is kept outside the repository",
    "imported-unchanged": (
        "not evaluated: the prompt changed and its imported answers did not; they say nothing about this change"
    ),
}
