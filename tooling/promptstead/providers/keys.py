"""The key of one server: from the environment or a command, kept in memory, and taken out of whatever is shown."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from promptstead.config.settings import ProviderSettings
from promptstead.errors import PromptsteadError

COMMAND_SECONDS = 60.0
FRESH_SECONDS = 240.0
"""A token from a command is used for so long; such commands never return one that ends sooner."""
MAX_TOKEN_BYTES = 64 * 1024
SHORTEST_SECRET = 6
"""A shorter value would blot out ordinary words."""


class Keys:
    """What a provider's settings point to.

    :raises PromptsteadError: an environment variable that they name is not set.
    """

    def __init__(self, name: str, settings: ProviderSettings, environment: Mapping[str, str]) -> None:
        self._name = name
        self._command = settings.key_command
        self._token = _value(name, settings.key_env, environment) if settings.key_env else ""
        self.source = f"`{settings.key_env}`" if settings.key_env else "`key_command`" if self._command else ""
        self.headers = {header: _value(name, variable, environment) for header, variable in settings.headers.items()}
        self._secrets = {self._token, *self.headers.values()} - {""}
        self._taken = float("-inf")
        self._lock = asyncio.Lock()

    def __repr__(self) -> str:
        """Return a text that holds no key."""
        return f"Keys({self._name!r})"

    def key(self) -> str | Callable[[], Awaitable[str]]:
        """Return the key, empty where the server needs none; where a command gives it, what to await for it."""
        return self.token if self._command else self._token

    async def token(self) -> str:
        """Return the key, empty where the server needs none.

        :raises PromptsteadError: the command fails or prints no token.
        """
        if self._command:
            async with self._lock:
                if not 0 <= time.monotonic() - self._taken < FRESH_SECONDS:  # a clock may go backwards
                    self._token = await self._run()
                    self._secrets.add(self._token)
                    self._taken = time.monotonic()
        return self._token

    def hide(self, text: str) -> str:
        """Return *text* without any of the keys."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            if len(secret) >= SHORTEST_SECRET:
                text = text.replace(secret, "***")
        return text

    async def _run(self) -> str:
        hint = f"run `{self._command[0]}` by hand"
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                )
                try:
                    assert process.stdout is not None  # it is a pipe
                    printed = b""
                    while len(printed) <= MAX_TOKEN_BYTES and (piece := await process.stdout.read(MAX_TOKEN_BYTES)):
                        printed += piece
                    if len(printed) <= MAX_TOKEN_BYTES:
                        await process.wait()
                finally:
                    if process.returncode is None:
                        process.kill()
                        await process.wait()
        except (OSError, ValueError, TimeoutError) as error:
            raise PromptsteadError(f"the `key_command` of `{self._name}` did not finish", hint=hint) from error
        token = printed.decode("ascii", "replace").strip()
        if process.returncode != 0 or not token.isprintable() or not token or " " in token:
            raise PromptsteadError(
                f"the `key_command` of `{self._name}` gave no token (exit {process.returncode})", hint=hint
            )
        return token


def _value(name: str, variable: str, environment: Mapping[str, str]) -> str:
    value = environment.get(variable, "").strip()
    if not value:
        raise PromptsteadError(
            f"`{variable}`, the key of `{name}`, is not set",
            hint="set it in the environment, never in a file; without a key, --model fake/echo tries the rest",
        )
    if not value.isascii() or not value.isprintable():
        raise PromptsteadError(f"`{variable}` holds characters that no key has", hint="copy the key again")
    return value
