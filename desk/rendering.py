"""Pages made of templates: everything that came from elsewhere is escaped, and a name that is missing is an error."""

from collections.abc import Callable
from datetime import tzinfo
from http import HTTPStatus
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from desk import telling, words
from desk.rangebar import range_bar
from gateway.clock import Clock
from models.localtime import length


def renderer(clock: Clock, zone: tzinfo | None) -> Callable[..., HTMLResponse]:
    """Makes a page of a template and what it shows; `zone` is the one in which times are said."""
    environment = Environment(
        loader=PackageLoader("desk"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        length=length,
        number=words.number,
        in_words=words.in_words,
        against_usual=words.against_usual,
        range_bar=range_bar,
    )
    environment.globals.update(
        outcomes=telling.OUTCOMES,
        snoozes=telling.SNOOZE_DAYS,
        may_become_normal=telling.may_become_normal,
        may_be_snoozed=telling.may_be_snoozed,
    )

    def render(template: str, status: int = HTTPStatus.OK, **context: Any) -> HTMLResponse:  # noqa: ANN401
        context["when"] = words.Words(int(clock.utc_s()), zone)
        return HTMLResponse(environment.get_template(template).render(context), status)

    return render
