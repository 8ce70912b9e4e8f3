"""The real SDK against an exchange in the same process, without HTTP."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from twilio.http import HttpClient
from twilio.http.response import Response

from calls.telephony.interpreter.exchange import Exchange
from calls.telephony.interpreter.sms import ConnectionDropped


class LoopbackHttpClient(HttpClient):
    """Give it to `twilio.rest.Client`; a dropped connection is raised as `requests` does."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(None, False, None)
        self._exchange = exchange

    def request(self, method: str, url: str, **options: Any) -> Response:
        parts = urlsplit(url)
        given = {**(options.get("params") or {}), **(options.get("data") or {})}
        form: dict[str, str | list[str]] = dict(parse_qsl(parts.query, keep_blank_values=True))
        form |= {name: _text(value) for name, value in given.items() if value is not None}
        auth = options.get("auth") or ("", "")
        try:
            status, body = self._exchange.rest(method, parts.path, form, (auth[0], auth[1]))
        except ConnectionDropped as dropped:
            raise requests.ConnectionError("Connection aborted.") from dropped
        return Response(status, json.dumps(body) if body else "")


def _text(value: object) -> str | list[str]:
    return [str(one) for one in value] if isinstance(value, list) else str(value)
