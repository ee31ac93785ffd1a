"""Recorded conversations, played again on real platforms: the same people do the same things with their apps.

They are known to the engine under the names, and their acts under the numbers, that the script gives them. So the same lots are
drawn and the same ids derived, and what comes out can be compared to the byte with what comes out where there is no platform.
"""

from tests.support.replays.comparing import goes_the_same_way
from tests.support.replays.nowhere import PlainSide
from tests.support.replays.on_telegram import TelegramSide
from tests.support.replays.playing import Played, Side, play

__all__ = ["PlainSide", "Played", "Side", "TelegramSide", "goes_the_same_way", "play"]
