"""How the page says times: in the desk's own zone, as it was called then."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from desk.words import Words

BEFORE_S = int(datetime(2025, 3, 26, 16, 40, tzinfo=UTC).timestamp())
AFTER_S = int(datetime(2025, 3, 31, 19, 12, tzinfo=UTC).timestamp())
"""Five days apart, and the clocks went forward between."""


def test_a_moment_before_the_clocks_went_forward_is_in_the_zone_of_then() -> None:
    words = Words(AFTER_S, ZoneInfo("Europe/London"))
    assert (words.zone(), words.zone(BEFORE_S)) == ("BST", "GMT")
    assert words.moment(BEFORE_S) == "16:40 on Wed 26 Mar"
