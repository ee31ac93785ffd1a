"""The account as a whole: nothing of its token or of people's words stands in a log or in an error."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest

from bot.transports.port import Media, Menu, Retry, SendError, Stopped, Transport
from bot.transports.telegram import Telegram
from bot.transports.telegram.polling import NoContact
from tests.support.botapi.clock import Clock
from tests.support.telegram_account import TOKEN, Account, buttons, file, text

WORDS = "canary-words-of-a-citizen"


def test_it_is_a_transport() -> None:
    transport: Transport = Telegram("main", TOKEN, Clock())
    assert transport.account == "telegram:main"
    assert (transport.abilities.repeatable, transport.abilities.edits, transport.abilities.press_bytes) == (
        False,
        True,
        64,
    )
    assert TOKEN not in repr(transport)


async def test_at_debug_level_no_log_line_holds_the_token_or_a_word(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    errors: list[BaseException] = []
    async with Account().open() as at:
        await at.anna.say(WORDS)
        await at.anna.photo(caption=WORDS)
        (_, event) = (await at.receive()).events
        said = text(WORDS, buttons=buttons("Yes"))
        await at.telegram.send(at.place, said, "k1")
        await at.anna.press("Yes")
        await at.receive()
        await at.receive()
        assert event.media is not None
        for fault in ("error", "cut", "refused"):
            for number, call in enumerate(
                (
                    at.telegram.receive(at.cursor, wait=False),
                    at.telegram.send(at.place, said, f"{fault}1"),
                    at.telegram.send(at.place, text(WORDS, attachment=file("photo")), f"{fault}2"),
                    at.telegram.edit(at.place, said, "2"),
                    at.telegram.delete(at.place, "2"),
                    at.telegram.menu(at.place, Menu("de", (("help", WORDS),))),
                    at.telegram.fetch(event.media),
                    at.telegram.fetch(Media("photo", "unknown")),
                )
            ):
                at.api.faults.clear()
                if fault != "refused":
                    at.api.faults.plan(fault, "getUpdates" if number == 0 else "")  # type: ignore[arg-type] # a kind
                elif number == 0:
                    await at.anna.block()
                try:
                    await call
                except (SendError, NoContact, Stopped) as error:
                    errors.append(error)
        await asyncio.sleep(0)
    assert len(errors) >= 15
    shown = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    for error in errors:
        shown += repr(error) + repr(error.__context__) + str(error.args)
        shown += "".join(line for line in traceback.format_exception(error) if "canary" not in line or TOKEN in line)
    assert TOKEN not in shown
    assert WORDS not in shown


async def test_closing_twice_does_no_harm() -> None:
    async with Account().open() as at:
        await at.telegram.close()
        await at.telegram.close()


async def test_a_closed_account_says_nothing_more() -> None:
    async with Account().open() as at:
        await at.telegram.close()
        with pytest.raises(Retry):
            await at.telegram.send(at.place, text(), "k")
        assert at.anna.got == []
