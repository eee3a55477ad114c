"""The door for people: one page, one page for each alert, and the same as JSON."""

from collections.abc import Callable
from datetime import tzinfo
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from desk import words
from desk.gateways import read_body
from desk.guard import Forms, Guard
from desk.rangebar import range_bar
from desk.state import state, story
from desk.store import Store
from gateway.clock import Clock
from gateway.errors import StoreError

REFRESH_S: Final = 20

_FORM_BYTES: Final = 4096
_LONGEST_NAME: Final = 40


def people_door(store: Store, clock: Clock, *, secret: bytes, zone: tzinfo | None = None) -> Starlette:
    """The application for people.

    Args:
        store: the desk's memory.
        clock: what "now" is.
        secret: random bytes for the tokens of forms.
        zone: the time zone in which times are shown; None means this machine's own.
    """
    forms = Forms(secret)
    started_s = int(clock.utc_s())
    render = _renderer(clock, zone)
    css = (files("desk") / "static" / "desk.css").read_bytes()

    async def page(request: Request) -> Response:
        now = state(store, now_s=int(clock.utc_s()), started_s=started_s)
        refresh_s = None if request.query_params.get("refresh") == "off" else REFRESH_S
        return render("page.html", desk=now, refresh_s=refresh_s)

    async def api_state(_: Request) -> Response:
        now = state(store, now_s=int(clock.utc_s()), started_s=started_s)
        return Response(msgspec.json.encode(now), media_type="application/json")

    async def alert(request: Request) -> Response:
        found = story(store, request.path_params["alert_id"])
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This desk has no such alert.")
        return render("alert.html", story=found, token=forms.token(found.id), problem=None, person="")

    async def acknowledge(request: Request) -> Response:
        found = story(store, request.path_params["alert_id"])
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This desk has no such alert.")
        form = parse_qs((await read_body(request, _FORM_BYTES)).decode("utf-8", "replace"))
        forms.check(request, found.id, form.get("token", [""])[0])
        person = form.get("person", [""])[0].strip()
        if problem := _name_problem(person):
            token = forms.token(found.id)
            return render(
                "alert.html", HTTPStatus.BAD_REQUEST, story=found, token=token, problem=problem, person=person
            )
        if not found.answered:
            store.acknowledge(found.id, person, now_s=int(clock.utc_s()))
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)

    async def style(_: Request) -> Response:
        return Response(css, media_type="text/css")

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return render("problem.html", error.status_code, problem=error.detail, advice="Go back and look again.")

    async def not_read(_: Request, error: Exception) -> Response:
        assert isinstance(error, StoreError)
        problem = f"{error.problem} What is not shown here may still be happening."
        return render("problem.html", HTTPStatus.SERVICE_UNAVAILABLE, problem=problem, advice=error.advice)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/api/state", api_state),
            Route("/alerts/{alert_id}", alert),
            Route("/alerts/{alert_id}/acknowledge", acknowledge, methods=["POST"]),
            Route("/desk.css", style),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={HTTPException: refused, StoreError: not_read},
    )


def _name_problem(person: str) -> str | None:
    if not person:
        return "Type your name or initials, so that others know who is seeing to it."
    if len(person) > _LONGEST_NAME or not person.isprintable():
        return f"A name or initials of at most {_LONGEST_NAME} letters, please."
    return None


def _renderer(clock: Clock, zone: tzinfo | None) -> Callable[..., HTMLResponse]:
    environment = Environment(
        loader=PackageLoader("desk"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        length=words.length,
        number=words.number,
        in_words=words.in_words,
        against_usual=words.against_usual,
        range_bar=range_bar,
    )

    def render(template: str, status: int = HTTPStatus.OK, **context: Any) -> HTMLResponse:  # noqa: ANN401
        context["when"] = words.Words(int(clock.utc_s()), zone)
        return HTMLResponse(environment.get_template(template).render(context), status)

    return render
