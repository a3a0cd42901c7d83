"""One connection to a forge's API: JSON over HTTPS, bounded in size and time, patient with what passes.

The standard library's client. It honours the proxies and certificates that the environment names (``HTTPS_PROXY``,
``NO_PROXY``, ``SSL_CERT_FILE``).
"""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from email.message import Message
from http.client import HTTPException
from typing import IO, Any, NamedTuple

from promptstead import __version__
from promptstead.errors import PromptsteadError, one_line

MAX_BYTES = 16 * 1024 * 1024
"""Of one answer."""
TIMEOUT = 30.0
"""Seconds without a byte."""
DEADLINE = 120.0
"""Seconds for one whole answer."""
ATTEMPTS = 5
"""Most times that one request is made."""
MAX_WAIT = 90.0
"""Seconds that are waited before one repetition; a server that asks for more is not waited for."""
FIRST_WAIT = 0.5
"""Seconds before the first repetition after a server's failure; each further one waits twice as long."""
MAX_PAGES = 100
"""Most pages of a listing, of a hundred entries each."""
MAX_REDIRECTS = 3
PER_PAGE = 100

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PASSING = (500, 502, 503, 504)


class ForgeError(PromptsteadError):
    """What a forge answered instead of doing what was asked. *status* is the HTTP status, 0 where there was none."""

    def __init__(self, message: str, *, status: int = 0, hint: str = "", location: str = "") -> None:
        super().__init__(message, hint=hint, location=location)
        self.status = status


class Answer(NamedTuple):
    """Status, headers and the JSON document of one answer (None without a body)."""

    status: int
    headers: Mapping[str, str]
    data: Any


class Clock(NamedTuple):
    """How time passes: ``sleep(seconds)``, the seconds of a steady clock, and those since 1970."""

    sleep: Callable[[float], None] = time.sleep
    steady: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time


class Connection:
    """Requests to one API. The token goes into *headers*, to this host only, and into no message."""

    def __init__(self, name: str, base_url: str, headers: Mapping[str, str], clock: Clock | None = None) -> None:
        self.name = name
        self._base = _checked(name, base_url)
        self._headers = {"Accept": "application/json", "User-Agent": f"promptstead/{__version__}", **headers}
        self._clock = clock or Clock()
        self._opener = urllib.request.build_opener(_NoRedirect)

    def get(self, path: str, **query: str | int) -> Any:
        """Return the document at *path*.

        :raises ForgeError: the forge refuses, fails for good, or cannot be reached.
        """
        return self._repeat("GET", self._url(path, query), None).data

    def pages(self, path: str, **query: str | int) -> Iterator[Any]:
        """Yield the entries of a listing, page by page.

        :raises ForgeError: as with :meth:`get`; or there are more than :data:`MAX_PAGES` pages.
        """
        for page in range(1, MAX_PAGES + 1):
            entries = self.get(path, **query, per_page=PER_PAGE, page=page)
            if not isinstance(entries, list):
                raise ForgeError(f"{self.name} answered {path} with something other than a list")
            yield from entries
            if len(entries) < PER_PAGE:
                return
        raise ForgeError(f"{self.name} has more than {MAX_PAGES * PER_PAGE:,} entries at {path}")

    def change(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Send *body*, which may be done twice without harm (``PATCH``, ``PUT``), and return the answer's document.

        :raises ForgeError: as with :meth:`get`.
        """
        return self._repeat(method, self._url(path, {}), json.dumps(body).encode()).data

    def create(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send *body* as something new, which is repeated only where the forge says that it did nothing.

        :raises ForgeError: as with :meth:`get`; after a status of 500 or more nobody knows whether it was done.
        """
        return self._repeat("POST", self._url(path, {}), json.dumps(body).encode()).data

    def _url(self, path: str, query: Mapping[str, str | int]) -> str:
        return self._base + path + ("?" + urllib.parse.urlencode(query) if query else "")

    def _repeat(self, method: str, url: str, body: bytes | None) -> Answer:
        """Make a request until it is answered for good: again after a failure that passes, and when told to wait."""
        wait = FIRST_WAIT
        for left in range(ATTEMPTS - 1, -1, -1):
            try:
                answer = self._follow(method, url, body)
            except (OSError, HTTPException) as error:
                if not left or method == "POST":
                    reason = one_line(str(getattr(error, "reason", error)) or type(error).__name__, 200)
                    raise ForgeError(f"{self.name} cannot be reached: {reason}", location=self._place(url)) from None
                pause = wait
            else:
                if answer.status < 300:
                    return answer
                told = self._told_to_wait(answer)
                if told is not None and (not left or told > MAX_WAIT):
                    raise self._limited(told)
                if told is None and (not left or answer.status not in _PASSING or method == "POST"):
                    raise self._refused(answer, url)
                pause = wait if told is None else told
            self._clock.sleep(pause)
            wait *= 2
        raise AssertionError("the last attempt returns or raises")

    def _told_to_wait(self, answer: Answer) -> float | None:
        """Return the seconds after which a limit lets us in again; None where no limit refused the request."""
        if answer.status not in (403, 429, 503):
            return None
        asked = answer.headers.get("retry-after", "")
        if asked.isascii() and asked.isdigit():
            return float(asked[:9])
        if answer.status != 503 and answer.headers.get("x-ratelimit-remaining") == "0":
            reset = answer.headers.get("x-ratelimit-reset", "")
            if reset.isascii() and reset.isdigit():
                return max(1.0, float(reset[:12]) - self._clock.now() + 1)
        return 60.0 if answer.status == 429 else None

    def _follow(self, method: str, url: str, body: bytes | None) -> Answer:
        """Make a request and follow where it was moved, on the same host only: a token is for nobody else."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._once(method, url, body)
            if answer.status not in (301, 302, 307, 308):
                return answer
            target = urllib.parse.urljoin(url, answer.headers.get("location", ""))
            if _origin(target) != _origin(url) or (answer.status < 307 and method != "GET"):
                raise ForgeError(
                    f"{self.name} redirects to another place", status=answer.status, location=self._place(url)
                )
            url = target
        raise ForgeError(f"{self.name} redirects in a circle", location=self._place(url))

    def _once(self, method: str, url: str, body: bytes | None) -> Answer:
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        request = urllib.request.Request(url, body, headers, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                return Answer(response.status, _lower(response.headers), self._document(response, url))
        except urllib.error.HTTPError as error:
            with error:
                try:
                    data = self._document(error, url)
                except ForgeError:
                    data = None  # a page in HTML of whatever stands before the forge; the status says enough
                return Answer(error.code, _lower(error.headers), data)

    def _document(self, response: IO[bytes], url: str) -> Any:
        end = self._clock.steady() + DEADLINE
        raw = bytearray()
        while chunk := response.read(65_536):
            raw += chunk
            if len(raw) > MAX_BYTES:
                raise ForgeError(f"{self.name} sent more than {MAX_BYTES:,} bytes", location=self._place(url))
            if self._clock.steady() > end:
                raise TimeoutError("the answer takes too long")
        try:
            return json.loads(raw) if raw else None
        except (ValueError, RecursionError):
            raise ForgeError(f"{self.name} sent an answer that is not JSON", location=self._place(url)) from None

    def _limited(self, seconds: float) -> ForgeError:
        when = time.strftime("%H:%M UTC", time.gmtime(self._clock.now() + seconds))
        message = f"{self.name} accepts no more requests until {when}"
        return ForgeError(message, status=429, hint="run the job again after that")

    def _refused(self, answer: Answer, url: str) -> ForgeError:
        said = answer.data.get("message") if isinstance(answer.data, dict) else None
        text = one_line(said if isinstance(said, str) else json.dumps(said), 200) if said else ""
        hint = {
            401: "the token is not valid, or has expired",
            403: "the token may not do this: see which permissions tooling/docs/pull-requests.md lists",
            404: "it is not there, or the token may not see it",
        }.get(answer.status, "")
        message = f"{self.name} answers {answer.status}" + (f": {text}" if text else "")
        return ForgeError(message, status=answer.status, hint=hint, location=self._place(url))

    @staticmethod
    def _place(url: str) -> str:
        return urllib.parse.urlsplit(url).path


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def _checked(name: str, url: str) -> str:
    """Return the address of an API without a slash at its end.

    :raises PromptsteadError: it is no address, or a token would travel in the clear.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("https", "http") or parts.username or parts.query or parts.fragment:
        raise PromptsteadError(f"the address of {name}'s API is not valid: {one_line(url, 100)}")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise PromptsteadError(f"the address of {name}'s API is not encrypted", hint="the token needs https")
    return url.rstrip("/")


def _origin(url: str) -> tuple[str, str]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.netloc


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
