"""Where everything lies on disk, in one place (docs/decisions/0002-two-processes.md says who may open what)."""

from pathlib import Path
from typing import NamedTuple

from gateway.config.tables import Config
from gateway.errors import StoreError
from gateway.uplink import files


class Places(NamedTuple):
    """The folders of the two processes."""

    private: Path
    outbox: Path
    uplink: Path

    @property
    def home_db(self) -> Path:
        """Inputs and model state: `wren run` alone."""
        return self.private / "home.db"

    @property
    def portrait(self) -> Path:
        """What was learnt, to be looked at: written by `wren run`, never sent."""
        return self.private / "portrait.json"

    @property
    def panel(self) -> Path:
        """What the residents' panels show, for `wren panel`: written by `wren run`, never sent."""
        return self.private / "panel.json"

    @property
    def live(self) -> Path:
        """The socket on which the daemon shows what happens just now, to who may read home.db."""
        return self.private / "live.sock"

    @property
    def walk_results(self) -> Path:
        """How far the walk-test has come: written by `wren walk-test` as it goes."""
        return self.private / "walk-test.json"

    @property
    def walk_certificate(self) -> Path:
        """What the walk-test proved, signed: written by `wren walk-test`, read by `wren run`."""
        return self.private / "walk-test.certificate.json"

    @property
    def walk_wish(self) -> Path:
        """What the walk-test asks of the daemon, for minutes: a heartbeat, a test call announced, a light shown."""
        return self.private / "walk-wish.json"

    @property
    def walk_month(self) -> Path:
        """Counts of the last month, to be held against the certificate: written by `wren run`, never sent."""
        return self.private / "walk-month.json"

    @property
    def own_keys(self) -> Path:
        """By which public keys the desk has known this gateway: written by `wren enrol`, read by `wren run`."""
        return self.private / "own-keys.json"

    @property
    def slips(self) -> Path:
        """What people on this gateway told the home: left by commands, taken by `wren run`."""
        return self.private / "slips"

    @property
    def accesses(self) -> Path:
        """Who looked at what is not sent: left by commands, taken into the trail by `wren run`."""
        return self.private / "accesses"

    @property
    def forget_counter(self) -> Path:
        """Where a technician says that a battery was changed: left by `wren forget-counter`, heeded by `wren run`."""
        return self.private / "forget-counter"

    @property
    def outbox_db(self) -> Path:
        """Messages: written by `wren run`, read by `wren uplink`."""
        return self.outbox / "outbox.db"

    @property
    def desk(self) -> Path:
        """The desk that the daemon trusts: written by `wren enrol`, read by `wren run`."""
        return self.private / "desk.json"

    @property
    def answers(self) -> Path:
        """How far the home has dealt with what people at the desk answered: written by `wren run`."""
        return self.private / "answers.json"

    @property
    def enrolment(self) -> Path:
        """How the desk is reached: written by `wren enrol`, read by `wren uplink`."""
        return self.uplink / files.ENROLMENT

    @property
    def key(self) -> Path:
        """The gateway's own key: made by `wren enrol`, read by `wren uplink`."""
        return self.uplink / files.KEY

    @property
    def uplink_db(self) -> Path:
        """Receipts: written by `wren uplink`, read by `wren run`."""
        return self.uplink / files.DATABASE


def places_of(config: Config) -> Places:
    """The folders that `config` names."""
    data = Path(config.gateway.data_dir)
    uplink = Path(config.uplink.data_dir) if config.uplink else data / "uplink"
    return Places(data / "private", data / "outbox", uplink)


def make(folder: Path, mode: int) -> None:
    """Make `folder` if it is missing; where systemd installed Wren it is there already. Raises StoreError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        advice = "Set [gateway] data_dir to a folder that this user may write to, or run the installed service."
        raise StoreError(f"{folder} cannot be made: {error.strerror}.", advice=advice) from error
