"""The text is about credit, recruitment, diagnosis or another high-risk area, and no risk class is declared.

**Why it matters.** Annex III of the AI Act lists uses that decide over people: access to credit, employment,
education, insurance, benefits, asylum, justice, biometrics. They need risk management, human oversight and records.
Diagnosis falls under the law on medical devices (Annex I). Whoever finds out after the release starts over.

**Example.** `You screen job applications for a bakery.` without `governance.risk`.

**How to fix.** Decide with whoever knows the law, and declare `governance: {risk: …, basis: …}`: `minimal` or `limited`
is an answer, too, when the basis says why. No fix is offered.

This rule is a heuristic: it looks for phrases in English and French in the title, the description, the purpose and the
first 1,000 characters of each message, and reports the first. A prompt that declares a risk class is never reported.

Precision and recall on prompts nobody here wrote: none in the 641 that it was built on, where at least one was due (a
prompt that marks the answers of students); none in the 671 that were read once. In 889 more it reported 3, of which
none were right (what is no diagnosis, reviews of an employer); they were corrected. Before, of 2,590 published English
prompts for chat assistants and agents it reported 10, of which 9 were right, though its phrases were narrowed on these.
In 1,684 texts of prompts, agents and skills that were read once after all that (838 and 846), it reports none. So few
findings cannot show 85 %: how often it is right now is unknown, and it misses uses that say it in other words: that is
why it is a note while editing. In GitHub Models' format, which can declare no class, it is a note. The dates of the AI
Act are in a table with its sources: `promptstead rule --data`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from promptstead.lint.facts import load_facts
from promptstead.lint.phrases import phrase
from promptstead.lint.rule import Context, Levels, Rule
from promptstead.model import KeyPath, Level, Problem, Span
from promptstead.prompts.gaps import GAP
from promptstead.words.sentence import say, word

OPENING = 1000
"""Characters of a message in which it is expected to say what it is for."""

_NOT = r"(?<!never )(?<!not )(?<!n't )(?<!n’t )(?<!than )"
_DENIED = re.compile(r"(?:\b(?:not|never|no|without|cannot|pas|jamais|aucune?)\b|n['’]t\b)[^.;:!?\n]{0,40}$")
_STAFF = r"(?:employees?|staff|team members?|direct reports?|subordinates?|workers?)"
_AREAS = {
    "access to credit": (
        ("credit", "crédit", "loan", "prêt", "solvab", "mortgage"),
        r"\bcredit[ -]?(?:scor|worth|decision|application)\w*|\bloan (?:application|approval|eligib|decision)\w*"
        r"|\b(?:approve|decline|grant|reject)s? (?:a |an |the |this )?(?:loan|credit|mortgage)"
        r"|\bsolvabilité\b|\bscor(?:e|ing) (?:de )?crédit|\boctroi d(?:e |u |')(?:crédit|prêt)"
        r"|\bdemandes? de (?:crédit|prêt)",
    ),
    "employment": (
        (
            "recruit",
            "recrut",
            "candidat",
            "applica",
            "embauche",
            "cv",
            "résumé",
            "resume",
            "performance",
            "hiring",
            "to hire",
            "hr decision",
            "human resources",
            "employee",
            "dismiss",
            "to promote",
            "entretien",
            "salarié",
            "collaborateur",
            "licenci",
        ),
        r"\b(?:you are|act as|you're) (?:an? |the )?(?:[\w-]+ ){0,3}?recruiter\b|^recruiter\b"
        r"|\brecruitment (?:specialist|assistant|process|decision|agency|team|manager)\b"
        r"|\b(?:screen|shortlist|rank|evaluat|assess|select|reject)(?:s|es|e|ing)? (?:the |each |these |all |our )?"
        r"(?:job (?:candidate|application|applicant)s?|applicants|cvs|résumés|resumes|candidates for)\b"
        r"|\b(?:every|each) candidate for (?:the|this|an open) (?:job|post|position|vacancy)\b"
        r"|\b(?:processus|entretiens?|chargée? d[eu]) (?:de )?recrutement\b|\bentretiens? d['’]embauche"
        r"|\b(?:tri(?:er|ez|es)?|évaluez?|analysez?|classez?|présélectionnez?) (?:de |des |les |la |chaque |une )?"
        r"(?:cv|candidat)"
        r"|\b(?:annual|yearly|mid-year|quarterly|employee|staff|worker) (?:job )?(?:performance (?:review|evaluation)"
        r"|(?:performance )?appraisal)s?\b"
        r"|\bperformance (?:review|appraisal|evaluation)s? (?:of|for|about|on) (?:an? |the |our |each |your )?(?:\w+ )?"
        rf"{_STAFF}\b"
        r"|\b(?:write|draft|prepare|summari[sz]e|conduct|generate)s? (?:\w+ ){0,3}?performance (?:review|appraisal)s?\b"
        r"(?! (?:of|for|on) (?:the |an? |our |your )?(?:\w+ )?(?:code|quer|sql|system|database|app|site|page|service))"
        rf"|\b(?:evaluat|assess|rat|rank|scor|monitor|apprais)(?:e|es|ing|s)? (?:the |each |our |your )?(?:\w+ )?"
        rf"(?:performance|productivity|conduct) of (?:the |an? |each |our )?(?:\w+ )?{_STAFF}\b"
        rf"|\b(?:dismiss|promote|lay off|fire|discipline)s? (?:the |an? |each |our |this |which )?{_STAFF}\b"
        r"|\b(?:hiring|firing|dismissal|layoff|promotion|hr|human resources) (?:decision|recommendation)s?\b"
        r"|\bwho(?:m)? (?:to|we should|should be) (?:hired?|promoted?|dismiss(?:ed)?|laid off|lay off)\b"
        r"|\bentretiens? (?:annuels?|d['’]évaluation|professionnels?)\b"
        r"|\bévaluations? (?:annuelles? )?(?:du|des|d['’]un|de chaque|de l['’]) ?(?:salarié|collaborateur|employé)s?\b"
        r"|\b(?:licenci|promouv)\w+ (?:un|le|les|des|du|d['’]un|de) ?(?:salarié|collaborateur|employé)s?\b"
        r"|\bdécisions? (?:rh|de licenciement|de promotion|d['’]embauche|de recrutement)\b",
    ),
    "insurance": (
        ("insur", "assur", "underwrit"),
        r"\b(?:life|health) insurance (?:pric|risk|premium|underwrit)\w*|\binsurance underwriting\b"
        r"|\btarification (?:de |d['’]une? |de l['’])?assurance (?:vie|santé)",
    ),
    "education": (
        ("grade", "grading", "student", "pupil", "admission", "noter", "notez", "copies"),
        r"(?<!th )(?<!rd )(?<!st )(?<!nd )\bgrad(?:e|es|ing) (?:the |each |this |these |a )?(?:student|pupil)s?['’]?s?"
        r" (?:essay|exam|answer|paper|work|homework|test)s?"
        r"|\b(?:evaluat|scor|assess|mark)(?:e|es|ing|s)? [^.]{0,60}\b(?:students?|pupils?)['’]?s? (?:\w+ )?"
        r"(?:essay|exam|answer|paper|homework|submission)s?\b|\b(?:essay|exam|homework) grad(?:er|ing)\b"
        r"|\b(?:university|student|college) admissions (?:decision|officer|committee)"
        r"|\bnote[rz] (?:les |la |chaque |une )?(?:copie|élève|étudiant)s?\b",
    ),
    "benefits, migration or justice": (
        ("benefit", "asyl", "asile", "visa", "allocation", "recidiv", "récidiv", "sentenc"),
        r"\beligib\w+ for (?:\w+ )?(?:benefits|social assistance|asylum)\b|\basylum (?:application|seeker|claim)s?"
        r"|\bdemandes? d['’]asile|\bvisa applications?|\bdemandes? de visa|\bdroits? aux? (?:rsa|allocations?)\b"
        r"|\brecidivism\b|\brisque de récidive|\bcriminal sentencing\b",
    ),
    "biometrics": (
        ("biometr", "biométr", "emotion", "émotion"),
        r"\b(?:emotion|face) recognition of|\bbiometric (?:identif|categor)\w+"
        r"|\breconnaissance (?:faciale|des émotions)|\bidentification biométrique",
    ),
    "diagnosis": (
        ("diagnos",),
        rf"{_NOT}\bdiagnos(?:e|es|is|ing|tics?|tique[rz]?) "
        r"(?:(?:and|or|of|et|ou|de|des|du|the|les?|la|most|likely|cause|their|potential|possible|medical) ){0,7}?"
        r"(?:illness|disease|symptom|patient|treatment|maladie|symptôme|traitement)"
        r"|\b(?:medical|clinical) diagnos\w+"
        r"|\bdiagnostics? (?:médical|clinique|différentiel)s?\b",
    ),
}


def check(context: Context) -> Iterator[Problem]:
    """Report the first phrase of a high-risk area in a prompt that declares no risk class."""
    if context.prompt.data.get("governance", {}).get("risk", GAP) != GAP:
        return
    for at, text in _headings(context):
        found = _area(text)
        if found is not None:
            yield _problem(context, found, context.document.locate(at, *found.span), "")
            return
    for wording in context.wordings():
        found = _area(wording.lower[:OPENING])
        if found is not None:
            yield _problem(context, found, *wording.place(*found.span))
            return


class _Found(NamedTuple):
    area: str
    words: str
    span: Span


def _headings(context: Context) -> Iterator[tuple[KeyPath, str]]:
    data = context.prompt.data
    purpose = data.get("governance", {}).get("purpose", "")
    for at, value in (
        (("title",), data.get("title")),
        (("name",), data.get("name")),
        (("description",), data.get("description")),
        (("governance", "purpose"), purpose),
    ):
        if isinstance(value, str) and len(value.lower()) == len(value):
            yield at, value.lower()


def _area(text: str) -> _Found | None:
    """Return the first area, in the table's order, of which *text* (in lower case) has a phrase."""
    for area, (stems, pattern) in _AREAS.items():
        if any(stem in text for stem in stems):
            for match in phrase(pattern).finditer(text):
                if _DENIED.search(text, max(0, match.start() - 50), match.start()):
                    continue
                return _Found(area, match[0], Span(*match.span()))
    return None


def _problem(context: Context, found: _Found, span: Span, path: str) -> Problem:
    applies = load_facts("ai-act")["applies"]
    annex, date = ("I", applies["annex_i"]) if found.area == "diagnosis" else ("III", applies["annex_iii"])
    message = say("rules.GOV952", found=found.words, area=word(found.area), annex=annex)
    hint = say("rules.GOV952-hint", date=date)
    level: Level | None = "note" if context.prompt.dialect == "github-models" else None
    return Problem("GOV952", message, span, hint, path=path, level=level)


LEVELS: Levels = {"edit": "note", "review": "warning", "release": "warning"}
RULE = Rule("GOV952", "undeclared-risk", "high-risk area and no risk class", LEVELS, check, heuristic=True)
