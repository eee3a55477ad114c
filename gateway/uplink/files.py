"""What lies in the messenger's own folder, by name: for the messenger, and for whoever writes or looks there."""

from typing import Final

ENROLMENT: Final = "enrolment.json"
KEY: Final = "key.pem"
DATABASE: Final = "uplink.db"
