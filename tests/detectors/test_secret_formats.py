import re

import pytest
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from hypothesis import given, settings
from hypothesis import strategies as st

from promptstead.detectors.secret_formats import FORMATS, MOST, assigned, known

TOKEN = "Zx81kQm4TvB7nRw2YcL9sHd5PjF3gKa6UeXoVqWt"
LONG = TOKEN * 8
HEX = "4be1d07c93fa258e61d7c40ba9f2e835"
SECRETS = [
    (f"AKIA{TOKEN[:16].upper()}", AWSKeyDetector, "an AWS access key"),
    (f"AccountKey={LONG[:86]}==", AzureStorageKeyDetector, "an Azure storage key"),
    (f"ghp_{TOKEN[:36]}", GitHubTokenDetector, "a GitHub token"),
    (f"glpat-{TOKEN[:20]}", GitLabTokenDetector, "a GitLab token"),
    (f"glrt-{TOKEN[:20]}", GitLabTokenDetector, "a GitLab token"),
    (f"sk-proj-{TOKEN[:20]}T3BlbkFJ{TOKEN[20:40]}", OpenAIDetector, "an OpenAI key"),
    (f"pypi-AgEIcHlwaS5vcmc{LONG[:90]}", PypiTokenDetector, "a PyPI token"),
    (f"SG.{TOKEN[:22]}.{LONG[:43]}", SendGridDetector, "a SendGrid key"),
    (f"xoxb-2938475610-9182736450-{TOKEN[:24]}", SlackDetector, "a Slack token"),
    (f"https://hooks.slack.com/services/T0A1B2C3D/B0A1B2C3D/{TOKEN[:24]}", SlackDetector, "a Slack webhook"),
    (f"sq0csp-{LONG[:43]}", SquareOAuthDetector, "a Square secret"),
    (f"sk_live_{TOKEN[:24]}", StripeDetector, "a Stripe live key"),
    ("https://app:Tr0ub4dor@db.banque.fr/orders", BasicAuthDetector, "a password in a URL"),
]
"""A secret, the detector of detect-secrets that knows it, and what we call it."""
MORE = [
    (f"sk-ant-api03-{LONG[:90]}", "an Anthropic key"),
    (f"AIza{TOKEN[:35]}", "a Google API key"),
    (f"hf_{TOKEN[:34]}", "a Hugging Face token"),
    (f"github_pat_{TOKEN[:22]}_{LONG[:59]}", "a GitHub token"),
    (f"{HEX}-us12", "a Mailchimp key"),
    (f"SK{HEX}", "a Twilio key"),
    (f"293847561:AA{TOKEN[:33]}", "a Telegram bot token"),
    (f"https://discord.com/api/webhooks/293847561029384756/{LONG[:68]}", "a Discord webhook"),
    (f"AKC{LONG[:70]}", "an Artifactory token"),
    (f"npm_{TOKEN[:36]}", "an npm token"),
    (f"eyJ{TOKEN[:20]}.eyJ{TOKEN[:30]}.{LONG[:43]}", "a JSON Web Token"),
    (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{LONG[:64]}\n", "a private key"),
    ("redis://:Tr0ub4dor@cache.banque.fr:6379", "a password in a URL"),
]


@pytest.mark.parametrize(("secret", "detector", "name"), SECRETS)
def test_finds_what_detect_secrets_finds(secret: str, detector: type[RegexBasedDetector], name: str) -> None:
    assert list(detector().analyze_string(secret)), "the oracle knows it"
    for text in (
        secret,
        f"a\\n{secret}\\tb",
        f"a\\\\t{secret}",
        f"Use `{secret}`, please.",
        f"key: {secret}\nmore",
        f"é😀 {secret}",
    ):
        [(found, start, end)] = known(text)
        assert found == name
        assert text[start:end] in secret
        assert end - start >= len(secret) * 0.6
        assert text.find(secret) <= start


@pytest.mark.parametrize(("secret", "name"), MORE)
def test_finds_more_formats(secret: str, name: str) -> None:
    assert [found for found, _, _ in known(f"Use {secret} there")] == [name]


def test_every_format_has_a_sample() -> None:
    assert {format.name for format in FORMATS} == {name for _, _, name in SECRETS} | {name for _, name in MORE}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([GitHubTokenDetector, SlackDetector, StripeDetector, SendGridDetector, AWSKeyDetector]), st.data()
)
def test_agrees_with_detect_secrets_on_any_token_of_a_format(
    detector: type[RegexBasedDetector], data: st.DataObject
) -> None:
    body = data.draw(st.text("abcdefghjkmnpqrtuvwyzABCDEFGHJKMNPQRTUVWYZ2345789", min_size=70, max_size=70))
    token = {
        "GitHubTokenDetector": f"gho_{body[:36]}",
        "SlackDetector": f"xoxp-29384756-{body[:30]}",
        "StripeDetector": f"rk_live_{body[:24]}",
        "SendGridDetector": f"SG.{body[:22]}.{body[22:65]}",
        "AWSKeyDetector": f"ASIA{body[:16].upper()}",
    }[detector.__name__]
    placeholder = re.search(r"(?i)xxx|(.)\1{5}|your|example|votre|dummy", token)
    assert bool(list(known(token))) == (not placeholder and bool(list(detector().analyze_string(token))))


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "AKIA1234567890ABCDEF",
        "ghp_1234567890abcdefghijklmnopqrstuvwxyz",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "sk_live_a1b2c3d4e5f6g7h8i9j0",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "sk-abcdef1234567890abcdef1234567890abcdef12",
        "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
        ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        "http://domain.tld:port\n@x",
        "http://domain.tld:port@x.fr",
        "http://banque.fr:8080@x.fr",
        "postgres://postgres:postgres@db:5432/app",
        "mysql://root:P@ssw0rd123@10.0.0.1/app",
        "mongodb://app:s3cr3tWord9@localhost:27017",
        "redis://:Tr0ub4dor@cache.example.com",
        "amqp://username:somepass@mq.banque.fr",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        f"sk_test_{TOKEN[:24]}",
        "sk-your-key-goes-here-and-nowhere-else",
        "postgres://user:password@localhost/db",
        "postgres://{user}:{password}@host/db",
        "https://example.com:8080/path@2x.png",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "550e8400-e29b-41d4-a716-446655440000",
        "-----BEGIN PRIVATE KEY----- and then the key",
        "-----BEGIN PUBLIC KEY-----\n" + LONG[:64],
        f"prefixAKIA{TOKEN[:16].upper()}",
        "a task-risk-disk-mask-" + "x" * 30,
    ],
)
def test_placeholders_and_look_alikes_are_none(text: str) -> None:
    assert list(known(text)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The password is Winter2024!x", "Winter2024!x"),
        ("PASSWORD: hunter22x9A", "hunter22x9A"),
        (f"api_key = {HEX}", HEX),
        ("**API key:** `k3Yq81LmZ0pQ`", "k3Yq81LmZ0pQ"),
        ("token: Bearer qXdTEvGH71r4ijzLMkOPw6c8nUst", "qXdTEvGH71r4ijzLMkOPw6c8nUst"),
        ("mot de passe : Soleil2026!", "Soleil2026!"),
        ("la clé d'API est aB3dE5fG7hJ9", "aB3dE5fG7hJ9"),
    ],
)
def test_assigned_values(text: str, value: str) -> None:
    assert [text[start:end] for start, end in assigned(text, text.lower())] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "password: string",
        "The token is base64-encoded",
        "password: at least 12 characters",
        "API key: YOUR_API_KEY_123",
        'secret: "********"',
        "token: 4096",
        "secret: sha256:0123456789abcdef",
        "le mot de passe est obligatoire",
        "access key: https://docs.banque.fr/a1b2C3d4",
        "password: \ufffc",
        "the key is GPT4Turbo",
        "API_KEY=actual_secret_key_12345",
        'const API_KEY = "sk_live_abc123xyz789";',
        "token: process.env.TOKEN_V2_2024",
        "token: gpt-4o-2024-08-06",
        "password: P@ssw0rd123!",
    ],
)
def test_words_and_placeholders_are_no_assigned_values(text: str) -> None:
    assert list(assigned(text, text.lower())) == []


def test_many_are_bounded() -> None:
    token = f"ghp_{TOKEN[:36]} "
    assert len(list(known(token * 1000))) == MOST
    text = "password: hunter22x9A " * 1000
    assert len(list(assigned(text, text.lower()))) == MOST
