"""`wren demo --practice`: a home that stays up, in which a trainee makes things happen and sees who is told what."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.condition import judge
from gateway.demo.cast import Cast, on_stage
from gateway.demo.exercises import EXERCISES
from gateway.demo.practice_acts import KEYS, MORNING_S
from gateway.demo.practice_home import PracticeHome
from gateway.demo.telling import tell_alert
from gateway.portrait import portrait_of
from gateway.sources.simulator.house import WIRES
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Scenario
from gateway.transcript import read
from gateway.uplink import wire
from models.coverage import duration
from models.kinds import Audience
from models.localtime import MINUTE_S
from models.vocabulary import Change, Finding, Said, Summary, Update
from models.wording import spoken

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from gateway.demo.practice_keys import Keys
    from gateway.log import Log

_PRACTISED_DAYS: Final = 120
"""Days that a trainee can let pass; then the simulated life is over."""
_HEARS_S: Final = 10
"""The daemon looks every few seconds for what came back."""

TO: Final = {Audience.CARE: "To the care worker", Audience.TECHNICIAN: "To the technician"}


class Practice:
    """One session.

    Args:
        console: where to.
        log: the gateway's log.
        keys: what the trainee presses.
        seed: whose life it is, and what the exercises hide.
        learn_days: ordinary days first, in which the home is learnt.
        people_port: of the desk's page; 0 takes a free one.
    """

    def __init__(
        self, console: "Console", log: "Log", keys: "Keys", *, seed: int, learn_days: int, people_port: int = 0
    ) -> None:
        self.console = console
        self.keys = keys
        self.seed = seed
        self._log = log
        scenario = Scenario(learn_days + _PRACTISED_DAYS, 0, None, help_press=False, long_stay=False)
        self._life = Life(seed, scenario)
        self._learn_days = learn_days
        self._people_port = people_port
        self._said: list[Said] = []
        self._heard_s: dict[str, float] = {}
        self._now_s: Callable[[], float] = lambda: self._life.start_s
        self._is_told = False
        self.hides = False
        self.alerts: list[tuple[Finding, wire.Alert]] = []
        self._cast: Cast
        self.home: PracticeHome

    async def run(self, folder: Path) -> None:
        """Until the trainee ends it, with everything kept in `folder`."""
        async with on_stage(
            folder,
            self._life.start_s,
            self._log,
            seed=self.seed,
            timezone=self._life.local.timezone,
            people_port=self._people_port,
            heard=self._heard,
            said=self._said.append,
        ) as self._cast:
            self._now_s = self._cast.home.clock.utc_s
            self.home = PracticeHome(self._cast, self._life, self._log, self._tell, self._heard, self._said.append)
            async with self.home.open():
                await self._begin()
                while (key := await self._asked()) is not None:
                    await self._do(key)

    async def _begin(self) -> None:
        self.console.rule("[bold]A practice home", align="left")
        self.console.print(
            f"Nobody lives here. {self._learn_days} days of a simulated life are learnt first (some seconds)."
        )
        started_s = time.perf_counter()
        await self.home.learn(self._learn_days)
        await self.home.until(MORNING_S)
        await self._cast.delivered()
        self._said.clear()
        self._is_told = True
        self.console.print(f"Learnt, in {time.perf_counter() - started_s:.0f} s.")
        self.show_page()
        self.console.print("Time stands still here until you press a key.\n")
        self._help()

    async def _asked(self) -> str | None:
        local, now_s = self._life.local, int(self.home.now_s)
        self.console.print(f"[dim]{local.weekday(now_s)} {local.clock(now_s)}[/]  key (? lists them): ", end="")
        key = await self.keys.next()
        self.console.print("x" if key is None else key)
        return key

    async def ask(self, question: str) -> str | None:
        """One key, as the answer to a question."""
        self.console.print(f"{question} ", end="")
        key = await self.keys.next()
        self.console.print("x" if key is None else key)
        return key

    async def _do(self, key: str) -> None:
        if key in KEYS:
            await KEYS[key].do(self)
        elif key in EXERCISES:
            await EXERCISES[key].do(self)
        elif key == "?":
            self._help()
        else:
            self.console.print("That key does nothing; ? lists those that do.")

    def _help(self) -> None:
        for key, act in KEYS.items():
            self.console.print(f"  [bold]{key}[/]  {act.words}")
        for key, exercise in EXERCISES.items():
            self.console.print(f"  [bold]{key}[/]  exercise: {exercise.title}")
        self.console.print("  [bold]x[/]  end\n")

    async def press_help(self) -> None:
        """The help button."""
        self.console.print("Somebody presses the help button in the lounge.")
        await self.home.press_help()

    async def choose(self, question: str) -> str | None:
        """One of the wired sensors, by its letter; None for anything else."""
        letters = {chr(ord("a") + index): one.id for index, one in enumerate(WIRES)}
        self.console.print(", ".join(f"[bold]{letter}[/] {sensor}" for letter, sensor in letters.items()))
        return letters.get(await self.ask(question) or "")

    async def answer(self) -> None:
        """Somebody at the desk sees to the newest alert that waits for it."""
        waiting = self.waiting()
        if not waiting:
            self.console.print("No urgent alert waits for an answer.")
            return
        self.console.print("At the desk: I am seeing to it.")
        seconds = await self._cast.answered(waiting[-1].id)
        self.console.print(f"  heard in the house, with the desk's seal, {seconds:.0f} s later", style="green")

    def waiting(self) -> list[wire.Alert]:
        """The urgent alerts that nobody has acknowledged, as far as the house has heard."""
        open_ = {(one.resident, one.kind, one.opened_s) for one in self._cast.home.pipeline.home.unanswered()}
        return [alert for finding, alert in self.alerts if (finding.resident, finding.kind, finding.opened_s) in open_]

    def unanswered_after_min(self) -> int:
        """Minutes after which an urgent alert goes to the second recipient."""
        return self._cast.home.config.answers.unanswered_after_min

    async def status(self) -> None:
        """What the technician sees: `wren status` in short, and when each sensor was last heard."""
        await self._cast.delivered()  # the messenger lives in real time, and would seem to lag by days
        await self._cast.carried()
        condition = judge(self._cast.home.config, read(self._cast.places), int(self.home.now_s))
        for problem in condition.problems:
            self.console.print(f"! {problem.problem} {problem.advice}", style="yellow", markup=False)
        self.show_sight()
        for one in (*(wire_.id for wire_ in WIRES), "pulse", "strap-battery"):
            heard_s = self._heard_s.get(one)
            ago = "never heard" if heard_s is None else f"last heard {duration(self.home.now_s - heard_s)} ago"
            self.console.print(f"  {one:<16} {ago}")

    def show_page(self) -> None:
        """Where the desk's page is."""
        self.console.print(f"The desk's page, as care staff see it: {self._cast.desk.people_url}")

    def show_sight(self) -> None:
        """How much could be seen, as it stands on every alert."""
        for stream in portrait_of(self._cast.home.pipeline.home.portrait()).streams:
            self.console.print(f"  could see: {stream.coverage}", markup=False)

    async def minute(self) -> None:
        """A minute in which what was answered at the desk reaches the house."""
        await self.home.wait(MINUTE_S - _HEARS_S)
        await self._cast.delivered()
        await self.home.wait(_HEARS_S)

    def _heard(self, sensor: str, value: float) -> None:  # noqa: ARG002 - that it was heard is what counts
        self._heard_s[sensor] = self._now_s()

    async def _tell(self) -> None:
        said, self._said[:] = list(self._said), []
        if not self._is_told:
            return
        for one in said:
            if isinstance(one, Finding):
                await self._tell_alert(one)
            elif isinstance(one, Update) and one.change in (Change.RESOLVED, Change.UNANSWERED):
                self.console.print(f"  {spoken(one.kind)}: {one.observed}", style="dim", markup=False)
            elif isinstance(one, Summary) and not self.hides:
                self.console.print(
                    f"  Summary of the {one.period}: {one.headline} {one.coverage}", style="dim", markup=False
                )

    async def _tell_alert(self, finding: Finding) -> None:
        if self.hides and finding.audience is Audience.TECHNICIAN:
            self.console.print("  A message for the technician has arrived at the desk.", style="yellow")
            return
        self.console.print(f"{TO[finding.audience]}:")
        self.alerts.append((finding, await tell_alert(self.console, self._life.local, self._cast, finding)))
