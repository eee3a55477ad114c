"""The demo's story, told as it happens: three weeks, an illness week, a collapse, and what the desk was told."""

import asyncio
import contextlib
import functools
import itertools
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.demo import pictures
from gateway.demo.cast import Cast, on_stage
from gateway.demo.desk_people import WHO
from gateway.demo.telling import tell_alert
from gateway.pictures import terminal
from gateway.portrait import Portrait, portrait_of
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Scenario
from gateway.uplink.keys import fingerprint
from models.habits import MORNING_S
from models.localtime import HOUR_S, MINUTE_S
from models.vocabulary import Change, Finding, HabitTable, Said, Update
from models.wording import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from gateway.log import Log
    from gateway.sources.simulator.act import Act
    from gateway.uplink import wire

_LEARNING_BREATH_S: Final = 2 * HOUR_S
_ILLNESS_BREATH_S: Final = 5 * MINUTE_S
_LIVE_BREATH_S: Final = 1 * MINUTE_S
_LAST_HOURS_S: Final = 40 * MINUTE_S
_UNANSWERED_S: Final = 12 * MINUTE_S
_AFTER_S: Final = 14 * HOUR_S
_RARE_DAYS: Final = 30


class Story:
    """Tells one demo.

    Args:
        console: where to.
        log: the gateway's log.
        seed: whose life it is.
        scenario: what happens.
        people_port: of the desk's page; 0 takes a free one.
        pace_s: how long to pause after a picture, for the reader.
    """

    def __init__(
        self,
        console: "Console",
        log: "Log",
        *,
        seed: int,
        scenario: Scenario,
        people_port: int = 0,
        pace_s: float = 0.0,
    ) -> None:
        self._console = console
        self._log = log
        self._life = Life(seed, scenario)
        self._seed = seed
        self._people_port = people_port
        self._pace_s = pace_s
        self._acts = iter(self._life)
        self._edges: Counter[str] = Counter()
        self._show_edges = False
        self._now_s: Callable[[], float] = lambda: 0.0
        self._said: list[Said] = []
        self._tables: list[HabitTable] = []
        self._alerts: list[wire.Alert] = []

    async def tell(self, folder: Path, *, stay: bool) -> None:
        """Tell it, with everything that is kept in `folder`; `stay` keeps the desk open until Ctrl-C."""
        started_s = time.perf_counter()
        say = self._console.print
        async with on_stage(
            folder,
            self._life.start_s,
            self._log,
            seed=self._seed,
            timezone=self._life.local.timezone,
            people_port=self._people_port,
            heard=self._heard,
            said=self._hear_out,
        ) as cast:
            say(f"The desk is open at {cast.desk.people_url}; look whenever you like.")
            say(f"The desk knows this gateway by its key {fingerprint(cast.known.key)},")
            say(f"the gateway believes only the desk of {cast.desk.fingerprint}.")
            say(f"The gateway's databases are in {folder}.\n" if stay else "")
            await self._learn(cast)
            await self._fall_ill(cast)
            await self._collapse(cast)
            delivered = await cast.delivered()
            self._close(cast, delivered, time.perf_counter() - started_s)
            if stay:
                say(f"\nThe desk stays open at {cast.desk.people_url} (the clock stands still). Ctrl-C ends it.")
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()

    async def _learn(self, cast: Cast) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        days = self._life.scenario.quiet_days
        self._console.rule(f"[bold]{days} ordinary days", align="left")
        columns = (TextColumn("learning"), BarColumn(), TextColumn("day {task.completed:.0f} of {task.total:.0f}"))
        with Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal) as bar:
            task = bar.add_task("learning", total=days)
            for day in range(1, days + 1):
                await cast.home.live(self._until(self._day_end_s(day)), breath_s=_LEARNING_BREATH_S)
                await self._tell_alerts(cast)
                self._tables.clear()
                bar.update(task, completed=day)
        heard = sum(self._edges.values())
        through = "mock pins and heart-rate notifications"
        self._console.print(f"{heard:,} readings of {len(self._edges)} sensors came in through {through}.\n")
        self._show_portrait(portrait_of(cast.home.pipeline.home.portrait()))
        await asyncio.sleep(self._pace_s * 4)

    def _show_portrait(self, portrait: Portrait) -> None:
        stream = portrait.streams[0]
        colour = terminal.has_shades(self._console)
        for lines in (terminal.routine(portrait, stream, colour=colour), terminal.notice(portrait, stream)):
            self._console.print(*lines, "", sep="\n")

    async def _fall_ill(self, cast: Cast) -> None:
        scenario = self._life.scenario
        if not scenario.illness_days:
            return
        self._console.rule("[bold]An illness week", align="left")
        tell = functools.partial(self._tell_alerts, cast)
        for day in range(scenario.illness_days):
            end_s = self._day_end_s(scenario.quiet_days + day + 1)
            await cast.home.live(self._until(end_s), breath_s=_ILLNESS_BREATH_S, pause=tell)
            self._tell_day(scenario.quiet_days + day)
            await asyncio.sleep(self._pace_s)
        self._console.print()

    async def _collapse(self, cast: Cast) -> None:
        collapse_s = self._life.collapse_s
        if collapse_s is None:
            return
        self._console.rule("[bold]A day that goes wrong", align="left")
        tell = functools.partial(self._tell_alerts, cast)
        await cast.home.live(self._until(collapse_s - _LAST_HOURS_S), breath_s=_ILLNESS_BREATH_S, pause=tell)
        self._now_s = cast.home.clock.utc_s
        self._show_edges = True
        await cast.home.live(self._until(collapse_s + 1), breath_s=_LIVE_BREATH_S)
        self._show_edges = False
        self._console.print(
            f"  {self._clock(collapse_s)}  nothing more (only the heart-rate strap goes on)", style="dim"
        )
        home = cast.home.pipeline.home
        (deadline_s,) = home.silence_deadlines_s().values()
        asked = "nothing would" if deadline_s is None else f"an alert opens at {self._clock(deadline_s)}"
        self._console.print(f"\nIf nothing more is seen, {asked}. The hours pass:")
        end_s = collapse_s + _AFTER_S
        told = len(self._alerts)
        hour_s = collapse_s + HOUR_S
        while cast.home.clock.utc_s() < end_s and len(self._alerts) == told:
            step_s = cast.home.clock.utc_s() + _LIVE_BREATH_S
            await cast.home.live(self._until(step_s), breath_s=_LIVE_BREATH_S)
            await cast.home.wait_until(step_s, breath_s=_LIVE_BREATH_S, pause=tell)
            if step_s >= hour_s and len(self._alerts) == told:
                self._console.print(f"  {self._clock(step_s)}  …", style="dim")
                await asyncio.sleep(self._pace_s)
                hour_s += HOUR_S
        if len(self._alerts) > told:
            await self._answer(cast)

    async def _answer(self, cast: Cast) -> None:
        """Nobody answers for a while; then somebody at the desk does, and the house hears of it."""
        tell = functools.partial(self._tell_alerts, cast)
        clock = cast.home.clock
        await cast.home.wait_until(clock.utc_s() + _UNANSWERED_S, breath_s=_LIVE_BREATH_S, pause=tell)
        self._console.print(f"  {self._clock(clock.utc_s())}  {WHO} at the desk: I am seeing to it.")
        seconds = await cast.answered(self._alerts[-1].id)
        self._console.print(f"  heard in the house, with the desk's seal, {seconds:.0f} s later", style="green")
        await asyncio.sleep(self._pace_s * 2)

    def _close(self, cast: Cast, delivered: int, seconds: float) -> None:
        home = cast.home.pipeline.home
        left = ", ".join(f"{count:,} {reason}" for reason, count in home.left_out().items() if count)
        alerts = Counter(spoken(alert.kind) for alert in self._alerts)
        raw = sum(self._edges.values())
        rows = [
            ("readings", f"{raw:,}, all of which stayed in the gateway" + (f" (left out: {left})" if left else "")),
            ("left the house", f"{delivered} messages, each with a receipt from the desk"),
            ("came back", f"what people at the desk answered: {cast.answers}, under the desk's seal"),
            ("alerts", ", ".join(f"{count} {kind}" for kind, count in alerts.items()) or "none"),
            ("took", f"{seconds:.0f} s for {self._life.scenario.days} days"),
        ]
        self._console.print()
        self._console.rule("[bold]In short", align="left")
        self._console.print(pictures.closing(rows))

    def _until(self, end_s: float) -> "Iterator[Act]":
        """The acts before `end_s`; the others stay for later."""
        for act in self._acts:
            if act.at_s >= end_s:
                self._acts = itertools.chain([act], self._acts)
                return
            yield act

    def _heard(self, sensor: str, value: float) -> None:
        self._edges[sensor] += 1
        if self._show_edges and value and sensor not in ("pulse", "strap-battery"):
            self._console.print(f"  {self._clock(self._now_s())}  {spoken(sensor)}", style="#4fb3a9")

    def _hear_out(self, one: Said) -> None:
        self._said.append(one)

    def _tell_day(self, index: int) -> None:
        tables, self._tables = self._tables, []
        notable = {
            habit.name: f"{spoken(habit.name)} {habit.observed:.0f}"
            f" (usually {habit.usual_low:.0f}-{habit.usual_high:.0f})"
            for table in tables
            for habit in table.habits
            if habit.rarity_days is not None and habit.rarity_days >= _RARE_DAYS
        }
        day = self._life.local.date(self._life.first_day + index)
        self._console.print(f"[bold]{day:%a %d %b}[/]  {'; '.join(notable.values()) or 'nothing unlike most days'}")

    async def _tell_alerts(self, cast: Cast) -> None:
        """Tell what was said since the last time, and wait until the desk has it."""
        said, self._said = self._said, []
        for one in said:
            if isinstance(one, HabitTable):
                self._tables.append(one)
            elif isinstance(one, Finding):
                await self._tell_alert(cast, one)
            elif isinstance(one, Update) and one.change in (Change.RESOLVED, Change.UNANSWERED):
                self._console.print(f"  {spoken(one.kind)}: {one.observed}", style="dim")

    async def _tell_alert(self, cast: Cast, finding: Finding) -> None:
        self._alerts.append(await tell_alert(self._console, self._life.local, cast, finding))
        await asyncio.sleep(self._pace_s * 2)

    def _day_end_s(self, days: int) -> int:
        """When the night after day `days` is over and its habits have been judged."""
        return self._life.local.at_clock_s(self._life.first_day + days, MORNING_S) + MINUTE_S

    def _clock(self, at_s: float) -> str:
        return self._life.local.clock(int(at_s))
