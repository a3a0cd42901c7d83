"""The fixed words of reports: verdicts, outcomes, levels, what became of a thing. The key is the word in JSON."""

WORDS = {
    word: word
    for word in (
        *("not valid", "fails what must not fail", "regression", "inconclusive", "worse, within margin"),
        *("not evaluated", "improvement", "no regression", "error", "warning", "note", "added", "removed", "changed"),
        *("system", "developer", "user", "assistant", "tool", "history", "examples", "pass", "fail", "unscored"),
        *("renamed", "breaking", "compatible", "partials", "attachments", "inputs", "output", "tools", "model"),
        *("governance", "description", "current", "stale", "obsolete", "unavailable", "unknown", "pending", "gone"),
        *("good", "bad"),
        *("an AWS access key", "a Google API key", "an Azure storage key", "an OpenAI key", "an Anthropic key"),
        *("a Hugging Face token", "a GitHub token", "a GitLab token", "a Slack token", "a Slack webhook"),
        *("a Stripe live key", "a Square secret", "a SendGrid key", "a Mailchimp key", "a Twilio key"),
        *("a Telegram bot token", "a Discord webhook", "an Artifactory token", "an npm token", "a PyPI token"),
        *("a JSON Web Token", "a private key", "a password in a URL"),
        *("an IBAN", "a payment card number", "a French social security number", "a SIRET", "an e-mail address"),
        "a telephone number",
        *("access to credit", "employment", "insurance", "education", "benefits, migration or justice", "biometrics"),
        "diagnosis",
        *("English", "French", "German", "Spanish", "Italian"),
        *("evaluators", "gate", "none", "working tree", "image", "file", "text"),
    )
} | {"measured": "scores or labels only"}
