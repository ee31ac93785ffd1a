"""Rules about coming in: that what `[joining]` says can come true."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import did_you_mean, listed


@rule("joining-sites", "A limit for a site names a site.")
def joining_sites(view: View) -> Iterator[Finding]:
    sites = [s.id for s in view.file.schedule.sites]
    for site in view.file.joining.caps:
        if site not in sites:
            yield Finding(
                f'a limit for "{site}"',
                f"the sites are {listed(sites)}",
                did_you_mean(site, sites) or "Name one of them, or delete it.",
                field=f"joining.caps.{site}",
            )


@rule("joining-open", "Limits and alarms are for those who come without a code of their own.", "warning")
def joining_open(view: View) -> Iterator[Finding]:
    joining = view.file.joining
    said = [name for name in ("cap", "caps", "alarm", "on_alarm") if name in joining.model_fields_set]
    if said and not (joining.links or joining.open):
        yield Finding(
            f"{listed(said)}, in an assembly where people need a code of their own",
            "nobody comes in without one",
            "Write links = true or open = true, or delete the line.",
            field=f"joining.{said[0]}",
        )


@rule(
    "joining-caps",
    "A limit that is never reached protects nobody, and one that is too low turns people away.",
    "warning",
)
def joining_caps(view: View) -> Iterator[Finding]:
    joining, sites = view.file.joining, view.file.schedule.sites
    if not (joining.links or joining.open):
        return
    for site, cap in joining.caps.items():
        if cap > joining.cap:
            yield Finding(
                f"{cap:,} for {site}, and {joining.cap:,} in all",
                "the smaller number holds",
                "Raise cap, or lower the limit of the site.",
                field=f"joining.caps.{site}",
            )
    for place in sites:
        limit = min(joining.cap, joining.caps.get(place.id, joining.cap))
        if place.expected > limit:
            yield Finding(
                f"{place.expected:,} people expected at {place.id}, where {limit:,} may come in",
                "the others would find the door closed",
                "Raise the limit, or expect fewer.",
                field=f"joining.caps.{place.id}" if place.id in joining.caps else "joining.cap",
            )
    if sum(s.expected for s in sites) > joining.cap and not any(s.expected > joining.cap for s in sites):
        yield Finding(
            f"{sum(s.expected for s in sites):,} people expected at all sites, and cap = {joining.cap:,}",
            "the others would find the door closed",
            "Raise the limit, or expect fewer.",
            field="joining.cap",
        )


@rule("joining-alarm", "An alarm that cannot ring warns nobody.", "warning")
def joining_alarm(view: View) -> Iterator[Finding]:
    joining = view.file.joining
    said = "alarm" in joining.model_fields_set or joining.on_alarm == "pause"
    if (joining.links or joining.open) and said and joining.alarm >= joining.cap:
        yield Finding(
            f"alarm = {joining.alarm:,} and cap = {joining.cap:,}",
            "the door is closed before the alarm rings",
            "Lower the alarm: half of those who are expected, for example.",
            field="joining.alarm",
        )


RULES: tuple[Rule, ...] = (joining_sites, joining_open, joining_caps, joining_alarm)
