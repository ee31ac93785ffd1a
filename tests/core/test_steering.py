"""Courses are steered by those who lead them: one site of several, and what waits for the others."""

from __future__ import annotations

from datetime import timedelta

from bot.core.effects import Delay, Note
from bot.core.events import Due, Halted, Ripe
from tests.support.plays import TWO_SITES, flow_of
from tests.support.stagehand import Stagehand

MINUTE = timedelta(minutes=1)
VOTE = (
    '[[step]]\nid = "ballot"\ntype = "vote"\nduration = "20m"\n'
    'questions = [{ id = "rye", method = "yes_no_abstain", text = "Rye?" }]\n'
)
RESULTS = '[[step]]\nid = "results"\ntype = "publish"\nwhat = ["ballot"]\nwait = "last_site"\nduration = "2d"\n'
LATER = '[[step]]\nid = "later"\ntype = "break"\nafter = "3h"\nduration = "1h"\n'


def sites(steps: str) -> Stagehand:
    s = Stagehand(flow_of(steps, TWO_SITES))
    s.seat("olga", role="coordinator", site="lyon")
    s.seat("rita", role="coordinator", site="lyon")
    s.seat("otto", role="coordinator", site="graz")
    s.seat("iris", role="organiser", site="lyon")
    s.seat("anna", site="lyon")
    s.seat("alma", site="graz")
    return s


def button(s: Stagehand, to: str, what: str) -> str:
    """What the newest button of this kind carries that a unit was told."""
    return next(b.press for m in reversed(s.told(to)) for b in m.buttons if b.press.startswith(what))


def notes(s: Stagehand) -> list[str]:
    return [e.act for e in s.others if isinstance(e, Note)]


def test_a_coordinator_steers_their_own_site_alone() -> None:
    s = sites(VOTE)
    s.start()
    assert s.write("olga", "/close ballot graz") == ["You lead your own site only: lyon."]
    assert s.write("olga", "/open ballot graz") == ["You lead your own site only: lyon."]
    assert s.write("olga", "/gate graz") == ["You lead your own site only: lyon."]
    assert s.write("anna", "/close ballot")[-1].startswith("/close is for coordinators, organisers.")


def test_an_organiser_names_the_site() -> None:
    s = sites(VOTE + LATER)
    s.start()
    s.write("iris", "/close ballot graz")
    assert any("“ballot” may close early" in text for text in s.read_by("answering:graz:ballot"))
    assert not any("may close early" in text for text in s.read_by("answering:lyon:ballot"))
    s.press("otto", button(s, "coordinators:lyon", "-agree"))
    s.wait(2 * MINUTE)
    assert "ballot" in s.courses["graz"].done
    assert "ballot" in s.courses["lyon"].open
    s.write("iris", "/open later graz")
    assert "later" in s.courses["graz"].open
    assert {"asked_for", "agreed_to", "closed_early", "opened_early"} <= {*notes(s)}


def test_what_was_asked_for_happens_after_ten_minutes_and_once() -> None:
    s = sites(VOTE + LATER)
    s.start()
    s.write("olga", "/close ballot")
    press = button(s, "seat:olga", "-stop")
    s.press("olga", press.replace("-stop", "-agree"))
    assert s.read_by("seat:olga")[-1].startswith("A second person has to agree.")
    ripe = [e for _, e in s.timers.values() if isinstance(e, Ripe)]
    assert len(ripe) == 1
    assert ripe[0].course == "lyon"


def test_results_that_wait_for_another_site_are_told_at_two_persons_word() -> None:
    s = sites(VOTE + RESULTS)
    s.start("lyon")
    assert s.write("olga", "/publish") == [
        "No results are held back now. What a step may tell is told by the flow when it comes to that."
    ]
    s.wait(21 * MINUTE)
    assert "results" in s.courses["lyon"].open
    s.write("olga", "/publish results")
    assert "results" in s.courses["lyon"].open
    s.press("rita", button(s, "coordinators:lyon", "-agree"))
    assert "results" in s.courses["lyon"].done
    assert "published_early" in notes(s)


def test_who_asks_for_results_that_no_command_tells_reads_where_they_are_told() -> None:
    s = sites(VOTE + RESULTS + LATER)
    s.start()
    assert s.write("olga", "/publish ballot") == [
        "The results of ballot are told at “results”, when the flow comes to it."
    ]
    s.wait(21 * MINUTE)
    assert "results" in s.courses["lyon"].done
    assert s.write("olga", "/publish ballot") == ["The results of ballot have been told, at “results”."]
    s = sites(VOTE)
    s.start("lyon")
    assert s.write("olga", "/publish ballot") == [
        "In this assembly the results of ballot are not told in the chat: its flow said so before anybody answered, and "
        "that holds. Those who organise it find them in the report."
    ]
    s = sites(VOTE.replace('duration = "20m"', 'duration = "20m"\nresults = "on_close"'))
    s.start("lyon")
    assert s.write("olga", "/publish ballot") == ["ballot tells its results by itself when it closes."]


def test_results_that_two_want_told_while_all_rests_are_told_at_its_end() -> None:
    s = sites(VOTE + RESULTS)
    s.start("lyon")
    s.wait(21 * MINUTE)
    s.play(Halted("lyon", s.now + 30 * MINUTE, "olga"))
    s.write("olga", "/publish results")
    s.press("rita", button(s, "coordinators:lyon", "-agree"))
    s.wait(29 * MINUTE)
    assert "results" in s.courses["lyon"].open
    s.wait(2 * MINUTE)
    assert "results" in s.courses["lyon"].done


def test_what_is_asked_for_while_all_rests_has_ten_minutes_after_it() -> None:
    s = sites(VOTE)
    s.start("lyon")
    over = s.now + 15 * MINUTE
    s.play(Halted("lyon", over, "olga"))
    s.write("olga", "/close ballot")
    assert [at for at, event in s.timers.values() if isinstance(event, Ripe)] == [over + 10 * MINUTE]
    assert "It happens at 02 Mar 17:25" in s.read_by("seat:olga")[-1]


def test_what_would_ring_while_all_rests_rings_at_its_end() -> None:
    s = sites(VOTE)
    s.start("lyon")
    over = s.now + 30 * MINUTE
    closes = s.courses["lyon"].open["ballot"].closes
    s.play(Halted("lyon", over, "olga"))
    assert s.courses["lyon"].halted == over
    assert closes is not None
    assert s.courses["lyon"].open["ballot"].closes == closes + 30 * MINUTE
    assert Delay("lyon", 30 * MINUTE) in s.others
    s.play(Halted("lyon", over + MINUTE, "rita"))
    assert s.courses["lyon"].halted == over, "one rest at a time"
    s.play(Halted("lyon", None, of=over - MINUTE))
    assert s.courses["lyon"].halted == over, "the end of an earlier rest means nothing"
    s.now += 10 * MINUTE
    s.play(Halted("lyon", None, "olga"))
    assert s.courses["lyon"].halted is None
    assert s.courses["lyon"].open["ballot"].closes == closes + 10 * MINUTE
    assert Delay("lyon", -20 * MINUTE) in s.others
    assert [note for note in notes(s) if note in ("halted", "went_on")] == ["halted", "went_on"]


def test_what_is_set_while_all_rests_rings_at_its_end() -> None:
    s = sites(VOTE)
    s.start("lyon")
    over = s.now + 30 * MINUTE
    s.play(Halted("lyon", over, "olga"))
    before = {*s.timers}
    s.play(Due("lyon", "ballot", "early"))
    assert [at for key, (at, _) in s.timers.items() if key not in before] == [over]


def test_a_step_that_has_an_hour_of_its_own_opens_before_it_and_not_again() -> None:
    s = sites(VOTE + LATER.replace('after = "3h"', "opens = 2027-03-02T23:00:00"))
    s.start("lyon")
    s.wait(21 * MINUTE)
    assert "later" not in s.courses["lyon"].open
    assert "not before" in s.write("olga", "/open")[-1]
    s.write("olga", "/open later")
    assert "later" in s.courses["lyon"].open
    s.wait(8 * 60 * MINUTE)
    assert notes(s).count("opened") == 2


def test_a_coordinator_announces_at_their_site_and_an_organiser_everywhere() -> None:
    s = sites(VOTE)
    s.start()
    s.write("olga", "/announce Hello")
    s.press("olga", button(s, "seat:olga", "-announce"))
    assert len(s.told("site:lyon")) == 1
    assert s.told("site:graz") == []
    s.write("iris", "/announce Hello")
    s.press("iris", button(s, "seat:iris", "-announce"))
    assert len(s.told("site:lyon")) == 2
    assert len(s.told("site:graz")) == 1
