"""How good is a language model? Bits per byte on held-out text, beside what counting and
compression reach on the same text.

Bits per byte is the negative log2 likelihood of the text divided by its length in UTF-8 bytes. It
does not depend on the tokenizer, so models, entropies and compressors can be compared.
"""

from __future__ import annotations

import lzma
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F

from pytest_kata.lab.model import GPT2
from pytest_kata.lab.tokenizer import Tokenizer

BETWEEN = "\n\n"  # what stands between two documents where a compressor reads them


def token_stream(texts: Iterable[str], tokenizer: Tokenizer) -> list[int]:
    """The ids of all texts, each with `<|endoftext|>` before it, and one at the very end."""
    end = tokenizer.end_of_text
    ids = [end]
    for text in texts:
        ids += [*tokenizer.encode(text), end]
    return ids


@torch.no_grad()
def bits_per_byte(
    model: GPT2, texts: Sequence[str], tokenizer: Tokenizer, *, stride: int | None = None
) -> float:
    """The model's bits per byte on some texts, in eval mode; its mode is as before afterwards.

    The texts are read as one stream in windows of `n_positions`, a new one every `stride` tokens
    (default: half a window); each token counts once, with as much to its left as its window has.
    The `<|endoftext|>` after each text is paid for, and adds no bytes. Raises ValueError when the
    texts are empty.
    """
    longest = model.config.n_positions
    stride = stride or max(1, longest // 2)
    device = next(model.parameters()).device
    ids = torch.tensor(token_stream(texts, tokenizer), device=device)
    size = sum(len(text.encode()) for text in texts)
    if not size:
        raise ValueError("no text to measure")
    was_training = model.training
    model.eval()
    nats, counted, start = 0.0, 0, 0
    while counted < len(ids) - 1:
        window = ids[start : start + longest + 1]
        logits = model(window[None, :-1])[0]
        losses = F.cross_entropy(logits, window[1:], reduction="none")
        nats += losses[counted - start :].sum().item()
        counted = start + len(window) - 1
        start += stride
    model.train(was_training)
    return nats / math.log(2) / size


def unigram_bits(train: Sequence[int], held_out: Sequence[int]) -> float:
    """Bits per symbol under the frequencies of the training symbols, with one added to each.

    Symbols are ints from 0, bytes or token ids.
    """
    counts = Counter(train)
    total = len(train) + max(*train, *held_out) + 1
    return -sum(math.log2((counts[s] + 1) / total) for s in held_out) / len(held_out)


def bigram_bits(train: Sequence[int], held_out: Sequence[int]) -> float:
    """Bits per symbol when each is predicted from the one before it; the first is not counted.

    Witten-Bell smoothing: p(b | a) = (n(ab) + k(a) p(b)) / (n(a) + k(a)), where k(a) is the number
    of different symbols seen after a (Witten and Bell 1991), p(b) as in `unigram_bits`.
    """
    single, pairs = Counter(train), Counter(pairwise(train))
    before, kinds = Counter(train[:-1]), Counter(a for a, _ in pairs)
    total = len(train) + max(*train, *held_out) + 1
    bits = 0.0
    for a, b in pairwise(held_out):
        alone = (single[b] + 1) / total
        known = before[a] + kinds[a]
        bits -= math.log2((pairs[a, b] + kinds[a] * alone) / known if known else alone)
    return bits / (len(held_out) - 1)


def baselines(
    train: Sequence[str], held_out: Sequence[str], tokenizer: Tokenizer
) -> dict[str, float]:
    """What counting and compression reach on the held-out texts, in bits per byte, by name."""
    known, text = BETWEEN.join(train).encode(), BETWEEN.join(held_out).encode()
    known_ids, ids = token_stream(train, tokenizer), token_stream(held_out, tokenizer)
    per_byte = len(ids) / len(text)
    return {
        "unigram, bytes": unigram_bits(known, text),
        "bigram, bytes": bigram_bits(known, text),
        "unigram, tokens": unigram_bits(known_ids, ids) * per_byte,
        "bigram, tokens": bigram_bits(known_ids, ids) * per_byte,
        "gzip": 8 * len(zlib.compress(text, 9)) / len(text),
        "xz": 8 * _xz(text) / len(text),
        "xz, primed with the training text": 8 * (_xz(known + text) - _xz(known)) / len(text),
    }


def _xz(content: bytes) -> int:
    """Compressed size in bytes, without the container's overhead."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
    return len(lzma.compress(content, format=lzma.FORMAT_RAW, filters=filters))
