"""Recordings are read exactly or refused with the line and the next step; nothing in a file can do worse."""

import gzip
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.reading import load
from gateway.errors import InputError
from gateway.sources.replay import Reason, Recording
from models.vocabulary import Reading
from tests.shared_data import shared

HEADER = "time,sensor,value"
SENSORS = ("kitchen-tap", "bed")
GOOD = "2024-03-01T07:15:00Z,kitchen-tap,1"
GOOD_MS = 1_709_277_300_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, *rows: str | bytes, header: str = HEADER) -> Path:
    lines = [row.encode() if isinstance(row, str) else row for row in (header, *rows)]
    (folder / "readings.csv").write_bytes(b"\n".join(lines) + b"\n")
    return folder


def read(folder: Path) -> list[tuple[int, Reading]]:
    return list(Recording(folder, SENSORS).readings())


def test_rows_come_with_their_line_numbers(folder: Path) -> None:
    write(folder, GOOD, "2024-03-01T08:15:00.250+01:00,bed,0", "2024-03-01T07:15:01Z,@gateway,0")
    assert read(folder) == [
        (2, Reading(GOOD_MS, "kitchen-tap", 1.0)),
        (3, Reading(GOOD_MS + 250, "bed", 0.0)),
        (4, Reading(GOOD_MS + 1000, "@gateway", 0.0)),
    ]


def test_the_clock_may_step_by_any_number_of_seconds(folder: Path) -> None:
    assert read(write(folder, "2024-03-01T07:15:00Z,@clock,-3600.5"))[0][1].value == -3600.5


@pytest.mark.parametrize(
    "row", ["@outcome/r1/late_start,3", "@outcome/r1/late_start/1709277300,1", "@away/r1,1709300000", "@hospital/r1,1"]
)
def test_what_people_told_the_home_is_a_row_too(folder: Path, row: str) -> None:
    ((_, reading),) = read(write(folder, f"2024-03-01T07:15:00Z,{row}"))
    assert f"{reading.sensor},{reading.value:.0f}" == row


@pytest.mark.parametrize("name", ["@outcome/r1", "@outcome/r1/no_kind", "@away", "@awa/r1", "@away/r1/"])
def test_what_nobody_can_tell_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(InputError, match="unknown sensor"):
        read(write(folder, f"2024-03-01T07:15:00Z,{name},1"))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("header", [HEADER, "\ufeff" + HEADER, '"time","sensor","value"'])
def test_what_spreadsheets_write_is_read(folder: Path, header: str, newline: str) -> None:
    text = newline.join([header, '"2024-03-01T07:15:00Z","kitchen-tap",1', "", GOOD])
    (folder / "readings.csv").write_bytes(text.encode())
    assert [line for line, _ in read(folder)] == [2, 4]


def test_gzip_is_read_and_progress_counts_the_bytes_on_disk(folder: Path) -> None:
    text = "\n".join(
        [HEADER, *(f"2024-03-01T07:{n // 60 % 60:02d}:{n % 60:02d}Z,bed,{n * n % 97}" for n in range(30_000))]
    )
    (folder / "readings.csv.gz").write_bytes(gzip.compress(text.encode()))
    recording = Recording(folder, SENSORS)
    positions = []
    for _ in recording.readings():
        positions.append(recording.bytes_read)
    assert recording.tally.accepted == 30_000
    assert positions == sorted(positions)
    assert 0 < positions[len(positions) // 2] < recording.total_bytes
    assert recording.bytes_read == recording.total_bytes


def test_earlier_and_equal_times_are_handed_on(folder: Path) -> None:
    write(folder, GOOD, GOOD, "2024-03-01T07:14:59Z,bed,1")
    assert [reading.at_ms - GOOD_MS for _, reading in read(folder)] == [0, 0, -1000]


BAD_ROWS: list[tuple[str | bytes, Reason, str]] = [
    ("2024-03-01T07:15:00Z,kitchen-tap", Reason.COLUMNS, "Each row is"),
    ("2024-03-01T07:15:00Z,kitchen-tap,1,1", Reason.COLUMNS, "Each row is"),
    ('2024-03-01T07:15:00Z,"kitchen-tap,1', Reason.COLUMNS, "Each row is"),
    ("2024-13-01T07:15:00Z,kitchen-tap,1", Reason.TIME, "ISO 8601"),
    ("yesterday,kitchen-tap,1", Reason.TIME, "ISO 8601"),
    (",kitchen-tap,1", Reason.TIME, "ISO 8601"),
    ("1969-12-31T23:59:59Z,kitchen-tap,1", Reason.TIME, "from 1970"),
    ("1970-01-01T00:59:59+01:00,kitchen-tap,1", Reason.TIME, "from 1970"),
    ("9999-12-31T23:59:59-14:00,kitchen-tap,1", Reason.TIME, "ISO 8601"),
    ("2024-03-01T07:15:00,kitchen-tap,1", Reason.OFFSET, "add Z"),
    ("2024-03-01,kitchen-tap,1", Reason.OFFSET, "add Z"),
    ("2024-03-01T07:15:00Z,kitchen-tab,1", Reason.SENSOR, "Did you mean `kitchen-tap`?"),
    ("2024-03-01T07:15:00Z,@door,1", Reason.SENSOR, "home.toml"),
    ("2024-03-01T07:15:00Z,,1", Reason.SENSOR, "home.toml"),
    ("2024-03-01T07:15:00Z,bed,on", Reason.VALUE, "finite number"),
    ("2024-03-01T07:15:00Z,bed,", Reason.VALUE, "finite number"),
    ("2024-03-01T07:15:00Z,bed,nan", Reason.VALUE, "finite number"),
    ("2024-03-01T07:15:00Z,bed,-inf", Reason.VALUE, "finite number"),
    ("2024-03-01T07:15:00Z,bed,1e999", Reason.VALUE, "finite number"),
    ("2024-03-01T07:15:00Z,bed,1_000", Reason.VALUE, "finite number"),
    ("2024-03-01T07:15:00Z,@gateway,2", Reason.VALUE, "0 and 1 only"),
    ("x" * 5000, Reason.LENGTH, "really a readings.csv"),
    (b"\x00\xff\xfe\x80,\x00,\x9f", Reason.TIME, "ISO 8601"),
]


@pytest.mark.parametrize(("row", "reason", "advice"), BAD_ROWS)
def test_a_bad_row_is_refused_with_line_and_next_step(
    folder: Path, row: str | bytes, reason: Reason, advice: str
) -> None:
    write(folder, GOOD, row, GOOD)
    with pytest.raises(InputError) as refusal:
        read(folder)
    assert f"readings.csv:3: {reason}" in refusal.value.problem
    assert advice in refusal.value.advice
    assert refusal.value.exit_code == 2
    assert len(refusal.value.problem.splitlines()) == 1
    refusal.value.problem.encode()  # can be printed, whatever bytes were in the file


def test_lenient_skips_bad_rows_and_counts_them_by_reason(folder: Path) -> None:
    write(folder, *(row for row, _, _ in BAD_ROWS), GOOD)
    recording = Recording(folder, SENSORS, lenient=True)
    assert list(recording.readings()) == [(len(BAD_ROWS) + 2, Reading(GOOD_MS, "kitchen-tap", 1.0))]
    assert recording.tally.accepted == 1
    for reason in Reason:
        lines = [number for number, (_, why, _) in enumerate(BAD_ROWS, 2) if why is reason]
        assert recording.tally.skipped[reason] == len(lines)
        assert recording.tally.first_line.get(reason) == (lines[0] if lines else None)


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("text", [b"", b"\n", b"time;sensor;value\n", b"\x7fELF\x02\x01\x00\xff" * 900, GOOD.encode()])
def test_what_is_no_recording_is_refused_even_leniently(folder: Path, text: bytes, *, lenient: bool) -> None:
    (folder / "readings.csv").write_bytes(text)
    with pytest.raises(InputError, match=r"readings\.csv:1: the header is missing"):
        list(Recording(folder, SENSORS, lenient=lenient).readings())


def cut_gzip(folder: Path, rows: int, keep: float) -> None:
    text = "\n".join(
        [HEADER, *(f"2024-03-01T07:{n // 60 % 60:02d}:{n % 60:02d}Z,bed,{n * n % 97}" for n in range(rows))]
    )
    packed = gzip.compress(text.encode())
    (folder / "readings.csv.gz").write_bytes(packed[: int(len(packed) * keep)])


def test_a_gzip_that_was_cut_short_is_refused(folder: Path) -> None:
    cut_gzip(folder, 20_000, 0.5)
    with pytest.raises(InputError, match=r"readings\.csv\.gz:\d{4,}: damaged or cut short") as refusal:
        read(folder)
    assert "Copy the file again" in refusal.value.advice


def test_lenient_reads_a_cut_gzip_up_to_the_damage(folder: Path) -> None:
    cut_gzip(folder, 20_000, 0.5)
    recording = Recording(folder, SENSORS, lenient=True)
    rows = list(recording.readings())
    assert 5_000 < len(rows) < 15_000
    assert rows == [(n + 2, Reading(GOOD_MS - 900_000 + n % 3600 * 1000, "bed", n * n % 97)) for n in range(len(rows))]
    assert recording.tally.skipped == {Reason.DAMAGED: 1}


@pytest.mark.parametrize("lenient", [False, True])
def test_a_gz_that_is_none_is_refused_even_leniently(folder: Path, *, lenient: bool) -> None:
    (folder / "readings.csv.gz").write_bytes(b"time,sensor,value\n")
    with pytest.raises(InputError, match=r"readings\.csv\.gz:1: damaged"):
        list(Recording(folder, SENSORS, lenient=lenient).readings())


def test_a_folder_without_a_recording_or_with_two_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match=r"holds no readings\.csv"):
        Recording(folder, SENSORS)
    (folder / "readings.csv").write_text(HEADER)
    (folder / "readings.csv.gz").write_bytes(gzip.compress(HEADER.encode()))
    with pytest.raises(InputError, match="holds both"):
        Recording(folder, SENSORS)


def test_a_file_that_cannot_be_read_is_refused(folder: Path) -> None:
    write(folder, GOOD)
    recording = Recording(folder, SENSORS)
    (folder / "readings.csv").unlink()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        list(recording.readings())


offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
milliseconds = st.integers(0, 4_100_000_000_000)  # to the year 2099


@given(
    at_ms=milliseconds,
    offset=offsets,
    separator=st.sampled_from("T "),
    value=st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_time_in_any_offset_is_the_same_moment(
    tmp_path_factory: pytest.TempPathFactory, at_ms: int, offset: timezone, separator: str, value: float
) -> None:
    folder = tmp_path_factory.mktemp("home")
    moment = (datetime(1970, 1, 3, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(offset)
    ((_, reading),) = read(write(folder, f"{moment.isoformat(separator)},bed,{value!r}"))
    assert reading == (at_ms + 2 * 86_400_000, "bed", value)


@given(junk=st.lists(st.binary(max_size=60) | st.text(alphabet=':,-."TZ0123456789+eE\n', max_size=60).map(str.encode)))
def test_no_junk_does_worse_than_an_input_error(tmp_path_factory: pytest.TempPathFactory, junk: list[bytes]) -> None:
    folder = write(tmp_path_factory.mktemp("home"), *junk)
    recording = Recording(folder, SENSORS, lenient=True)
    rows = list(recording.readings())
    assert recording.tally.accepted == len(rows)
    try:
        strict = read(folder)
    except InputError:
        assert recording.tally.skipped.total() > 0
    else:
        assert strict == rows


@pytest.mark.parametrize("home", ["flat-a", "home-a07", "water-a"])
def test_a_real_home_is_read_whole(home: str) -> None:
    folder = shared(f"homes/{home}")
    recording = Recording(folder, [sensor.id for sensor in load(folder / "home.toml").sensors])
    rows = [reading for _, reading in recording.readings()]
    assert len(rows) > 800
    assert [row.at_ms for row in rows] == sorted(row.at_ms for row in rows)
