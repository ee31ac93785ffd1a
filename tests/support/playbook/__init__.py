"""The scenes of the cross-border dialogue as it is led from chats: who does what, and what everybody reads then."""
