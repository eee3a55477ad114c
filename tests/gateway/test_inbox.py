"""The door between driver threads and the loop: bounded, in order, and never closed to a button."""

import asyncio
import threading
import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.inbox import CAPACITY, Edge, Inbox

BUTTONS = frozenset({"button", "other-button"})


def inbox(capacity: int = CAPACITY) -> Inbox:
    loop = asyncio.new_event_loop()
    loop.close()
    return Inbox(loop, never_drop=BUTTONS, capacity=capacity)


@given(
    names=st.lists(st.sampled_from(["hall", "bed", "button", "other-button"]), max_size=60), capacity=st.integers(1, 12)
)
def test_it_is_bounded_and_never_drops_a_button(names: list[str], capacity: int) -> None:
    door = inbox(capacity)
    for number, name in enumerate(names):
        door.take_in(Edge(float(number), name, 1.0))
    kept = door.drain()
    pressed = [Edge(float(number), name, 1.0) for number, name in enumerate(names) if name in BUTTONS]
    assert [edge for edge in kept if edge.sensor in BUTTONS] == pressed
    assert len(kept) <= max(capacity, len(pressed) + 1)
    assert len(kept) + door.dropped == len(names)
    # of the others the newest are kept
    others = [Edge(float(number), name, 1.0) for number, name in enumerate(names) if name not in BUTTONS]
    mine = [edge for edge in kept if edge.sensor not in BUTTONS]
    assert mine == others[len(others) - len(mine) :]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=40))
def test_edges_come_out_in_the_order_of_their_stamps(stamps: list[tuple[int, int]]) -> None:
    door = inbox()
    for stamp, number in stamps:
        door.take_in(Edge(float(stamp), str(number), 1.0))
    edges = door.drain()
    assert [edge.monotonic_s for edge in edges] == sorted(float(stamp) for stamp, _ in stamps)
    for name in "0123":  # equal stamps keep their turn
        assert [e for e in edges if e.sensor == name] == sorted(
            (Edge(float(stamp), name, 1.0) for stamp, number in stamps if str(number) == name)
        )
    assert door.drain() == []


async def test_waiting_ends_with_an_edge_and_begins_anew_when_it_was_taken() -> None:
    door = Inbox(asyncio.get_running_loop())
    waiting = asyncio.create_task(door.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    door.offer(Edge(0.0, "hall", 1.0))
    await asyncio.wait_for(waiting, 5)
    await asyncio.wait_for(door.wait(), 5)
    door.drain()
    waiting = asyncio.create_task(door.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def test_twenty_lines_at_ten_edges_a_second_lose_nothing() -> None:
    door = Inbox(asyncio.get_running_loop())

    def line(name: str) -> None:
        for number in range(10):
            door.offer(Edge(time.monotonic(), name, float(number)))
            time.sleep(0.1)

    lines = [threading.Thread(target=line, args=(f"line-{number}",)) for number in range(20)]
    for thread in lines:
        thread.start()
    edges: list[Edge] = []
    while len(edges) < 200:
        await asyncio.wait_for(door.wait(), 5)
        batch = door.drain()
        assert [e.monotonic_s for e in batch] == sorted(e.monotonic_s for e in batch)
        edges += batch
    for thread in lines:
        thread.join()
    assert door.dropped == 0
    for number in range(20):
        assert [edge.value for edge in edges if edge.sensor == f"line-{number}"] == [float(n) for n in range(10)]


async def test_a_burst_from_five_threads_is_bounded_and_leaves_every_press() -> None:
    door = Inbox(asyncio.get_running_loop(), never_drop=BUTTONS)
    begin = threading.Barrier(5)

    def line(number: int) -> None:
        begin.wait()
        for turn in range(10_000):
            name = "button" if turn % 1000 == 0 else f"line-{number}"
            door.offer(Edge(time.monotonic(), name, float(turn)))

    threads = [threading.Thread(target=line, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    await asyncio.sleep(0.01)
    edges = door.drain()
    assert len(edges) == CAPACITY
    assert door.dropped == 50_000 - CAPACITY
    assert sum(edge.sensor == "button" for edge in edges) == 50
    assert all(one.monotonic_s <= nxt.monotonic_s for one, nxt in pairwise(edges))


def test_what_is_told_of_a_link_is_never_dropped() -> None:
    door = inbox(3)
    for number in range(50):
        door.take_in(Edge(float(number), "@radio" if number == 7 else "@link/bed" if number == 9 else "hall", 1.0))
    assert [edge.sensor for edge in door.drain()][:2] == ["@radio", "@link/bed"]
