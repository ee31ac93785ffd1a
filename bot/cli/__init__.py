"""The command `pnyx`. Each command lives in a module of its own, which is read when it is called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "demo": "bot.cli.rehearse:demo",
    "init": "bot.cli.setting_up:init",
    "check": "bot.cli.setting_up:check",
    "run": "bot.cli.setting_up:run_command",
    "status": "bot.cli.desk:status",
    "start": "bot.cli.desk:start",
    "people": "bot.cli.people:people",
    "flow": "bot.cli.flow:flow",
    "rehearse": "bot.cli.rehearse:rehearse",
    "export": "bot.cli.desk:export",
    "tm": "bot.cli.tm:tm",
    "backup": "bot.cli.desk:backup",
    "restore": "bot.cli.desk:restore",
    "audit": "bot.cli.audit:audit",
    "feed": "bot.cli.audit:feed",
    "telegram": "bot.cli.telegram:telegram",
    "matrix": "bot.cli.matrix:matrix",
}
"""The commands in the order of the help: the module and the name of each."""


class Lazy(click.Group):
    """A group whose commands are imported only when somebody asks for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Lazy, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Pnyx runs citizen assemblies in the chat apps people already have.

    One file describes a dialogue, a flow. To look at one: pnyx flow check flows/cross-border
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
