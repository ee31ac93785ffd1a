"""`pnyx demo`: a whole dialogue across a border, watched in the terminal in under a minute."""

from bot.demo.show import play_demo

__all__ = ["play_demo"]
