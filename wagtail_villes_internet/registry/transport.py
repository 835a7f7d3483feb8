"""One HTTP exchange with a registry that may be slow, broken or hostile.

An exchange ends in time (`bounded`). Answers are read up to a size and never decompressed,
redirections are not even looked at, and the token is only in the header of the request, never in a
value that a traceback or a log would show.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy

import requests
from django.utils.translation import gettext_lazy as _
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from ..bounded import BoundedAdapter, OneExchange, user_agent, within
from .errors import Unparsable, Unreachable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its status, its headers by name in any case, its octets."""

    status: int
    headers: CaseInsensitiveDict[str]
    octets: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


class Bearer(AuthBase):
    """Puts the token where it belongs. Without one, still keeps `requests` from looking for
    credentials in the environment's `.netrc`."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    @property
    def has_token(self) -> bool:
        return self._token is not None

    def __repr__(self) -> str:
        return "Bearer(…)" if self.has_token else "Bearer(None)"


class Transport:
    """Exchanges with one origin (`https://host:port`), all within a time and a size.

    `connect` and `read` limit one step, `deadline` a whole exchange, in seconds; `max_bytes` an
    answer. The system's resolver keeps its own time. Proxies of the environment are used, but not
    to reach the machine itself (`direct`).
    """

    def __init__(
        self,
        origin: str,
        *,
        connect: float,
        read: float,
        deadline: float,
        max_bytes: int,
        direct: bool = False,
    ) -> None:
        self.timeout = (min(connect, deadline), min(read, deadline))
        self.deadline = deadline
        self.max_bytes = max_bytes
        self.session = OneExchange()
        self.session.trust_env = not direct
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.session.adapters.clear()
        self.session.mount(f"{origin}/", BoundedAdapter())
        self.session.headers.clear()
        self.session.headers.update(
            {
                "User-Agent": user_agent(),
                "Accept": "application/json, application/problem+json",
                "Accept-Encoding": "identity",
            }
        )

    def exchange(
        self,
        method: str,
        url: str,
        *,
        auth: Bearer,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        octets: bytes | None = None,
    ) -> Answer:
        """Send one request, once, and read its whole answer.

        Raises `Unreachable` without one, `Unparsable` for one too large or encoded; never what
        the HTTP library raised, which holds the request and its token.
        """
        failure: Unreachable
        try:
            with (
                within(self.deadline),
                self.session.request(
                    method,
                    url,
                    params=dict(params or {}),
                    data=octets,
                    headers=dict(headers or {}),
                    auth=auth,
                    timeout=self.timeout,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                answer = self._read(response)
            logger.debug("%s %s: %s", method, url, answer.status)
            return answer
        except Unreachable as error:
            failure = error
        except requests.exceptions.SSLError:
            failure = Unreachable(
                message=_("The registry's certificate is not valid: nothing was sent.")
            )
        except (requests.RequestException, HTTPError, HTTPException, OSError):
            failure = Unreachable()
        # Raised out of the handler, so that it does not carry the library's error as its context.
        logger.debug("%s %s: %s", method, url, type(failure).__name__)
        raise failure

    def _read(self, response: requests.Response) -> Answer:
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise Unparsable
        octets = bytearray()
        for chunk in response.raw.stream(65_536, decode_content=False):
            octets += chunk
            if len(octets) > self.max_bytes:
                raise Unparsable(message=_("The registry's answer is too large."))
        return Answer(response.status_code, response.headers, bytes(octets))

    def close(self) -> None:
        self.session.close()
