"""Who this gateway is: its enrolment, and whether its key opens on this board."""

from gateway.config.places import Places
from gateway.doctor.facts import NOT_ROOT, Key, Unseen
from gateway.doctor.machine import Machine
from gateway.errors import GatewayError, NotEnrolled
from gateway.uplink import enrolment, key_file


def look(machine: Machine, places: Places) -> Key | Unseen:
    """Read both as the uplink does."""
    if not machine.is_root and not _may_look(places):
        return NOT_ROOT
    known, enrolment_error, key_error = None, None, None
    try:
        known = enrolment.read(places.enrolment)
    except GatewayError as error:
        enrolment_error = error
    try:
        key_file.load(places.key, machine.bonds)
    except GatewayError as error:
        key_error = error
    return Key(known, enrolment_error, key_error, str(places.outbox.absolute()))


def _may_look(places: Places) -> bool:
    try:
        enrolment.read(places.enrolment)
    except NotEnrolled:
        return True
    except GatewayError:
        return False
    return True
