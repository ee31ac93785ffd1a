"""The step types, one module each. `AnyStep` is what a flow file may hold; its `type` tells which."""

from __future__ import annotations

from bot.core.steps.adopt import Adopt
from bot.core.steps.assign import Assign
from bot.core.steps.break_ import Break
from bot.core.steps.collect import Collect
from bot.core.steps.consent import Consent
from bot.core.steps.control import Parallel, Repeat
from bot.core.steps.discuss import Discuss
from bot.core.steps.farewell import Farewell
from bot.core.steps.gate import Gate
from bot.core.steps.inform import Inform
from bot.core.steps.publish import Publish
from bot.core.steps.relay import Relay
from bot.core.steps.summarise import Summarise
from bot.core.steps.survey import Survey
from bot.core.steps.try_out import TryOut
from bot.core.steps.vote import Vote
from bot.core.steps.welcome import Welcome

AnyStep = (
    Adopt
    | Assign
    | Break
    | Collect
    | Consent
    | Discuss
    | Farewell
    | Gate
    | Inform
    | Parallel
    | Publish
    | Relay
    | Repeat
    | Summarise
    | Survey
    | TryOut
    | Vote
    | Welcome
)

__all__ = [
    "Adopt",
    "AnyStep",
    "Assign",
    "Break",
    "Collect",
    "Consent",
    "Discuss",
    "Farewell",
    "Gate",
    "Inform",
    "Parallel",
    "Publish",
    "Relay",
    "Repeat",
    "Summarise",
    "Survey",
    "TryOut",
    "Vote",
    "Welcome",
]
