"""What is asked of systemd when a gateway leaves, by a stand-in that writes it down."""

import os
import stat
from pathlib import Path

import pytest

from gateway.errors import GatewayError
from gateway.leaving.services import Alone, Systemd, services

_SYSTEMCTL = """#!/bin/sh
echo "$@" >> "{folder}/asked"
case "$*" in
  list-unit-files*) cat "{folder}/units" ;;
  *"$(cat {folder}/fails)"*) echo "Job for wren-uplink.service failed." >&2; exit 1 ;;
esac
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "systemctl"
    program.write_text(_SYSTEMCTL.format(folder=tmp_path), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "units").write_text(
        "wren.service enabled enabled\nwren-uplink.service enabled enabled\nwren-enrolled.path enabled enabled\n"
    )
    (tmp_path / "fails").write_text("nothing fails\n")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def test_all_of_wrens_units_are_switched_off(asked: Path) -> None:
    of = services(asked / "uplink", run=asked)
    assert isinstance(of, Systemd)
    of.stop()
    of.start_messenger()
    of.disable()
    said = (asked / "asked").read_text().splitlines()
    assert "stop wren.service wren-uplink.service" in said
    assert "start wren-uplink.service" in said
    assert said[-1] == "disable --now --quiet wren.service wren-uplink.service wren-enrolled.path"


def test_what_systemd_refuses_is_said(asked: Path) -> None:
    (asked / "fails").write_text("start\n")
    with pytest.raises(GatewayError, match=r"Job for wren-uplink\.service failed"):
        Systemd().start_messenger()


def test_without_systemd_or_units_a_messenger_of_our_own_is_started(asked: Path) -> None:
    assert isinstance(services(asked, run=asked / "nothing"), Alone)
    (asked / "units").write_text("")
    assert isinstance(services(asked, run=asked), Alone)
