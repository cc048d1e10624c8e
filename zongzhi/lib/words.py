"""Search in Chinese text with what PostgreSQL has: overlapping pairs of characters as words.

A document is the set of its words: ASCII runs whole and lower-cased, every other run of letters
as its pairs (张三丰 → 张三 三丰) and its last character, so that one character is always the
beginning of a word. A query is the AND of the same words; it may find a little too much (pairs
in another order), never too little. Words are made of characters that PostgreSQL's parser keeps
together under every locale: rare characters are spelt out (𬍛 → q2c35b).
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

LONGEST_WORD = 64  # of an ASCII run; PostgreSQL refuses words over 2 kB
MOST_WORDS = 32  # of a query; fewer conditions only find more

# Middle dots and variation selectors do not tell two names apart.
_INVISIBLE = re.compile("[·•・\u200b-\u200d\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_RUN = re.compile(r"(?P<word>[a-z0-9]+)|(?P<characters>[^\x00-\x7f]+)")
_DIGIT_FIRST = re.compile("[0-9]+[a-z]")
_COMMON = re.compile("[㐀-䶵一-龥]")  # letters under every locale since Unicode 3.0


def search_document(*texts: str) -> str:
    """Return the words of the texts, each once, for to_tsvector('simple', …)."""
    words: dict[str, None] = {}
    for text in texts:
        for run in _runs(text):
            words.update(dict.fromkeys(_words(run)))
            if not run.isascii():
                words[_spelt(run[-1])] = None
    return " ".join(words)


def search_query(text: str) -> str:
    """Return a query for to_tsquery('simple', …), valid whatever was typed; "" finds nothing."""
    words: dict[str, None] = {}
    for run in _runs(text):
        if len(run) == 1 and not run.isascii():
            words[f"'{_spelt(run)}':*"] = None
        else:
            words.update((f"'{word}'", None) for word in _words(run))
    return " & ".join(list(words)[:MOST_WORDS])


def _runs(text: str) -> Iterator[str]:
    """Yield the runs of ASCII letters and digits, and those of all other letters."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
    for match in _RUN.finditer("".join(c if _is_letter(c) else " " for c in folded)):
        yield match.group()


def _words(run: str) -> Iterator[str]:
    if run.isascii():
        # PostgreSQL reads 3e14z1 as a number and a word; behind a letter it stays one word.
        yield ("q" + run if _DIGIT_FIRST.match(run) else run)[:LONGEST_WORD]
    else:
        yield from (_spelt(a) + _spelt(b) for a, b in pairwise(run))


def _is_letter(character: str) -> bool:
    """Count private and unassigned characters too: that is where the rarest names live."""
    category = unicodedata.category(character)
    return category[0] in "LNM" or category in ("Co", "Cn")


def _spelt(character: str) -> str:
    return character if _COMMON.match(character) else f"q{ord(character):05x}"
