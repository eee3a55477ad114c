"""The desk's page, as a person at the desk uses it: with a browser's requests and nothing else."""

import json
import re
import urllib.parse
import urllib.request
from typing import Any

PAGE = "http://127.0.0.1:8080"
_TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')


def _get(path: str) -> str:
    with urllib.request.urlopen(PAGE + path, timeout=10) as reply:
        text: str = reply.read().decode()
    return text


def state() -> dict[str, Any]:
    """What the page shows, as JSON."""
    found: dict[str, Any] = json.loads(_get("/api/state"))
    return found


def open_care() -> list[dict[str, Any]]:
    """The calls and alerts that nobody has seen to."""
    found: list[dict[str, Any]] = state()["open_care"]
    return found


def acknowledge(alert: str, person: str = "JM") -> int:
    """Say on the page that `person` sees to it; the HTTP status."""
    found = _TOKEN.search(_get(f"/alerts/{alert}"))
    assert found, "the page has no form"
    form = urllib.parse.urlencode({"token": found[1], "person": person, "say": "acknowledged"}).encode()
    with urllib.request.urlopen(f"{PAGE}/alerts/{alert}", data=form, timeout=10) as reply:
        status: int = reply.status
    return status
