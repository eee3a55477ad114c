"""Each fault is put into a sound home: the first thing that doctor names is its cause, with the next step."""

import os

import pytest

from .faults import FAULTS, Fault, named
from .home import House

pytestmark = [
    # a bus that is killed leaves futures in dbus-fast that complain when they are collected
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
    pytest.mark.slow,
]

ROOTS = {"storage read-only", "storage full", "data in memory only", "home.db of another user"}

PAIRS = [
    ("too little voltage, since the boot", "a wire chatters"),
    ("bluetoothd dead", "the desk's certificate expired"),
    ("a button is held down", "Wi-Fi weak"),
    ("clock not to be set", "another desk answers"),
    ("key gone", "no pin header"),
    ("errors of the file system", "a device is not heard"),
]


def needs_root(fault: Fault) -> None:
    if fault.name in ROOTS and os.geteuid() != 0:
        pytest.skip("only root can mount, and give a file away")


def test_of_a_sound_home_nothing_is_said(house: House) -> None:
    told = house.sound().told()
    assert told.wrong == []
    assert told.code == 0
    assert told.document["ok"] is True


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_first_thing_named_is_the_cause(house: House, fault: Fault) -> None:
    needs_root(fault)
    house.sound()
    fault.put(house)
    told = house.told()
    first = told.first
    assert (first["check"], first["cause"], first["state"]) == (fault.check, fault.cause, fault.state), told.wrong
    assert fault.step in first["next"]
    assert told.code == (1 if fault.state == "fail" else 0) or ("fail" in {one[0] for one in told.wrong})


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_of_two_faults_both_are_named(house: House, one: str, other: str) -> None:
    house.sound()
    for fault in (named(one), named(other)):
        fault.put(house)
    wrong = house.told().wrong
    for fault in (named(one), named(other)):
        assert (fault.check, fault.cause) in wrong


def test_there_are_enough() -> None:
    assert len(FAULTS) >= 35
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
