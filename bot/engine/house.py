"""What the engine keeps in mind between transactions: the pinned flows, laid out once, and the catalog of texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.flow import Flow
from bot.language.catalog import Catalogs
from bot.language.flowfiles import memory_of, unbundle
from bot.language.materials import files_of
from bot.language.translation.glossary import Glossary, glossary_of
from bot.language.translation.tmx import Known
from bot.store import courses
from bot.store.courses import Assembly
from bot.store.database import Database


@dataclass
class House:
    """Flows by reference and assemblies by id, read once: a pinned flow never changes, an upgrade calls `forget`. `editing` are
    the accounts on which messages can be changed and deleted, `keyed` those whose buttons carry a key of ours, `numbered` those
    where buttons stand numbered in the text, `making` those that make rooms. `signs` tells with what a command begins on an
    account where that is not /, `chats` the chat that a place is a part of; `dropped` counts presses that were none of the
    presser's, by account and reason; `ignored` what else an account took no notice of, by account, then reason. `machines`
    says whether one puts a language into another, unread; `patience` is how long a message waits for that."""

    catalogs: Catalogs
    editing: frozenset[str] = frozenset()
    keyed: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    making: frozenset[str] = frozenset()
    signs: Mapping[str, str] = field(default_factory=dict)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    ignored: dict[str, Mapping[str, int]] = field(default_factory=dict)
    chats: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    machines: Callable[[str, str], bool] | None = None
    patience: timedelta = timedelta(seconds=12)
    _flows: dict[str, Flow] = field(default_factory=dict)
    _assemblies: dict[str, Assembly] = field(default_factory=dict)
    _files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    _memories: dict[str, Known] = field(default_factory=dict)

    def chat(self, account: str, place: str) -> str:
        """The chat that a place is a part of, or the place itself."""
        whole = self.chats.get(account)
        return whole(place) if whole is not None else place

    def assembly(self, db: Database, id: str) -> Assembly:
        """The assembly's row. Raises LookupError if there is none."""
        found = self._assemblies.get(id)
        if found is None:
            found = courses.load_assembly(db, id)
            if found is None:
                raise LookupError(f"no assembly {id}")
            self._assemblies[id] = found
        return found

    def flow(self, db: Database, assembly: str) -> Flow:
        """The flow that this assembly is pinned to."""
        ref = self.assembly(db, assembly).flow
        found = self._flows.get(ref)
        if found is None:
            published = courses.load_flow(db, ref)
            if published is None:
                raise LookupError(f"no flow {ref}")
            found = self._flows[ref] = unbundle(published.body)
        return found

    def file(self, db: Database, assembly: str, name: str) -> bytes | None:
        """A picture or another file of the assembly's flow; None where it has none of this name."""
        ref = self.assembly(db, assembly).flow
        if ref not in self._files:
            published = courses.load_flow(db, ref)
            self._files[ref] = files_of(published.body) if published is not None else {}
        return self._files[ref].get(name)

    def memory(self, db: Database, assembly: str, source: str, target: str) -> Mapping[str, str]:
        """What people have translated from one language to another for the assembly's flow, by the `normal` original."""
        ref = self.assembly(db, assembly).flow
        if ref not in self._memories:
            published = courses.load_flow(db, ref)
            self._memories[ref] = memory_of(published.body) if published is not None else {}
        return self._memories[ref].get((source.split("-")[0], target.split("-")[0]), {})

    def covers(self, db: Database, assembly: str, source: str, target: str) -> bool:
        """Whether anything can put what people say now from one language into another: a machine, or what people have
        translated."""
        machines = self.machines is not None and self.machines(source, target)
        return machines or bool(self.memory(db, assembly, source, target))

    def glossary(self, db: Database, assembly: str, source: str, target: str) -> Glossary:
        """The words of the assembly's flow that have one translation from one language to another."""
        return glossary_of(self.flow(db, assembly).file.glossary, source, target)

    def forget(self, assembly: str) -> None:
        """Read this assembly anew: it has been upgraded or ended."""
        self._assemblies.pop(assembly, None)
