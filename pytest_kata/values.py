"""What a value is and how it differs from another, without asking the value itself.

Learner code hands back what it likes: a subclass of float or Tensor can answer every comparison
with True. So types are compared by identity, because `==` asks the type's own type; and a tensor's
methods are torch's functions here, because an attribute of the tensor itself can stand in a
method's place.
"""

from __future__ import annotations

import math
import sys
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pytest_kata.lazy import torch_is_loaded

if TYPE_CHECKING:
    import torch

LARGEST = int(sys.float_info.max)
_NUMPY_NUMBERS = {
    *("float16", "float32", "float64", "int8", "int16", "int32", "int64"),
    *("uint8", "uint16", "uint32", "uint64"),
}


def is_plain_number(value: Any) -> bool:
    """Whether this is a float, or an int that a float can hold."""
    return type(value) is float or (type(value) is int and abs(value) <= LARGEST)


def without_numpy(value: Any) -> Any:
    """A numpy number as a plain one; any other value as it is."""
    numpy = sys.modules.get("numpy")
    if numpy and is_one_of(value, (getattr(numpy, name) for name in _NUMPY_NUMBERS)):
        return value.item()
    return value


def said_by(error: BaseException) -> str:
    """The message of an exception, which may be of the learner's own making."""
    try:
        # A subclass of str can find any word in itself; what is cut out of it is plain.
        return str.__getitem__(str(error), slice(None))
    except Exception:
        return ""


def describe(value: Any) -> str:
    """Words for what a value is: "None", "a float", "a float32 tensor of shape (2, 3)"."""
    if value is None:
        return "None"
    if is_tensor(value):
        return f"{with_article(dtype_name(value.dtype))} tensor of shape {tuple(value.shape)}"
    return with_article(type(value).__name__)


def is_tensor(value: Any) -> bool:
    """Whether this is a tensor or a parameter, and of no class derived from them."""
    if not torch_is_loaded():
        return False
    import torch

    return is_one_of(value, (torch.Tensor, torch.nn.Parameter))


def is_one_of(value: Any, kinds: Iterable[type]) -> bool:
    """Whether the type of `value` is, exactly, one of `kinds`."""
    return any(type(value) is kind for kind in kinds)


def dtype_name(dtype: torch.dtype) -> str:
    """As in a sentence: float32 for torch.float32."""
    return str(dtype).removeprefix("torch.")


def with_article(name: str) -> str:
    """The name behind its article: an int, a float."""
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"


def short(value: Any) -> str:
    """A value as text of one line that fits into a sentence."""
    if type(value) is float:
        return f"{value:.4g}"
    try:
        text = repr(value)
    except Exception:
        # A whole number of thousands of digits, or an object of the learner's own making.
        return f"{describe(value)} that cannot be printed"
    return text if len(text) <= 60 else text[:57] + "..."


def same(got: Any, want: Any) -> bool:
    """Equality that learner code cannot answer: exact types all the way down."""
    if type(got) is not type(want):
        return False
    if isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, dict):
        return set(map(_key, got)) == set(map(_key, want)) and all(
            same(got[key], want[key]) for key in want
        )
    if isinstance(want, (set, frozenset)):
        return set(map(_key, got)) == set(map(_key, want))
    return bool(got == want)


def _key(key: Any) -> Any:
    """What stands for a key or an element of a set: equal only for the same type and value."""
    if type(key) is tuple:
        return tuple, tuple(map(_key, key))
    if type(key) is frozenset:
        return frozenset, frozenset(map(_key, key))
    return id(type(key)), key


def first_difference(got: Any, want: Any) -> str:
    """How two values of one type that are not the same differ, as words to follow `got`."""
    if isinstance(want, (list, tuple)):
        if len(got) != len(want):
            entries = "1 entry" if len(got) == 1 else f"{len(got)} entries"
            return f": {entries}, expected {len(want)}"
        place = next(i for i, (a, b) in enumerate(zip(got, want, strict=True)) if not same(a, b))
        return f", wrong at [{place}]"
    if isinstance(want, dict):
        has, wish = {_key(key): key for key in got}, {_key(key): key for key in want}
        missing = [key for code, key in wish.items() if code not in has]
        if missing:
            return f", without {short(missing[0])}"
        extra = [key for code, key in has.items() if code not in wish]
        if extra:
            return f", with {short(extra[0])} that does not belong there"
        place = next(key for key in want if not same(got[key], want[key]))
        return f", wrong at [{short(place)}]"
    if isinstance(want, (set, frozenset)):
        given, wanted = set(map(_key, got)), set(map(_key, want))
        return f": {len(wanted - given)} missing, {len(given - wanted)} too many"
    if type(want) in (int, float):
        return f", off by {short(abs(got - want))}"
    return ""


def first_changed(got: Any, before: Any, place: str) -> str | None:
    """Where `got` first differs from `before`, as words to follow "changed"; None if nowhere."""
    at = f" at {place}" if place else ""
    if is_tensor(before):
        import torch

        if not is_tensor(got):
            return f"{at}: now {describe(got)}"
        if got.shape != before.shape or got.dtype != before.dtype:
            return f"{at}: now {describe(got)}, was {describe(before)}"
        got, before = torch.Tensor.detach(got), torch.Tensor.detach(before)
        moved = (got != before) & ~(torch.isnan(got) & torch.isnan(before))
        if not bool(moved.any()):
            return None
        distance = (got.double() - before.double()).abs()
        farthest = distance[moved].max().item()
        return f"{at}: {int(moved.sum())} of {moved.numel()} entries, by up to {short(farthest)}"
    if isinstance(before, dict):
        if not is_one_of(got, (type(before), dict, OrderedDict)) or set(got) != set(before):
            return f"{at}: its keys are not the same"
        pairs = [(f"{place}.{key}" if place else str(key), got[key], before[key]) for key in before]
    elif isinstance(before, (list, tuple)):
        if not is_one_of(got, (type(before), list, tuple)) or len(got) != len(before):
            return f"{at}: its length is not the same"
        pairs = [(f"{place}[{i}]", got[i], before[i]) for i in range(len(before))]
    else:
        both_nan = type(got) is type(before) is float and math.isnan(got) and math.isnan(before)
        return None if both_nan or same(got, before) else at
    return next(
        (found for name, a, b in pairs if (found := first_changed(a, b, name)) is not None), None
    )


def place_of(flat: int, shape: tuple[int, ...]) -> str:
    """The entry number `flat` of a tensor of `shape`, as "[1, 0, 2]"."""
    places: list[str] = []
    for size in reversed(shape):
        flat, place = divmod(flat, size)
        places.append(str(place))
    return f"[{', '.join(reversed(places))}]"
