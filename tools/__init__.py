"""Tools for those who work on Pnyx: interface texts, the guide, the voices of the cross-border flow."""
