"""Leads a `requests` session's https addresses to servers on this machine: no client has to be told of http."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

NOWHERE = "http://127.0.0.1:9"  # nobody listens there


class Loopback(HTTPAdapter):
    """``places``: host to the origin of the server that stands for it. Any other host is nowhere."""

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__()
        self._places = places

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.url = self._places.get(parts.netloc, NOWHERE) + parts.path + (f"?{parts.query}" if parts.query else "")
        options["proxies"] = {}
        return super().send(request, *args, **options)


def leading_to(places: Mapping[str, str]) -> Any:
    """What prepares a session; ``places`` may be changed later."""

    def prepare(session: requests.Session) -> None:
        session.trust_env = False
        session.mount("https://", Loopback(places))

    return prepare
