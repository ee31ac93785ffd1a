"""Invented names and sentences, for people who have no voices: plain, and about nothing in particular, so that they fit any
question. Everything is made of parts, so that a thousand people do not all say the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.lots import Lots

NAMES: Mapping[str, tuple[str, ...]] = {
    "en": ("Alice", "Ben", "Clare", "Daniel", "Emily", "Fatima", "George", "Hannah", "Ian", "Jack", "Kate", "Liam",
           "Maya", "Noah", "Olivia", "Priya", "Quentin", "Rosa", "Sam", "Tess", "Umar", "Violet", "Will", "Zoe"),
    "de": ("Anna", "Bernd", "Carla", "Dieter", "Elif", "Franz", "Greta", "Hannes", "Ines", "Jonas", "Karin", "Lukas",
           "Mehmet", "Nina", "Otto", "Paula", "Ralf", "Silke", "Tobias", "Ulrike", "Vera", "Walter", "Yusuf", "Zita"),
    "fr": ("Amélie", "Bruno", "Chloé", "Denis", "Élise", "Farid", "Gaëlle", "Hugo", "Inès", "Jules", "Karim", "Léa",
           "Marc", "Nadia", "Olivier", "Pauline", "Quentin", "Rachid", "Sophie", "Thomas", "Ugo", "Valérie", "Yann", "Zoé"),
}  # fmt: skip


STAFF: Mapping[str, tuple[str, ...]] = {
    "en": ("Maya", "Owen", "Ruth", "Leo", "Ivy", "Hugh", "Nell", "Abe"),
    "de": ("Maja", "Oskar", "Rita", "Leo", "Ida", "Hugo", "Nora", "Axel"),
    "fr": ("Maïa", "Oscar", "Rita", "Léo", "Ida", "Yves", "Nora", "Axel"),
}


@dataclass(frozen=True, slots=True)
class Speech:
    """Sentences are openings, wishes and reasons, joined as they are; `questions` is what a facilitator asks, `answers` what one
    answers people of another country, whatever they have said."""

    openings: tuple[str, ...]
    wishes: tuple[str, ...]
    reasons: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    greeting: str


SPEECH: Mapping[str, Speech] = {
    "en": Speech(
        (
            "I think ",
            "In my view ",
            "Where I live, ",
            "From my own experience, ",
            "To be honest, ",
            "As a parent I feel ",
        ),
        (
            "we should begin with small steps",
            "the costs must be shared fairly",
            "the rules need to be simpler",
            "those who are affected should decide",
            "the countryside is too often forgotten",
            "this needs a clear date",
            "nobody may be left behind",
            "it should stay voluntary",
        ),
        (
            ", because otherwise people lose trust.",
            ", because it works elsewhere.",
            ", because it cannot wait any longer.",
            ", because not everybody can afford it.",
            ", because our children will ask us.",
            ".",
        ),
        (
            "What would have to be true for you to change your mind?",
            "Who has not been heard yet?",
            "What do you have in common here?",
        ),
        (
            "It is the same with us. Who pays for it where you live?",
            "We see this differently, because here it would hit the small farms first.",
            "Did people with you agree to that at once, or only after a while?",
            "This is new to us. Does it work in the villages too?",
            "Here we began with the schools, and that helped.",
            "Nobody here has thought of that yet. Where could we read more about it?",
            "We tried that, and it failed because nobody checked it.",
            "I agree, although some at our table do not.",
            "What would the people say who earn their living with it?",
        ),
        "Good evening, I am {name}.",
    ),
    "de": Speech(
        (
            "Ich finde: ",
            "Meiner Meinung nach gilt: ",
            "Aus meiner Erfahrung: ",
            "Ehrlich gesagt: ",
            "Bei uns auf dem Land heißt es: ",
            "Als Mutter sage ich: ",
        ),
        (
            "Wir sollten mit kleinen Schritten beginnen",
            "Die Kosten müssen gerecht verteilt werden",
            "Die Regeln müssen einfacher werden",
            "Wer betroffen ist, soll mitentscheiden",
            "Das Land wird zu oft vergessen",
            "Es braucht ein klares Datum",
            "Niemand darf zurückbleiben",
            "Es soll freiwillig bleiben",
        ),
        (
            ", sonst geht das Vertrauen verloren.",
            ", denn anderswo geht es auch.",
            ", denn es kann nicht länger warten.",
            ", denn nicht alle können es sich leisten.",
            ", denn unsere Kinder werden uns fragen.",
            ".",
        ),
        (
            "Was müsste sein, damit ihr eure Meinung ändert?",
            "Wer ist noch nicht gehört worden?",
            "Worin seid ihr euch hier einig?",
        ),
        (
            "Bei uns ist es genauso. Wer bezahlt das bei euch?",
            "Das sehen wir anders, denn bei uns träfe es zuerst die kleinen Höfe.",
            "Waren bei euch gleich alle dafür, oder erst nach einer Weile?",
            "Das ist neu für uns. Geht das auch in den Dörfern?",
            "Wir haben hier mit den Schulen angefangen, und das hat geholfen.",
            "Daran hat bei uns noch niemand gedacht. Wo kann man mehr darüber lesen?",
            "Das haben wir versucht, und es ist gescheitert, weil es niemand überprüft hat.",
            "Ich stimme zu, auch wenn einige an unserem Tisch das nicht tun.",
            "Was würden die Leute sagen, die davon leben?",
        ),
        "Guten Abend, ich bin {name}.",
    ),
    "fr": Speech(
        (
            "Je pense que ",
            "À mon avis, ",
            "D’après mon expérience, ",
            "Franchement, ",
            "Chez nous, à la campagne, on dit que ",
            "Pour ma part, je dirais que ",
        ),
        (
            "nous devrions commencer par de petits pas",
            "les coûts doivent être partagés équitablement",
            "les règles doivent être plus simples",
            "les personnes concernées doivent décider",
            "les villages sont trop souvent oubliés",
            "nous avons besoin d’une date claire",
            "personne ne doit être laissé de côté",
            "cela doit rester volontaire",
        ),
        (
            ", sinon la confiance se perd.",
            ", car cela marche ailleurs.",
            ", car cela ne peut plus attendre.",
            ", car tout le monde n’en a pas les moyens.",
            ", car nos enfants nous le demanderont.",
            ".",
        ),
        (
            "Que faudrait-il pour que vous changiez d’avis ?",
            "Qui n’a pas encore été entendu ?",
            "Sur quoi êtes-vous d’accord ici ?",
        ),
        (
            "C’est pareil chez nous. Qui le paie, chez vous ?",
            "Nous voyons cela autrement, car ici cela toucherait d’abord les petites fermes.",
            "Est-ce que tout le monde était d’accord tout de suite chez vous, ou seulement après un moment ?",
            "C’est nouveau pour nous. Est-ce que cela marche aussi dans les villages ?",
            "Ici, nous avons commencé par les écoles, et cela a aidé.",
            "Chez nous, personne n’y a encore pensé. Où peut-on en lire plus ?",
            "Nous l’avons essayé, et cela a échoué parce que personne ne vérifiait.",
            "Je suis d’accord, même si certains à notre table ne le sont pas.",
            "Que diraient les gens qui en vivent ?",
        ),
        "Bonsoir, je m’appelle {name}.",
    ),
}

NONSENSE = ("asdf", "👍👍", "???", "test test", "lol", ".")


def speech(language: str) -> Speech:
    """What one says in a language; English where we have nothing in it."""
    return SPEECH.get(language.split("-")[0], SPEECH["en"])


def names(language: str) -> tuple[str, ...]:
    return NAMES.get(language.split("-")[0], NAMES["en"])


def staff_name(number: int, language: str) -> str:
    """The name of somebody who serves, the first being 1."""
    pool = STAFF.get(language.split("-")[0], STAFF["en"])
    turn, place = divmod(number - 1, len(pool))
    return pool[place] + (f" {turn + 1}" if turn else "")


def sentence(lots: Lots, language: str) -> str:
    """An invented sentence."""
    said = speech(language)
    return lots.choice(said.openings) + lots.choice(said.wishes) + lots.choice(said.reasons)
