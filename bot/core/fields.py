"""The kinds of values that stand in a flow file: ids, texts by language, spans of time, moments, shares.

Every kind says in its error what was found and what is allowed, in the words of somebody who writes flows.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StringConstraints, WithJsonSchema

from bot.core.files import MATERIAL, ending
from bot.core.message import Local
from bot.core.schedule import duration
from bot.core.tally import fraction

SOURCE = ""
"""The key of a text that stands in the flow's source language without saying so."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
"""A name within a flow: it begins with a small letter; small letters, digits and underscores; at most 20 of them."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


def shown(value: object) -> str:
    """A value as it stands in a flow file, cut short: `"Vienna"`, `2027-03-02`, `a list`."""
    match value:
        case str():
            return f'"{value[:60]}…"' if len(value) > 60 else f'"{value}"'
        case bool():
            return "true" if value else "false"
        case datetime() | date() | time():
            return value.isoformat()
        case dict():
            return "a table" if value else "an empty table"
        case list() | tuple():
            return "a list" if value else "an empty list"
        case _:
            return str(value)[:60]


def _text(value: Any) -> Any:
    return {SOURCE: value} if isinstance(value, str) else value


def _material(value: Any) -> Any:
    """Only the form: that the file is there, and what it is, a rule finds out."""
    paths = {SOURCE: value} if isinstance(value, str) else value
    if not isinstance(paths, dict) or not all(isinstance(path, str) for path in paths.values()):
        raise ValueError(
            f'found {shown(value)}; allowed is a file such as "material/map.jpg", or one for each language'
        )
    for path in paths.values():
        if not path.startswith("material/") or ".." in path.split("/") or ending(path) not in MATERIAL:
            raise ValueError(
                f"found {shown(path)}; allowed is a file in the folder material beside the flow, whose name ends in "
                f".{', .'.join(MATERIAL)}"
            )
    return paths


def _span(value: Any) -> Any:
    if isinstance(value, str):
        return duration(value)
    if isinstance(value, timedelta):
        return value
    raise ValueError(f'found {shown(value)}; allowed is a span of time in quotes such as "40m", "1h30m" or "2d"')


def _share(value: Any) -> Any:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        return fraction(value)
    raise ValueError(f'found {shown(value)}; allowed is a share such as 0.7, "70%" or "2/3"')


def _near(value: date) -> date:
    if not 2000 <= value.year < 2200:
        raise ValueError(f"found the year {value.year}; allowed are the years 2000 to 2199")
    return value


def _day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return _near(value)
    if isinstance(value, str):
        try:
            return _near(date.fromisoformat(value))
        except ValueError:
            pass
    raise ValueError(f"found {shown(value)}; allowed is a day such as 2027-09-01, without quotes")


def _holiday(value: Any) -> Any:
    """`2027-04-05`, quoted or not, or `12-25`; a day of every year may be the 29th of February."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return _near(value).isoformat()
    if isinstance(value, str):
        try:
            yearly = re.fullmatch(r"[0-9]{2}-[0-9]{2}", value) is not None
            day = date.fromisoformat(f"2028-{value}" if yearly else value)
            return value if yearly else _near(day).isoformat()
        except ValueError:
            pass
    raise ValueError(
        f'found {shown(value)}; allowed is a day such as "2027-04-05", or "12-25" for that day of every year'
    )


def _clock(value: Any) -> Any:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError(f"found {shown(value)}; allowed is a time of day such as 22:00:00, without quotes")


def _instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return _near(value)
    raise ValueError(
        f"found {shown(value)}; allowed is a day with a time, without quotes: 2027-03-02T18:00:00 (the clock at each "
        "site) or 2027-03-02T18:00:00Z (one instant for all)"
    )


def _moment(value: Any) -> Any:
    if isinstance(value, datetime | time):
        return value if isinstance(value, time) else _near(value)
    raise ValueError(
        f"found {shown(value)}; allowed is a time without quotes: 2027-03-02T18:00:00 (the clock at each site), "
        "2027-03-02T18:00:00Z (one instant for all) or 18:00:00 (that day's clock at each site)"
    )


TEXT_MARK = BeforeValidator(_text)
"""By this mark among its metadata a field is known to be a text that people read."""

Text = Annotated[
    dict[str, str],
    TEXT_MARK,
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}],
            "description": "a text in the source language, or one for each language",
        }
    ),
]

MaterialFile = Annotated[
    dict[str, str],
    BeforeValidator(_material),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}],
            "description": 'a file of the flow, such as "material/map.jpg", or one for each language',
        }
    ),
]
"""The path of a file beside the flow, for all languages or by language. What lies there is looked at when the flow is read."""

Span = Annotated[
    timedelta,
    BeforeValidator(_span),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(\d+[wdhms])+$", "description": 'a span of time: "40m", "1h30m", "2d"'}
    ),
]

Share = Annotated[
    Fraction,
    BeforeValidator(_share),
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}], "description": 'a share: 0.7, "70%" or "2/3"'}),
]

Moment = Annotated[
    datetime | time,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "description": "a TOML date and time or a TOML time, without quotes"}),
]


Day = Annotated[date, BeforeValidator(_day)]
"""A day of the calendar."""

Holiday = Annotated[
    str,
    BeforeValidator(_holiday),
    WithJsonSchema({"type": "string", "description": 'a day, "2027-04-05", or one of every year, "12-25"'}),
]
"""A day of the calendar as `2027-04-05`, or one of every year as `12-25`."""

Clock = Annotated[time, BeforeValidator(_clock)]
"""A time of day on a site's own clock."""

Instant = Annotated[datetime, BeforeValidator(_instant)]
"""A day with a time, on each site's clock or, with an offset, one instant for all."""


class Model(BaseModel):
    """What every table of a flow file shares: no unknown keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def local(text: dict[str, str], source_language: str) -> Local:
    """The text as the reader's message part; its first language is the source."""
    ordered = {source_language: text.get(SOURCE, text.get(source_language, ""))}
    ordered |= {lang: words for lang, words in text.items() if lang not in (SOURCE, source_language)}
    return Local({lang: words for lang, words in ordered.items() if words})
