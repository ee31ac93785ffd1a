"""What programs bring for a draft: whom they are asked about, what whoever approves reads of it, and when it is gone again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.effects import Request
from bot.core.events import Answered
from bot.core.gate import DOUBTS
from bot.core.message import Words
from bot.core.state import Contribution, together
from tests.core.steps.test_summarise import STEPS, a_table, digest_of, number_of, said
from tests.support.plays import read
from tests.support.stagehand import START, Stagehand

MODEL = STEPS.replace("size = 2\n", 'size = 4\nwording = "model"\n')
UNIT = "table:t1"


def three(steps: str = MODEL) -> Stagehand:
    return a_table(said("trains", "anna"), said("buses", "ben"), said("roads", "cleo"), steps=steps)


def requests(stage: Stagehand, job: str) -> list[Request]:
    return [e for e in stage.others if isinstance(e, Request) and e.job == job]


def brings(stage: Stagehand, job: str, **result: Any) -> list[str]:
    """A helper answers; what those who lead the table read thereupon."""
    before = len(stage.told("facilitators:t1"))
    stage.play(Answered("all", "digest", job, {"digest": digest_of(stage).id, **result}, UNIT))
    stage.wait()
    return stage.read_by("facilitators:t1")[before:]


def folded(stage: Stagehand, one: str = "trains", other: str = "buses") -> None:
    authors = {c.id: c.seat for c in stage.contributions.values()}
    stage.press("maya", f"digest:pair:t1:{one}+{other}")
    for statement in (one, other):
        stage.press(authors[statement], f"digest:same:t1:yes+{one}+{other}")


def worded(stage: Stagehand, id: str = "m1", doubts: tuple[str, ...] = (), **more: Any) -> list[str]:
    """The model has worded what anna and ben share."""
    sources = next(list(s.sources) for s in digest_of(stage).sentences if len(s.sources) > 1)
    seat = together(("anna", "ben"))
    given = Contribution(
        id, "digest", "t1", "lyon", seat, "sentence", "made", START, "en", target=sources[0], shared=False
    )
    stage.contributions[id] = replace(given, **more)
    one = {"sources": sources, "sentence": id, "model": "small-one", "doubts": list(doubts)}
    return brings(stage, "wording", worded=[one])


# Asking


def test_doubles_are_looked_for_where_there_are_two_statements() -> None:
    [asked] = requests(three(), "doubles")
    assert (asked.unit, asked.args) == (UNIT, {"digest": digest_of(three()).id})
    assert requests(a_table(said("trains", "anna")), "doubles") == []


def test_a_model_is_asked_only_where_the_flow_says_so_and_only_about_what_several_share() -> None:
    stage = three()
    assert requests(stage, "wording") == [], "whoever wrote alone keeps their words"
    folded(stage)
    [asked] = requests(stage, "wording")
    assert asked.args["sentences"] == [["trains", "buses"]]
    assert asked.args["language"] == "en"
    own = three(STEPS)
    folded(own)
    assert requests(own, "wording") == []


def test_it_is_not_asked_about_two_who_wrote_the_same_words_or_about_one_who_wrote_twice() -> None:
    same = a_table(said("a", "anna"), replace(said("b", "ben"), text="SAID of a"), said("c", "cleo"), steps=MODEL)
    assert any(len(s.sources) == 2 for s in digest_of(same).sentences)
    assert requests(same, "wording") == []
    twice = a_table(said("a", "anna"), said("b", "anna"), said("c", "cleo"), steps=MODEL)
    folded(twice, "a", "b")
    assert any(len(s.sources) == 2 for s in digest_of(twice).sentences)
    assert requests(twice, "wording") == []


def test_it_is_not_asked_where_somebody_could_not_read_what_they_say_yes_to() -> None:
    german = replace(said("buses", "ben"), written="de")
    stage = a_table(said("trains", "anna"), german, said("roads", "cleo"), steps=MODEL)
    folded(stage)
    assert any(len(s.sources) == 2 for s in digest_of(stage).sentences)
    assert requests(stage, "wording") == []


def test_about_each_sentence_it_is_asked_under_a_key_of_its_own_while_a_person_looks_at_the_draft() -> None:
    four = [said(id, seat) for id, seat in (("trains", "anna"), ("buses", "ben"), ("roads", "cleo"), ("ships", "dora"))]
    stage = a_table(*four, steps=MODEL)
    folded(stage)
    folded(stage, "roads", "ships")
    asked = {r.key: [sorted(sources) for sources in r.args["sentences"]] for r in requests(stage, "wording")}
    assert sorted(asked.values()) == [[["buses", "trains"]], [["roads", "ships"]]]
    before = len(requests(stage, "wording"))
    stage.press("maya", "digest:approve:t1:")
    assert digest_of(stage).state == "approved"
    assert len(requests(stage, "wording")) == before


# What doubles bring


def test_what_may_be_the_same_is_shown_with_a_way_to_ask() -> None:
    stage = three()
    [draft] = brings(stage, "doubles", pairs=[["trains", "roads"], ["nobody", "trains"]])
    one, other = sorted((number_of(stage, "trains"), number_of(stage, "roads")))
    assert f"A program takes sentences {one} and {other} for the same. It may be wrong." in draft
    assert f"[Ask about {one} and {other}]" in draft
    assert brings(stage, "doubles", pairs=[["trains", "roads"]]) == [], "once"


def test_nothing_is_shown_where_nothing_was_found_or_all_is_decided() -> None:
    stage = three()
    assert brings(stage, "doubles", pairs=[]) == []
    assert brings(stage, "wording", worded=[]) == []
    stage.press("maya", "digest:approve:t1:")
    assert digest_of(stage).state == "approved"
    assert brings(stage, "doubles", pairs=[["trains", "roads"]]) == []
    decided = three()
    folded(decided)
    decided.press("maya", "digest:approve:t1:")
    for seat in ("anna", "ben", "cleo"):
        decided.press(seat, "digest:may:t1:yes")
    assert digest_of(decided).state == "approved"
    assert worded(decided) == []
    late = three()
    late.wait(timedelta(minutes=30))
    assert digest_of(late).state == "held"
    assert brings(late, "doubles", pairs=[["trains", "roads"]]) == []


# What a model brings


def test_other_words_stand_below_the_sentence_with_their_label_and_the_doubts_of_the_gate() -> None:
    stage = three()
    folded(stage)
    [draft] = worded(stage, doubts=("polarity", "part"))
    number = number_of(stage, "trains")
    assert "It could also read like this. Only with the yes of all who wrote it, and of you, it does:\nm1\n" in draft
    assert "Worded by a language model (small-one)." in draft
    for doubt in ("polarity", "part"):
        assert read_of(DOUBTS[doubt]) in draft
    assert f"[Ask about the other words for {number}]" in draft
    assert not any(s.words or s.model for s in digest_of(stage).sentences), "an offer is nobody's sentence"


def read_of(phrase: Any) -> str:
    return str(phrase.text)


def test_only_those_who_lead_the_table_take_them_and_only_with_the_yes_of_all_they_stand() -> None:
    stage = three()
    folded(stage)
    worded(stage)
    number = number_of(stage, "trains")
    assert stage.press("anna", f"digest:model:t1:{number}") == ["Only those who lead this table can do that."]
    stage.press("maya", f"digest:model:t1:{number}")
    stage.press("maya", f"digest:reason:t1:{number_of(stage, 'roads')}-off-topic")
    stage.press("maya", f"digest:back:t1:{number_of(stage, 'roads')}")
    draft = stage.read_by("facilitators:t1")[-1]
    assert "It could also read like this" in draft
    assert "[Ask about the other words" not in draft, "they are asked already"
    asked = next(told for told in reversed(stage.read_by("seat:anna")) if "would take" in told)
    assert "(facilitator) would take these words of a language model (small-one):" in asked
    assert asked.count("m1") == 1
    assert "[Yes, that is what I mean] [No, keep mine]" in asked
    assert stage.press("maya", f"digest:model:t1:{number}") == [
        "This has been settled already, so nothing was changed."
    ]
    stage.press("anna", "digest:word:t1:yes-m1")
    assert not digest_of(stage).sentences[number - 1].model
    asked_before = len(requests(stage, "wording"))
    stage.press("ben", "digest:word:t1:yes-m1")
    sentence = digest_of(stage).sentences[number - 1]
    assert (sentence.words, sentence.model, sentence.sources) == ("m1", "small-one", ("trains", "buses"))
    kept = stage.contributions["m1"]
    assert kept.seat == "anna+ben"
    assert kept.shared, "from now on it belongs on record"
    assert len(requests(stage, "wording")) == asked_before, "nobody asks for better words of better words"
    draft = stage.read_by("facilitators:t1")[-1]
    assert "Worded by a language model (small-one)." in draft
    assert "It could also read like this" not in draft
    shown = [p.contribution for b in stage.told("facilitators:t1")[-1].blocks for p in b.parts if isinstance(p, Words)]
    assert shown == ["m1", "roads"]


def test_one_no_and_the_models_words_are_gone() -> None:
    stage = three()
    folded(stage)
    worded(stage)
    number = number_of(stage, "trains")
    stage.press("maya", f"digest:model:t1:{number}")
    stage.press("anna", "digest:word:t1:yes-m1")
    stage.press("ben", "digest:word:t1:no-m1")
    assert stage.contributions["m1"].state == "withdrawn"
    assert not any(s.words or s.model for s in digest_of(stage).sentences)
    assert "It could also read like this" not in stage.read_by("facilitators:t1")[-1]
    stage.press("anna", "digest:word:t1:yes-m1")
    assert not any(s.words or s.model for s in digest_of(stage).sentences)


def test_an_offer_is_gone_with_what_it_was_made_from() -> None:
    for how in ("taken back", "left out", "its words taken back"):
        stage = three()
        folded(stage)
        worded(stage)
        number = number_of(stage, "trains")
        match how:
            case "taken back":
                stage.press("ben", f"digest:take:t1:{number}")
            case "left out":
                stage.press("maya", f"digest:reason:t1:{number}-off-topic")
            case _:
                stage.contributions["m1"] = replace(stage.contributions["m1"], state="withdrawn")
        assert stage.press("maya", f"digest:model:t1:{number}") == [
            "This has been settled already, so nothing was changed."
        ], how
        stage.press("maya", f"digest:reason:t1:{number_of(stage, 'roads')}-off-topic")
        draft = stage.read_by("facilitators:t1")[-1]
        assert "It could also read like this" not in draft, how
        assert "[Ask about the other words" not in draft, how


def test_who_takes_back_what_a_model_has_worded_leaves_the_other_with_their_own_words() -> None:
    stage = three()
    folded(stage)
    worded(stage)
    number = number_of(stage, "trains")
    stage.press("maya", f"digest:model:t1:{number}")
    for seat in ("anna", "ben"):
        stage.press(seat, "digest:word:t1:yes-m1")
    stage.press("ben", f"digest:take:t1:{number}")
    [sentence] = [s for s in digest_of(stage).sentences if "trains" in s.sources]
    assert (sentence.sources, sentence.words, sentence.model) == (("trains",), "", "")
    draft = stage.told("facilitators:t1")[-1]
    for seat in ("anna", "cleo"):
        stage.press(seat, "digest:may:t1:yes")
    stage.press("maya", next(b.press for b in draft.buttons if read(b.label) == "Approve"))
    assert digest_of(stage).state == "approved", "the draft that was shown anew can be approved as it stands"


def test_when_the_time_is_over_before_all_have_said_yes_their_own_words_go() -> None:
    stage = three()
    folded(stage)
    worded(stage)
    stage.press("maya", f"digest:model:t1:{number_of(stage, 'trains')}")
    stage.press("anna", "digest:word:t1:yes-m1")
    stage.press("maya", "digest:approve:t1:")
    assert digest_of(stage).state == "approved"
    assert not any(s.words or s.model for s in digest_of(stage).sentences)
    stage.press("ben", "digest:word:t1:yes-m1")
    assert not any(s.words or s.model for s in digest_of(stage).sentences), (
        "the words of an approved digest never change"
    )


def test_what_crosses_says_what_has_worded_it() -> None:
    stage = three()
    folded(stage)
    worded(stage)
    stage.press("maya", f"digest:model:t1:{number_of(stage, 'trains')}")
    for seat in ("anna", "ben"):
        stage.press(seat, "digest:word:t1:yes-m1")
    draft = stage.told("facilitators:t1")[-1]
    stage.press("maya", next(b.press for b in draft.buttons if read(b.label) == "Approve"))
    shown = stage.read_by("table:t1")[-1]
    assert "m1" in shown
    assert "Worded by a language model (small-one)." in shown
