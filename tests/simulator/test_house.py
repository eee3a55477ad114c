"""The simulated home is configured like any other."""

from pathlib import Path

from gateway.config.reading import parse
from gateway.sources.simulator.house import STRAP_ADDRESS, WIRES, home_toml
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Scenario
from models.kinds import AlertKind, SensorKind


def test_the_gateway_accepts_it_live_with_every_alert_owned() -> None:
    config = parse(home_toml())
    assert config.gateway.pin_factory == "mock"
    assert config.uplink is None
    assert config.spec(live=True).alerts == frozenset(AlertKind)


def test_every_act_has_a_sensor_and_every_sensor_a_wire_or_a_radio() -> None:
    sensors = {sensor.id: sensor for sensor in parse(home_toml()).sensors}
    assert {act.sensor for act in Life(1)} == set(sensors)
    assert all((sensor.gpio is None) is not (sensor.ble is None) for sensor in sensors.values())
    assert {s.id for s in sensors.values() if s.gpio} == {wire.id for wire in WIRES}


def test_the_strap_has_an_address_that_no_maker_owns() -> None:
    straps = [sensor for sensor in parse(home_toml()).sensors if sensor.ble]
    assert {sensor.kind for sensor in straps} == {SensorKind.HEART_RATE, SensorKind.BATTERY}
    assert {sensor.ble.address for sensor in straps if sensor.ble} == {STRAP_ADDRESS}
    first = int(STRAP_ADDRESS[:2], 16)
    assert first & 0b11 == 0b10  # locally administered, one device


def test_folders_and_the_desk_can_be_given() -> None:
    folder = Path('/tmp/a "quoted" \\ päth')
    text = home_toml(
        timezone="Australia/Lord_Howe",
        data_dir=folder / "wren",
        uplink_url="https://localhost:8443",
        uplink_dir=folder / "uplink",
        ca_file=folder / "ca.pem",
    )
    config = parse(text)
    assert config.home.timezone == "Australia/Lord_Howe"
    assert config.gateway.data_dir == str(folder / "wren")
    assert config.uplink is not None
    assert (config.uplink.url, config.uplink.ca_file) == ("https://localhost:8443", str(folder / "ca.pem"))
    assert config.uplink.data_dir == str(folder / "uplink")


def test_another_zone_gives_another_life_by_the_same_clock() -> None:
    story = Scenario(quiet_days=1, illness_days=0, collapse=None)
    kathmandu, london = Life(1, story, timezone="Asia/Kathmandu"), Life(1, story)
    assert london.start_s - kathmandu.start_s == (5 * 60 + 45) * 60
    assert [a.sensor for a in kathmandu][:40] == [a.sensor for a in london][:40]
