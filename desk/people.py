"""The door for people: one page, one page for each alert and each home, and the first as JSON."""

from datetime import tzinfo
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote, unquote

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from desk import telling
from desk.alerts import AlertStory
from desk.bodies import read_body
from desk.guard import Forms, Guard
from desk.rendering import renderer
from desk.state import HomePage, home_page, state, story
from desk.store import Store
from desk.telling import NotUnderstood, ToTell
from gateway.clock import Clock
from gateway.errors import StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

REFRESH_S: Final = 20

_FORM_BYTES: Final = 4096
_LONGEST_NAME: Final = 40
_NAME: Final = "wren-person"
_NAME_S: Final = 12 * 3600
"""A shift: the next one types its own name."""


def people_door(
    store: Store, clock: Clock, *, key: "Ed25519PrivateKey", secret: bytes, zone: tzinfo | None = None
) -> Starlette:
    """The application for people.

    Args:
        store: the desk's memory.
        clock: what "now" is.
        key: seals what is told to the homes.
        secret: random bytes for the tokens of forms.
        zone: the time zone in which times are shown; None means this machine's own.
    """
    door = _Door(store, clock, key, Forms(secret), zone)
    return Starlette(
        routes=[
            Route("/", door.page),
            Route("/api/state", door.api_state),
            Route("/alerts/{alert_id}", door.alert, methods=["GET", "POST"]),
            Route("/homes/{home}", door.home, methods=["GET", "POST"]),
            Route("/desk.css", door.style),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={HTTPException: door.refused, StoreError: door.not_read},
    )


class _Door:
    def __init__(self, store: Store, clock: Clock, key: "Ed25519PrivateKey", forms: Forms, zone: tzinfo | None) -> None:
        self._store = store
        self._clock = clock
        self._key = key
        self._forms = forms
        self._zone = zone
        self._started_s = self._now_s()
        self._render = renderer(clock, zone)
        self._css = (files("desk") / "static" / "desk.css").read_bytes()

    async def page(self, request: Request) -> Response:
        """All homes."""
        now = state(self._store, now_s=self._now_s(), started_s=self._started_s)
        refresh_s = None if request.query_params.get("refresh") == "off" else REFRESH_S
        return self._render("page.html", desk=now, refresh_s=refresh_s)

    async def api_state(self, _: Request) -> Response:
        """The same for machines."""
        now = state(self._store, now_s=self._now_s(), started_s=self._started_s)
        return Response(msgspec.json.encode(now), media_type="application/json")

    async def alert(self, request: Request) -> Response:
        """One alert, and what a person says of it."""
        found = story(self._store, request.path_params["alert_id"], now_s=self._now_s())
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This desk has no such alert.")
        if request.method != "POST":
            return self._alert(found, request, {})
        form = await self._form(request)
        try:
            person = _named(form)
            tell = telling.about_alert(found, form.get("say", ""), now_s=self._now_s())
        except NotUnderstood as error:
            return self._alert(found, request, form, str(error))
        self._keep(found.home, tell, person, found.id)
        return _done("/", person)

    def _alert(self, found: AlertStory, request: Request, form: dict[str, str], problem: str | None = None) -> Response:
        return self._render(
            "alert.html",
            HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK,
            story=found,
            token=self._forms.token(request.url.path),
            problem=problem,
            person=form.get("person", _person(request)),
            chosen=request.query_params.get("say"),
        )

    async def home(self, request: Request) -> Response:
        """One home, and what a person tells it."""
        found = home_page(self._store, request.path_params["home"], now_s=self._now_s())
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This desk knows no such home.")
        if request.method != "POST":
            return self._home(found, request, {})
        form = await self._form(request)
        try:
            person = _named(form)
            tell = telling.about_home(found.line.home, found.residents, form, now_s=self._now_s(), zone=self._zone)
        except NotUnderstood as error:
            return self._home(found, request, form, str(error))
        self._keep(found.line.home, tell, person, None)
        return _done(request.url.path, person)

    def _home(self, found: HomePage, request: Request, form: dict[str, str], problem: str | None = None) -> Response:
        return self._render(
            "home.html",
            HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK,
            home=found,
            token=self._forms.token(request.url.path),
            problem=problem,
            form={"person": _person(request)} | form,
        )

    async def _form(self, request: Request) -> dict[str, str]:
        text = (await read_body(request, _FORM_BYTES)).decode("utf-8", "replace")
        form = {name: values[0] for name, values in parse_qs(text).items()}
        self._forms.check(request, request.url.path, form.get("token", ""))
        return form

    def _keep(self, home: str, tell: ToTell, person: str, alert_id: str | None) -> None:
        if tell.makes:
            self._store.answer(
                self._key,
                home,
                tell.makes,
                person=person,
                resident=tell.resident,
                alert_id=alert_id,
                acknowledges=tell.acknowledges,
                now_s=self._now_s(),
            )

    async def style(self, _: Request) -> Response:
        """How it looks."""
        return Response(self._css, media_type="text/css")

    async def refused(self, _: Request, error: Exception) -> Response:
        """What cannot be done."""
        assert isinstance(error, HTTPException)
        return self._render("problem.html", error.status_code, problem=error.detail, advice="Go back and look again.")

    async def not_read(self, _: Request, error: Exception) -> Response:
        """What cannot be known."""
        assert isinstance(error, StoreError)
        problem = f"{error.problem} What is not shown here may still be happening."
        return self._render("problem.html", HTTPStatus.SERVICE_UNAVAILABLE, problem=problem, advice=error.advice)

    def _now_s(self) -> int:
        return int(self._clock.utc_s())


def _named(form: dict[str, str]) -> str:
    """Who pressed. Raises NotUnderstood."""
    person = form.get("person", "").strip()
    if not person:
        raise NotUnderstood("Type your name or initials, so that others know who is seeing to it.")
    if len(person) > _LONGEST_NAME or not person.isprintable():
        raise NotUnderstood(f"A name or initials of at most {_LONGEST_NAME} letters, please.")
    return person


def _person(request: Request) -> str:
    """Who pressed last in this browser, so that the name need not be typed again."""
    name = unquote(request.cookies.get(_NAME, ""))
    return name if len(name) <= _LONGEST_NAME and name.isprintable() else ""


def _done(path: str, person: str) -> Response:
    answer = RedirectResponse(path, HTTPStatus.SEE_OTHER)
    answer.set_cookie(_NAME, quote(person), max_age=_NAME_S, httponly=True, samesite="strict")
    return answer
