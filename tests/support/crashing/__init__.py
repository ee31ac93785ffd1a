"""The parts of the crash harness (`tests.support.crash`): where to kill, what is played, how it is tried, what must hold."""
