"""Words that are taken back, and consent that is: wherever another table has read the words in a digest, it is told, and they are
read there no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.core.events import Retold
from bot.core.flow import Flow
from bot.core.retelling import WITHDRAWN
from bot.core.state import DigestSentence
from bot.engine.work import Work
from bot.store import archive, arrivals, findings, opinions, tables
from bot.store.times import ms

GONE, HIDDEN, AGAIN = "gone", "hidden", "again"
"""What has become of words, in every language (`Retold.state`): they were taken back, or hidden, or stand again after that."""


def withdraw(work: Work, assembly: str, flow: Flow, seat: str, id: str) -> None:
    """Somebody takes back a contribution, or ("") all that they have given."""
    ids = [id] if id else [given.id for given in opinions.given_by(work.db, assembly, seat)]
    opinions.withdraw(work.db, assembly, seat, id)
    gone(work, assembly, flow, ids)


def unquote(work: Work, assembly: str, flow: Flow, seat: str) -> None:
    """Somebody does not agree any longer to being quoted outside their table. Their words stay at the table; out of every digest
    that was approved they are taken, and those who have read them there are told. A sentence that several have said stands
    without them where it is told in the words of another."""
    theirs = {given.id for given in opinions.given_by(work.db, assembly, seat)}
    for digest in archive.digests(work.db, assembly):
        if digest.state == "approved":
            left = tuple(_without(sentence, theirs) for sentence in digest.sentences)
            if left != digest.sentences:
                findings.save_digest(work.db, assembly, replace(digest, sentences=left))
                before = zip(digest.sentences, left, strict=True)
                gone(work, assembly, flow, [s.worded for s, now in before if now.left_out and not s.left_out])


def _without(sentence: DigestSentence, theirs: Collection[str]) -> DigestSentence:
    if sentence.left_out or not {*sentence.sources, sentence.words} & {*theirs}:
        return sentence
    if sentence.words or sentence.worded in theirs:  # what was worded anew rests on all who have said it
        return replace(sentence, left_out=WITHDRAWN)
    return replace(sentence, sources=tuple(source for source in sentence.sources if source not in theirs))


def gone(work: Work, assembly: str, flow: Flow, ids: Sequence[str], state: str = GONE) -> None:
    """These words are read nowhere any more, nor what a model has made from them: the tables to which a digest has brought them
    hear of it. So they do where words stand again."""
    again = ms(work.now) if state != GONE else 0  # what is hidden may be hidden twice
    fallen = [*ids, *opinions.resting(work.db, assembly, ids)]
    for step, id, digest, contribution in arrivals.holding(work.db, assembly, fallen):
        table = tables.load_table(work.db, assembly, id)
        if table is not None:
            told = Retold(flow.course_of(table.site), step, id, contribution, "", state, digest)
            work.happen(assembly, work.now, told, f"{state}/{step}/{id}/{digest}/{contribution}/{again}")
