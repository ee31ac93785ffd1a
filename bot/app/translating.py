"""The machines that translate, as the config names them."""

from __future__ import annotations

from bot.app.config import Config, EngineTable
from bot.app.tokens import key
from bot.language.translation.port import Engine
from bot.language.translation.service import Orders, Translators


def translators(config: Config) -> Translators:
    """Makes everything that can translate. Nothing is asked of an engine yet. Raises `BadConfig` where a key is missing."""
    made = engines(config)
    orders = Orders(
        tuple(made[name] for name in config.translation.engines),
        {_pair(pair): tuple(made[name] for name in names) for pair, names in config.translation.pairs.items()},
        {_pair(pair): language for pair, language in config.translation.over.items()},
        frozenset(_pair(pair) for pair in config.translation.judged),
    )
    if not made:
        return Translators(orders)
    from bot.language.translation.identify import identify  # heavy, and only what machines made is looked at

    return Translators(orders, detect=identify, budget=config.translation.seconds)


def engines(config: Config) -> dict[str, Engine]:
    """The engines that are asked for anything, by the names that the config gives them. Raises `BadConfig`."""
    return {table.name: _engine(config, table) for table in config.engine if table.name in config.translation.named}


def _engine(config: Config, table: EngineTable) -> Engine:
    """Each with its libraries only where it is asked for."""
    secret, url = key(config, table), table.url or ""
    match table.kind:
        case "libretranslate":
            from bot.language.translation.libretranslate import LibreTranslate

            return LibreTranslate(url, secret)
        case "apertium":
            from bot.language.translation.apertium import Apertium

            return Apertium(url)
        case "deepl":
            from bot.language.translation.deepl import DeepL

            return DeepL(secret, url)
        case "pseudo":
            from bot.language.translation.plain import Pseudo

            return Pseudo()
        case service:
            from bot.language.translation.deep import DeepTranslator

            given = {"api_key": secret, "region": table.region}
            return DeepTranslator(service, {name: value for name, value in given.items() if value})


def _pair(written: str) -> tuple[str, str]:
    source, _, target = written.partition("-")
    return source, target
