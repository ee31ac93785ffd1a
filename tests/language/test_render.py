"""A message reaches each reader in their language and by their clock, and nobody's words spill over."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bot.core.message import Button, Lang, Local, Name, Part, Plain, Several, When, Words, block, message, t, tn
from bot.core.rendered import Choice, Rendered, plain
from bot.core.spoken import SPOKEN
from bot.language.catalog import Catalogs
from bot.language.render import Reader, language_name, render, set_off
from bot.paths import locales_dir

EVENING = datetime(2026, 3, 3, 17, 45, tzinfo=UTC)
GERMAN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "{name} says: {words}"
msgstr "{words} – sagt {name}"

msgid "(withdrawn)"
msgstr "(zurückgezogen)"

msgid "Yes"
msgstr "Ja"

msgid "One vote from {site}."
msgid_plural "{n} votes from {site}."
msgstr[0] "Eine Stimme aus {site}."
msgstr[1] "{n} Stimmen aus {site}."
"""


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> Catalogs:
    locales = tmp_path_factory.mktemp("locales")
    (locales / "de" / "LC_MESSAGES").mkdir(parents=True)
    (locales / "de" / "LC_MESSAGES" / "bot.po").write_text(GERMAN)
    return Catalogs.load(locales)


def say(part: Part, catalogs: Catalogs, lang: str = "en", zone: str = "Europe/Paris", **words: str) -> str:
    """One part as one reader reads it; `words` stand for contributions and for names."""
    return render(message(part), Reader(lang, zone), words, words, catalogs).blocks[0][1]


def test_a_phrase_takes_its_parameters_in_the_order_of_the_language(catalogs: Catalogs) -> None:
    phrase = t("{name} says: {words}", name=Name("s1"), words=Words("c1"))
    assert say(phrase, catalogs, "en", s1="Anna", c1="More trains") == "Anna says: More trains"
    assert say(phrase, catalogs, "de", s1="Anna", c1="More trains") == "More trains – sagt Anna"


@pytest.mark.parametrize(
    ("lang", "n", "text"),
    [
        ("en", 1, "One vote from Basel."),
        ("en", 0, "0 votes from Basel."),
        ("de", 1, "Eine Stimme aus Basel."),
        ("de", 12345, "12.345 Stimmen aus Basel."),
        ("fr", 12345, "12\u202f345 votes from Basel."),
    ],
)
def test_numbers_take_the_plural_and_the_digits_of_the_language(
    catalogs: Catalogs, lang: str, n: int, text: str
) -> None:
    assert say(tn("One vote from {site}.", "{n} votes from {site}.", n, site="Basel"), catalogs, lang) == text


@pytest.mark.parametrize(
    ("lang", "style", "text"),
    [
        ("en", "time", "18:45"),
        ("en", "both", "Tue 3 March, 18:45"),
        ("en", "date", "Tuesday, 3 March 2026"),
        ("de", "both", "Di., 3. März, 18:45"),
        ("fr", "both", "mar. 3 mars, 18:45"),
        ("es", "both", "mar, 3 de marzo, 18:45"),
        ("en-US", "time", "6:45\u202fPM"),
        ("xx", "both", "Tue 3 March, 18:45"),
    ],
)
def test_an_instant_is_told_in_the_readers_language(catalogs: Catalogs, lang: str, style: str, text: str) -> None:
    assert say(When(EVENING, style), catalogs, lang) == text  # type: ignore[arg-type]  # parametrized strings


@pytest.mark.parametrize(
    ("zone", "text"),
    [("Europe/Lisbon", "17:45"), ("Asia/Tokyo", "02:45"), ("Nowhere/Land", "17:45"), ("", "17:45"), ("../x", "17:45")],
)
def test_an_instant_is_told_by_the_readers_clock(catalogs: Catalogs, zone: str, text: str) -> None:
    assert say(When(EVENING, "time"), catalogs, zone=zone) == text


def test_the_organisers_text_comes_in_the_language_its_base_or_the_first_one(catalogs: Catalogs) -> None:
    texts = Local({"fr": "Bonjour", "de": "Hallo"})
    assert [say(texts, catalogs, lang) for lang in ("de", "de-AT", "en")] == ["Hallo", "Hallo", "Bonjour"]
    assert say(Local({}), catalogs) == ""


def test_withdrawn_words_and_gone_people_leave_a_phrase(catalogs: Catalogs) -> None:
    assert say(Words("c1"), catalogs, "de") == "(zurückgezogen)"
    assert say(Words("c1"), catalogs, "de", c1="") == ""
    assert say(Name("s1"), catalogs) == "(someone who left)"


@pytest.mark.parametrize(
    ("code", "lang", "name"),
    [("de", "en", "German"), ("de", "fr", "allemand"), ("pt-BR", "en", "Portuguese (Brazil)"), ("zzz?", "en", "zzz?")],
)
def test_a_language_has_a_name_in_each_language(catalogs: Catalogs, code: str, lang: str, name: str) -> None:
    assert say(Lang(code), catalogs, lang) == name == language_name(code, lang)


def test_several_parts_are_a_list_of_the_language(catalogs: Catalogs) -> None:
    people = Several((Name("a"), Name("b"), Plain("Paul")))
    assert say(people, catalogs, "en", a="Anna", b="Lise") == "Anna, Lise and Paul"
    assert say(people, catalogs, "fr", a="Anna", b="Lise") == "Anna, Lise et Paul"
    assert say(Several(()), catalogs) == ""


def test_an_interface_text_at_the_head_of_a_sentence_begins_with_a_capital(catalogs: Catalogs) -> None:
    assert say(t("{name} has gone. {name} is away.", name=t("the facilitator")), catalogs) == (
        "The facilitator has gone. the facilitator is away."
    )
    assert say(t("Here is {name}.", name=t("the facilitator")), catalogs) == "Here is the facilitator."
    assert say(t("{name} has gone.", name=Name("anna")), catalogs, anna="anna") == "anna has gone."


def test_words_with_braces_are_not_read_as_placeholders(catalogs: Catalogs) -> None:
    phrase = t("{name} says: {words}", name=Name("s"), words=Words("c"))
    assert say(phrase, catalogs, s="{words}", c="{0.__class__} {") == "{words} says: {0.__class__} {"


@pytest.mark.parametrize("text", ["a } b", "{", "{missing}", "{missing!r:>9}"])
def test_odd_braces_in_a_text_stop_nothing(catalogs: Catalogs, text: str) -> None:
    assert say(t(text), catalogs) in (text, "{missing}")


def test_text_of_the_other_direction_is_isolated_line_by_line(catalogs: Catalogs) -> None:
    phrase = t("{name} says: {words}", name=Name("s"), words=Words("c"))
    assert say(phrase, catalogs, s="Anna", c="سلام\n\nشكرا") == "Anna says: \u2068سلام\u2069\n\n\u2068شكرا\u2069"
    assert say(phrase, catalogs, "ar", s="Anna", c="3") == "\u2068Anna\u2069 says: \u20683\u2069"


def test_words_cannot_steer_a_terminal_or_turn_the_text_around() -> None:
    assert set_off("a\x00b\x1b[31m\u202ec\u2066d\u2069\r\n\te", "en") == "ab[31mcd\n\te"
    assert set_off("\x9b31m été", "fr") == "31m été"


@given(st.text(), st.sampled_from(["en", "de", "ar", "he", "??"]))
def test_isolates_are_always_closed_within_their_line(text: str, lang: str) -> None:
    for line in set_off(text, lang).split("\n"):
        inner = line.removeprefix("\u2068").removesuffix("\u2069")
        assert line in (inner, f"\u2068{inner}\u2069")
        assert not set(inner) & set("\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e\x00\x1b")


def test_kinds_buttons_step_and_expectation_are_kept(catalogs: Catalogs) -> None:
    said = message(
        block("Bridge", kind="title"),
        t("Yes"),
        buttons=(Button(t("Yes"), "vote:1:yes"), Button(Plain("7"), "vote:1:7", chosen=True)),
        step="vote",
        expects="number",
    )
    assert render(said, Reader("de", "UTC"), {}, {}, catalogs) == Rendered(
        (("title", "Bridge"), ("text", "Ja")),
        (Choice("Ja", "vote:1:yes"), Choice("7", "vote:1:7", chosen=True)),
        "vote",
        "number",
    )


def test_plain_text_shows_kinds_and_numbers_the_buttons() -> None:
    blocks = (
        ("title", "Bridge"), ("text", "Shall we build it?"), ("quote", "Yes!\nSoon"), ("item", "One\nmore"), ("note", "Quiet"),
    )  # fmt: skip
    said = Rendered(blocks, (Choice("Yes", "y"), Choice("No", "n", chosen=True)))
    assert plain(said).splitlines() == [
        "Bridge",
        "──────",
        "Shall we build it?",
        "  “Yes!",
        "   Soon”",
        "• One",
        "  more",
        "· Quiet",
        "[1] Yes  [2] ✓ No",
    ]


def test_long_buttons_stand_one_below_the_other() -> None:
    labels = ["A longer answer that needs its room", "Another one that needs as much room"]
    said = Rendered((("text", "?"),), tuple(Choice(label, label) for label in labels))
    assert plain(said) == f"?\n[1] {labels[0]}\n[2] {labels[1]}"


SHOUTING = Reader("en", "UTC", "!")
"""Somebody whose chat program keeps commands with / for itself."""


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (t("/help shows what you can do."), "!help shows what you can do."),
        (t("Write (/my), or “/leave”."), "Write (!my), or “!leave”."),
        (t("I do not know /{name}. Did you mean /{close}?", name="hlep", close="help"),
         "I do not know !hlep. Did you mean !help?"),
        (t("For example: {example}", example="/join K7PX-93QD"), "For example: !join K7PX-93QD"),
        (t("Also: {commands}.", commands=Plain("/resume /next")), "Also: !resume !next."),
        (Local({"en": "Write /pass when you have nothing to say"}), "Write !pass when you have nothing to say"),
        (t("{done}/{n} and/or {x} / {y}", done=1, x=2, y=3), "1/0 and/or 2 / 3"),
        (Plain("https://example.org/help"), "https://example.org/help"),
        (Plain("https://example.org /help/page"), "https://example.org /help/page"),
        (t("{place}", place="/etc/passwd"), "/etc/passwd"),
        (Words("c"), "they said /help"),
        (Name("s"), "/my"),
    ],
)  # fmt: skip
def test_commands_are_named_as_they_are_written_where_they_are_read(catalogs: Catalogs, said: Part, read: str) -> None:
    found = render(message(said), SHOUTING, {"c": "they said /help"}, {"s": "/my"}, catalogs)
    assert found.blocks[0][1] == read
    usual = render(message(said), Reader("en", "UTC"), {"c": "they said /help"}, {"s": "/my"}, catalogs)
    assert "!" not in usual.blocks[0][1]


def test_every_text_of_ours_names_its_commands_like_that_in_every_language() -> None:
    spoken = Catalogs.load(locales_dir())
    with (locales_dir() / "bot.pot").open("rb") as file:
        ids = [m.id if isinstance(m.id, str) else m.id[0] for m in read_po(file) if m.id]
    naming = [id for id in ids if re.search(rf"/({'|'.join(SPOKEN)}|{{)", id)]
    assert len(naming) > 20
    for lang in spoken.languages:
        for id in naming:
            read = render(message(t(id)), Reader(lang, "UTC", "!"), {}, {}, spoken).blocks[0][1]
            assert "!" in read, (lang, id)
            assert "/" not in read.replace("{span}/", ""), (lang, read)
