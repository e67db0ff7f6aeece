"""Assertions for kata tests: a ladder, one sentence a rung, first miss wins.

    imports, defined, callable, returned, type, shape, dtype, finite, gradient, value

A kata test states what it expects through these functions, so that every failure says the
property that broke, the place and the distance, and never prints the expected tensor. The first
three rungs are climbed by the `kata` fixture (see `subject.py`), the others here.

Every value that learner code hands back is judged by its exact type: a subclass of float or
Tensor can answer every comparison with True. Types are compared by identity, because `==` asks the
type's own type; and a tensor's methods are torch's functions here, because an attribute of the
tensor itself can stand in a method's place.
"""

from __future__ import annotations

import math
import sys
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_kata import curves
from pytest_kata.lazy import torch_is_loaded

if TYPE_CHECKING:
    import torch

RUNGS = (
    "imports",
    "defined",
    "callable",
    "returned",
    "type",
    "shape",
    "dtype",
    "finite",
    "gradient",
    "value",
)


class Miss(AssertionError):
    """What the learner's code did wrong, in one sentence.

    `rung` is where on the ladder it fell; `looks_like` names a known mistake that gives just this
    result; `because` is the next thing to think about.
    """

    def __init__(
        self, rung: str, sentence: str, *, looks_like: str = "", because: str = ""
    ) -> None:
        super().__init__(sentence)
        self.rung = rung
        self.sentence = sentence
        self.looks_like = looks_like
        self.because = because


def that(condition: bool, sentence: str, *, looks_like: str = "", because: str = "") -> None:
    """Miss the value rung with `sentence` unless `condition` is exactly True.

    `sentence` is read when the condition is false, so it says what went wrong.
    """
    __tracebackhide__ = True
    if condition is not True:
        raise Miss("value", sentence, looks_like=looks_like, because=because)


def close(
    got: Any,
    want: float | torch.Tensor,
    what: str,
    *,
    atol: float,
    rtol: float = 0.0,
    looks_like: Mapping[str, float | torch.Tensor] | None = None,
    because: str = "",
) -> None:
    """Climb from "returned" to "value" with a number or a tensor.

    `want` decides what is asked for: a number asks for a Python (or numpy) number, a tensor for a
    tensor of its shape, dtype and device. A value passes within `atol + rtol * |want|`.
    `looks_like` maps the words for a known mistake to the value that this mistake gives; where
    `got` is within `atol` of it, the learner reads those words.
    """
    __tracebackhide__ = True
    if isinstance(want, (int, float)):
        value = number(got, what)
        distance = abs(value - want)
        if distance <= atol + rtol * abs(want):
            return
        mistake = _matching(value, looks_like, atol)
        sentence = f"{what} is {_short(value)}, off by {_short(distance)}"
        raise Miss("value", sentence, looks_like=mistake, because=because)
    tensor(got, what, shape=tuple(want.shape), dtype=want.dtype)
    _compare_tensors(got, want, what, atol, rtol, looks_like, because)


def equal(
    got: Any,
    want: Any,
    what: str,
    *,
    looks_like: Mapping[str, Any] | None = None,
    because: str = "",
) -> None:
    """Climb from "returned" to "value" with plain data compared exactly.

    For None, bool, int, float, str, and lists, tuples, dicts and sets of them. Types must match
    exactly, down to the elements: True is not 1, a tuple is not a list.
    """
    __tracebackhide__ = True
    if want is not None:
        returned(got, what)
    if type(got) is not type(want):
        wish = "None" if want is None else _a(type(want).__name__)
        raise Miss("type", f"{what} is {describe(got)}, expected {wish}", because=because)
    if _same(got, want):
        return
    mistake = next((words for words, value in (looks_like or {}).items() if _same(got, value)), "")
    raise Miss(
        "value",
        f"{what} is {_short(got)}{_first_difference(got, want)}",
        looks_like=mistake,
        because=because,
    )


def returned(got: Any, what: str) -> None:
    """Miss the "returned" rung if `got` is None."""
    __tracebackhide__ = True
    if got is None:
        raise Miss("returned", f"{what} is None", because="Is a return missing?")


def number(got: Any, what: str) -> float:
    """Climb from "returned" to "finite"; hand back `got` as a plain float.

    Takes a Python int or float or a numpy number, exactly: not a bool, not a tensor.
    """
    __tracebackhide__ = True
    returned(got, what)
    got = _without_numpy(got)
    if not _is_one_of(got, (int, float)):
        because = ""
        if _is_tensor(got):
            because = ".item() turns a tensor of one element into a number."
        raise Miss("type", f"{what} is {describe(got)}, expected a number", because=because)
    if type(got) is int and abs(got) > _LARGEST:
        raise Miss("finite", f"{what} is a whole number too large for a float")
    if not math.isfinite(got):
        raise Miss("finite", f"{what} is {got}")
    return float(got)


_LARGEST = int(sys.float_info.max)
_NUMPY_NUMBERS = {
    *("float16", "float32", "float64", "int8", "int16", "int32", "int64"),
    *("uint8", "uint16", "uint32", "uint64"),
}


def show_losses(got: Any, reference: Sequence[float]) -> None:
    """Show the losses of a training run beside a reference's. Judges nothing, and never misses.

    `got` is what learner code handed back, or what the test saw while it ran: a list or tuple of
    numbers, one a step. `reference` are the losses of a right run on the same data, which the test
    has made itself; finite, and at least one. Call it before the checks of that run. If the kata
    fails, the learner sees both curves with the step where they part, and the report has those of
    the latest run; of several in one test the last count. What is no list of numbers is not shown.
    """
    if not _is_one_of(got, (list, tuple)):
        return
    # One step more than there should be is enough to see that there are more.
    entries = [_without_numpy(one) for one in got[: len(reference) + 1]]
    if all(map(_is_plain_number, entries)):
        curves.show(curves.compared([float(one) for one in entries], reference))


def _is_plain_number(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) <= _LARGEST)


def _without_numpy(value: Any) -> Any:
    """A numpy number as a plain one; any other value as it is."""
    numpy = sys.modules.get("numpy")
    if numpy and _is_one_of(value, (getattr(numpy, name) for name in _NUMPY_NUMBERS)):
        return value.item()
    return value


def tensor(
    got: Any,
    what: str,
    *,
    shape: tuple[int, ...] | None = None,
    dtype: torch.dtype | None = None,
    finite: bool = True,
) -> torch.Tensor:
    """Climb from "returned" to "finite" with a tensor, and hand it back.

    `shape` and `dtype` are asked for where given. The tensor must be on the CPU.
    """
    __tracebackhide__ = True
    import torch

    returned(got, what)
    if not _is_tensor(got):
        raise Miss("type", f"{what} is {describe(got)}, expected a tensor")
    result: torch.Tensor = got
    if shape is not None and tuple(result.shape) != shape:
        raise Miss("shape", f"{what} has shape {tuple(result.shape)}, expected {shape}")
    if dtype is not None and result.dtype != dtype:
        raise Miss("dtype", f"{what} has dtype {_dtype(result.dtype)}, expected {_dtype(dtype)}")
    if result.device.type != "cpu":
        raise Miss("dtype", f"{what} is on {result.device}, expected cpu")
    if finite and torch.is_floating_point(result):
        bad = ~torch.isfinite(result)
        if bool(bad.any()):
            where = _index(int(bad.reshape(-1).int().argmax().item()), tuple(result.shape))
            value = torch.Tensor.detach(result).reshape(-1)[bad.reshape(-1)][0].item()
            if bad.numel() == 1:
                raise Miss("finite", f"{what} is {value}")
            raise Miss(
                "finite",
                f"{what} is {value} at {where}, "
                f"{int(bad.sum())} of {bad.numel()} entries are not finite",
            )
    return result


def instance(got: Any, kind: type | tuple[type, ...], what: str) -> None:
    """Climb from "returned" to "type" with an instance of `kind` (subclasses are fine)."""
    __tracebackhide__ = True
    returned(got, what)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not issubclass(type(got), kinds):
        names = " or ".join(_a(k.__name__) for k in kinds)
        raise Miss("type", f"{what} is {describe(got)}, expected {names}")


def gradient(parameter: torch.Tensor, what: str) -> torch.Tensor:
    """Climb "gradient": `parameter` has one, it is finite, and it is not all zero."""
    __tracebackhide__ = True
    import torch

    tensor(parameter, what, finite=False)
    grad = parameter.grad
    if grad is None:
        raise Miss(
            "gradient",
            f"{what} has no gradient",
            because="Is the graph cut (detach, no_grad, item) before the loss?",
        )
    if not _is_tensor(grad):
        raise Miss("gradient", f"the gradient of {what} is {describe(grad)}, expected a tensor")
    if not bool(torch.isfinite(grad).all()):
        raise Miss("gradient", f"the gradient of {what} is not finite")
    if not bool(torch.any(grad)):
        raise Miss("gradient", f"the gradient of {what} is zero everywhere")
    return grad


def unchanged(got: Any, before: Any, what: str, *, looks_like: str = "", because: str = "") -> None:
    """Miss unless `got` is bit-equal to `before`: tensors, numbers, and dicts and lists of them.

    Made for state_dicts: take `copy.deepcopy(model.state_dict())` beforehand. NaN equals NaN.
    """
    __tracebackhide__ = True
    place = _first_changed(got, before, "")
    if place is not None:
        raise Miss("value", f"{what} changed{place}", looks_like=looks_like, because=because)


@contextmanager
def raises(
    kind: type[BaseException] | tuple[type[BaseException], ...],
    what: str,
    *,
    mentions: Iterable[str] = (),
    because: str = "",
) -> Iterator[None]:
    """Expect the block to raise `kind` with every word of `mentions` in its message.

    Words are found without regard to case. `what` names the call ("loading an empty file").
    """
    __tracebackhide__ = True
    kinds = kind if isinstance(kind, tuple) else (kind,)
    names = " or ".join(k.__name__ for k in kinds)
    words = (mentions,) if isinstance(mentions, str) else tuple(mentions)
    try:
        yield
    except Miss:
        raise
    except kinds as error:
        if isinstance(error, NotImplementedError) and NotImplementedError not in kinds:
            # A RuntimeError by birth, but it says that nothing is written yet.
            raise
        missing = [word for word in words if word.lower() not in said_by(error).lower()]
        if missing:
            said = " ".join(said_by(error).split())[:120] or "nothing"
            wanted = ", ".join(repr(word) for word in missing)
            raise Miss(
                "value",
                f"{what} raises {type(error).__name__}, but its message lacks "
                f"{wanted}; it says: {said}",
                because=because,
            ) from error
    except NotImplementedError:
        raise
    except Exception as error:
        said = " ".join(said_by(error).split())[:120]
        raise Miss(
            "value",
            f"{what} raises {type(error).__name__}{said and f' ({said})'}, expected {names}",
            because=because,
        ) from error
    else:
        raise Miss("value", f"{what} raises nothing, expected {names}", because=because)


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
    if _is_tensor(value):
        return f"{_a(_dtype(value.dtype))} tensor of shape {tuple(value.shape)}"
    return _a(type(value).__name__)


def _is_tensor(value: Any) -> bool:
    if not torch_is_loaded():
        return False
    import torch

    return _is_one_of(value, (torch.Tensor, torch.nn.Parameter))


def _is_one_of(value: Any, kinds: Iterable[type]) -> bool:
    return any(type(value) is kind for kind in kinds)


def _dtype(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _a(name: str) -> str:
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"


def _short(value: Any) -> str:
    if type(value) is float:
        return f"{value:.4g}"
    try:
        text = repr(value)
    except Exception:
        # A whole number of thousands of digits, or an object of the learner's own making.
        return f"{describe(value)} that cannot be printed"
    return text if len(text) <= 60 else text[:57] + "..."


def _same(got: Any, want: Any) -> bool:
    """Equality that learner code cannot answer: exact types all the way down."""
    if type(got) is not type(want):
        return False
    if isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(map(_same, got, want))
    if isinstance(want, dict):
        return set(map(_key, got)) == set(map(_key, want)) and all(
            _same(got[key], want[key]) for key in want
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


def _first_difference(got: Any, want: Any) -> str:
    if isinstance(want, (list, tuple)):
        if len(got) != len(want):
            return f": {len(got)} entries, expected {len(want)}"
        place = next(i for i, (a, b) in enumerate(zip(got, want, strict=True)) if not _same(a, b))
        return f", wrong at [{place}]"
    if isinstance(want, dict):
        has, wish = {_key(key): key for key in got}, {_key(key): key for key in want}
        missing = [key for code, key in wish.items() if code not in has]
        if missing:
            return f", without {_short(missing[0])}"
        extra = [key for code, key in has.items() if code not in wish]
        if extra:
            return f", with {_short(extra[0])} that does not belong there"
        place = next(key for key in want if not _same(got[key], want[key]))
        return f", wrong at [{_short(place)}]"
    if isinstance(want, (set, frozenset)):
        given, wanted = set(map(_key, got)), set(map(_key, want))
        return f": {len(wanted - given)} missing, {len(given - wanted)} too many"
    if type(want) in (int, float):
        return f", off by {_short(abs(got - want))}"
    return ""


def _first_changed(got: Any, before: Any, place: str) -> str | None:
    """Where `got` first differs from `before`, as words to follow "changed"; None if nowhere."""
    at = f" at {place}" if place else ""
    if _is_tensor(before):
        import torch

        if not _is_tensor(got):
            return f"{at}: now {describe(got)}"
        if got.shape != before.shape or got.dtype != before.dtype:
            return f"{at}: now {describe(got)}, was {describe(before)}"
        got, before = torch.Tensor.detach(got), torch.Tensor.detach(before)
        moved = (got != before) & ~(torch.isnan(got) & torch.isnan(before))
        if not bool(moved.any()):
            return None
        distance = (got.double() - before.double()).abs()
        farthest = distance[moved].max().item()
        return f"{at}: {int(moved.sum())} of {moved.numel()} entries, by up to {_short(farthest)}"
    if isinstance(before, dict):
        if not _is_one_of(got, (type(before), dict, OrderedDict)) or set(got) != set(before):
            return f"{at}: its keys are not the same"
        pairs = [(f"{place}.{key}" if place else str(key), got[key], before[key]) for key in before]
    elif isinstance(before, (list, tuple)):
        if not _is_one_of(got, (type(before), list, tuple)) or len(got) != len(before):
            return f"{at}: its length is not the same"
        pairs = [(f"{place}[{i}]", got[i], before[i]) for i in range(len(before))]
    else:
        both_nan = type(got) is type(before) is float and math.isnan(got) and math.isnan(before)
        return None if both_nan or _same(got, before) else at
    return next(
        (found for name, a, b in pairs if (found := _first_changed(a, b, name)) is not None), None
    )


def _matching(
    value: float, looks_like: Mapping[str, float | torch.Tensor] | None, atol: float
) -> str:
    for words, wrong in (looks_like or {}).items():
        if abs(value - float(wrong)) <= atol:
            return words
    return ""


def _compare_tensors(
    got: torch.Tensor,
    want: torch.Tensor,
    what: str,
    atol: float,
    rtol: float,
    looks_like: Mapping[str, float | torch.Tensor] | None,
    because: str,
) -> None:
    __tracebackhide__ = True
    import torch

    a, b = torch.Tensor.detach(got).double(), want.detach().double()
    wrong = (a - b).abs() > atol + rtol * b.abs()
    if not bool(wrong.any()):
        return
    # The farthest of those that are wrong: with rtol, an entry can be far off and right.
    distance = (a - b).abs() * wrong
    where = _index(int(distance.argmax().item()), tuple(b.shape))
    mistake = ""
    for words, value in (looks_like or {}).items():
        if _is_tensor(value):
            other = value.detach().double()  # type: ignore[union-attr]
            if other.shape == a.shape and bool(((a - other).abs() <= atol).all()):
                mistake = words
                break
    farthest = _short(distance.max().item())
    sentence = (
        f"{what} is off by {farthest}"
        if wrong.numel() == 1
        else f"{what} is off by up to {farthest} (at {where}); "
        f"{int(wrong.sum())} of {wrong.numel()} entries are wrong"
    )
    raise Miss("value", sentence, looks_like=mistake, because=because)


def _index(flat: int, shape: tuple[int, ...]) -> str:
    places: list[str] = []
    for size in reversed(shape):
        flat, place = divmod(flat, size)
        places.append(str(place))
    return f"[{', '.join(reversed(places))}]"
