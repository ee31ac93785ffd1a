"""What stands in a homeserver's answer is often written by strangers, and nio reads all of an answer or nothing: one event of the
wrong shape would stop an account for ever. So what it cannot bear is taken out before it reads.

An event of a kind that belongs to a room's state is one only if it has a key of that state; homeservers let people send it
without, and nio does not look.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_SPOKEN = frozenset(("m.room.message", "m.room.encrypted", "m.room.redaction"))
_PARTS = (
    ("join", "state"),
    ("join", "timeline"),
    ("leave", "state"),
    ("leave", "timeline"),
    ("invite", "invite_state"),
)


def sieve(answer: Any) -> int:
    """Take out of an answer, in place, the events, devices and keys that nio cannot bear. How many there were."""
    if not isinstance(answer, dict):
        return 0
    dropped = _events(answer.get("to_device"), _message) + _events(answer, _event, "chunk")
    rooms = answer.get("rooms")
    for kind, name in _PARTS:
        for room in _values(_part(rooms, kind)):
            dropped += _events(_part(room, name), _stripped if kind == "invite" else _event)
    for name in ("device_keys", "one_time_keys"):
        dropped += _keep(_part(answer, name), lambda devices: isinstance(devices, dict))
    dropped += sum(_devices(user, devices) for user, devices in _part(answer, "device_keys").items())
    return dropped + sum(_keep(devices, _one_time) for devices in _values(_part(answer, "one_time_keys")))


def _part(found: Any, name: str) -> dict[str, Any]:
    inner = found.get(name) if isinstance(found, dict) else None
    return inner if isinstance(inner, dict) else {}


def _values(found: dict[str, Any]) -> list[Any]:
    return list(found.values())


def _events(found: Any, fine: Callable[[Any], bool], name: str = "events") -> int:
    events = found.get(name) if isinstance(found, dict) else None
    if not isinstance(events, list):
        return 0
    kept = [event for event in events if fine(event)]
    found[name] = kept
    return len(events) - len(kept)


def _keep(found: dict[str, Any], fine: Callable[[Any], bool]) -> int:
    bad = [name for name, value in found.items() if not fine(value)]
    for name in bad:
        del found[name]
    return len(bad)


def _message(event: Any) -> bool:
    """Whether it has what every event has."""
    return (
        isinstance(event, dict)
        and all(isinstance(event.get(name, ""), str) for name in ("event_id", "state_key"))
        and all(isinstance(event.get(name), str) for name in ("type", "sender"))
        and type(event.get("origin_server_ts", 0)) is int
        and isinstance(event.get("content"), dict)
        and isinstance(event.get("unsigned", {}), dict)
        and all(isinstance(_unsigned(event, name), dict) for name in ("prev_content", "redacted_because"))
    )


def _unsigned(event: dict[str, Any], name: str) -> Any:
    return _part(event, "unsigned").get(name, {})


def _stripped(event: Any) -> bool:
    return _message(event) and "state_key" in event


def _event(event: Any) -> bool:
    return (
        _message(event)
        and {"event_id", "origin_server_ts"} <= set(event)
        and ("state_key" in event or not stateful(event["type"]))
    )


def stateful(kind: str) -> bool:
    """Whether events of this kind belong to a room's state."""
    return kind.startswith(("m.room.", "m.space.")) and kind not in _SPOKEN


def _devices(user: str, devices: dict[str, Any]) -> int:
    bad = [name for name, payload in devices.items() if not _device(user, name, payload)]
    for name in bad:
        del devices[name]
    return len(bad)


def _device(user: str, name: str, payload: Any) -> bool:
    keys, shown = _part(payload, "keys"), _part(payload, "unsigned").get("device_display_name", "")
    return (
        isinstance(payload, dict)
        and (payload.get("user_id"), payload.get("device_id")) == (user, name)
        and _words(payload.get("algorithms"))
        and _words(_values(keys))
        and {f"ed25519:{name}", f"curve25519:{name}"} <= set(keys)
        and all(isinstance(each, dict) and _words(_values(each)) for each in _values(_part(payload, "signatures")))
        and all(isinstance(payload.get(part, {}), dict) for part in ("signatures", "unsigned"))
        and isinstance(shown, str)
    )


def _one_time(keys: Any) -> bool:
    first = next(iter(keys.values()), None) if isinstance(keys, dict) else None
    return isinstance(first, dict) and isinstance(first.get("key"), str) and isinstance(first.get("signatures"), dict)


def _words(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(each, str) for each in found)
