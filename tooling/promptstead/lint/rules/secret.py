r"""A secret stands in the file: an access key, a token, a private key, a password.

**Why it matters.** A prompt is sent to a provider, is kept in logs, and can be talked out of the model (OWASP LLM07).
A secret in a commit stays in the history of everyone who cloned it.

**Example.** `Authorization: Bearer ghp_…` in a message; `postgres://app:…@db.example.com` in a partial.

**How to fix.** Revoke the secret first, then delete it here: deleting alone does not take it out of the history. Give
it to the application through its environment; a model needs none.

Errors, anywhere in the prompt file and the files that belong to it: the formats that show by themselves (AWS, Google,
Azure storage, OpenAI, Anthropic, Hugging Face, GitHub, GitLab, Slack, Stripe, Square, SendGrid, Mailchimp, Twilio,
Telegram, Discord, Artifactory, npm, PyPI, JSON Web Tokens with their signature, private keys) and a password in a
URL. Warnings, in messages only: what is assigned (`password: …`, `api_key = …`, `mot de passe : …`) and has letters
and digits as a secret has them. Documented examples (`AKIAIOSFODNN7EXAMPLE`), placeholders and test keys
(`sk_test_…`) are left alone, and so is what was typed to have an example: words and sequences (`sk_live_abc123xyz789`,
`AKIA1234567890ABCDEF`), passwords of hosts that are reserved for examples, tokens for John Doe.

Values are read as they are: behind `\n` in double quotes, in rows of JSONL and CSV, in JSON within a message.

**How often it is right.** In 1,312 public prompts, in two halves of which one was looked at once, at the end, it
reports nothing, and a search by hand found no secret in the first half. In 1,684 texts of prompts, agents and skills
that were read once after (838 and 846), it reports 1 in one half, a warning, which is wrong (a contract in Solidity,
`GovernanceToken is …`), and none in the other. So few findings cannot show 95 % at error level, nor 85 % below. Of 25
made-up secrets, one of each format, in 23 places each (messages, partials, examples, cases and rows, plain and behind
escapes), all are found; so are private keys in messages.
"""

from collections.abc import Iterator

from promptstead.detectors.secret_formats import assigned, known
from promptstead.lint.rule import Context, Rule, everywhere
from promptstead.lint.values import values
from promptstead.model import Problem
from promptstead.words.sentence import say, word


def check(context: Context) -> Iterator[Problem]:
    """Look for known formats in every file read for the prompt, and for assigned values in its messages."""
    covered: set[tuple[str, int]] = set()
    for path, document in context.loaded.documents.items():
        for reading in values(context, document):
            for name, start, end in known(reading.text):
                span = reading.place(start, end)
                covered.update((path, place) for place in range(*span))
                message = say("rules.SEC301", what=word(name))
                yield Problem("SEC301", message, span, say("rules.SEC301-hint"), path=path)
    for wording in context.wordings():
        for start, end in assigned(wording.text, wording.lower):
            span, path = wording.place(start, end)
            if (path or context.loaded.path, span.start) not in covered:
                message = say("rules.SEC301-assigned")
                yield Problem("SEC301", message, span, say("rules.SEC301-hint"), path=path, level="warning")


RULE = Rule("SEC301", "secret", "secret in the file: key, token, password", everywhere("error"), check)
