"""What people at the demo's desk do: they give the technician a token, and answer an alert on the page.

The token is made as `wren desk token` makes it, the answer as the page's form does.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.errors import InputError, UplinkUnavailable

if TYPE_CHECKING:
    from gateway.clock import Clock
    from gateway.config.tables import Config
    from gateway.enrol import Outcome

WHO: Final = "JM"
"""Initials, as the page asks for them; they stay at the desk."""


def enrol(config: "Config", desk_folder: Path, clock: "Clock", fingerprint: str) -> "Outcome":
    """Have the desk in `desk_folder`, which is open and has this `fingerprint`, know the home; blocks.

    Raises UplinkUnavailable: what answers there is another desk; and as `gateway.enrol.Enroller` does.
    """
    from desk import tokens
    from desk.store import Store
    from gateway.enrol import Enroller
    from gateway.uplink import keys

    with Store(desk_folder / "desk.db") as store:
        token = tokens.make(store.database, config.home.id, replaces=False, now_s=int(clock.utc_s()))
    enroller = Enroller(config, clock.utc_s)
    registrar = enroller.prepare()
    desk_key = registrar.desk_key()
    if keys.fingerprint(desk_key) != fingerprint:
        raise UplinkUnavailable("Another desk answers there.", advice="Start the demo again.")
    return enroller.enrol(registrar, desk_key, token)


def acknowledge(desk_folder: Path, alert_id: str, clock: "Clock") -> None:
    """Say of this alert that somebody sees to it, as the page's form does; blocks.

    Raises InputError: the desk has no such alert.
    """
    from desk import state, telling
    from desk.own_key import own_key
    from desk.store import Store

    now_s = int(clock.utc_s())
    with Store(desk_folder / "desk.db") as store:
        story = state.story(store, alert_id, now_s=now_s)
        if story is None:
            raise InputError("The desk has no such alert.", advice="Start the demo again.")
        tell = telling.about_alert(story, "acknowledged", now_s=now_s)
        store.answer(
            own_key(desk_folder), story.home, tell.makes,
            person=WHO, resident=tell.resident, alert_id=story.id, acknowledges=tell.acknowledges, now_s=now_s,
        )  # fmt: skip
