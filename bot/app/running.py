"""Running: the store, the engine, its transports and the local line, from start to a graceful end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from bot.app import operations
from bot.app.config import Config
from bot.app.helping import helpers
from bot.app.line import Line, call, carry_out, socket_path
from bot.app.operations import Desk, Halted, Problem, Progress
from bot.app.service import READY, STOPPING, Service
from bot.app.translating import translators
from bot.engine import retention
from bot.engine.clock import SystemClock
from bot.engine.drift import steady
from bot.engine.engine import Engine
from bot.engine.house import House
from bot.engine.memory import sort_out_seldom
from bot.language.catalog import Catalogs
from bot.paths import locales_dir
from bot.store import lease
from bot.store.connection import Store, open_store
from bot.store.errors import InUse, LeaseLost, StoreError
from bot.store.keys import KeyFile
from bot.store.times import ms
from bot.transports.port import Stopped, Transport

log = logging.getLogger(__name__)

HOUR = 3600
LEASE = 30_000
"""How long a lease lasts without being renewed, in milliseconds; it is renewed three times as often."""


async def run(config: Config, console: Sequence[Transport] = (), ready: Callable[[], None] = lambda: None) -> None:
    """Run every assembly of the config until a signal comes, over the accounts of the config and the given `console`. `ready` is
    called once everything is in place. Raises `Problem` or `BadConfig` in the operator's words."""
    from bot.app.connecting import matrices, note_names, telegrams  # heavy, and no other operation needs it

    clock, catalogs, service = SystemClock(), Catalogs.load(locales_dir()), Service()
    connect = telegrams(config, clock.now, catalogs)
    translating, helping = translators(config), helpers(config)
    others = matrices(config, clock.now, KeyFile.load(config.key_path)) if config.matrix else []
    async with _opened(config) as store:
        title = await _found(config, Desk(store, House(catalogs), clock, accounts=config.accounts, names=config.names))
        bots = connect(title)
        transports: list[Transport] = [*console, *bots, *others]
        engine = Engine(store, catalogs, clock, transports, translating, steady, helping)
        engine.house.ignored.update({each.account: each.counts for each in others})
        desk = Desk(store, engine.house, clock, wake=engine.wake, accounts=config.accounts, names=config.names)
        fence = await _take_lease(store, clock)
        store.hold(fence)
        line = Line(desk, socket_path(config.database_path))
        await line.open()
        _stop_on_signals(engine)
        renewing = asyncio.create_task(_renew(store, clock, fence, engine))
        beside = (
            asyncio.create_task(note_names(store, bots)),
            asyncio.create_task(_keep_promises(store, engine)),
            asyncio.create_task(service.watch(lambda: engine.looked, engine.wake)),
        )
        sort_out_seldom()
        service.tell(READY)
        ready()
        try:
            await engine.run()
        except Stopped as stopped:
            raise Halted(f"{stopped} Everything is kept; `pnyx run` goes on from here.") from None
        finally:
            service.tell(STOPPING)
            for task in (renewing, *beside):
                task.cancel()
            await line.close()
            await translating.close()
            await helping.close()
            for transport in transports:
                await transport.close()
            store.hold(None)
            with contextlib.suppress(StoreError):
                await store.transact(lease.release, fence)
        if renewing.done() and not renewing.cancelled() and renewing.exception() is not None:
            raise Problem(str(renewing.exception()))


async def _found(config: Config, desk: Desk) -> str:
    """Make the assemblies of the config that are not there yet. The title of the only one, "" where there are several."""
    for row in config.assembly:
        made = await operations.create(desk, row.id, str(config.place(row.flow)), row.seed)
        if made["changed"]:
            log.warning(
                "%s goes on with %s; the file %s has changed since. `pnyx flow publish` and `pnyx flow upgrade` move it.",
                row.id, made["ref"], config.place(row.flow),
            )  # fmt: skip
    if len(config.assembly) != 1:
        return ""
    flow = await desk.store.read(operations.flow_of, desk.house, config.assembly[0].id)
    return operations.title_of(flow)


async def _keep_promises(store: Store, engine: Engine) -> None:
    """Look every hour whether the day has come on which something is deleted."""
    while True:
        if await store.transact(retention.look, engine.house, engine.clock.now()):
            engine.wake()
        await asyncio.sleep(HOUR)


async def ask(
    config: Config, what: str, progress: Progress = lambda done, total: None, **given: object
) -> dict[str, Any]:
    """Do an operation: through the local line where Pnyx runs on this database, else on the database itself."""
    answer = await call(socket_path(config.database_path), what, given, progress)
    if answer is not None:
        return answer
    try:
        async with _opened(config) as store:
            desk = Desk(
                store,
                House(Catalogs.load(locales_dir())),
                SystemClock(),
                progress,
                accounts=config.accounts,
                names=config.names,
            )
            return await carry_out(desk, what, given)
    except InUse:
        answer = await call(socket_path(config.database_path), what, given, progress)
        if answer is None:
            raise
        return answer


@contextlib.asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[Store]:
    try:
        store = await open_store(config.database_path, KeyFile.load(config.key_path))
    except InUse:
        raise
    except StoreError as error:
        raise Problem(str(error)) from None
    try:
        yield store
    finally:
        await store.close()


async def _take_lease(store: Store, clock: SystemClock) -> int:
    holder = socket.gethostname()
    while True:
        fence = await store.transact(lease.take, holder, ms(clock.now()), LEASE)
        if fence is not None:
            return fence
        log.warning("the database is leased to a process that did not end well; waiting for its lease to end")
        await asyncio.sleep(1)


async def _renew(store: Store, clock: SystemClock, fence: int, engine: Engine) -> None:
    """Keep the lease. If it is lost (this process slept too long and another one took over), stop at once."""
    while True:
        await asyncio.sleep(LEASE / 3000)
        if not await store.transact(lease.renew, fence, ms(clock.now()), LEASE):
            engine.stop()
            raise LeaseLost(
                "Another Pnyx has taken over this database, because this one was asleep for too long. This one stops."
            )


def _stop_on_signals(engine: Engine) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, engine.stop)
