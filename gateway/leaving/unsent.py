"""What the provider would not hear of any more if this gateway left now."""

from gateway.answers import answered
from gateway.config.places import places_of
from gateway.config.tables import Config
from gateway.errors import InputError, StoreError, StoreUnavailable
from gateway.release.trial import Trials
from gateway.transcript import STATUS, Story, read
from models.kinds import Audience, Severity


def refuse_unsent(config: Config) -> None:
    """Raises InputError if a message waits, or an urgent alert has been acknowledged by nobody; StoreError."""
    places = places_of(config)
    try:
        transcript = read(places)
    except StoreUnavailable:
        return  # nothing was ever written here
    waiting = [entry for entry in transcript.waiting() if entry.type != STATUS]
    if waiting:
        count = "1 message has" if len(waiting) == 1 else f"{len(waiting)} messages have"
        raise InputError(
            f"{count} not reached the provider yet.",
            advice="`wren status` says why. Wait for it, or say --anyway: then what waits is erased unsent.",
        )
    try:
        kept = answered.read(places.answers)
    except StoreError:
        kept = None
    acknowledged = set() if kept is None else {*kept.acknowledged, *(one.alert_id for one in kept.last)}
    for story in transcript.stories():
        if _asks(story) and story.alert.id not in acknowledged:
            raise InputError(
                f"An urgent alert is open, and nobody has acknowledged it: {story.alert.resident}/{story.alert.kind}.",
                advice="Ring the provider first. --anyway leaves all the same.",
            )


def refuse_trial() -> None:
    """Raises InputError while an update is on trial: its gate starts what is stopped here. StoreError."""
    if Trials().trial() is not None:
        raise InputError(
            "Another version of Wren is on trial here.",
            advice="`wren update --show` says how far it is; it takes a quarter of an hour.",
        )


def _asks(story: Story) -> bool:
    alert = story.alert
    return story.is_open and alert.severity is Severity.URGENT and alert.audience is Audience.CARE
