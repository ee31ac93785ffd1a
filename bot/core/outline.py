"""The order of a flow's steps as its author wrote it: steps, and inside repeats and parallels more of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.flow import FlowFile, references
from bot.core.steps.base import Step
from bot.core.steps.control import Parallel, Repeat


@dataclass(frozen=True, slots=True)
class Entry:
    """A step with what stands within it: rows of entries by branch, one row called "" for a repeat."""

    step: Step
    rows: tuple[tuple[str, tuple[Entry, ...]], ...] = ()


def outline(file: FlowFile, within: str | None = None, branch: str | None = None) -> tuple[Entry, ...]:
    """The entries of a flow, or of what is within a step of it. The rings that the linter reports are not entered."""
    found = []
    for step in file.step:
        if step.within != within or (branch is not None and step.branch != branch):
            continue
        rows: tuple[tuple[str, tuple[Entry, ...]], ...] = ()
        if isinstance(step, Repeat):
            rows = (("", outline(file, step.id)),)
        elif isinstance(step, Parallel):
            names = dict.fromkeys(s.branch for s in file.step if s.within == step.id and s.branch is not None)
            rows = tuple((name, outline(file, step.id, name)) for name in names)
        found.append(Entry(step, rows))
    return tuple(found)


def lines(entries: tuple[Entry, ...], depth: int = 0) -> Iterator[tuple[int, str, str, str]]:
    """The outline as lines: (depth, id, type, what is particular). A branch is a line with its name and no type."""
    for entry in entries:
        yield depth, entry.step.id, entry.step.type, particular(entry.step)
        for name, inner in entry.rows:
            if name:
                yield depth + 1, f"[{name}]", "", ""
            yield from lines(inner, depth + (2 if name else 1))


def particular(step: Step) -> str:
    """What somebody wants to see of a step at a glance: when, for whom, on what condition, of what."""
    told = []
    if isinstance(step, Repeat):
        told.append(f"over {step.over}" if step.over else f"{step.times} times")
        told += [f"until {step.until}"] if step.until else []
    if step.opens is not None:
        told.append(f"opens {step.opens.isoformat()}")
    if step.after is not None:
        told.append(f"after {span_text(step.after.total_seconds())}")
    if step.closes is not None:
        told.append(f"closes {step.closes.isoformat()}")
    if step.duration is not None:
        told.append(f"for {span_text(step.duration.total_seconds())}")
    if step.audience != ("participant",):
        told.append(f"for {', '.join(step.audience)}")
    plan = getattr(step, "plan", None)
    told += [f"plan {plan}"] if isinstance(plan, str) else []
    of = references(step)
    told += [f"of {', '.join(of)}"] if of else []
    told += [f"when {step.when}"] if step.when else []
    return ", ".join(told)


def span_text(seconds: float) -> str:
    """A span of time as a flow file says it: 2d, 1h30m, 90s."""
    left = int(seconds)
    parts = []
    for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        number, left = divmod(left, size)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts) or "0s"


def mermaid(file: FlowFile) -> str:
    """The flow as a Mermaid flowchart, which many wikis and editors draw."""
    out = ["flowchart TD"]
    _chart(outline(file), (), out, "  ")
    known = {s.id for s in file.step}
    for step in file.step:
        out += [f"  s_{ref} -.-> s_{step.id}" for ref in references(step) if ref in known]
    return "\n".join(out) + "\n"


def _chart(entries: tuple[Entry, ...], before: tuple[str, ...], out: list[str], indent: str) -> tuple[str, ...]:
    """Draw a row of entries that follows the nodes `before`; the nodes at its end."""
    for entry in entries:
        id, step = f"s_{entry.step.id}", entry.step
        said = particular(step).replace('"', "'").replace("<", "&lt;").replace(">", "&gt;")
        label = f"{step.id}<br/>{step.type}" + (f"<br/>{said}" if said else "")
        if isinstance(step, Repeat):
            out.append(f'{indent}subgraph {id}["{label}"]')
            before = _chart(entry.rows[0][1], before, out, indent + "  ") if entry.rows[0][1] else before
            out.append(f"{indent}end")
            continue
        out.append(f'{indent}{id}["{label}"]' if not entry.rows else f'{indent}{id}{{{{"{label}"}}}}')
        out += [f"{indent}{node} --> {id}" for node in before]
        before = (id,)
        ends: list[str] = []
        for name, row in entry.rows:
            out.append(f'{indent}subgraph {id}_{name}["{name}"]')
            ends += _chart(row, (id,), out, indent + "  ")
            out.append(f"{indent}end")
        before = tuple(ends) or before
    return before
