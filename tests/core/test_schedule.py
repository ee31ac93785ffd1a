"""Time: every change of clocks of every zone, durations, quiet nights."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.schedule import QuietHours, Rest, clock_note, duration, is_quiet, next_allowed, resolve

PARIS = "Europe/Paris"
NIGHT = Rest(QuietHours(time(22), time(8)))
ZONES = st.sampled_from([PARIS, "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York", "Asia/Beirut", "UTC"])
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# -- wall clocks and instants -----------------------------------------------------------------------------------------


def test_by_hand() -> None:
    assert resolve(datetime(2026, 6, 1, 18, 45), PARIS) == utc(2026, 6, 1, 16, 45)
    assert resolve(datetime(2026, 1, 1, 18, 45), PARIS) == utc(2026, 1, 1, 17, 45)
    assert resolve(time(18, 45), PARIS, date(2026, 6, 1)) == utc(2026, 6, 1, 16, 45)
    offset = timezone(timedelta(hours=-5))
    assert resolve(datetime(2026, 6, 1, 18, tzinfo=offset), PARIS) == utc(2026, 6, 1, 23)
    assert resolve(datetime(2026, 6, 1, 18), PARIS).tzinfo is UTC


def test_a_gap_and_an_overlap_by_hand() -> None:
    # 29 March 2026: 02:00 becomes 03:00; 25 October 2026: 03:00 becomes 02:00
    assert resolve(datetime(2026, 3, 29, 2, 30), PARIS) == utc(2026, 3, 29, 1)
    assert resolve(datetime(2026, 3, 29, 2, 30, 59, 999), PARIS) == utc(2026, 3, 29, 1)
    assert resolve(datetime(2026, 3, 29, 3), PARIS) == utc(2026, 3, 29, 1)
    assert resolve(datetime(2026, 10, 25, 2, 30), PARIS) == utc(2026, 10, 25, 0, 30)
    assert resolve(datetime(2026, 10, 25, 2, 30, fold=1), PARIS) == utc(2026, 10, 25, 0, 30)
    assert clock_note(datetime(2026, 3, 29, 2, 30), PARIS) == "gap"
    assert clock_note(datetime(2026, 10, 25, 2, 30), PARIS) == "twice"
    assert clock_note(datetime(2026, 10, 25, 3), PARIS) is None
    assert clock_note(time(2, 30), PARIS, date(2026, 3, 29)) == "gap"
    assert clock_note(utc(2026, 3, 29, 2, 30), PARIS) is None


def test_a_day_that_was_skipped_and_half_an_hour() -> None:
    assert resolve(datetime(2011, 12, 30, 12), "Pacific/Apia") == utc(2011, 12, 30, 10)
    assert clock_note(datetime(2011, 12, 30, 12), "Pacific/Apia") == "gap"
    assert resolve(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe") == utc(2026, 10, 3, 15, 30)


def transitions() -> list[tuple[ZoneInfo, datetime, timedelta, timedelta]]:
    """(zone, instant, offset before, offset after), 2026 to 2028: half-days first, then the second between them."""
    found = []
    step, second = timedelta(hours=12), timedelta(seconds=1)
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        at, offset = utc(2026, 1, 1), utc(2026, 1, 1).astimezone(zone).utcoffset()
        while at < utc(2029, 1, 1):
            following = at + step
            if (new := following.astimezone(zone).utcoffset()) != offset:
                early, late = at, following
                while late - early > second:
                    middle = early + (late - early) // second // 2 * second
                    early, late = (middle, late) if middle.astimezone(zone).utcoffset() == offset else (early, middle)
                assert offset is not None
                assert new is not None
                found.append((zone, late, offset, new))
            at, offset = following, new
    return found


@pytest.mark.slow
def test_all_changes_of_clocks_of_all_zones() -> None:
    changes = transitions()
    assert len(changes) > 500, "the zones on this machine change no clocks: is tzdata there?"
    kinds = set()
    for zone, change, before, after in changes:
        size = abs(after - before)
        low, high = sorted(((change + before).replace(tzinfo=None), (change + after).replace(tzinfo=None)))
        kind = "gap" if after > before else "twice"
        kinds.add(kind)
        last = timedelta(seconds=1)
        for local in (low, low + size / 2, high - last):
            assert clock_note(local, zone) == kind
            first = change if kind == "gap" else local.replace(tzinfo=UTC) - before
            assert resolve(local, zone) == first
            # hours after are elapsed hours, and the daily repeat keeps the wall clock
            assert resolve(local, zone) + timedelta(hours=5) - first == timedelta(hours=5)
        for local in (low - last, high):
            assert clock_note(local, zone) is None
            assert resolve(local, zone).astimezone(zone).replace(tzinfo=None, fold=0) == local
        for days in (-3, 3):
            day = (low + timedelta(days=days)).replace(hour=18, minute=45, second=0)
            assert resolve(day, zone).astimezone(zone).time() == time(18, 45)
        quiet = Rest(QuietHours(low.time(), high.time()))
        waited = next_allowed(change - last, zone, quiet)
        assert waited >= change - last
        assert not is_quiet(waited, zone, quiet)
    assert kinds == {"gap", "twice"}


@given(INSTANTS, ZONES)
def test_there_and_back(instant: datetime, zone: str) -> None:
    local = instant.astimezone(ZoneInfo(zone))
    back = resolve(local.replace(tzinfo=None, fold=0), zone)
    assert instant == back if local.fold == 0 else instant > back
    assert resolve(instant, zone) == instant


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)), st.timedeltas(timedelta(), timedelta(days=2)), ZONES)
def test_later_on_the_wall_is_never_earlier_unless_clocks_went_back(
    local: datetime, more: timedelta, zone: str
) -> None:
    assert resolve(local, zone) <= resolve(local + more, zone)


@pytest.mark.parametrize(
    ("moment", "zone", "says"),
    [
        (datetime(2026, 1, 1), "Europe/Nowhere", "no time zone 'Europe/Nowhere'; write one such as Europe/Paris"),
        (datetime(2026, 1, 1), "../etc/passwd", "no time zone"),
        (datetime(2026, 1, 1), "", "no time zone"),
        (datetime(2026, 1, 1), "Europe", "no time zone"),
        (time(18, 45), PARIS, "18:45 needs a day"),
        (datetime.min, PARIS, "the year 1 "),
        (datetime.max, "America/New_York", "the year 9999"),
    ],
)
def test_what_cannot_be_resolved(moment: datetime | time, zone: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        resolve(moment, zone)


def test_a_time_of_day_has_no_offset() -> None:
    with pytest.raises(ValueError, match="the site's own clock"):
        resolve(time(18, tzinfo=UTC), PARIS, date(2026, 1, 1))
    with pytest.raises(ValueError, match="needs a day"):
        clock_note(time(18), PARIS)


# -- durations --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("40m", 2400),
        ("1h30m", 5400),
        (" 1h 30m ", 5400),
        ("2d", 172800),
        ("90s", 90),
        ("3w", 1814400),
        ("1w1d1h1m1s", 694861),
        ("0s", 0),
        ("90m", 5400),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", " ", "40", "m", "1.5h", "-5m", "30m1h", "5m5m", "5 minutes", "1h30", "٣m", "2y", "5M", "1h\N{NUL}"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write whole weeks") as error:
        duration(text)
    assert f'"{text}"' in str(error.value)


def test_too_long() -> None:
    assert duration("3660d") == timedelta(days=3660)
    with pytest.raises(ValueError, match="longer than ten years"):
        duration("3660d1s")
    with pytest.raises(ValueError, match="longer than ten years"):
        duration("999999999w")
    with pytest.raises(ValueError, match="not a duration"):
        duration("9" * 100_000 + "s")


@given(st.tuples(*(st.integers(0, 50) for _ in range(5))))
def test_any_writing_largest_first(numbers: tuple[int, ...]) -> None:
    text = "".join(f"{n}{unit}" for n, unit in zip(numbers, "wdhms", strict=True))
    weeks, days, hours, minutes, seconds = numbers
    assert duration(text) == timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


# -- quiet hours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "allowed"),
    [
        (21, utc(2026, 6, 1, 21)),
        (22, utc(2026, 6, 2, 8)),
        (23, utc(2026, 6, 2, 8)),
        (0, utc(2026, 6, 1, 8)),
        (7, utc(2026, 6, 1, 8)),
        (8, utc(2026, 6, 1, 8)),
    ],
)
def test_a_night_over_midnight(hour: int, allowed: datetime) -> None:
    instant = utc(2026, 6, 1, hour)
    assert next_allowed(instant, "UTC", NIGHT) == allowed
    assert is_quiet(instant, "UTC", NIGHT) == (allowed != instant)


def test_a_rest_at_noon_and_none_at_all() -> None:
    noon = Rest(QuietHours(time(12), time(14)))
    assert next_allowed(utc(2026, 6, 1, 11), PARIS, noon) == utc(2026, 6, 1, 12), "13:00 in Paris"
    assert next_allowed(utc(2026, 6, 1, 12), PARIS, noon) == utc(2026, 6, 1, 12), "14:00 in Paris"
    assert next_allowed(utc(2026, 6, 1, 23), PARIS, None) == utc(2026, 6, 1, 23)
    assert not is_quiet(utc(2026, 6, 1, 23), PARIS, None)


def test_the_hour_that_comes_twice_is_quiet_once() -> None:
    until = Rest(QuietHours(time(22), time(2, 30)))
    first, second = utc(2026, 10, 25, 0, 15), utc(2026, 10, 25, 1, 15)  # both 02:15 in Paris
    assert next_allowed(first, PARIS, until) == utc(2026, 10, 25, 0, 30)
    assert next_allowed(second, PARIS, until) == second
    here = [at.astimezone(ZoneInfo(PARIS)) for at in (first, second)]
    assert here[0] == here[1], "to Python both are a quarter past two"
    assert [next_allowed(at, PARIS, until) for at in here] == [utc(2026, 10, 25, 0, 30), second]


def test_the_night_that_ends_in_a_gap() -> None:
    until = Rest(QuietHours(time(22), time(2, 30)))
    assert next_allowed(utc(2026, 3, 29, 0, 30), PARIS, until) == utc(2026, 3, 29, 1), "03:00, the first instant"


@given(INSTANTS, ZONES, st.times(), st.times())
def test_waiting_is_short_and_ends_outside(instant: datetime, zone: str, start: time, end: time) -> None:
    if start == end:
        with pytest.raises(ValueError, match="no time at all"):
            QuietHours(start, end)
        return
    quiet = Rest(QuietHours(start, end))
    allowed = next_allowed(instant, zone, quiet)
    assert instant <= allowed <= instant + timedelta(hours=26)
    assert not is_quiet(allowed, zone, quiet)
    assert (allowed == instant) == (not is_quiet(instant, zone, quiet))
    assert next_allowed(allowed, zone, quiet) == allowed


def test_quiet_hours_need_an_instant_and_the_sites_clock() -> None:
    with pytest.raises(ValueError, match="needs its offset"):
        is_quiet(datetime(2026, 1, 1), PARIS, NIGHT)
    with pytest.raises(ValueError, match="without an offset"):
        QuietHours(time(22, tzinfo=UTC), time(8))
