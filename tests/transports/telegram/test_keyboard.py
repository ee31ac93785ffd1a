"""Buttons: rows that fit a phone, the own choice marked, nothing that Telegram refuses."""

from __future__ import annotations

from bot.core.rendered import Choice
from bot.transports.telegram.keyboard import keyboard, label


def rows(*labels: str) -> list[list[str]]:
    made = keyboard([Choice(text, f"k:{n}") for n, text in enumerate(labels)])
    assert made is not None
    return [[button["text"] for button in row] for row in made["inline_keyboard"]]


def test_without_buttons_there_is_no_keyboard() -> None:
    assert keyboard([]) is None


def test_short_labels_stand_side_by_side_and_long_ones_alone() -> None:
    assert rows("Yes", "No", "Abstain") == [["Yes", "No", "Abstain"]]
    assert rows("Continue", "Deutsch") == [["Continue", "Deutsch"]]
    assert rows("I am 18 and agree", "No", "Read everything") == [["I am 18 and agree"], ["No", "Read everything"]]
    assert rows("More trains, also at night", "No") == [["More trains, also at night"], ["No"]]


def test_numbers_share_rows_evenly() -> None:
    assert rows(*map(str, range(1, 6))) == [["1", "2", "3", "4", "5"]]
    assert rows(*map(str, range(1, 11)), "I don't know") == [
        ["1", "2", "3", "4", "5", "6"],
        ["7", "8", "9", "10"],
        ["I don't know"],
    ]
    assert rows("One", "Two", "Three", "Four") == [["One", "Two"], ["Three", "Four"]]


def test_wide_letters_need_more_room() -> None:
    assert rows("賛成", "反対", "棄権") == [["賛成", "反対", "棄権"]]
    assert rows("大いに賛成", "反対") == [["大いに賛成", "反対"]]
    assert rows("どちらともいえない", "反対") == [["どちらともいえない"], ["反対"]]


def test_the_own_choice_is_marked_and_moves_no_button() -> None:
    made = keyboard(
        [Choice("Trains", "k:0", chosen=True), Choice("Buses", "k:1"), Choice("Ferries 3", "k:2", chosen=True)]
    )
    assert made == {
        "inline_keyboard": [
            [
                {"text": "✓ Trains", "callback_data": "k:0"},
                {"text": "Buses", "callback_data": "k:1"},
                {"text": "✓ Ferries 3", "callback_data": "k:2"},
            ]
        ]
    }


def test_a_label_is_one_line_of_at_most_64_characters_and_never_empty() -> None:
    assert label(Choice("a\n  b", "k")) == "a b"
    assert label(Choice("", "k")) == "…"
    long = label(Choice("word " * 20, "k", chosen=True))
    assert (len(long), long[:7], long[-6:]) == (64, "✓ word ", "ord w…")
