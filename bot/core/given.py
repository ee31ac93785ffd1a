"""Names that are given where nobody chooses one: first names that women and men bear, so that they tell nothing about anybody.

Invariant: no two names that one assembly draws from look alike, and each of them could be chosen.
"""

from __future__ import annotations

_ANYWHERE = """
    Alex Amal Amani Andrea Ariel Ash Aspen Aubrey Bailey Billie Blair Bo Cameron Casey Charlie Chris Cody Corey Dale Dana
    Danny Dominique Drew Eden Eli Elia Ellis Emery Finley Harper Hayden Indigo Jackie Jamie Jay Jean Jesse Jona Jordan Jules
    Juno Kai Kelly Kendall Kerry Kim Kiran Kit Lane Laurence Lee Lennon Leslie Lindsay Logan Lou Luca Marian Maris Marley
    Marlo Maxime Merle Micah Mika Misha Morgan Nevin Nico Nicola Nikita Nima Noa Noel Nour Ocean Oli Palmer Parker Pat Pax
    Peyton Phoenix Quinn Ray Reese Remy Rene Riley River Robin Rory Rowan Ryan Sacha Sage Sam Sandy Shannon Shawn Sidney
    Simone Sky Skyler Spencer Stevie Sunny Sydney Tatum Taylor Terry Toni Tracy Valentine Vanja Vivian Winter Wren Yael Yuki
    Yuri
"""
_OWN = {
    "en": """
    Addison Adrian Avery Beverley Brett Brook Carey Carson Charley Clem Courtney Darcy Delaney Denver Ellery Evelyn Fern
    Frankie Georgie Hadley Harley Hilary Hollis Ira Jody Jonny Kyle Lesley Linden Lynn Marlow Mel Merrill Monroe Nat Ollie
    Perry Presley Randy Ricky Robbie Ronnie Sasha Scout Selby Shelby Teddy Tegan Val Whitney Wynn
    """,
    "fr": """
    Aimé Alexis Ambre Ange Camille Claude Cyrille Céleste Dorian Gaël Gwenn Hyacinthe Irénée Jocelyn Joss Joyce
    Lilian Louison Loïs Mahé Maé Modeste Morgane Narcisse Pascal Philémon Placide Prosper Prudence Sidoine Stéphane Swann
    Valérie Zéphyr
    """,
    "de": """
    Adrian Bela Bente Berit Conny Eike Ennis Eyke Flo Folke Freddy Friedel Fritzi Gerrit Gustel Hauke Helge Ilja
    Janne Jele Jule Kersten Kris Lian Linn Luka Lukka Malin Manu Matti Micha Momo Niko Rike Sascha Sigi Steffi
    Tomke Uli Ulli Vali Willi Wolke
    """,
}

ANYWHERE = tuple(_ANYWHERE.split())
OWN = {language: tuple(names.split()) for language, names in _OWN.items()}


def pool(language: str) -> tuple[str, ...]:
    """The names from which an assembly in this language draws: its own, and those that are at home everywhere."""
    return (*OWN.get(language.split("-")[0], ()), *ANYWHERE)
