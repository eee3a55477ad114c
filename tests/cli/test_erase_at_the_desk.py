"""The whole way of an erasure: home, messenger, desk, receipt."""

import json
import time
from pathlib import Path

import pytest
import requests

from tests.at_the_desk import enrol

from .house import Beat, House, alert, summary, wren
from .process import running
from .test_desk import doors


@pytest.mark.slow
def test_the_desk_erases_what_it_had_and_its_receipt_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    with running("desk", "--data", folder, "--port", "0", "--people-port", "0") as desk:
        url, ca_file, page = doors(desk)
        house = House(tmp_path, uplink=url, ca_file=ca_file).write()
        enrol(folder, house.path, "h-0001")
        now_s = int(time.time())
        house.says(alert(1, now_s), summary(2, now_s), beats=[Beat(now_s)])
        house.has_recorded()
        with running("uplink", "--config", house.path) as uplink:
            for _ in range(3):
                uplink.until('"event":"delivered"')
            assert uplink.stop() == 0
        assert "No movement seen since 12:00 (kitchen)." in requests.get(page, timeout=10).text
        assert b"No movement seen" in _bytes_of(folder)

        assert wren("erase", "r1", "--yes", "--config", house.path).returncode == 0
        assert _erasures(house) == ["waiting", "waiting"]
        with running("uplink", "--config", house.path) as uplink:
            for _ in range(2):
                uplink.until('"event":"delivered"')
            assert uplink.stop() == 0
        assert _erasures(house) == ["delivered", "delivered"]
        assert "No movement seen" not in requests.get(page, timeout=10).text
        assert desk.stop() == 0
    assert b"No movement seen" not in _bytes_of(folder)  # nor anywhere in the desk's own files
    told = wren("audit", "verify", "--config", house.path)
    assert told.returncode == 0, told.stdout


def _erasures(house: House) -> list[str]:
    shown = json.loads(wren("outbox", "--json", "--config", house.path).stdout)
    return [one["state"] for one in shown["messages"] if one["type"] == "erasure"]


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
