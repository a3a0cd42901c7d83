"""What is said about a comparison: reasons, what weakens the evidence, verdict lines."""

WORDS: dict[str, str] = {
    "written-by-hand": (
        "not evaluated: answers that people wrote, or a stand-in gave, show what the evaluators accept, not what a "
        "model says"
    ),
    "nothing-comparable": "not evaluated: no case has a comparable answer on both sides",
    "too-few-comparable": "only {compared} of the base's {judged} judged cases can be compared",
    "not-asked-of-both": "not asked of both models, and so not compared: {prompts:names}",
    "passes-nothing": (
        "`{evaluator}` passes none of {cases} cases on either side: it cannot see a regression; check that it reads "
        "the answer, and what the cases expect"
    ),
    "not-run-on-head": "it does not run on the head",
    "by-evaluator": "{evaluator}: {reason}",
    "must-pass": "cases that must pass do not: {cases:names}",
    "hard-missing": "hard evaluator `{check}` does not run on the head",
    "hard-fails": "hard evaluator `{check}` fails: {cases:names}",
    "cases-removed": "cases removed: {cases:names}",
    "must-pass-removed": "cases that no longer say `must_pass` (it still holds here): {cases:names}",
    "unscored-by": "unscored: {evaluator}: {reason}",
    "case-passes": "case passes",
    "no-label-expected": "it gives a label, and the case expects no label",
    "nothing-to-compare": "nothing to compare: no assertion ran on it",
    "direction-differs": "its score improves in the opposite direction to that of the other cases",
    "new-case": "new case",
    "removed-case": "removed case",
    "on-base": "base: {reason}",
    "on-head": "head: {reason}",
    "score-on-one-side": "a score on one side, and pass or fail on the other",
    "input-changed": "its input changed",
    "script-changed": "what the user or a tool says in it changed",
    "expected-changed": "what it expects changed",
    "evaluator-removed": "evaluator `{evaluator}` was removed",
    "evaluator-changed": "evaluator `{evaluator}` changed",
    "evaluator-added": "evaluator `{evaluator}` was added",
    "unscored": "unscored: {reason}",
    "no-assertion": "no assertion ran on it",
    "answer-not-shown": "not shown: the answer is kept outside the repository",
    "answers-altered": "answers changed though nothing was asked again, by their own count: {cases:names}",
    "answers-unmarked": "answers no longer carry the digest of what was received: {cases:names}",
    "imported-unchanged": (
        "not evaluated: the prompt changed and its imported answers did not; they say nothing about this change"
    ),
    "clauses": "{clauses}",
    "broken-first": (
        "{evaluator}: {broken} broken ({names:names}), {fixed} fixed of {cases} {cases#case|cases}, {difference}"
    ),
    "fixed-first": "{evaluator}: {fixed} fixed, {broken} broken of {cases} {cases#case|cases}, {difference}",
    "worse-first": (
        "{evaluator}: {worse} worse ({names:names}), {better} better of {cases} {cases#case|cases}, {difference}"
    ),
    "better-first": "{evaluator}: {better} better, {worse} worse of {cases} {cases#case|cases}, {difference}",
    "difference-alone": "{difference:+.3g} (no interval)",
    "difference": "{difference:+.3g} ({lower:+.3g} to {upper:+.3g})",
    "points-alone": "{difference:+.1f} points (no interval)",
    "points": "{difference:+.1f} points ({lower:+.1f} to {upper:+.1f})",
    "less-is-better": "less is better",
    "margin-of-score": "margin {margin:.3g} of the base's {base:.4g}",
    "method-t": "paired t",
    "method-bootstrap": "bootstrap-t interval, exact sign-flip test",
    "clusters": "{n} {n#cluster|clusters}",
    "alone": "by itself this would be {verdict} (p {p:.2g}), but it is one of {family} comparisons made together",
    "alone-adjusted": (
        "by itself this would be {verdict} (p {p:.2g}), but it is one of {family} comparisons made together "
        "(adjusted p {adjusted:.2g})"
    ),
    "further-cases": (
        "about {n} more {n#case|cases} would decide: at most {calls} {calls#call|calls}, {cost} "
        "(add them on both sides, then `{command}`)"
    ),
    "shortfall": (
        "at least {n} more {n#case|cases} must be comparable: at most {calls} {calls#call|calls}, {cost} (`{command}`)"
    ),
    "no-further-cases": "no number of cases like these would decide",
    "cost": "cost about {cost:.2g}",
    "cost-unknown": "cost unknown",
    "likely-rename": "looks like a rename of `{old}`, which is compared with nothing: give it `aliases: [{old}]`",
    "not-comparable": "{n} of the base's {judged} judged cases cannot be compared",
    "worse-by-itself": (
        "worse by itself (p {p:.2g}), but not in view of all {family} comparisons of this report (p {adjusted:.2g})"
    ),
    "must-pass-rewritten": "what the `must_pass` case {case} asks or expects was changed",
    "of-prompt": "`{prompt}`: {text}",
    "violations-of": "`{prompt}`: {n} {n#violation|violations} of hard evaluators or `must_pass` cases",
    "findings-of": "`{prompt}`: {n} new {n#finding|findings} to fix",
    "undecided": "`{prompt}`: {verdict}, which the base's policy does not accept",
    "contract-breaks-declared": "`{prompt}`: contract {old} → {new}, declared; what breaks: {reasons}",
    "contract-breaks-declared-more": (
        "`{prompt}`: contract {old} → {new}, declared; what breaks: {reasons}; and {n} more"
    ),
    "contract-breaks-undeclared": (
        "`{prompt}`: an undeclared break for callers: {reason}; keep what they rely on, or write `contract: {number}`"
    ),
    "contract-misnumbered": (
        "`{prompt}`: a break for callers, which `contract: {new}` does not declare, as the next number is {number}: "
        "{reason}"
    ),
    "held-to-former": (
        "the answers are held to contract {number}: its change is not declared (if it is, base and head are compared "
        "on what both contracts have)"
    ),
    "run-contracts": (
        "contract {old} → {new} of `{prompt}`: run files hold the number and not the contract, so only cases with the "
        "same inputs, expected values and evaluators are compared (two revisions, on what both contracts have)"
    ),
    "compared-on-common": (
        "contract {old} → {new}, declared: cases are compared by their id, on the inputs and the expected values that "
        "both contracts have"
    ),
    "checks-leave": "not compared, as only one contract has what they read: {checks}",
    "check-validates-all": "`{check}` validates the whole answer",
    "check-reads": "`{check}` reads `{place}`, which only contract {number} has",
    "check-reads-other": "`{check}` reads `{place}`, which is of another type in contract {number}",
    "check-reads-other-answer": "`{check}` reads the answer, which is of another type in contract {number}",
    "check-reads-all": "`{check}` judges the whole answer, and only contract {number} has `{place}`",
    "check-reads-tool": "`{check}` names the tool `{tool}`, which only one contract has",
    "check-combines": "`{check}` combines others: {reason}",
    "primary-leaves": "`{evaluator}`, which decides, cannot be compared between the two contracts",
    "no-input-in-common": "the two contracts have no input in common",
    "outside-contract": "answers that contract {number} does not allow: {cases:names}",
    "silent-others": (
        "contract {new} no longer rules out fields that nobody describes: contract {old}, which does, still holds; "
        "describe the new ones under `properties`"
    ),
    "no-evaluator-in-common": "no evaluator is left that can be compared between the two contracts",
    "silent": (
        "contract {new} says nothing about {places:names}: contract {old} still holds there; rule out what answers "
        "no longer have (`false` as its schema, or `additionalProperties: false`), or say what it is now"
    ),
    "silent-altogether": (
        "contract {new} allows any answer: contract {old} still holds; say in `output.schema` what answers are now"
    ),
    "contract-violations-of": "`{prompt}`: {n} {n#answer does|answers do} not fit one of the two contracts",
    "contract-breaks": "`{prompt}`: the contract breaks: {reason}",
    "not-evaluated": "{n} {n#case|cases} not evaluated",
    "by-hand-only": (
        "{n} {n#prompt has|prompts have} only answers that people wrote or a stand-in gave, which show what "
        "evaluators accept, not what a model says"
    ),
    "head-unreadable": "the head is not valid: it cannot be read",
    "head-invalid": "the head is not valid: {reason}",
    "allowed-because": "a new comment allows {codes:list}: {reason}",
    "allowed-without-reason": "a new comment allows {codes:list}: no reason given",
    "lint-says-why": "the head is not valid: run `promptstead lint`",
    "run-stopped": "{run}: the run was stopped before its end; it holds {rows} {rows#row|rows}",
    "run-shard": "{run}: this is shard {index} of {count} only",
    "run-dirty": "{run}: files differed from commit {commit}",
    "run-uncommitted": "{run}: files were in no commit",
    "filters-differ": "the runs chose their cases by different filters; those of one run only are left out",
    "samples-differ": "the base has {base} {base#answer|answers} a case, the head {head}",
    "at-look": "look {look} of {looks}, after {asked} of {total} cases",
    "limit-reached": "a limit was reached: {at} (the last)",
    "stopped-early": "stopped at {at}: {saved} of {calls} calls saved",
    "asked-all": "decided at {at}: no call saved",
    "with-interval": "{said} ({share:.2f}% interval, which holds at all looks together)",
    "calls-failed": "{run}: {n} {n#call|calls} gave no answer ({reason})",
    "cases-not-asked": "{prompt}: {n} {n#case is|cases are} not asked: new, gone or changed",
    "only-first-cases": "{prompt}: only the first cases of {files:names} are asked: it is too large to be held",
    "let-pass-of": (
        "`{prompt}`: {n} {n#counterexample passes|counterexamples pass} an evaluator that must catch "
        "{n#it|them}: {names:names}"
    ),
    "counterexample-unjudged": "counterexample `{counterexample}` can no longer be judged by `{evaluator}`: {reason}",
}
