"""The program around the engine: its config, what an operator can ask of it, and the local line over which it is asked."""
