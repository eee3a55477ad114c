"""Whose data: all that is held, or what is of one resident."""

from functools import cached_property

from gateway.config.tables import Config
from gateway.errors import InputError
from models.told import parse
from models.vocabulary import HOUSEHOLD, SENSOR_LINK, WALK_DRIFT, Sensor
from models.whose import owner_of


class Scope:
    """What belongs to whom in the home of `config`.

    Args:
        config: the home.
        resident: whose; None for all. Raises InputError if nobody of that id lives there.
    """

    def __init__(self, config: Config, resident: str | None) -> None:
        known = [one.id for one in config.residents]
        if resident is not None and resident not in known:
            raise InputError(f"No resident has the id {resident!a}.", advice=f"Known: {', '.join(known)}.")
        self.resident = resident
        self.others = [one for one in known if one != resident]
        self._config = config

    @property
    def is_all(self) -> bool:
        """Whether nothing of the home is left out: all of it, or of the only one who lives there."""
        return self.resident is None or not self.others

    @cached_property
    def sensors(self) -> dict[str, tuple[Sensor, str]]:
        """The sensors by id, each with whose it is."""
        spec = self._config.spec(live=True)
        return {sensor.id: (sensor, owner_of(sensor, spec)) for sensor in spec.sensors}

    def owner(self, name: str) -> str | None:
        """Whose an input is: a resident, the household; None of a sensor that the configuration no longer has."""
        if name.startswith(SENSOR_LINK):
            name = name.removeprefix(SENSOR_LINK)
        if name.startswith(WALK_DRIFT):
            name = name.removeprefix(WALK_DRIFT).partition("/")[2]
        if name.startswith("@"):
            told = parse(name)
            return HOUSEHOLD if told is None else told.resident
        found = self.sensors.get(name)
        return None if found is None else found[1]

    def has_input(self, name: str) -> bool:
        """Whether an input of this name is in it."""
        return self.is_all or self.owner(name) == self.resident

    def has(self, resident: object) -> bool:
        """Whether what names `resident` is in it."""
        return self.is_all or resident == self.resident
