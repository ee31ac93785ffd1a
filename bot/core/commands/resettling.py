"""People and tables: somebody moves to another table, two tables become one, somebody new takes an empty place.

Invariants:

* Nobody sits at a table of which they read no language, nor at one that is full.
* Everybody whom it concerns is told: whoever moves, with what was said so far, and both tables.
* A place goes on to somebody new; what its last holder said and voted stays theirs.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands import pending
from bot.core.commands.call import Call, find
from bot.core.effects import Effect, Lane, Note, Put, Request, Say, Seated, Unseat
from bot.core.events import Answered
from bot.core.flow import Flow
from bot.core.message import Lang, Name, Phrase, Several, message, t, tn
from bot.core.state import Seat, Table
from bot.core.steps.discuss import Discuss
from bot.core.turn import Turn


def move(call: Call) -> None:
    """`/move 3 Anna 5`: somebody of table 3 sits at table 5 from now on."""
    table, found = call.table, find(call, call.args)
    if table is None or found is None:
        return
    who, number = found
    to = _other(call, table, number)
    if to is None:
        return
    why = unfit(call.flow, to, (who,))
    if why is not None:
        call.reply(why)
        return
    talk = call.talk()
    if talk is not None:
        scene = replace(talk.scene, state=replace(talk.scene.state, seat=who))
        talk.take(talk.step.left(scene))
    call.turn.effects.append(Note("moved", call.seat.id, {"seat": who.id, "from": table.id, "to": to.id}))
    left = message(t("{name} sits at table {number} now.", name=Name(who.id), number=to.number))
    call.say(table.unit, left, "moved-away", Lane.TALK, without=(who.id,))
    sit(call, who, to)
    call.reply(t("{name} sits at table {number} now. Both tables are told.", name=Name(who.id), number=to.number))


def sit(call: Call, who: Seat, to: Table) -> None:
    """Somebody takes a place: the table is told, and they are, with what was said there so far."""
    turn, plan = call.turn, call.flow.plans.get(to.plan)
    turn.effects.append(Put(replace(who, room="" if who.room not in to.rooms else who.room)))
    translated = plan is not None and plan.common_language == "translate"
    languages = tuple(dict.fromkeys((*to.languages, *((who.language,) if translated else ()))))
    turn.effects.append(Seated(to.id, to.plan, to.site, to.number, languages, (who.id,)))
    others = Several(tuple(Name(m.id) for m in to.members))
    told = message(
        t("You sit at table {number} from now on.", number=to.number),
        *((t("There you are with {names}.", names=others),) if to.members else ()),
    )
    call.say(who.unit, told, f"sits/{who.id}", Lane.ANSWER, quiet=False)
    if not any(call.flow.nodes[step].step.talk for step in turn.course.open):
        new = message(t("{name} sits at your table from now on.", name=Name(who.id)))
        call.say(to.unit, new, f"new/{who.id}", Lane.TALK, without=(who.id,))
    turn.effects.append(_catch_up(turn, who.id, to.plan, call.event.id))


def merge(call: Call) -> None:
    """`/merge 3 5`: those of table 3 sit at table 5, once a second person agrees or ten minutes have passed."""
    table = call.table
    if table is None:
        return
    to = _other(call, table, call.args)
    if to is None:
        return
    if not (table.members or table.staff):
        call.reply(t("Nobody sits at table {number}.", number=table.number))
        return
    why = unfit(call.flow, to, table.members)
    if why is not None:
        call.reply(why)
        return
    what = t("Table {number} joins table {to}: its people sit there from then on.", number=table.number, to=to.number)
    told = t(
        "Tables {number} and {to} become one, table {to}, at {when}, or earlier.",
        number=table.number, to=to.number, when="",
    )  # fmt: skip
    pending.ask(call, to.id, what, told, (to.unit,))


def merged(call: Call) -> None:
    """It happens: the engine moves everybody, and answers with who has moved (`joined`)."""
    table, turn = call.table or call.turn.state.table, call.turn
    if table is None:
        return
    if not call.args:  # wherever there is room: the engine looks, while nothing passes at the table
        talk = replace(call, at=table).talk()
        if talk is not None and talk.stage.data["began"]:
            talk.take(talk.step.gather(talk.scene))
        return
    step = next((step for step in turn.course.open if isinstance(turn.flow.nodes[step].step, Discuss)), "")
    args = {"to": call.args, "by": call.seat.id}
    turn.effects.append(Request("join", turn.course.id, step, f"join/{call.event.id}", table.unit, args))


def joined(turn: Turn, event: Answered) -> None:
    """Everybody has moved, or there is no room any more: then whoever asked is told."""
    found, old = event.result, turn.state.table
    if old is None:
        return
    if not found["table"]:
        said = message(t("Table {number} could not join the other one: it has no room any more.", number=old.number))
        turn.effects.append(Say(f"coordinators:{old.site}", said, f"not-joined/{event.unit}/{found['key']}"))
        return
    turn.effects.append(Note("joined", found["by"], {"table": old.id, "into": found["table"]}))
    stage, node = turn.state.stages.get((event.step, event.unit)), turn.flow.nodes.get(event.step)
    why = t("Your table and table {number} are one now: you sit at table {number}.", number=found["number"])
    if stage is not None and stage.state != "closed" and node is not None and isinstance(node.step, Discuss):
        turn.hook(node, event.unit, node.step.joined(turn.scene(node, event.unit), event, why))
        return
    for seat in found["seats"]:
        turn.effects.append(Say(f"seat:{seat}", message(why), f"joined/{found['key']}/{seat}"))
        turn.effects.append(_catch_up(turn, seat, old.plan, found["key"]))
    new = tn("{n} person more sits at your table.", "{n} people more sit at your table.", n=len(found["seats"]))
    told = Say(f"table:{found['table']}", message(new), f"joined/{found['key']}", Lane.TALK, tuple(found["seats"]))
    turn.effects.append(told)


def replaced(call: Call) -> None:
    """`/replace 3 Anna`: somebody who has dropped out leaves their place to the next who waits, or to whoever gets a code."""
    table = call.table
    if table is None:
        return
    facts, said = call.turn.state.facts, call.args.casefold()
    gone: tuple[Seat, ...] = facts.get("dropped", ())
    who = next((s for s in gone if s.name and s.name.casefold() == said), None)
    if who is None and any(m.name.casefold() == said for m in table.members if not m.lost):
        call.reply(
            t("{name} takes part. A place becomes free once somebody has left, or cannot be reached.", name=call.args)
        )
        return
    if who is None:
        names = tuple(Name(s.id) for s in gone if s.name)
        call.wrong(
            t("Of this table these have dropped out: {names}.", names=Several(names))
            if names
            else t("Nobody of this table has dropped out.")
        )
        return
    replace_seat(call, who)


def replace_seat(call: Call, who: Seat) -> None:
    """Somebody who has dropped out leaves their place to the next who waits, or to whoever gets a code."""
    turn, facts, table = call.turn, call.turn.state.facts, call.table
    if table is None:
        return
    turn.effects.append(Unseat(who.id))
    waiting: tuple[Seat, ...] = facts.get("unplaced", ())
    without = replace(table, members=tuple(m for m in table.members if m.id != who.id))
    following = next((s for s in waiting if unfit(call.flow, without, (s,)) is None), None)
    data = {"seat": who.id, "table": table.id, "by": following.id if following is not None else ""}
    turn.effects.append(Note("replaced", call.seat.id, data))
    if following is not None:
        sit(call, following, without)
        call.reply(
            t(
                "{name} waited for a place, and sits at table {number} now.",
                name=Name(following.id),
                number=table.number,
            )
        )
        return
    args = {"role": "participant", "site": table.site, "table": table.id, "number": 1}
    turn.effects.append(Request("invite", turn.course.id, "", f"invite/{call.event.id}", call.seat.unit, args))
    call.reply(
        t("The place of {name} at table {number} is free. You get a code for whoever takes it.",
          name=Name(who.id), number=table.number),
        t("What {name} said and voted stays theirs; the new person begins anew.", name=Name(who.id)),
    )  # fmt: skip


def unfit(flow: Flow, to: Table, people: tuple[Seat, ...]) -> Phrase | None:
    """Why these people cannot sit at this table; None where they can."""
    plan = flow.plans.get(to.plan)
    room = plan.size.max - len(to.members) if plan is not None else 0
    if room < len(people):
        return tn(
            "Table {number} has room for {n} person more.", "Table {number} has room for {n} people more.",
            n=max(room, 0), number=to.number,
        )  # fmt: skip
    needed = {p.language for p in people} - {*to.languages}
    translated = plan is not None and plan.common_language == "translate"
    if needed and not (translated and plan is not None and len({*to.languages} | needed) <= plan.max_languages):
        spoken = Several(tuple(Lang(language) for language in to.languages))
        return t(
            "Table {number} speaks {languages}, which not everybody here reads.", number=to.number, languages=spoken
        )
    return None


def _other(call: Call, table: Table, number: str) -> Table | None:
    """The table with this number where these people can sit; None where the person was told which there are."""
    tables: tuple[Table, ...] = call.turn.state.facts.get("tables", ())
    others = [each for each in tables if each.id != table.id and each.plan == table.plan]
    others = [each for each in others if call.seat.role == "organiser" or each.site == call.seat.site]
    found = next((each for each in others if str(each.number) == number.strip()), None)
    if found is None:
        numbers = ", ".join(str(each.number) for each in others)
        call.wrong(
            t("Please write the number of the other table last: {numbers}.", numbers=numbers)
            if numbers
            else t("There is no other table.")
        )
    return found


def _catch_up(turn: Turn, seat: str, plan: str, key: str) -> Effect:
    args = {"seat": seat, "plan": plan}
    return Request("catch_up", turn.course.id, "", f"catch-up/{key}/{seat}", f"seat:{seat}", args)


__all__ = ["joined", "merge", "merged", "move", "replace_seat", "replaced"]
