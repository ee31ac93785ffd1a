"""`python -m tests.bench.echo API TOKEN`: the bot that everybody writes first, against which ours is measured.

python-telegram-bot's own `Application` with its defaults, one call for each message, nothing stored.
"""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main(api: str, token: str) -> None:
    application = Application.builder().token(token).base_url(api).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
