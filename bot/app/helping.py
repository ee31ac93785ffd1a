"""Who helps with drafts, as the config and the installed extras say: what finds doubles, and a language model."""

from __future__ import annotations

from bot.app.config import BadConfig, Config
from bot.app.findings import Finding
from bot.app.tokens import key
from bot.core.flow import Flow
from bot.core.gate import Cited
from bot.core.steps.summarise import Summarise
from bot.engine.drafting import Helpers
from bot.language import doubles
from bot.language.model import Model

TRIAL = {
    "a": Cited("There should be more buses on Sundays.", "en"),
    "b": Cited("On Sundays more buses should run.", "en"),
}
"""What the model is tried with: nobody's words."""


def helpers(config: Config) -> Helpers:
    """Those that there are. Nothing is asked of anybody yet. Raises `BadConfig` where a key is missing."""
    suggest = doubles.suggest if doubles.available() else None
    return Helpers(suggest, _model(config), config.model.seconds)


def asks_model(flow: Flow) -> bool:
    """Whether a step of a flow would have a model offer other words."""
    return any(isinstance(node.step, Summarise) and node.step.wording == "model" for node in flow.nodes.values())


async def look_at_model(config: Config, *, wanted: bool) -> list[Finding]:
    """Whether the model of the config answers, and as it should. `wanted`: a flow asks for one."""
    try:
        model = _model(config)
    except BadConfig as error:
        return [Finding("bad", str(error))]
    if model is None:
        none = Finding(
            "note",
            'A flow asks for other words (wording = "model"), but the config names no [model]. Drafts stand in the citizens\' '
            "own words.",
        )
        return [none] if wanted else []
    found = await _tried(config, model)
    if not wanted:
        found.append(Finding("note", 'No flow asks for it: a step "summarise" does so with wording = "model".'))
    return found


async def _tried(config: Config, model: Model) -> list[Finding]:
    try:
        attempt = await model.write(TRIAL, "en")
    finally:
        await model.close()
    name, where = config.model.name, config.model.url
    if attempt.why == "away":
        return [
            Finding(
                "bad",
                f"{name} at {where}: {attempt.said}. Is the address right, does it listen, and does it take a JSON schema "
                "(response_format)? Until then drafts stand in the citizens' own words.",
            )
        ]
    if attempt.why == "form":
        said = f"{name} at {where}: {attempt.said}. A model that follows a JSON schema is needed; this one will seldom help."
        return [Finding("note", said)]
    if attempt.written is None:
        told = ", ".join(fault.about for fault in attempt.faults)
        return [
            Finding("note", f"{name} answers, but a sentence that it wrote on trial did not pass the gate ({told}).")
        ]
    return [Finding("good", f"{name} at {where} answers as it should.")]


def _model(config: Config) -> Model | None:
    table = config.model
    if table.url is None:
        return None
    return Model(table.url, table.name, key(config, table), table.seconds)
