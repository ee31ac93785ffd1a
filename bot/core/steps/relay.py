"""Carries what one table said to other tables, in words that a person there has approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import model_validator

from bot.core.effects import Done, Effect, Lane, Put, Request, Say
from bot.core.events import Heard, Relayed
from bot.core.fields import Id
from bot.core.ids import derive
from bot.core.message import Block, Button, Lang, Part, Plain, Words, block, t
from bot.core.retelling import original, standing, told, translated_by
from bot.core.scene import Scene
from bot.core.state import Digest
from bot.core.steps.base import Step
from bot.core.talk import table_of

Rule = Literal["mirror", "next", "all"]


class Partner(NamedTuple):
    """A table of the assembly, as the rule that chooses among them sees it."""

    id: str
    number: int
    site: str
    course: str
    languages: tuple[str, ...]


def targets(rule: Rule, table: str, tables: Sequence[Partner], sites: Sequence[str]) -> tuple[Partner, ...]:
    """The tables to which a table's digest goes.

    `mirror`: its counterpart at the next site, by place in the row of numbers, in a ring of the sites that have tables;
    where the numbers of tables differ, nobody goes without: a table may get two digests, or a digest go to two tables.
    `next`: the next number on the same course, in a ring. `all`: every other table.
    """
    own = next((p for p in tables if p.id == table), None)
    if own is None:
        return ()
    if rule == "all":
        return tuple(p for p in tables if p.id != table)
    if rule == "next":
        ring = sorted((p for p in tables if p.course == own.course), key=_place)
        following = ring[(ring.index(own) + 1) % len(ring)]
        return (following,) if following.id != table else ()
    row = [site for site in sites if any(p.site == site for p in tables)]
    if len(row) < 2:
        return ()
    here = sorted((p for p in tables if p.site == own.site), key=_place)
    across = row[(row.index(own.site) + 1) % len(row)]
    there = sorted((p for p in tables if p.site == across), key=_place)
    place = here.index(own)
    if place >= len(there):
        return (there[place % len(there)],)
    return tuple(there[place :: len(here)])


def origins(rule: Rule, table: str, tables: Sequence[Partner], sites: Sequence[str]) -> tuple[Partner, ...]:
    """The tables whose digests come to a table: those that have it among their `targets`, in the order of `tables`."""
    own = next((p for p in tables if p.id == table), None)
    if own is None:
        return ()
    if rule == "all":
        return tuple(p for p in tables if p.id != table)
    if rule == "next":
        ring = sorted((p for p in tables if p.course == own.course), key=_place)
        before = ring[ring.index(own) - 1]
        return (before,) if before.id != table else ()
    row = [site for site in sites if any(p.site == site for p in tables)]
    if len(row) < 2:
        return ()
    here = sorted((p for p in tables if p.site == own.site), key=_place)
    across = row[row.index(own.site) - 1]
    there = sorted((p for p in tables if p.site == across), key=_place)
    place = here.index(own)
    if len(there) > len(here):
        senders = {p.id for p in there[place :: len(here)]}
    else:
        senders = {there[place % len(there)].id}
    return tuple(p for p in tables if p.id in senders)


class Relay(Step):
    """Brings each table the approved digests of other tables, labelled with where they come from and who translated them.

    `of` is the `summarise` step. `to` says who reads whom: `mirror` (the counterpart at the next site), `next` (the next
    table of the same site, in a ring) or `all` (every other table). `source_shown`: `table`, `site` or `hidden`. With
    `show_original` a button shows what was written before it was translated. A digest that nobody approved stays where it
    is, and the table that waits for it is told. The step ends when every table has got what comes to it, or when its time
    is over; what comes later is shown when it comes.

        [[step]]
        id = "talk"
        type = "discuss"
        duration = "40m"
        text = "What would you change?"

        [[step]]
        id = "digest"
        type = "summarise"
        of = ["talk"]
        duration = "15m"

        [[step]]
        id = "carry"
        type = "relay"
        of = "digest"
        to = "mirror"
        duration = "10m"
    """

    type: Literal["relay"]
    of: Id
    to: Rule = "mirror"
    source_shown: Literal["table", "site", "hidden"] = "table"
    show_original: bool = True
    scope: Literal["table"] = "table"
    early_close: Literal["all_answered", "never"] = "all_answered"

    closes_units: ClassVar[bool] = True
    notice: ClassVar[bool] = False
    lasting: ClassVar[bool] = True
    refers: ClassVar[tuple[str, ...]] = ("of",)
    reads: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "open": ("digests", "partners", "arrivals", "incoming"),
        "relayed": ("partners", "arrivals"),
        "hear": ("partners", "arrivals"),
        "close": ("partners", "arrivals"),
    }

    @model_validator(mode="after")
    def _ends(self) -> Self:
        self.must_end("the other tables go on then, whatever has come")
        return self

    def open(self, at: Scene) -> Iterator[Effect]:
        table, partners = table_of(at), _partners(at)
        goals = targets(self.to, table.id, partners, tuple(at.flow.sites))
        for digest in at.facts["digests"]:
            if digest.state in ("approved", "held") and goals:
                yield self._carry(at, digest, goals, at.key("relay", digest.id))
        here = tuple(p for p in partners if p.id == table.id)
        come = {digest.id for digest, _, _ in at.facts["arrivals"]}
        for digest in at.facts["incoming"]:
            if digest.state in ("approved", "held") and digest.id not in come:
                yield self._carry(at, digest, here, at.key("fetch", digest.id, table.id))
        yield from self._show(at)

    def relayed(self, at: Scene, relay: Relayed) -> Iterator[Effect]:
        """A digest has come, and stands among the `arrivals`. Before the step has opened here it waits for that."""
        if at.stage is not None and at.course.state == "running":
            yield from self._show(at)

    def hear(self, at: Scene, heard: Heard) -> Iterator[Effect]:
        what = heard.press.split(":")
        for digest, _, _ in at.facts["arrivals"]:
            if what[1:2] == ["original"] and what[3:] == [digest.id] and digest.state == "approved":
                shown = at.message(self._heading(at, digest, "none"), *told(digest), shows=digest.id)
                yield Say(
                    at.seat.unit, shown, at.key("original", at.seat.id, derive(heard.id)), Lane.ANSWER, quiet=False
                )

    def close(self, at: Scene) -> Iterator[Effect]:
        """The time is over: say what has not come yet, so that nobody waits for it in silence."""
        come = {digest.table for digest, _, _ in at.facts["arrivals"]}
        for partner in self._awaited(at):
            if partner.id not in come:
                blocks = (
                    block(self._source(at, partner.id, partner.site), kind="title"),
                    block(t("Nothing has come yet. We go on; what still comes is shown to you here.")),
                )
                yield Say(at.unit, at.message(*blocks), at.key("nothing", partner.id))

    def _carry(self, at: Scene, digest: Digest, goals: Sequence[Partner], key: str) -> Request:
        """Have a digest brought to tables. A course that comes here late fetches what the others have approved meanwhile."""
        args = {
            "digest": digest.id,
            "source_language": digest.language,
            "targets": [
                {"table": p.id, "course": p.course, "language": read_in(p.languages, digest.language)} for p in goals
            ],
        }
        return Request("relay", at.course.id, at.step, key, at.unit, args)

    def _show(self, at: Scene) -> Iterator[Effect]:
        """Show what has come and was not shown yet, each digest once."""
        stage = at.stage or at.fresh_stage()
        shown = list(stage.data.get("shown", ()))
        for digest, engine, texts in at.facts["arrivals"]:
            if digest.id not in shown:
                shown.append(digest.id)
                yield from self._bring(at, digest, engine, texts)
        yield Put(at.with_data(shown=shown))
        expected = len(self._awaited(at)) * len(at.flow.instances(self.of, at.node))
        if len(shown) >= expected and stage.state == "open":
            yield Done(at.step, at.unit)

    def _bring(self, at: Scene, digest: Digest, engine: str, texts: Mapping[str, str]) -> Iterator[Effect]:
        """Show one digest. Those who read its language get the original words, the others the translation if there is one."""
        table = table_of(at)
        if digest.state != "approved":
            why = t("The digest of this table was not approved in time, so it is held and does not come. We go on.")
            yield Say(at.unit, at.message(self._heading(at, digest, ""), block(why)), at.key("held", digest.id))
            return
        if not standing(digest):
            none = t("Nothing was written there this time that could be passed on.")
            yield Say(at.unit, at.message(self._heading(at, digest, ""), block(none)), at.key("shown", digest.id))
            return
        plain = at.message(self._heading(at, digest, "none"), *told(digest), shows=digest.id)
        if not texts:
            yield Say(at.unit, plain, at.key("shown", digest.id))
            return
        language = read_in(table.languages, digest.language)

        def translated(contribution: str) -> Words:
            return Words(f"{contribution}@{language}") if contribution in texts else original(contribution)

        readers = tuple(s.id for s in (*table.members, *table.staff) if _same(s.language, digest.language))
        left = any(s.worded not in texts for s in standing(digest))
        note = t("What stands here in {language} could not be translated.", language=Lang(digest.language))
        rest = (block(note, kind="note"),) if left else ()
        button = (Button(t("Show the original"), at.press("original", "", digest.id)),) if self.show_original else ()
        heading = self._heading(at, digest, engine)
        shown = at.message(heading, *told(digest, translated), *rest, buttons=button, shows=digest.id)
        yield Say(at.unit, shown, at.key("shown", digest.id), without=readers)
        for seat in readers:
            yield Say(f"seat:{seat}", plain, at.key("shown", digest.id))

    def _heading(self, at: Scene, digest: Digest, engine: str) -> Block:
        """Where it comes from, in which language it was written, and whether a machine has translated it. `engine` is ""
        where no words follow."""
        parts: list[Part] = [self._source(at, digest.table, digest.site)]
        language = Lang(digest.language)
        if engine not in ("", "none"):
            parts += [Plain(" · "), translated_by(engine, language)]
        elif engine and not all(_same(own, digest.language) for own in table_of(at).languages):
            parts += [Plain(" · "), t("in {language}, not translated", language=language)]
        return block(*parts, kind="title")

    def _source(self, at: Scene, table: str, site: str) -> Part:
        partner = next((p for p in _partners(at) if p.id == table), None)
        place = at.flow.sites.get(site)
        if self.source_shown == "hidden" or place is None:
            return t("From another table")
        name: Part = at.local(place.name) if place.name else Plain(place.id)
        if self.source_shown == "site" or partner is None:
            return t("From a table in {site}", site=name)
        return t("From table {number} in {site}", number=partner.number, site=name)

    def _awaited(self, at: Scene) -> tuple[Partner, ...]:
        return origins(self.to, table_of(at).id, _partners(at), tuple(at.flow.sites))


def read_in(languages: Sequence[str], source: str) -> str:
    """The language into which a digest is carried for a table: the first of its languages that is not the source's."""
    return next((own for own in languages if not _same(own, source)), source)


def _same(one: str, other: str) -> bool:
    """The same language, whatever the country: a reader of "fr-CA" reads "fr"."""
    return one.split("-")[0] == other.split("-")[0]


def _place(partner: Partner) -> tuple[int, str]:
    return partner.number, partner.id


def _partners(at: Scene) -> tuple[Partner, ...]:
    return tuple(Partner(*row) for row in at.facts["partners"])
