"""The digest, drawn from the statements and votes of real citizens: who finds themselves in it."""

from __future__ import annotations

import pytest

from bot.core.digest import draw
from tests.support.fairness import CONSULTATIONS, Consultation, at_random, consultation, most_agreed, ours


@pytest.fixture(scope="module", params=CONSULTATIONS)
def about(request: pytest.FixtureRequest) -> Consultation:
    found = consultation(request.param)
    assert len(found.statements) > 150
    assert len(found.voters) > 500
    assert [len(camp) for camp in found.camps] == sorted(len(camp) for camp in found.camps)
    assert len(found.camps[0]) > 50
    return found


@pytest.mark.parametrize("size", [4, 8])
def test_more_people_agree_with_some_sentence_of_it_than_with_the_most_agreed_list(
    about: Consultation, size: int
) -> None:
    digest = ours(about, size)
    listed = most_agreed(about, len(digest))
    assert len(digest) <= size + 1
    for people in (about.voters, about.camps[0]):
        by_lot = at_random(about, len(digest), people)
        assert about.spoken_for(digest, people) >= about.spoken_for(listed, people)
        assert about.spoken_for(digest, people) > by_lot + 0.1


def test_the_smallest_camp_does_about_as_well_as_all(about: Consultation) -> None:
    digest = ours(about, 4)
    assert about.spoken_for(digest, about.camps[0]) > about.spoken_for(digest, about.voters) - 0.05


def test_it_says_openly_for_how_many_no_sentence_speaks(about: Consultation) -> None:
    digest = draw(about.statements, about.votes, about.voters, 4, "seed")
    silent = 1 - about.spoken_for([s for one in digest.sentences for s in one.sources], about.voters)
    assert digest.unheard <= round(silent * len(about.voters))
    assert digest.unheard > 0
