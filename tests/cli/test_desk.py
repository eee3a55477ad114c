"""The desk as a command: two addresses, a stop, and a whole way from an outbox to its page."""

import re
import time
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from desk import server
from gateway.cli import desk as command
from tests.at_the_desk import enrol

from .house import Beat, House, alert, wren
from .process import Running, running


def doors(desk: Running) -> tuple[str, Path, str]:
    url = re.search(r'"(https://[^"]+)"', desk.until("url ="))
    ca_file = re.search(r'"([^"]+)"', desk.until("ca_file ="))
    people = re.search(r"http://\S+", desk.until("For people"))
    assert url
    assert ca_file
    assert people
    return url[1], Path(ca_file[1]), people[0]


def test_an_alert_goes_from_the_outbox_to_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    with running("desk", "--data", folder, "--port", "0", "--people-port", "0") as desk:
        url, ca_file, page = doors(desk)
        assert ca_file == folder / "ca.pem"
        house = House(tmp_path, uplink=url, ca_file=ca_file).write()
        enrol(folder, house.path, "h-0001")
        now_s = int(time.time())
        house.says(alert(1, now_s), beats=[Beat(now_s)])
        with running("uplink", "--config", house.path) as uplink:
            for _ in range(2):
                uplink.until('"event":"delivered"')
            assert uplink.stop() == 0
        shown = requests.get(page, timeout=10)
        assert "No movement seen since 12:00 (kitchen)." in shown.text
        assert wren("status", "--config", house.path).returncode == 0
        assert desk.stop() == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--listen", "0.0.0.0"], b"listens on loopback only"),
        (["--timezone", "Europe/Londres"], b"Unknown time zone `Europe/Londres`."),
        (["--port", "70000"], b"70000 is not in the range"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(tmp_path: Path, options: list[str], words: bytes) -> None:
    told = wren("desk", "--data", tmp_path, *options)
    assert told.returncode == 2
    assert words in told.stderr
    assert b"Traceback" not in told.stderr


def test_a_desk_that_is_not_installed_says_how(tmp_path: Path) -> None:
    hide = "sys.modules['starlette'] = None"
    with running("desk", "--data", tmp_path, before=hide) as desk:
        assert desk.process.wait(20) == 2
        desk.until("The desk is not installed here: starlette missing.")
        desk.until('pip install "wren-gateway[desk]"')


def test_its_default_ports_are_the_desks() -> None:
    assert (command.GATEWAYS_PORT, command.PEOPLE_PORT) == (server.GATEWAYS_PORT, server.PEOPLE_PORT)


def test_help_needs_no_desk_package() -> None:
    shown = CliRunner().invoke(command.desk, ["--help"])
    assert shown.exit_code == 0
    assert "--people-port" in shown.output
