"""A configuration that is good, and what becomes of it once something in it is changed."""

import pytest

from gateway.config.reading import parse
from gateway.errors import ConfigError

GOOD = """\
[home]
id = "h-0001"
timezone = "Europe/London"

[gateway]
pin_factory = "mock"
retention_days = 30

[uplink]
url = "https://desk.example:8443/v1"

[[residents]]
id = "r1"

[[residents]]
id = "r2"

[[sensors]]
id = "kitchen-tap"
kind = "tap"
place = "kitchen"
resident = "r1"
gpio = { pin = 17, active = "low" }

[[sensors]]
id = "pulse"
kind = "heart_rate"
place = "worn"
resident = "r2"

[sensors.ble]
address = "C0:FF:EE:12:34:56"
profile = "heart_rate"

[[sensors]]
id = "button"
kind = "button"
place = "lounge"

[[recipients]]
id = "team"
hours = "24h"

[[recipients]]
id = "office"
hours = "office"

[alerts.help_button]
reason = "asked for"
owner = "team"

[alerts.inactivity]
reason = "lives alone"
owner = "office"
"""


def refused(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as error:
        parse(text, where="home.toml")
    assert error.value.exit_code == 2
    assert error.value.advice.endswith((".", "?"))
    return error.value


def changed(old: str, new: str) -> tuple[str, int]:
    """GOOD with the last `old` replaced, and the line (from 1) where that stands."""
    at = GOOD.rindex(old)
    return GOOD[:at] + new + GOOD[at + len(old) :], GOOD.count("\n", 0, at) + 1 + new.count("\n")
