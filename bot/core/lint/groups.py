"""Rules about tables: that the people who are expected can sit at them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.flow import GroupPlan
from bot.core.headcounts import FEWEST, table_sizes
from bot.core.lint.conditions import attribute_questions
from bot.core.lint.rule import Finding, Rule, View, rule
from bot.core.problems import count, did_you_mean, listed


@rule("group-size", "A table has a size that rises from min to target to max, and nobody sits alone.")
def group_size(view: View) -> Iterator[Finding]:
    for name, plan in view.file.groups.items():
        size = plan.size
        if not 2 <= size.min <= size.target <= size.max:
            yield Finding(
                f"min = {size.min}, target = {size.target}, max = {size.max}",
                "a table has at least 2 people, and the numbers rise from min to target to max",
                "For example { min = 4, target = 6, max = 7 }.",
                field=f"groups.{name}.size",
            )
        elif plan.min_present > size.min:
            yield Finding(
                f"min_present = {plan.min_present} at tables of {size.min} or more",
                "a talk must be possible at the smallest table",
                f"Write min_present = {size.min} or less, or a larger min.",
                field=f"groups.{name}.min_present",
                severity="error" if plan.min_present > size.max else "warning",
            )


@rule("group-fits", "The people who are expected can be put at tables of the size that is planned.")
def group_fits(view: View) -> Iterator[Finding]:
    for name, plan in view.file.groups.items():
        size = plan.size
        if not 2 <= size.min <= size.target <= size.max:
            continue  # another rule says so
        for where, people in _gatherings(view, plan):
            sizes, left = table_sizes(people, size.min, size.target, size.max)
            small = [n for n in sizes if n < size.min]
            if not people or not (left or small):
                continue
            found = f"{count(people, 'person', 'people')} expected {where}, who do not fit tables of {size.min} to {size.max}"
            result = f"{count(left, 'person', 'people')} would be left over" if left else (
                f"{count(len(small), 'table')} would have only {listed(sorted(set(small)), 'or')}"
            )  # fmt: skip
            yield Finding(
                found,
                result,
                _what_would_do(people, size.target),
                field=f"groups.{name}.size",
                severity="error" if left else "warning",
            )


@rule("group-languages", "People at a table understand each other, or are translated.", "warning")
def group_languages(view: View) -> Iterator[Finding]:
    sites = view.file.schedule.sites
    for name, plan in view.file.groups.items():
        field = f"groups.{name}.common_language"
        shared = set(sites[0].languages).intersection(*(s.languages for s in sites))
        if plan.across_sites and plan.common_language == "require" and len(sites) > 1 and not shared:
            yield Finding(
                "tables across sites that must share a language, and sites that share none",
                "every table would sit at one site only",
                'Write common_language = "translate", or leave out across_sites.',
                field=field,
            )
        for site in sites:
            languages = len(set(site.languages))
            fewest = site.expected // languages
            if plan.common_language == "require" and languages > 1 and 0 < fewest < plan.size.min:
                yield Finding(
                    f"{site.expected} people with {languages} languages at {site.id}, and tables that share one",
                    f"about {fewest} would speak each, fewer than the {plan.size.min} of a table",
                    'Write common_language = "translate", or allow smaller tables.',
                    field=field,
                )


@rule("group-across", "Tables across sites need sites that go through the flow together.")
def group_across(view: View) -> Iterator[Finding]:
    if view.file.schedule.mode == "site" and len(view.file.schedule.sites) > 1:
        for name, plan in view.file.groups.items():
            if plan.across_sites:
                yield Finding(
                    'across_sites = true with mode = "site"',
                    "each site then goes by its own clock, and its tables talk at other hours",
                    'Write mode = "together" in [schedule], or leave out across_sites.',
                    field=f"groups.{name}.across_sites",
                )


@rule("group-attributes", "Tables are mixed by what people have been asked.")
def group_attributes(view: View) -> Iterator[Finding]:
    asked = list(attribute_questions(view))
    for name, plan in view.file.groups.items():
        if plan.method == "by_attribute" and not plan.cluster_by:
            yield Finding(
                'method = "by_attribute" without cluster_by',
                "cluster_by names what the people of a table have in common",
                'Write for example cluster_by = ["area"].',
                field=f"groups.{name}.method",
            )
        for field, wanted in (("mix_by", plan.mix_by), ("cluster_by", plan.cluster_by)):
            for attribute in wanted:
                if attribute not in asked:
                    allowed = f"asked are {listed(asked)}" if asked else "no survey asks for any attribute"
                    advice = did_you_mean(attribute, asked) or (
                        f'Ask it in a survey before: a question with attribute = "{attribute}".'
                    )
                    yield Finding(f'"{attribute}"', allowed, advice, field=f"groups.{name}.{field}")


@rule("group-asked-before", "What tables are mixed by is asked before they are made.", stage="walk")
def group_asked_before(view: View) -> Iterator[Finding]:
    askers = {
        q.attribute: [n for n in view.nodes if q in view.asked_by(n.step)] for q in attribute_questions(view).values()
    }
    for node in view.nodes:
        plan = view.file.groups.get(getattr(node.step, "plan", ""))
        if plan is None or node is not view.first(node.step.id):
            continue
        for attribute in (*plan.mix_by, *plan.cluster_by):
            nodes = askers.get(attribute)
            if nodes and not any(view.precedes(n, node) for n in nodes):
                yield Finding(
                    f'tables mixed by "{attribute}", which "{nodes[0].step.id}" asks later',
                    "it must be known when people are put at tables",
                    f'Move "{nodes[0].step.id}" before this step.',
                    node.step.id,
                    "plan",
                )


def _what_would_do(people: int, target: int) -> str:
    """Sizes of tables for so many people, near to what was hoped for."""
    if people < 2 * FEWEST:
        return "Expect more people there, allow smaller tables, or seat them together with another site (across_sites)."
    tables = {max(1, people // target), -(-people // target)}
    sizes = [
        f"{count(k, 'table')} of {people // k}" + f" or {people // k + 1}" * bool(people % k) for k in sorted(tables)
    ]
    return f"Allow for example {listed(sizes, 'or')}, or expect another number."


def _gatherings(view: View, plan: GroupPlan) -> Iterator[tuple[str, int]]:
    """Where people are put at tables together, and how many are expected there."""
    sites = view.file.schedule.sites
    if plan.across_sites and plan.common_language == "translate":
        yield "at all sites together", sum(s.expected for s in sites)
    else:
        yield from ((f"at {s.id}", s.expected) for s in sites)


RULES: tuple[Rule, ...] = (group_size, group_fits, group_languages, group_across, group_attributes, group_asked_before)
