"""Who may decide for a table."""

from __future__ import annotations

from bot.core.state import Seat, Table


def leads(seat: Seat, table: Table) -> bool:
    """True for the table's own facilitators, the coordinators of its site, and organisers. Participants never."""
    if seat.status != "active":
        return False
    match seat.role:
        case "facilitator":
            return any(seat.id == s.id for s in table.staff)
        case "coordinator":
            return seat.site == table.site
        case "organiser":
            return True
        case _:
            return False
