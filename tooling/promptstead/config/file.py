"""The repository's configuration: ``[tool.promptstead]`` in pyproject.toml, or promptstead.toml.

Read from any tree, so that a review takes its policy from the base revision and not from the change under review.
"""

import os
import re
from collections.abc import Mapping
from typing import Any

from promptstead import __version__
from promptstead.config.model_address import usual_api
from promptstead.config.organisation_policy import stricter
from promptstead.config.settings import BASE_URL, LEVELS, RISKS, Config, Extends, ModelAlias, ProviderSettings, Root
from promptstead.conflict_markers import unresolved
from promptstead.did_you_mean import did_you_mean
from promptstead.errors import PromptsteadError, one_line
from promptstead.format_version import UPGRADE, is_met
from promptstead.model import NOTHING, Tree, is_number
from promptstead.words.sentence import say

PYPROJECT = "pyproject.toml"
STANDALONE = "promptstead.toml"
MAX_BYTES = 1024 * 1024
_PRICES = ("price_input", "price_output", "price_cached", "price_cache_write")
_KEY_NAMES = ("key", "api_key", "token", "secret", "password")
_LIKE_A_KEY = re.compile(r"\b(sk-|gsk_|ghp_|github_pat_|hf_|AIza|eyJ)[A-Za-z0-9_-]{12}|\bBearer |[A-Za-z0-9]{32}")
_NO_KEY = "a key does not belong in a file"
_NO_KEY_HINT = "put the key in an environment variable, name the variable in `key_env`, and revoke a key that was here"


def load_config(tree: Tree) -> Config:
    """Read the configuration of *tree*, and the policy that it extends.

    :raises PromptsteadError: not TOML, an unknown key, or a value of the wrong kind; the location names file and line.
        Or the policy is not there, or is not the one that was pinned.
    """
    for name in (STANDALONE, PYPROJECT):
        raw = tree.read(name)
        if raw is None or (name == PYPROJECT and b"promptstead" not in raw):
            continue
        reader = _Reader(name, raw)
        if reader.table is not None:
            config = reader.config()
            extends = reader.extends()
            return stricter(config, _policy(tree, extends)) if extends else config
    return Config()


def _policy(tree: Tree, extends: Extends) -> Config:
    import hashlib  # 5 ms, which a repository without a policy does not pay

    raw = tree.read(extends.path)
    where = " ".join(filter(None, (extends.source, extends.revision and f"at {extends.revision}")))
    if raw is None:
        raise PromptsteadError(
            "the policy that the settings extend does not exist", hint=f"fetch it{where and ' from ' + where}",
            location=extends.path,
        )  # fmt: skip
    digest = hashlib.sha256(raw).hexdigest()
    if digest != extends.sha256:
        raise PromptsteadError(
            f"this is not the policy that `extends` pins: its SHA-256 is {digest}",
            hint=f"fetch it again{where and ' from ' + where}, or pin the new digest once you have read it",
            location=extends.path,
        )
    return _Reader(extends.path, raw, policy=True).config()


class _Reader:
    """Turns the text of one file into a Config and knows the line of each key for its errors."""

    def __init__(self, name: str, raw: bytes, *, policy: bool = False) -> None:
        import tomllib  # 10 ms, which a repository without a configuration file does not pay

        self.name = name
        self.policy = policy
        """Whether this is a policy for many repositories, which has no folders and cannot loosen anything."""
        if len(raw) > MAX_BYTES:
            raise PromptsteadError(f"the configuration is larger than {MAX_BYTES:,} bytes", location=name)
        try:
            self.text = raw.decode("utf-8-sig")
            table = tomllib.loads(self.text)
        except UnicodeDecodeError as error:
            raise PromptsteadError("this is not UTF-8", hint="save the file as UTF-8", location=name) from error
        except RecursionError as error:
            raise PromptsteadError("this is nested too deeply", location=name) from error
        except tomllib.TOMLDecodeError as error:
            if found := unresolved(self.text):
                first, last = (self.text.count("\n", 0, at) + 1 for at in found[0])
                raise PromptsteadError(
                    f"a merge conflict was not resolved: lines {first}–{last}",
                    hint=say("files.resolve-conflict"), location=f"{name}:{first}",
                ) from error  # fmt: skip
            line = re.search(r"line (\d+)", str(error))
            location = f"{name}:{line[1]}" if line else name
            reason = str(error).split(" (at ")[0]
            raise PromptsteadError(
                f"this is not TOML: {reason}", hint="fix the syntax there", location=location
            ) from error
        except ValueError as error:  # a number of more digits than Python reads
            raise PromptsteadError("a number has too many digits", location=name) from error
        tool = table.get("tool")
        self.table: Any = (
            table if policy or name == STANDALONE else tool.get("promptstead") if isinstance(tool, dict) else None
        )
        """None where pyproject.toml is about other tools only."""

    def config(self) -> Config:
        table = self._table(self.table, "promptstead")
        self._refuse_needs(table.get("needs", ""))
        known = {"needs", "lint", "policy", "models", "providers"}
        known_to_lint = {"select", "levels", "fail_on"}
        if not self.policy:
            known |= {"extends", "roots", "exclude", "outputs"}
            known_to_lint |= {"ignore", "per-file-ignores", "baseline"}
        self._known(table, known, "setting of a policy" if self.policy else "setting")
        lint = self._table(table.get("lint", {}), "lint")
        self._known(lint, known_to_lint, "lint setting of a policy" if self.policy else "lint setting")
        policy = self._table(table.get("policy", {}), "policy")
        settings = {"inconclusive", "not_evaluated", "margins", "comparable_floor", "min_cases", "max_input_tokens"}
        settings |= {"python_evaluators", "plugins"}
        self._known(policy, settings, "policy setting")
        outputs = self._table(table.get("outputs", {}), "outputs")
        self._known(outputs, {"private", "store"}, "outputs setting")
        ignores = self._table(lint.get("per-file-ignores", {}), "per-file-ignores")
        levels = self._table(lint.get("levels", {}), "levels")
        # What a policy does not say asks for nothing.
        unset = Config()
        if self.policy:
            unset = Config(comparable_floor=0, min_cases=NOTHING, python_evaluators=("*",), plugins=("*",))
        return Config(
            roots=tuple(self._root(entry) for entry in self._list(table, "roots", ["prompts"])),
            default_roots="roots" not in table,
            exclude=self._strings(table, "exclude"),
            select=self._strings(lint, "select"),
            ignore=self._strings(lint, "ignore"),
            per_file_ignores={pattern: self._strings(ignores, pattern) for pattern in ignores},
            levels={code: self._choice(levels, code, LEVELS) for code in levels},
            fail_on=self._choice(lint, "fail_on", ("error", "warning")),
            inconclusive=self._choice(policy, "inconclusive", ("warn", "fail")),
            not_evaluated=self._choice(policy, "not_evaluated", ("warn", "fail")),
            margins=self._margins(policy.get("margins", {})),
            comparable_floor=self._share(policy.get("comparable_floor", unset.comparable_floor), "comparable_floor"),
            min_cases=self._min_cases(policy["min_cases"]) if "min_cases" in policy else unset.min_cases,
            python_evaluators=self._strings(policy, "python_evaluators")
            if "python_evaluators" in policy
            else unset.python_evaluators,
            plugins=self._strings(policy, "plugins") if "plugins" in policy else unset.plugins,
            max_input_tokens=self._count(policy.get("max_input_tokens", 0), "max_input_tokens", "tokens"),
            baseline=self._path(lint.get("baseline", ""), "baseline"),
            models={
                alias: self._model(alias, entry)
                for alias, entry in self._table(table.get("models", {}), "models").items()
            },
            providers={
                name: self._provider(name, entry)
                for name, entry in self._table(table.get("providers", {}), "providers").items()
            },
            private=self._strings(outputs, "private"),
            store=self._store(outputs.get("store", "")),
            file=self.name,
        )

    def _refuse_needs(self, needs: Any) -> None:
        """Refuse settings that name a newer promptstead, before a setting that that one knows is called unknown."""
        if needs != "" and not is_met(needs):
            shown = one_line(str(needs), 20)
            raise self._error(
                "needs", f"these settings need promptstead {shown} or later, and this is {__version__}", UPGRADE
            )

    def _store(self, value: Any) -> str:
        if value != "" and not (
            isinstance(value, str) and value.isprintable() and (value.startswith("~/") or os.path.isabs(value))
        ):
            raise self._error("store", "`store` must be a folder outside the repository: an absolute path, or `~/…`")
        return str(value)

    def extends(self) -> Extends | None:
        """Return what the settings extend.

        :raises PromptsteadError: it is not pinned.
        """
        settings = self._table(self.table, "promptstead")
        if "extends" not in settings:
            return None
        table = self._table(settings["extends"], "extends")
        self._known(table, set(Extends._fields), "key of `extends`")
        digest = table.get("sha256")
        if not isinstance(digest, str) or not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise self._error(
                "extends",
                "`extends` needs `sha256`, the digest of the policy's file",
                "run sha256sum on that file to get it",
            )
        texts = [table.get(key, "") for key in ("source", "revision")]
        if not table.get("path") or not all(isinstance(text, str) and text.isprintable() for text in texts):
            raise self._error("extends", "`extends` needs `path`; `source` and `revision` are text")
        return Extends(self._path(table["path"], "path"), digest, *texts)

    def _root(self, entry: Any) -> Root:
        if isinstance(entry, str):
            return Root(self._path(entry, "roots"))
        table = self._table(entry, "roots")
        self._known(table, {"path", "namespace"}, "key of a root")
        namespace = table.get("namespace", "")
        if not isinstance(namespace, str) or not re.fullmatch(r"[A-Za-z0-9._-]*", namespace):
            raise self._error(
                "namespace", "`namespace` must be one word of letters, digits, dots, hyphens and underscores"
            )
        return Root(self._path(table.get("path"), "path"), namespace)

    def _model(self, alias: str, entry: Any) -> ModelAlias:
        table = self._table(entry, alias)
        self._known(table, set(ModelAlias._fields), "key of a model")
        provider, snapshot = table.get("provider"), table.get("snapshot")
        if not (isinstance(provider, str) and provider and isinstance(snapshot, str) and snapshot):
            raise self._error(alias, f"model `{alias}` needs `provider` and `snapshot`, both text")
        return ModelAlias(provider, snapshot, *(self._price(table, key) for key in _PRICES))

    def _price(self, table: Mapping[str, Any], key: str) -> float | None:
        value = table.get(key)
        if value is not None and (not is_number(value) or not 0 <= value < 1e9):
            raise self._error(key, f"`{key}` must be the price of a million tokens, 0 or more")
        return None if value is None else float(value)

    def _provider(self, name: str, entry: Any) -> ProviderSettings:
        table = self._table(entry, name)
        for key in table:
            if key in _KEY_NAMES:
                raise self._error(key, f"provider `{name}` has `{key}`: {_NO_KEY}", _NO_KEY_HINT)
        self._known(table, set(ProviderSettings._fields), "key of a provider")
        settings = ProviderSettings(
            base_url=self._base_url(table.get("base_url", "")),
            api=self._choice({"api": usual_api(name), **table}, "api", ("chat", "responses", "messages")),
            key_env=self._variable(table.get("key_env", ""), "key_env"),
            key_command=self._strings(table, "key_command"),
            headers={
                header: self._variable(value, header)
                for header, value in self._table(table.get("headers", {}), "headers").items()
            },
            timeout=self._timeout(table.get("timeout", ProviderSettings().timeout)),
            ca_file=self._ca_file(table.get("ca_file", "")),
            script=self._path(table.get("script", ""), "script"),
            output_cap=self._choice(table, "output_cap", ("", "max_tokens")),
            json_schema=self._choice(table, "json_schema", ("json_schema", "json_object")),
        )
        if settings.api != "chat" and {"output_cap", "json_schema"} & set(table):
            raise self._error(name, f'provider `{name}`: `output_cap` and `json_schema` are for `api = "chat"` only')
        if any(_LIKE_A_KEY.search(argument) for argument in settings.key_command):
            raise self._error("key_command", f"`key_command` of `{name}` holds what looks like a key: {_NO_KEY}")
        if settings.key_env and settings.key_command:
            raise self._error(name, f"provider `{name}` has `key_env` and `key_command`", "keep one of them")
        if any(not re.fullmatch(r"[A-Za-z0-9-]{1,100}", header) for header in settings.headers):
            raise self._error("headers", f"`headers` of `{name}` has a name that is not the name of a header")
        return settings

    def _base_url(self, value: Any) -> str:
        if value == "":
            return ""
        if not isinstance(value, str) or not BASE_URL.fullmatch(value):
            raise self._error(
                "base_url", "`base_url` must be an address such as https://host/v1, without user, key or query"
            )
        return value.rstrip("/")

    def _variable(self, value: Any, key: str) -> str:
        # The value is not shown: it may be the key itself.
        if not isinstance(value, str) or (value and not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,99}", value)):
            raise self._error(key, f"`{key}` must name an environment variable, in capitals; {_NO_KEY}", _NO_KEY_HINT)
        return value

    def _timeout(self, value: Any) -> float:
        if not is_number(value) or not 0 < value <= 86_400:
            raise self._error("timeout", "`timeout` must be a number of seconds, above 0")
        return float(value)

    def _ca_file(self, value: Any) -> str:
        if isinstance(value, str) and value.startswith("/") and value.isprintable():
            return value
        return self._path(value, "ca_file")

    def _min_cases(self, value: Any) -> dict[str, int]:
        table = self._by_risk(value)
        for name, number in table.items():
            self._count(number, name if isinstance(value, dict) else "min_cases", "cases")
        return {**Config().min_cases, **table}

    def _margins(self, value: Any) -> dict[str, float]:
        table = self._by_risk(value)
        found = {
            name: self._share(number, name if isinstance(value, dict) else "margins") for name, number in table.items()
        }
        return {**Config().margins, **found}

    def _by_risk(self, value: Any) -> dict[str, Any]:
        """Return a setting by risk class; one value alone is the default of all."""
        table = value if isinstance(value, dict) else {"default": value}
        self._known(table, {"default", *RISKS}, "risk class")
        return {name: each for name, each in table.items() if not name.startswith("x-")}

    def _share(self, value: Any, key: str) -> float:
        if not is_number(value) or not 0 <= value <= 1:
            raise self._error(key, f"`{key}` must be a share from 0 to 1")
        return float(value)

    def _count(self, value: Any, key: str, what: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._error(key, f"`{key}` must be a number of {what}, 0 or more")
        return value

    def _path(self, value: Any, key: str) -> str:
        if not isinstance(value, str):
            raise self._error(key, f"`{key}` must be a path")
        parts = value.strip("/").split("/") if value else []
        if value.startswith("/") or "\\" in value or ".." in parts or not value.isprintable():
            raise self._error(key, f"`{key}` must be a path below the repository, with forward slashes; got `{value}`")
        return "/".join(part for part in parts if part not in ("", "."))

    def _choice(self, table: Mapping[str, Any], key: str, choices: tuple[Any, ...]) -> Any:
        value = table.get(key, choices[0])
        if value not in choices:
            raise self._error(key, f"`{key}` must be one of {', '.join(filter(None, choices))}; got `{value}`")
        return value

    def _list(self, table: Mapping[str, Any], key: str, default: list[Any]) -> list[Any]:
        value = table.get(key, default)
        if not isinstance(value, list):
            raise self._error(key, f"`{key}` must be a list")
        return value

    def _strings(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        values = self._list(table, key, [])
        if not all(isinstance(value, str) for value in values):
            raise self._error(key, f"`{key}` must be a list of texts")
        return tuple(values)

    def _table(self, value: Any, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(key, f"`{key}` must be a table")
        return value

    def _known(self, table: Mapping[str, Any], known: set[str], what: str) -> None:
        for key in table:
            if key not in known and not key.startswith("x-"):  # anybody's own data
                hint = did_you_mean(key, known, f"known: {', '.join(sorted(known))}")
                raise self._error(key, f"unknown {what} `{key}`", hint)

    def _error(
        self, key: str, message: str, hint: str = "tooling/docs/configuration.md lists the settings"
    ) -> PromptsteadError:
        found = re.search(rf"^[^#\n]*\b{re.escape(key)}\b", self.text, re.MULTILINE)
        line = f":{self.text.count(chr(10), 0, found.start()) + 1}" if found else ""
        return PromptsteadError(message, hint=hint, location=f"{self.name}{line}")
