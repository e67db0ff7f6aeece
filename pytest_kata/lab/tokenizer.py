"""Byte-level BPE, the tokenizer of GPT-2, in the file format of Hugging Face's `tokenizer.json`.

Text becomes tokens in three steps. It is split into words, numbers, runs of signs and runs of
space, by GPT-2's pattern; each piece is written as UTF-8 bytes, so that no text is unknown; and in
each piece the pair of neighbours that was learned first is joined, again and again, until no
learned pair is left (Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword
Units"; Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2).

For every text the result equals that of the `tokenizers` library, which this does not need.
"""

from __future__ import annotations

import heapq
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pytest_kata.catalog import KitError

END_OF_TEXT = "<|endoftext|>"

# GPT-2's pattern, 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+,
# for text in which every character outside of ASCII was replaced by one of its kind. Python's \s
# has four control characters that Unicode does not count as white space.
SPACE = r"\t\n\v\f\r "
PATTERN = re.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+"
    rf"| ?[^{SPACE}A-Za-z0-9]+|[{SPACE}]+(?![^{SPACE}])|[{SPACE}]+"
)
LETTER, NUMBER, BLANK, SIGN = "A", "0", "\t", "!"
WIDE_SPACE = set("\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | set(map(chr, range(8192, 8203)))

# Letters and numbers that Unicode 14, 15 and 16 added: the `tokenizers` library knows them, the
# `unicodedata` of Python 3.10 (Unicode 13) and of later ones knows none or a part.
NEW_LETTERS = """870-887 889-88E 8B5 8C8-8C9 C5D CDD 170D 171F 1B4C 1C89-1C8A 2C2F 2C5F 9FFD-9FFF
A7C0-A7C1 A7CB-A7CD A7D0-A7D1 A7D3 A7D5-A7DC A7F2-A7F4 10570-1057A 1057C-1058A 1058C-10592
10594-10595 10597-105A1 105A3-105B1 105B3-105B9 105BB-105BC 105C0-105F3 10780-10785 10787-107B0
107B2-107BA 10D4A-10D65 10D6F-10D85 10EC2-10EC4 10F70-10F81 11071-11072 11075 1123F-11240
11380-11389 1138B 1138E 11390-113B5 113B7 113D1 113D3 11740-11746 11AB0-11ABF 11BC0-11BE0 11F02
11F04-11F10 11F12-11F33 12F90-12FF0 1342F 13441-13446 13460-143FA 16100-1611D 16A70-16ABE
16D40-16D6C 18CFF 1AFF0-1AFF3 1AFF5-1AFFB 1AFFD-1AFFE 1B11F-1B122 1B132 1B155 1DF00-1DF1E
1DF25-1DF2A 1E030-1E06D 1E290-1E2AD 1E4D0-1E4EB 1E5D0-1E5ED 1E5F0 1E7E0-1E7E6 1E7E8-1E7EB
1E7ED-1E7EE 1E7F0-1E7FE 2A6DE-2A6DF 2B735-2B739 2EBF0-2EE5D 31350-323AF"""
NEW_NUMBERS = """10D40-10D49 116D0-116E3 11BF0-11BF9 11F50-11F59 16130-16139 16AC0-16AC9 16D70-16D79
1CCF0-1CCF9 1D2C0-1D2D3 1E4F0-1E4F9 1E5F1-1E5FA"""

CACHED = 100_000  # pieces of text whose tokens are remembered

Pair = tuple[str, str]


def byte_alphabet() -> list[str]:
    """The printable character that stands for each byte, 256 of them, as GPT-2 chose them.

    Bytes that print stand for themselves, the others for characters from U+0100 upwards: a space is
    written as "Ġ", a line feed as "Ċ".
    """
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


ALPHABET = byte_alphabet()
BYTE = {character: byte for byte, character in enumerate(ALPHABET)}


def pieces(text: str) -> list[str]:
    """The text cut by GPT-2's pattern; joined they are the text again. No piece is ever merged
    with its neighbour."""
    shadow = text if text.isascii() else "".join(map(_kind, text))
    return [text[match.start() : match.end()] for match in PATTERN.finditer(shadow)]


class Tokenizer:
    """A vocabulary, the merges in the order they were learned, and the special tokens.

    `vocabulary` maps each token, in the byte alphabet, to its id; `merges` are pairs of tokens
    whose concatenation is a token; `specials` maps special tokens, in plain text, to ids. Raises
    KeyError for a token that is not in the byte alphabet.
    """

    def __init__(
        self, vocabulary: dict[str, int], merges: Sequence[Pair], specials: dict[str, int]
    ) -> None:
        self.vocabulary = dict(vocabulary)
        self.merges = list(merges)
        self.specials = dict(specials)
        spelled = "".join(token for token in self.vocabulary if token not in self.specials)
        if strange := set(spelled) - BYTE.keys():
            raise KeyError(min(strange))
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        longest_first = sorted(specials, key=len, reverse=True)
        self._special = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")
        self._known: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """How many ids there are: the `vocab_size` of a model that uses this tokenizer."""
        return 1 + max((*self.vocabulary.values(), *self.specials.values()))

    @cached_property
    def _bytes(self) -> dict[int, bytes]:
        # Only for who decodes: it takes longer than to read the file.
        return {
            number: bytes(BYTE[character] for character in token)
            for token, number in self.vocabulary.items()
            if token not in self.specials
        }

    @property
    def end_of_text(self) -> int:
        """The id of `<|endoftext|>`, which stands between two documents."""
        return self.specials[END_OF_TEXT]

    def encode(self, text: str) -> list[int]:
        """The ids of a text. Special tokens written out in it become their ids.

        A lone surrogate, which is no character, counts as "?".
        """
        parts = self._special.split(text) if self.specials else [text]
        ids: list[int] = []
        for n, part in enumerate(parts):
            if n % 2:
                ids.append(self.specials[part])
                continue
            for piece in pieces(part):
                known = self._known.get(piece)
                ids += self._learn(piece) if known is None else known
        return ids

    def decode(self, ids: Iterable[int], *, skip_specials: bool = True) -> str:
        """The text of some ids. Bytes that are no UTF-8, half a character, become U+FFFD.

        Raises KeyError for an id that is not in the vocabulary.
        """
        written = {number: token.encode() for token, number in self.specials.items()}
        if skip_specials:
            written = dict.fromkeys(written, b"")
        table = self._bytes
        joined = b"".join(written[n] if n in written else table[n] for n in map(int, ids))
        return joined.decode("utf-8", errors="replace")

    def _learn(self, piece: str) -> list[int]:
        symbols = [ALPHABET[byte] for byte in piece.encode("utf-8", errors="replace")]
        ranks, never = self._ranks, len(self._ranks)
        while len(symbols) > 1:
            rank, at = min(
                (ranks.get((a, b), never), n) for n, (a, b) in enumerate(_pairs(symbols))
            )
            if rank == never:
                break
            symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]
        if len(self._known) >= CACHED:
            self._known.clear()
        self._known[piece] = ids = [self.vocabulary[symbol] for symbol in symbols]
        return ids

    def save(self, path: Path) -> None:
        """Writes `tokenizer.json` as Hugging Face's libraries read it."""
        byte_level = {
            "type": "ByteLevel",
            "add_prefix_space": False,
            "trim_offsets": True,
            "use_regex": True,
        }
        plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        content = {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [
                {"id": number, "content": token, **plain, "special": True}
                for token, number in sorted(self.specials.items(), key=lambda item: item[1])
            ],
            "normalizer": None,
            "pre_tokenizer": byte_level,
            "post_processor": None,
            "decoder": byte_level,
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": "",
                "end_of_word_suffix": "",
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": self.vocabulary,
                "merges": [list(pair) for pair in self.merges],
            },
        }
        words = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        Path(path).write_text(words + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """Reads a `tokenizer.json`, written here or by Hugging Face's libraries.

        Raises KitError when there is none, or it is not that of a byte-level BPE like GPT-2's.
        """
        path = Path(path)
        content = read_json(path)
        try:
            _require_gpt2(content, path)
            model = content["model"]
            vocabulary = {str(token): int(number) for token, number in model["vocab"].items()}
            merges = [_pair(merge) for merge in model["merges"]]
            specials = {t["content"]: int(t["id"]) for t in content.get("added_tokens") or []}
            return cls(vocabulary, merges, specials)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise KitError(
                f"this is not a byte-level BPE tokenizer.json ({type(error).__name__}: {error})",
                where=str(path),
            ) from None


def train(
    texts: Iterable[str],
    size: int,
    specials: Sequence[str] = (END_OF_TEXT,),
    *,
    start: Tokenizer | None = None,
) -> Tokenizer:
    """A tokenizer of `size` ids: the special tokens, the 256 bytes, then merges.

    With `start`, that tokenizer's ids and merges stay as they are, and more are learned on top of
    them; its special tokens count. The most frequent pair is merged first; among equals the one
    whose tokens have smaller ids.
    There are fewer ids when the texts run out of pairs that occur twice. Raises ValueError when
    `size` has no room for the bytes.
    """
    if size < 256 + len(specials):
        raise ValueError(f"size {size} is less than 256 bytes and {len(specials)} special tokens")
    vocabulary = {token: number for number, token in enumerate([*specials, *sorted(ALPHABET)])}
    start = start or Tokenizer(vocabulary, [], {token: vocabulary[token] for token in specials})
    vocabulary = dict(start.vocabulary)
    names = {number: token for token, number in vocabulary.items()}
    counts = Counter(piece for text in texts for piece in pieces(text))
    words = [[names[number] for number in start.encode(piece)] for piece in counts]
    often = list(counts.values())
    frequency: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)
    for n, word in enumerate(words):
        for pair in _pairs(word):
            frequency[pair] += often[n]
            where[pair].add(n)
    merges = list(start.merges)
    heap = [(-times, *_ids(pair, vocabulary), pair) for pair, times in frequency.items()]
    heapq.heapify(heap)
    while len(vocabulary) < size and heap:
        times, *_, best = heapq.heappop(heap)
        if -times != frequency[best]:
            continue  # counted anew since, with another entry for that
        if -times < 2:
            break
        merges.append(best)
        vocabulary.setdefault("".join(best), len(vocabulary))
        changed: set[Pair] = set()
        for n in where.pop(best):
            before, words[n] = words[n], _merged(words[n], best)
            for pair in _pairs(before):
                frequency[pair] -= often[n]
            for pair in _pairs(words[n]):
                frequency[pair] += often[n]
                where[pair].add(n)
            changed.update(_pairs(before), _pairs(words[n]))
        for pair in changed - {best}:
            heapq.heappush(heap, (-frequency[pair], *_ids(pair, vocabulary), pair))
    return Tokenizer(vocabulary, merges, start.specials)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises KitError when it is missing, empty or something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KitError(f"{path.name} is missing", where=str(path.parent)) from None
    except OSError as error:
        raise KitError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except ValueError:
        raise KitError("this is not JSON; the file is damaged or cut", where=str(path)) from None
    if not isinstance(content, dict):
        raise KitError("this JSON holds no object", where=str(path))
    return content


def _require_gpt2(content: dict[str, Any], path: Path) -> None:
    splits = content["pre_tokenizer"] or {}
    other = (
        content["model"]["type"] != "BPE"
        or splits.get("type") != "ByteLevel"
        or not splits.get("use_regex", True)
        or splits.get("add_prefix_space", False)
        or content.get("normalizer") is not None
    )
    if other:
        raise KitError("this tokenizer is no byte-level BPE like GPT-2's", where=str(path))


def _pair(merge: str | Sequence[str]) -> Pair:
    left, right = merge.split(" ") if isinstance(merge, str) else merge
    return left, right


def _pairs(symbols: Sequence[str]) -> Iterable[Pair]:
    return pairwise(symbols)


def _merged(word: list[str], pair: Pair) -> list[str]:
    merged: list[str] = []
    at = 0
    while at < len(word):
        if at + 1 < len(word) and (word[at], word[at + 1]) == pair:
            merged.append(word[at] + word[at + 1])
            at += 2
        else:
            merged.append(word[at])
            at += 1
    return merged


def _ids(pair: Pair, vocabulary: dict[str, int]) -> tuple[int, int]:
    return vocabulary[pair[0]], vocabulary[pair[1]]


@lru_cache(maxsize=8192)
def _kind(character: str) -> str:
    """ASCII as it is; anything else as the letter, number, space or sign that it counts as."""
    if character.isascii():
        return character
    if character in WIDE_SPACE:
        return BLANK
    major = unicodedata.category(character)[0]
    if major == "L" or (major == "C" and ord(character) in _code_points(NEW_LETTERS)):
        return LETTER
    if major == "N" or (major == "C" and ord(character) in _code_points(NEW_NUMBERS)):
        return NUMBER
    return SIGN


@lru_cache(maxsize=2)
def _code_points(ranges: str) -> frozenset[int]:
    points: set[int] = set()
    for span in ranges.split():
        first, _, last = span.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)
