"""The words of an assembly that have one translation and no other."""

from __future__ import annotations

from pydantic import Field, field_validator, model_validator

from bot.core.fields import Language, Model


class Entry(Model):
    """`[[glossary]]`: a word that has one translation and no other, whoever translates.

    `term` is the word by language. `also` are other forms of it by language, such as a plural: where one of them stands in
    an original, the term or one of its forms has to stand in the translation. A form that ends in `*` stands for every word
    that begins like it: "Bürgerr*". A text that does not keep to it waits for a translator.
    """

    term: dict[Language, str] = Field(min_length=1)
    also: dict[Language, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("term")
    @classmethod
    def _says_something(cls, term: dict[str, str]) -> dict[str, str]:
        for language, word in term.items():
            _wordy(word, language)
        return term

    @field_validator("also")
    @classmethod
    def _each_says_something(cls, also: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for language, words in also.items():
            for word in words:
                _wordy(word, language)
        return also

    @model_validator(mode="after")
    def _has_what_it_adds_to(self) -> Entry:
        for language in self.also:
            if language not in self.term:
                raise ValueError(f'also has forms in "{language}", and term has no word in it')
        return self

    def forms(self, language: str) -> tuple[str, ...]:
        """The word and its other forms in a language, whatever the country; none where it has no word in it."""
        for own, word in self.term.items():
            if own.split("-")[0] == language.split("-")[0]:
                return (word, *self.also.get(own, ()))
        return ()


def _wordy(word: str, language: str) -> None:
    if not word.rstrip("*").strip() or len(word) > 100:
        raise ValueError(f'the word in "{language}" needs some letters, and at most 100')
