"""Authors and their words in a draft: read, put better, taken back, kept at home where few wrote."""

from __future__ import annotations

from dataclasses import replace

from bot.core.effects import Note, Recall
from bot.core.message import Name
from bot.core.state import Contribution, DigestSentence
from tests.support.drafts import MINUTE, digest, drafted, lead, number, press, quoted, sentence, withdraw, words_of
from tests.support.plays import read
from tests.support.stagehand import START, Stagehand

TWO = {"trains": ("anna", "More trains at night."), "roads": ("cleo", "Mend the roads first.")}
VOTES = {"trains": {"ben": 1, "cleo": 1, "dora": -1}}


def states(stage: Stagehand) -> dict[str, str]:
    """Why each statement does not stand, by the statement; "" where it does."""
    return {s.sources[0]: s.left_out for s in digest(stage).sentences}


def test_every_author_reads_their_own_words_and_nobody_elses() -> None:
    stage = drafted()
    for source, seat in (("trains", "anna"), ("buses", "ben"), ("roads", "cleo"), ("paths", "dora")):
        [mine] = [m for m in stage.told(f"seat:{seat}") if m.step == "digest"]
        assert quoted(mine) == [source]
        assert read(mine).splitlines()[-1] == "[Correct] [Take back]"
        assert "without your name" in read(mine)


def test_who_has_left_before_is_not_written_to() -> None:
    stage = drafted(left="dora")
    assert "paths" in quoted(stage.told("facilitators:t1")[-1])
    assert not any(m.step == "digest" for m in stage.told("seat:dora"))


def test_who_has_left_is_not_asked() -> None:
    stage = drafted()
    stage.seats["dora"] = replace(stage.seats["dora"], status="left", table="")
    before = len(stage.told("seat:dora"))
    lead(stage, f"Edit {number(stage, 'paths')}")
    stage.write("maya", "Paths for all.")
    assert len(stage.told("seat:dora")) == before
    assert words_of(stage, "paths") == "Safe paths for children."


def test_corrected_words_stand_without_the_old_support() -> None:
    stage = drafted(agreements=VOTES)
    assert (sentence(stage, "trains").support, sentence(stage, "trains").against) == (3, 1)
    [asked] = press(stage, "anna", "Correct")
    assert "nobody has, so they stand without that" in asked
    said = stage.write("anna", "Night trains on weekends.")
    assert any("It stands now in your new words" in text for text in said)
    now = sentence(stage, "trains")
    assert (now.support, now.against, now.sources) == (1, 0, ("trains",))
    assert words_of(stage, "trains") == "Night trains on weekends."
    kept = stage.contributions[now.words]
    assert (kept.kind, kept.seat, kept.target, kept.shared) == ("sentence", "anna", "trains", True)
    assert stage.contributions["trains"].text == "More trains at night.", "the statement always survives"
    assert stage.seats["anna"].focus == ""
    draft = stage.read_by("facilitators:t1")[-1]
    assert draft.startswith("Somebody has put sentence")
    assert kept.id in draft


def test_a_draft_that_has_changed_since_is_read_once_more() -> None:
    stage = drafted()
    old = stage.told("facilitators:t1")[-1].buttons[0].press
    press(stage, "anna", "Correct")
    stage.write("anna", "Night trains on weekends.")
    [answer] = stage.press("maya", old)
    assert answer.startswith("New words have come in since this was shown to you.")
    assert digest(stage).state == "draft"
    lead(stage, "Approve")
    assert digest(stage).state == "approved"
    assert sentence(stage, "trains").words in quoted(stage.told("table:t1")[-1])


def test_who_wrote_the_same_stays_with_the_old_words() -> None:
    same = {"trains": ("anna", "More trains."), "too": ("ben", "more  TRAINS."), "roads": ("cleo", "Mend the roads.")}
    stage = drafted(same, agreements={"too": {"dora": 1}})
    assert sentence(stage, "trains").sources == ("trains", "too")
    press(stage, "anna", "Correct")
    stage.write("anna", "Night trains on weekends.")
    first, second = sentence(stage, "trains"), sentence(stage, "too")
    assert (first.sources, first.support) == (("trains",), 1)
    assert (second.sources, second.words, second.support) == (("too",), "", 2)
    assert digest(stage).sentences[-1] == second, "no sentence changes its number"


def test_the_same_words_again_change_nothing() -> None:
    stage = drafted()
    before = digest(stage)
    press(stage, "anna", "Correct")
    [answer] = stage.write("anna", "more trains  at night.")
    assert answer == "These are the same words, so nothing was changed."
    assert digest(stage) == before


def test_words_that_cannot_stand_are_asked_for_again() -> None:
    stage = drafted()
    press(stage, "anna", "Correct")
    for text in ("\u200b \u2060", "x" * 1001):
        assert "It was not kept yet." in stage.write("anna", text)[0]
    assert stage.seats["anna"].focus
    stage.write("anna", "👩‍👩‍👧 ja!")
    assert words_of(stage, "trains") == "👩‍👩‍👧 ja!"


def test_nobody_changes_the_words_of_another() -> None:
    stage = drafted()
    theirs = number(stage, "trains")
    for what in ("correct", "take", "may"):
        [answer] = stage.press("ben", f"digest:{what}:t1:{theirs if what != 'may' else 'no'}:")
        if what != "may":
            assert answer == "Nothing of yours stands there any more."
    assert words_of(stage, "trains") == "More trains at night."
    stage.seats["ben"] = replace(stage.seats["ben"], focus=f"digest:words:t1:{theirs}:")
    stage.write("ben", "No trains at all.")
    assert words_of(stage, "trains") == "More trains at night."


def test_who_sits_elsewhere_by_now_changes_nothing_there() -> None:
    stage = drafted()
    press(stage, "anna", "Correct")
    old = stage.seats["anna"].focus
    theirs = Contribution("boats", "ideas", "t2", "lyon", "emil", "idea", "Boats.", START, "en")
    stage.contributions["boats"], stage.contributions["mine"] = theirs, replace(theirs, id="mine", seat="anna")
    sentences = tuple(DigestSentence((id,), 1, 0, minority=False) for id in ("mine", "boats", "mine", "mine"))
    stage.digests["d2"] = replace(digest(stage), id="d2", table="t2", sentences=sentences)
    stage.seat("emil", table="t2")
    stage.seat("anna", table="t2", focus=old)
    stage.stages["digest", "table:t2"] = replace(stage.stages["digest", "table:t1"], unit="table:t2")
    before = stage.digests.copy()
    assert stage.write("anna", "Night trains.") == ["This is closed now, so nothing was changed."]
    assert stage.digests == before


def test_once_it_is_over_what_is_typed_corrects_nothing() -> None:
    stage = drafted()
    press(stage, "anna", "Correct")
    stage.wait(15 * MINUTE)
    [answer] = stage.write("anna", "Night trains.")
    assert answer.startswith("It is too late to change words here")


def test_what_its_author_takes_back_falls_away() -> None:
    stage = drafted()
    [answer] = press(stage, "anna", "Take back")
    assert "neither in the summary nor on record" in answer
    assert states(stage)["trains"] == "withdrawn"
    assert stage.contributions["trains"].state == "withdrawn"
    assert any(isinstance(e, Recall) and e.contribution == "trains" for e in stage.others)
    assert "Left out: its authors took it back." in stage.read_by("facilitators:t1")[-1]
    lead(stage, "Approve")
    assert "trains" not in quoted(stage.told("table:t1")[-1])
    assert digest(stage).unheard == 1


def test_of_two_who_wrote_the_same_the_other_stays() -> None:
    stage = drafted({"trains": ("anna", "More trains."), "too": ("ben", "More trains."), "roads": ("cleo", "Roads.")})
    press(stage, "anna", "Take back")
    assert (sentence(stage, "too").sources, sentence(stage, "too").left_out) == (("too",), "")


def test_new_words_go_when_they_are_taken_back_and_the_old_ones_do_not_return() -> None:
    stage = drafted()
    press(stage, "anna", "Correct")
    stage.write("anna", "Night trains on weekends.")
    new = sentence(stage, "trains").words
    press(stage, "anna", "Take back")
    assert {stage.contributions[id].state for id in ("trains", new)} == {"withdrawn"}
    assert states(stage)["trains"] == "withdrawn"


def test_deleting_the_new_words_takes_back_what_they_say() -> None:
    stage = drafted()
    press(stage, "anna", "Correct")
    stage.write("anna", "Night trains on weekends.")
    withdraw(stage, sentence(stage, "trains").words)
    lead(stage, "Approve")
    assert states(stage)["trains"] == "withdrawn"


def test_after_the_approval_words_cannot_change_but_be_taken_back() -> None:
    stage = drafted()
    lead(stage, "Approve")
    [answer] = press(stage, "anna", "Correct")
    assert answer.startswith("It is too late to change words here")
    [answer] = press(stage, "anna", "Take back")
    assert "It has not gone to any other table, and will not." in answer
    assert digest(stage).state == "approved"
    assert states(stage)["trains"] == "withdrawn"
    assert "Somebody has taken back sentence" in stage.read_by("table:t1")[-1]


def test_who_takes_back_what_has_gone_is_told_so() -> None:
    stage = drafted()
    lead(stage, "Approve")
    stage.arrivals["carry", "t7"] = [(digest(stage), "none", {})]
    [answer] = press(stage, "anna", "Take back")
    assert "Your table has read it, and so has 1 other table." in answer
    assert press(stage, "anna", "Take back") == ["Nothing of yours stands there any more."]


def test_a_held_draft_can_still_be_taken_out_of_the_record() -> None:
    stage = drafted()
    stage.wait(15 * MINUTE)
    assert digest(stage).state == "held"
    press(stage, "anna", "Take back")
    assert stage.contributions["trains"].state == "withdrawn"
    assert digest(stage).state == "held"


def test_under_three_authors_nothing_leaves_without_the_yes_of_each() -> None:
    stage = drafted(TWO)
    [mine] = [m for m in stage.told("seat:anna") if m.step == "digest"]
    assert "others could guess who" in read(mine)
    assert read(mine).splitlines()[-1] == "[They may go] [Keep them here] [Correct] [Take back]"
    assert "Fewer than three people wrote this" in stage.read_by("facilitators:t1")[-1]
    [answer] = lead(stage, "Approve")
    assert "it goes once each of them has answered" in answer
    assert digest(stage).state == "draft"
    press(stage, "anna", "They may go")
    assert digest(stage).state == "draft"
    shown = stage.told("seat:anna")[-1]
    assert [b.chosen for b in shown.buttons[:2]] == [True, False]
    press(stage, "cleo", "They may go")
    assert digest(stage).state == "approved"
    assert sorted(quoted(stage.told("table:t1")[-1])) == ["roads", "trains"]
    [approved] = [e for e in stage.others if isinstance(e, Note) and e.act == "approved"]
    assert approved.by == "maya"


def test_who_says_no_keeps_their_words_and_the_other_ones_go() -> None:
    stage = drafted(TWO)
    press(stage, "anna", "Keep them here")
    press(stage, "cleo", "They may go")
    lead(stage, "Approve")
    assert states(stage) == {"trains": "kept", "roads": ""}
    assert digest(stage).unheard == 3


def test_who_has_not_answered_at_the_end_keeps_their_words() -> None:
    stage = drafted(TWO)
    press(stage, "cleo", "They may go")
    lead(stage, "Approve")
    stage.wait(15 * MINUTE)
    assert digest(stage).state == "approved"
    assert states(stage) == {"trains": "kept", "roads": ""}
    assert "Nobody has approved" not in stage.read_by("table:t1")[-1]


def test_where_nobody_agrees_nothing_goes() -> None:
    stage = drafted(TWO)
    lead(stage, "Approve")
    stage.wait(15 * MINUTE)
    assert set(states(stage).values()) == {"kept"}
    assert stage.read_by("table:t1")[-1].startswith("Nothing of what your table said goes to other tables")


def test_without_an_approval_their_yes_sends_nothing() -> None:
    stage = drafted(TWO)
    for seat in ("anna", "cleo"):
        press(stage, seat, "They may go")
    stage.wait(15 * MINUTE)
    assert digest(stage).state == "held"


def test_three_authors_of_whom_one_says_no_are_two() -> None:
    three = {**TWO, "paths": ("dora", "Safe paths.")}
    stage = drafted(three)
    assert not any("They may go" in text for text in stage.read_by("seat:anna"))
    press(stage, "dora", "Take back")
    assert any("They may go" in text for text in stage.read_by("seat:anna")), "asked once they are only two"
    lead(stage, "Approve")
    press(stage, "anna", "They may go")
    press(stage, "cleo", "Keep them here")
    assert states(stage) == {"trains": "", "roads": "kept", "paths": "withdrawn"}


def test_who_said_no_keeps_their_words_even_if_others_come_back() -> None:
    stage = drafted({**TWO, "paths": ("dora", "Safe paths.")})
    three = next(n for n, s in enumerate(digest(stage).sentences, 1) if "paths" in s.sources)
    stage.press("maya", f"digest:reason:t1:{three}-off-topic:")
    press(stage, "anna", "Keep them here")
    stage.press("maya", f"digest:back:t1:{three}:")
    for seat in ("cleo", "dora"):
        stage.press(seat, "digest:may:t1:yes:")
    lead(stage, "Approve")
    assert digest(stage).state == "approved"
    assert states(stage) == {"trains": "kept", "roads": "", "paths": ""}


def test_words_that_change_after_the_approval_was_pressed_are_read_again() -> None:
    stage = drafted(TWO)
    lead(stage, "Approve")
    press(stage, "anna", "Correct")
    stage.write("anna", "Night trains on weekends.")
    for seat in ("anna", "cleo"):
        press(stage, seat, "They may go")
    assert digest(stage).state == "draft"
    lead(stage, "Approve")
    assert digest(stage).state == "approved"


def test_of_many_words_of_ones_own_the_number_is_typed() -> None:
    many = {f"s{n}": ("anna", f"Statement {n}.") for n in range(8)} | {"roads": ("ben", "Roads.")}
    stage = drafted(many, 'content = "items"\nsize = 20')
    press(stage, "anna", "Correct one")
    assert "from 1 to 9" in stage.write("anna", "ten")[0]
    assert stage.write("anna", "9") == ["Nothing of yours stands there any more."]
    press(stage, "anna", "Correct one")
    stage.write("anna", "3")
    stage.write("anna", "Statement three, really.")
    assert words_of(stage, "s2") == "Statement three, really."
    press(stage, "anna", "Take one back")
    stage.write("anna", "1")
    assert states(stage)["s0"] == "withdrawn"


def test_the_digest_and_the_stage_hold_no_words_and_no_names() -> None:
    stage = drafted(TWO)
    press(stage, "anna", "Correct")
    stage.write("anna", "UNIQUE words")
    lead(stage, "Approve")
    assert "UNIQUE" not in repr((stage.stages, stage.digests, stage.said, stage.others))
    parts = [p for m in stage.told("facilitators:t1") for b in m.blocks for p in b.parts]
    assert not any(isinstance(p, Name) for p in parts)
