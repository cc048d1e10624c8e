"""Which type a text reads like, by the words of each type. It suggests and says why."""

from __future__ import annotations

from dataclasses import dataclass

from cases.choices import type_words

MOST = 3


@dataclass(frozen=True)
class TypeSuggestion:
    """A type, and the words in the text that speak for it."""

    code: str
    name: str
    words: tuple[str, ...]


def suggest_types(text: str) -> list[TypeSuggestion]:
    """At most three, the one with the most to say first; none when no word fits."""
    found = [
        TypeSuggestion(code, name, words_in(text, words)) for code, name, words in type_words()
    ]
    fitting = [suggestion for suggestion in found if suggestion.words]
    return sorted(fitting, key=lambda s: (-weight(s.words), s.code))[:MOST]


def words_in(text: str, words: list[str]) -> tuple[str, ...]:
    """Those of the words that occur in the text, a longer one hiding what it contains."""
    here = [word for word in dict.fromkeys(words) if word and word in text]
    return tuple(w for w in here if not any(w != other and w in other for other in here))


def weight(words: tuple[str, ...]) -> int:
    """Longer words are more particular: 拖欠工资 says more than 工资."""
    return sum(len(word) for word in words)
