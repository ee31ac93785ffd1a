"""Matrix: people on any homeserver, through one account, in private chats and in rooms, encrypted or not."""

from bot.transports.matrix.transport import Matrix

__all__ = ["Matrix"]
