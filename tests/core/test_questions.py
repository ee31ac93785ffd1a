"""How the answers to one question are read."""

from __future__ import annotations

import pytest

from bot.core.questions import Option, Question

MANY = Question(
    id="first",
    method="multi",
    max=2,
    text={"en": "What first?"},
    options=tuple(Option(id=id, text={"en": id}) for id in ("bus", "bike", "train")),
)


@pytest.mark.parametrize(
    ("press", "before", "after"),
    [
        ("+bike", None, ["bike"]),
        ("bike", ["bus"], ["bus", "bike"]),
        ("+bike", ["bike"], ["bike"]),
        ("-bike", ["bus", "bike"], ["bus"]),
        ("-bike", ["bus"], ["bus"]),
        ("+train", ["bus", "bike"], ["bus", "bike"]),
        ("=train,bus", ["bike"], ["bus", "train"]),
        ("=train,train", None, ["train"]),
        ("=bus,bike,train", ["bike"], ["bike"]),
        ("=bus,bike,train", None, None),
    ],
)
def test_several_options(press: str, before: list[str] | None, after: list[str] | None) -> None:
    assert MANY.read_press(press, before) == after


@pytest.mark.parametrize("press", ["+boat", "boat", "=bus,boat", "=", "-boat", "dk"])
def test_what_is_not_on_offer(press: str) -> None:
    with pytest.raises(ValueError, match=r"boat|dk|^$"):
        MANY.read_press(press, None)


def test_where_one_is_chosen_there_is_no_list() -> None:
    one = MANY.model_copy(update={"method": "single"})
    with pytest.raises(ValueError, match="=bus"):
        one.read_press("=bus", None)
