"""Assertions for kata tests: a ladder, one sentence a rung, first miss wins.

    imports, defined, callable, returned, type, shape, dtype, finite, gradient, value

A kata test states what it expects through these functions, so that every failure says the
property that broke, the place and the distance, and never prints the expected tensor. The first
three rungs are climbed by the `kata` fixture (see `subject.py`), the others here.

Every value that learner code hands back is judged by its exact type, see `values.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_kata import curves
from pytest_kata.values import (
    LARGEST,
    dtype_name,
    first_changed,
    first_difference,
    is_one_of,
    is_plain_number,
    is_tensor,
    place_of,
    same,
    short,
    with_article,
    without_numpy,
)
from pytest_kata.values import describe as describe
from pytest_kata.values import said_by as said_by

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
        sentence = f"{what} is {short(value)}, off by {short(distance)}"
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
        wish = "None" if want is None else with_article(type(want).__name__)
        raise Miss("type", f"{what} is {describe(got)}, expected {wish}", because=because)
    if same(got, want):
        return
    mistake = next((words for words, value in (looks_like or {}).items() if same(got, value)), "")
    raise Miss(
        "value",
        f"{what} is {short(got)}{first_difference(got, want)}",
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
    got = without_numpy(got)
    if not is_one_of(got, (int, float)):
        because = ""
        if is_tensor(got):
            because = ".item() turns a tensor of one element into a number."
        raise Miss("type", f"{what} is {describe(got)}, expected a number", because=because)
    if type(got) is int and abs(got) > LARGEST:
        raise Miss("finite", f"{what} is a whole number too large for a float")
    if not math.isfinite(got):
        raise Miss("finite", f"{what} is {got}")
    return float(got)


def show_losses(got: Any, reference: Sequence[float]) -> None:
    """Show the losses of a training run beside a reference's. Judges nothing, and never misses.

    `got` is what learner code handed back, or what the test saw while it ran: a list or tuple of
    numbers, one a step. `reference` are the losses of a right run on the same data, which the test
    has made itself; finite, and at least one. Call it before the checks of that run. If the kata
    fails, the learner sees both curves with the step where they part, and the report has those of
    the latest run; of several in one test the last count. What is no list of numbers is not shown.
    """
    if not is_one_of(got, (list, tuple)):
        return
    # One step more than there should be is enough to see that there are more.
    entries = [without_numpy(one) for one in got[: len(reference) + 1]]
    if all(map(is_plain_number, entries)):
        curves.show(curves.compared([float(one) for one in entries], reference))


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
    if not is_tensor(got):
        raise Miss("type", f"{what} is {describe(got)}, expected a tensor")
    result: torch.Tensor = got
    if shape is not None and tuple(result.shape) != shape:
        raise Miss("shape", f"{what} has shape {tuple(result.shape)}, expected {shape}")
    if dtype is not None and result.dtype != dtype:
        raise Miss(
            "dtype", f"{what} has dtype {dtype_name(result.dtype)}, expected {dtype_name(dtype)}"
        )
    if result.device.type != "cpu":
        raise Miss("dtype", f"{what} is on {result.device}, expected cpu")
    if finite and torch.is_floating_point(result):
        bad = ~torch.isfinite(result)
        if bool(bad.any()):
            where = place_of(int(bad.reshape(-1).int().argmax().item()), tuple(result.shape))
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
        names = " or ".join(with_article(k.__name__) for k in kinds)
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
    if not is_tensor(grad):
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
    place = first_changed(got, before, "")
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
    where = place_of(int(distance.argmax().item()), tuple(b.shape))
    mistake = ""
    for words, value in (looks_like or {}).items():
        if is_tensor(value):
            other = value.detach().double()  # type: ignore[union-attr]
            if other.shape == a.shape and bool(((a - other).abs() <= atol).all()):
                mistake = words
                break
    farthest = short(distance.max().item())
    sentence = (
        f"{what} is off by {farthest}"
        if wrong.numel() == 1
        else f"{what} is off by up to {farthest} (at {where}); "
        f"{int(wrong.sum())} of {wrong.numel()} entries are wrong"
    )
    raise Miss("value", sentence, looks_like=mistake, because=because)
