"""The pages for those who read them on a phone: each part fits on a screen, all commands are there, and what they say works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from textwrap import wrap

import pytest

from bot.core.rights import COMMANDS
from bot.core.state import Role
from bot.store import people, tables
from tests.support.chats import PEOPLE, TALK, Talkers, table
from tests.support.room import ASSEMBLY
from tools.guide import GUIDE

PAGES: dict[str, tuple[Role, ...]] = {
    "participant.md": ("participant",),
    "facilitator.md": ("facilitator",),
    "coordinator.md": ("coordinator", "organiser"),
}
BESIDE = {"facilitator.md": ("participant.md",), "coordinator.md": ("facilitator.md", "participant.md")}
"""The pages to which a page sends its readers for what they can do besides."""
WIDTH, LINES, PARTS = 45, 26, 10
"""A phone shows so many characters in a line of such a page, and so many lines; a page has so many parts at most."""
LATER = '[[step]]\nid = "later"\ntype = "break"\nduration = "1h"\ntext = { en = "Until later.", de = "Bis später." }\n'
COMMAND = re.compile(r"`(/[a-z]+)([^`]*)`")


def parts(page: str) -> list[str]:
    """A page in its parts, each with its heading."""
    return [part for part in re.split(r"(?m)^(?=#+ )", (GUIDE / page).read_text()) if part.strip()]


def shown(part: str) -> list[str]:
    """The lines of a part as a phone shows it."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", part)
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n|\n(?=\* |#)", text):
        found += [*wrap(" ".join(paragraph.replace("`", "").replace("**", "").split()), WIDTH)]
        found += [] if paragraph.startswith("* ") else [""]
    return found


def commands(page: str) -> list[str]:
    """The commands that a page names, as they are to be written, in its order."""
    return list(dict.fromkeys(name + rest for name, rest in COMMAND.findall((GUIDE / page).read_text())))


def names(page: str) -> set[str]:
    return {command.split()[0].removeprefix("/") for command in commands(page)}


@pytest.mark.parametrize("page", PAGES)
def test_each_part_of_a_page_fits_on_a_screen(page: str) -> None:
    found = parts(page)
    assert 3 < len(found) <= PARTS
    assert {part.splitlines()[0]: len(shown(part)) for part in found if len(shown(part)) > LINES} == {}
    assert "|" not in (GUIDE / page).read_text(), "a table does not fit on a phone"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_every_command_of_its_readers_and_no_other(page: str) -> None:
    own = {c.name for c in COMMANDS.values() if any(role in c.roles for role in PAGES[page])}
    beside = {name for other in BESIDE.get(page, ()) for name in names(other)}
    assert sorted(own - names(page) - beside) == [], "missing"
    assert sorted(names(page) - own) == [], "not theirs"


def refused(said: list[str]) -> list[str]:
    """What tells somebody that a command was none, or was written wrongly."""
    marks = (
        "I do not know",
        " is for ",
        "Something is missing",
        "does nothing any more",
        "After /",
        "There is no table",
    )
    return [text for text in said if any(mark in text for mark in marks)]


def written(page: str) -> Iterator[str]:
    """The commands of a page, each as it is to be written; not those that are only spoken of."""
    every = [command for each in (page, *BESIDE.get(page, ())) for command in commands(each)]
    for command in commands(page):
        spoken_of = " " not in command and any(other.startswith(f"{command} ") for other in every)
        if not spoken_of and command not in ("/join", "/begin") and "linz" not in command:
            yield command.replace("TEXT", "More bread?")


async def works(t: Talkers, who: str, command: str) -> list[str]:
    """What somebody reads who writes it; it must be something."""
    before = set(t.chats.chats.get(who, {}))
    await t.write(who, command)
    new = [text for id, text in zip(t.chats.chats[who], t.shown(who), strict=True) if id not in before]
    assert new, f"nothing answers {command}"
    return refused(new)


@pytest.mark.parametrize(("page", "who"), [("participant.md", "anna"), ("facilitator.md", "maya")])
async def test_every_command_of_a_page_works_as_it_is_written(page: str, who: str) -> None:
    async with table() as t:
        await t.write("anna", "Bread.")
        await t.write("ben", "Rye.")
        wrong = {command: said for command in written(page) if (said := await works(t, who, command))}
        assert wrong.keys() <= {"/for Anna", "/sentence Anna More bread?", "/sentence More bread?"}, wrong
        assert len(list(written(page))) > 10


async def test_every_command_of_the_page_for_coordinators_works_as_it_is_written() -> None:
    async with table(TALK.replace("40m", "2h") + LATER, people=(*PEOPLE, "dora", "emil", "finn")) as t:
        first = (await t.room.store.read(tables.of_plan, ASSEMBLY, "tables"))[0]
        everybody = await t.room.store.read(people.roster, ASSEMBLY)
        somebody = iter(sorted(seat.name for seat in everybody if seat.table == first.id))
        await t.room.enrol("oskar", "organiser")
        wrong = {}
        for command in written("coordinator.md"):
            command = command.replace("Anna", next(somebody)) if "Anna" in command else command
            who = "oskar" if command.startswith("/revoke") else "olga"
            said = await works(t, who, command)
            if said:
                wrong[command] = said
            await t.room.wait(timedelta(seconds=5))
        assert wrong == {}


def test_the_index_of_the_guide_leads_to_each_of_them(repo: object) -> None:
    index = (GUIDE / "README.md").read_text()
    assert [page for page in PAGES if f"({page})" not in index] == []
