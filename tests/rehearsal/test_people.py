"""Invented people: what each of them does about a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.briefing import ASK
from bot.core.lots import Lots
from bot.core.rendered import Choice, Rendered
from bot.language.flowfiles import bundle, said_in, unbundle
from bot.paths import flows_dir
from bot.rehearsal import corpus
from bot.rehearsal.cast import cast
from bot.rehearsal.people import PATIENCE, Act, Villager
from bot.rehearsal.voices import Manner, Voice, Voices, same


def somebody(manner: Manner = "steady", seed: str = "7", **more: object) -> Villager:
    person = Villager("u", "Anna", "at", "de", "participant", manner, timedelta(minutes=5), Lots(seed, "person"))
    return replace(person, **more)  # type: ignore[arg-type]  # the fields a test names


def asked(*presses: str, text: str = "?", expects: str = "", chosen: tuple[str, ...] = ()) -> Rendered:
    buttons = tuple(Choice(p.rpartition(":")[2], p, chosen=p in chosen) for p in presses)
    return Rendered((("text", text),), buttons, presses[0].split(":")[0] if presses else "s", expects)  # type: ignore[arg-type]  # "" or a kind


def only(person: Villager, message: Rendered) -> Act:
    (act,) = person.react(message)
    return act


def test_an_announcement_asks_nothing() -> None:
    assert list(somebody().react(Rendered((("text", "We begin."),)))) == []


def test_at_first_everybody_goes_on_agrees_and_tells_a_name() -> None:
    for seed in map(str, range(20)):
        person = somebody(seed=seed)
        assert only(person, asked("w:go::", "w:lang::fr")).press == "w:go::"
        assert only(person, asked("c:first::yes", "c:first::no", "c:first::full")).press == "c:first::yes"
        assert only(person, asked(expects="text")).text == "Anna"
        assert person.named
        assert only(person, asked(expects="text")).text == "Anna B."  # it was not taken


def test_purposes_are_sometimes_refused() -> None:
    given = {only(somebody(seed=str(n)), asked("c:purpose:quotes:yes", "c:purpose:quotes:no")).press for n in range(40)}
    assert given == {"c:purpose:quotes:yes", "c:purpose:quotes:no"}


def test_an_answer_takes_a_while_but_not_longer_than_the_person_needs() -> None:
    waits = [only(somebody(seed=str(n)), asked("v:q::a", "v:q::b")).after for n in range(50)]
    assert timedelta(seconds=4) <= min(waits) < max(waits) <= timedelta(minutes=5)


def test_buttons_beside_the_answers_are_left_alone() -> None:
    for seed in map(str, range(20)):
        person = somebody(seed=seed, named=True)
        assert only(person, asked("t:unclear:1:unclear", "t:q:1:yes@s17")).press == "t:q:1:yes@s17"
    assert list(somebody(named=True).react(asked("t:undo::m1"))) == []


def test_the_same_question_is_not_answered_twice_at_a_time() -> None:
    person = somebody(named=True)
    question = asked("v:q::a", "v:q::b")
    act = only(person, question)
    person.pending[act.topic] = 1
    assert list(person.react(question)) == []


def test_a_program_that_asks_on_and_on_ends() -> None:
    person = somebody(named=True)
    answers = [list(person.react(asked("v:q::a", "v:q::b"))) for _ in range(PATIENCE + 10)]
    assert [len(a) for a in answers] == [1] * PATIENCE + [0] * 10


def test_several_boxes_are_ticked_one_by_one_and_handed_in() -> None:
    offered = ("v:q::a", "v:q::b", "v:q::c", "v:q::d", "v:q::ok")
    for seed in map(str, range(20)):
        person, ticked = somebody(seed=seed, named=True), ()
        for _ in range(5):
            message = asked(*offered, chosen=ticked)
            message = replace(message, blocks=(("note", "11 of 11"), *message.blocks, ("note", "Choose from 2 to 3.")))
            press = only(person, message).press
            if press == "v:q::ok":
                break
            ticked = (*ticked, press)
        assert press == "v:q::ok"
        assert 2 <= len(set(ticked)) == len(ticked) <= 3


def test_whoever_has_chosen_says_that_this_is_all() -> None:
    offered = "a:side:1:for", "a:side:1:against", "a:all::"
    chosen = asked(*offered, chosen=("a:side:1:for",))
    assert {only(somebody(seed=str(n), named=True), chosen).press for n in range(20)} == {"a:all::"}


def test_a_number_lies_between_those_that_are_named() -> None:
    for seed in map(str, range(30)):
        person = somebody(seed=seed, named=True)
        said = only(person, asked(expects="number", text="Please write one number from 12 to 15, in digits.")).text
        assert 12 <= int(said) <= 15


@pytest.mark.parametrize("language", ["de", "en", "fr", "fr-CA", "xx"])
def test_people_say_sentences_in_their_language(language: str) -> None:
    said = {corpus.sentence(Lots(str(n)), language) for n in range(50)}
    assert len(said) > 25
    assert all(s.endswith(".") for s in said)


def test_in_a_flow_with_a_translation_memory_people_say_what_stands_in_it() -> None:
    parts = cast(unbundle(body := bundle(flows_dir() / "franco-german")), "7", phrases=said_in(body))
    said = said_in(body)
    assert {"fr", "de"} == said.keys()
    for person in (part.person for part in parts if part.person.role == "participant"):
        person.named = True
        words = [only(person, Rendered((("text", "?"),), (), f"s{n}", "text")).text for n in range(8)]
        assert {*words} <= {*said[person.language]} - {*corpus.speech(person.language).answers}
        assert len({*words}) > 4


def test_the_silent_fall_silent_after_their_name() -> None:
    person = somebody("silent")
    assert list(person.react(asked("c:first::yes", "c:first::no")))
    assert only(person, asked(expects="text")).text == "Anna"
    assert list(person.react(asked("v:q::a", "v:q::b"))) == []


def test_a_leaver_goes_and_says_how() -> None:
    person = somebody("leaves", named=True, quits_after=2)
    question = asked("v:q::a", "v:q::b")
    assert only(person, question).press
    person.acts = 2
    assert only(person, asked("w:q::a", "w:q::b")).text == "/leave"
    assert only(person, asked("-leave:pause", "-leave:go")).press.startswith("-leave:")
    assert list(person.react(question)) == []


def test_nonsense_is_written_where_words_are_asked_for() -> None:
    person = somebody("nonsense", named=True)
    assert only(person, asked(expects="text")).text in corpus.NONSENSE


def test_a_facilitator_reads_before_approving() -> None:
    person = somebody(role="facilitator", named=True)
    act = only(person, asked("d:approve:t1:", "d:leave:t1:1"))
    assert act.press == "d:approve:t1:"
    assert act.after >= timedelta(minutes=2)


# With voices

VOICES = Voices(
    "at",
    "de",
    "a consultation",
    (),
    ("asdf",),
    {same("Mehr Züge."): "1", same("Weniger Flüge."): "2", same("Autos"): "3"},
)
VOICE = Voice(
    "Anna", "steady", 3, ("Mehr Züge.", "Ich fahre Rad."), ("1630", "woman", "city"), {"1": 1, "2": -1, "3": 0}
)


def voiced() -> Villager:
    return somebody(voice=VOICE, voices=VOICES, named=True)


@pytest.mark.parametrize(
    ("statement", "option"),
    [
        ("Mehr Züge.", "agree"),
        ("  mehr\n Züge. ", "agree"),
        ("Weniger Flüge.", "disagree"),
        ("Autos", "pass"),
        ("?", "pass"),
    ],
)
def test_votes_follow_the_record(statement: str, option: str) -> None:
    message = asked("v:q:1:agree", "v:q:1:disagree", "v:q:1:pass", "v:q:1:unclear", text=statement)
    assert only(voiced(), message).press == f"v:q:1:{option}"


def test_ballots_of_other_kinds_follow_the_record_too() -> None:
    yes_no = asked("v:q::yes", "v:q::no", "v:q::abstain", text="Weniger Flüge.")
    assert only(voiced(), yes_no).press == "v:q::no"
    grades = asked(*(f"v:q:1:{n}" for n in range(6)), text="Mehr Züge.")
    assert only(voiced(), grades).press == "v:q:1:5"
    ticks = Rendered(
        (("note", "2 of 2"), ("text", "Which?"), ("note", "Choose as many as you like.")),
        (Choice("Weniger Flüge.", "v:q::a"), Choice("Mehr Züge.", "v:q::b"), Choice("Fertig", "v:q::ok")),
    )
    person = voiced()
    assert only(person, ticks).press == "v:q::b"
    assert person.wanted == {"v:q:": ("v:q::b",)}


def test_what_a_person_says_about_herself_follows_the_record() -> None:
    ages = Rendered((), (Choice("16–30", "p:age::young"), Choice("31–50", "p:age::middle")))
    assert only(voiced(), ages).press == "p:age::young"
    gender = asked("p:g::man", "p:g::woman", "p:g::other")
    assert only(voiced(), gender).press == "p:g::woman"


def test_nothing_is_said_twice_in_talks_and_nothing_is_invented_but_a_greeting() -> None:
    person = replace(voiced(), talking=frozenset(("hello", "talk", "later")), greeting=frozenset(("hello",)))
    question = asked(expects="text")
    said = [
        act.text
        for step in ("hello", "hello", "talk", "talk", "later", "later", "ideas", "ideas", "ideas")
        for act in person.react(replace(question, step=step))
    ]
    assert said == ["Guten Abend, ich bin Anna.", "Mehr Züge.", "Ich fahre Rad.", "Mehr Züge.", "Ich fahre Rad."]


def test_people_answer_each_other_while_a_table_talks_but_not_without_end() -> None:
    heard = Rendered((("text", "Ben"), ("quote", "More trains.")), step="talk")
    person = somebody(named=True)
    assert list(person.react(heard)) == []
    only(person, replace(asked(expects="text"), step="talk"))
    replies = [act.text for _ in range(200) for act in person.react(heard)]
    assert len(replies) == 3


def test_a_button_that_asks_for_a_person_keeps_nobody_from_talking() -> None:
    begun = Rendered((("text", "What about bread?"),), (Choice("Ask Maya privately", f"{ASK}@u"),), "talk", "text")
    for seed in map(str, range(20)):
        act = only(somebody(seed=seed, named=True), begun)
        assert act.text
        assert not act.press
