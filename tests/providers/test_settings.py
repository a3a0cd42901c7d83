"""What the configuration may say about providers, and how one is opened by its name."""

import asyncio
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from promptstead.config.file import load_config
from promptstead.config.model_address import address
from promptstead.config.prices import Price
from promptstead.config.settings import Config, ModelAlias, ProviderSettings
from promptstead.errors import PromptsteadError
from promptstead.installation import command_to_add
from promptstead.providers.budget import prices
from promptstead.providers.fake import FakeProvider
from promptstead.providers.provider import ProviderError
from promptstead.providers.provider_by_name import open_provider
from promptstead.storage.working_tree import WorkingTree
from tests.providers.calls import call
from tests.providers.server import KEY, Server

ASK = call("local", "m", [{"role": "user", "content": "hello"}])


def read(folder: Path, text: str) -> Config:
    (folder / "promptstead.toml").write_text(text)
    return load_config(WorkingTree(str(folder)))


def refused(folder: Path, text: str) -> str:
    with pytest.raises(PromptsteadError) as caught:
        read(folder, text)
    return str(caught.value)


def test_everything_that_a_provider_can_say(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """
        [models.fast]
        provider = "vllm"
        snapshot = "qwen"
        price_input = 0.5
        price_output = 2
        [providers.vllm]
        base_url = "http://gpu-3.internal:8000/v1/"
        api = "responses"
        key_command = ["az", "account", "get-access-token", "--tenant", "72f988bf-86f1-41af-91ab-2d7cd011db47"]
        headers = { "api-key" = "GATEWAY_KEY" }
        timeout = 30
        ca_file = "/etc/ssl/bank.pem"
        [providers.other]
        base_url = "https://host/v1"
        key_env = "OTHER_KEY"
        output_cap = "max_tokens"
        json_schema = "json_object"
        """,
    )
    vllm = config.providers["vllm"]
    assert vllm == ProviderSettings(
        "http://gpu-3.internal:8000/v1",
        "responses",
        "",
        ("az", "account", "get-access-token", "--tenant", "72f988bf-86f1-41af-91ab-2d7cd011db47"),
        {"api-key": "GATEWAY_KEY"},
        30.0,
        "/etc/ssl/bank.pem",
    )
    other = config.providers["other"]
    assert (other.key_env, other.output_cap, other.json_schema) == ("OTHER_KEY", "max_tokens", "json_object")
    assert config.models["fast"] == ModelAlias("vllm", "qwen", 0.5, 2.0)
    assert prices(config) == {("vllm", "qwen"): Price(0.5, 2.0)}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("url = 'https://x'", "base_url"),
        ("base_url = 'ftp://x'", "base_url"),
        ("base_url = 'https://user:word@host/v1'", "base_url"),
        ("base_url = 'https://host/v1?key=abc'", "base_url"),
        ("api = 'completions'", "api"),
        ("output_cap = 'most'", "`output_cap` must be one of max_tokens;"),
        ("json_schema = 'grammar'", "json_object"),
        ("api = 'responses'\njson_schema = 'json_object'", 'for `api = "chat"` only'),
        ("timeout = 0", "timeout"),
        ("timeout = nan", "timeout"),
        ("timeout = true", "timeout"),
        ("key_command = 'az login'", "key_command"),
        ("key_env = 'A'\nkey_command = ['x']", "keep one"),
        ("ca_file = '../ca.pem'", "ca_file"),
        ("script = '/etc/passwd'", "script"),
        ("headers = { 'a b' = 'VARIABLE' }", "headers"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, word: str) -> None:
    message = refused(tmp_path, f"[providers.p]\n{line}\n")
    assert word in message
    assert message.startswith("promptstead.toml:")


@pytest.mark.parametrize(
    "line",
    [
        f"api_key = '{KEY}'",
        f"key = '{KEY}'",
        f"token = '{KEY}'",
        f"key_env = '{KEY}'",
        f"headers = {{ 'api-key' = '{KEY}' }}",
        f"key_command = ['echo', '{KEY}']",
    ],
)
def test_a_key_in_the_file_is_refused_and_not_shown(tmp_path: Path, line: str) -> None:
    message = refused(tmp_path, f"[providers.p]\n{line}\n")
    assert "a key does not belong in a file" in message
    assert KEY not in message


@pytest.mark.parametrize("price", ["-1", "true", "'2'", "inf"])
def test_a_price_is_a_number(tmp_path: Path, price: str) -> None:
    assert "price_input" in refused(tmp_path, f"[models.m]\nprovider = 'p'\nsnapshot = 's'\nprice_input = {price}\n")


def test_providers_that_cannot_be_opened_say_why() -> None:
    def why(name: str, settings: ProviderSettings | None, environment: dict[str, str]) -> str:
        config = Config(providers={} if settings is None else {name: settings})
        with pytest.raises(PromptsteadError) as caught:
            open_provider(name, config, lambda path: None, environment)
        return str(caught.value)

    assert "[providers.vllm]" in why("vllm", None, {})
    assert "base_url" in why("vllm", ProviderSettings(), {})
    for vendor in ("openai", "anthropic"):
        key, address = f"{vendor.upper()}_API_KEY", f"{vendor.upper()}_BASE_URL"
        assert key in why(vendor, None, {})
        for wrong in ("host/v1", "https://user:word@host/v1", "https://host/v1?key=word"):
            message = why(vendor, None, {key: KEY, address: wrong})
            assert address in message
            assert "word" not in message
    doubled = why("anthropic", None, {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "https://host/v1"})
    assert "stands without `/v1`" in doubled
    assert 'api = "chat"' in doubled
    assert "GATEWAY" in why("p", ProviderSettings("https://h/v1", headers={"api-key": "GATEWAY"}), {})
    assert "ca_file" in why("p", ProviderSettings("https://h/v1", ca_file="/nowhere.pem"), {})
    assert "missing" in why("fake", ProviderSettings(script="answers.json"), {})


def test_a_model_by_provider_and_name() -> None:
    config = Config(providers={"vllm": ProviderSettings()})
    assert address("gpt-x", "openai", config.providers) == ("openai", "gpt-x")
    assert address("fake/echo", "", config.providers) == ("fake", "echo")
    assert address("vllm/meta/llama", "", config.providers) == ("vllm", "meta/llama")
    assert address("meta/llama", "", config.providers) == ("openai", "meta/llama")


@pytest.mark.parametrize(("vendor", "api"), [("openai", "chat"), ("anthropic", "messages")])
def test_a_vendor_is_led_elsewhere_by_the_environment(vendor: str, api: str) -> None:
    ask = call(vendor, "m", [{"role": "user", "content": "hello"}], api=api)

    async def run() -> str:
        async with Server().serve() as server:
            name = vendor.upper()
            environment = {f"{name}_BASE_URL": f"{server.address(api)}/", f"{name}_API_KEY": KEY}
            provider = open_provider(vendor, Config(), lambda path: None, environment)
            try:
                return (await provider.complete(ask)).text
            finally:
                await provider.close()

    assert asyncio.run(run()) == "answer to hello"


def test_anthropics_own_api_is_what_its_table_means_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert read(tmp_path, "[providers.anthropic]\ntimeout = 9\n").providers["anthropic"].api == "messages"
    layer = "[providers.anthropic]\nbase_url = 'https://api.anthropic.com/v1'\napi = 'chat'\n"
    assert read(tmp_path, layer).providers["anthropic"].api == "chat"
    assert read(tmp_path, "[providers.claude]\napi = 'messages'\n").providers["claude"].api == "messages"
    assert read(tmp_path, "[providers.claude]\ntimeout = 9\n").providers["claude"].api == "chat"


def test_the_fake_provider_needs_nothing() -> None:
    assert isinstance(open_provider("fake", Config(), lambda path: None, {}), FakeProvider)


def test_a_private_authority_is_trusted_where_it_is_named_and_nowhere_else(tmp_path: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "ca.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "ca.pem", tmp_path / "key.pem")

    async def run(ca_file: str) -> str:
        async with Server(key="").serve(context) as server:
            config = Config(providers={"local": ProviderSettings(server.base_url, ca_file=ca_file)})
            provider = open_provider("local", config, WorkingTree(str(tmp_path)).read, {})
            try:
                return (await provider.complete(ASK)).text
            finally:
                await provider.close()

    assert asyncio.run(run("ca.pem")) == "answer to hello"
    assert asyncio.run(run(str(tmp_path / "ca.pem"))) == "answer to hello"
    with pytest.raises(ProviderError, match="not trusted") as caught:
        asyncio.run(run(""))
    assert "ca_file" in str(caught.value)
    assert not caught.value.passing
    with pytest.raises(PromptsteadError, match="no certificate"):
        asyncio.run(run("key.pem"))


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    script = """
import sys
sys.modules[sys.argv[1]] = None
from promptstead.config.settings import Config
from promptstead.errors import PromptsteadError
from promptstead.providers.provider_by_name import open_provider
try:
    keys = {"OPENAI_API_KEY": "sk-abcdef", "ANTHROPIC_API_KEY": "sk-abcdef"}
    open_provider(sys.argv[2], Config(), lambda path: None, keys)
except PromptsteadError as error:
    print(error)
"""
    for missing, vendor in (("openai", "openai"), ("aiohttp", "openai"), ("anthropic", "anthropic")):
        done = subprocess.run(
            [sys.executable, "-c", script, missing, vendor], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        extra = "anthropic" if vendor == "anthropic" else "live"
        said = f"calling a model needs packages that are not installed ({command_to_add(extra)})\n"
        assert done.stdout == said


def test_each_vendor_needs_its_own_client_only(tmp_path: Path) -> None:
    script = """
import asyncio, sys
sys.modules[sys.argv[1]] = None
from promptstead.config.settings import Config
from promptstead.providers.provider_by_name import open_provider
async def run():
    name = sys.argv[2].upper()
    provider = open_provider(sys.argv[2], Config(), lambda path: None, {f"{name}_API_KEY": "sk-abcdef"})
    await provider.close()
asyncio.run(run())
"""
    for missing, vendor in (("anthropic", "openai"), ("openai", "anthropic")):
        subprocess.run([sys.executable, "-c", script, missing, vendor], cwd=tmp_path, check=True)


def test_the_configuration_and_the_fake_provider_load_nothing_heavy(tmp_path: Path) -> None:
    script = """
import sys
from promptstead.config.settings import Config
from promptstead.providers import budget, pool
from promptstead.providers.provider_by_name import open_provider
open_provider("fake", Config(), lambda path: None, {})
print(sorted({"anthropic", "openai", "aiohttp", "httpx2", "pydantic"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
