"""The ladder: each rung both ways, and sentences that say the property, place and distance."""

from __future__ import annotations

import copy
import math
import re
from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nan, tensor

from pytest_kata import checks
from pytest_kata.checks import Miss

inf = math.inf
TRUTH = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def miss(check, *args, **kwargs) -> Miss:
    """The Miss that `check` raises."""
    with pytest.raises(Miss) as caught:
        check(*args, **kwargs)
    told = caught.value
    assert told.rung in checks.RUNGS
    assert str(told) == told.sentence
    assert "\n" not in told.sentence
    return told


def rung(check, *args, **kwargs) -> tuple[str, str]:
    told = miss(check, *args, **kwargs)
    return told.rung, told.sentence


class LyingFloat(float):
    """A float that is equal to everything, close to everything and without distance."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __le__ = __lt__ = __ge__ = __gt__ = __eq__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__
    __hash__ = float.__hash__


class LyingInt(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class LyingStr(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class LyingList(list):
    def __eq__(self, other):
        return True

    __hash__ = None


class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.zeros(())


class LyingAnything:
    """Says that it is whatever it is asked about."""

    __class__ = float

    def __eq__(self, other):
        return True

    def __float__(self):
        return 1.0

    def __repr__(self):
        raise RuntimeError("no words")

    __hash__ = object.__hash__


# ----------------------------------------------------------------------- that


def test_that_passes_on_true_alone():
    checks.that(True, "it is wrong")


@pytest.mark.parametrize("condition", [False, None, 0, 1, "yes", [1], np.True_, tensor(True)])
def test_that_misses_on_anything_else(condition):
    told = miss(checks.that, condition, "it is wrong", looks_like="a slip", because="Look.")
    assert (told.rung, told.sentence) == ("value", "it is wrong")
    assert (told.looks_like, told.because) == ("a slip", "Look.")


# ------------------------------------------------------------ close, on numbers


@pytest.mark.parametrize(
    "got",
    [2.0, 2, 2.0 + 9e-4, np.float64(2), np.float32(2), np.float16(2), np.int64(2), np.uint8(2)],
)
def test_a_number_within_the_tolerance_is_close(got):
    checks.close(got, 2.0, "x", atol=1e-3)


@pytest.mark.parametrize("want", [2, 2.0])
def test_a_number_off_by_more_misses_the_value(want):
    assert rung(checks.close, 2.5, want, "x", atol=0.1) == ("value", "x is 2.5, off by 0.5")
    assert rung(checks.close, 1.5, want, "x", atol=0.1) == ("value", "x is 1.5, off by 0.5")


def test_the_tolerances_of_a_number_add_up():
    checks.close(111.0, 100.0, "x", atol=1.0, rtol=0.1)
    assert miss(checks.close, 111.5, 100.0, "x", atol=1.0, rtol=0.1).rung == "value"
    checks.close(-111.0, -100.0, "x", atol=1.0, rtol=0.1)


@pytest.mark.parametrize(
    ("got", "told"),
    [
        (None, ("returned", "x is None")),
        (True, ("type", "x is a bool, expected a number")),
        (np.True_, ("type", "x is a bool, expected a number")),
        ("2.0", ("type", "x is a str, expected a number")),
        ([2.0], ("type", "x is a list, expected a number")),
        (2 + 0j, ("type", "x is a complex, expected a number")),
        (tensor(2.0), ("type", "x is a float32 tensor of shape (), expected a number")),
        (np.array(2.0), ("type", "x is a ndarray, expected a number")),
        (LyingFloat(7), ("type", "x is a LyingFloat, expected a number")),
        (LyingInt(7), ("type", "x is a LyingInt, expected a number")),
        pytest.param(
            LyingAnything(), ("type", "x is a LyingAnything, expected a number"), id="lying"
        ),
        (nan, ("finite", "x is nan")),
        (inf, ("finite", "x is inf")),
        (-inf, ("finite", "x is -inf")),
        (np.float32("nan"), ("finite", "x is nan")),
        (10**400, ("finite", "x is a whole number too large for a float")),
        pytest.param(
            -(10**5000),
            ("finite", "x is a whole number too large for a float"),
            id="too long to print",
        ),
    ],
)
def test_what_is_no_finite_number_misses_before_the_value(got, told):
    if isinstance(got, np.bool_) and np.__version__.startswith("1."):
        told = ("type", "x is a bool_, expected a number")
    assert rung(checks.close, got, 2.0, "x", atol=1e9) == told


def test_a_tensor_for_a_number_comes_with_the_way_out():
    assert ".item()" in miss(checks.close, tensor([2.0]), 2.0, "x", atol=1).because
    assert not miss(checks.close, "2", 2.0, "x", atol=1).because


def test_a_class_that_only_calls_itself_a_numpy_number_is_judged_by_what_it_holds():
    fake = type("float64", (), {"__module__": "numpy", "item": lambda self: LyingFloat(7)})
    assert miss(checks.number, fake(), "x").rung == "type"


def test_a_number_is_handed_back_as_a_plain_float():
    for got in (3, 3.0, np.float32(3)):
        assert type(checks.number(got, "x")) is float
        assert checks.number(got, "x") == 3.0


def test_a_number_that_a_known_mistake_gives_is_told_by_its_name():
    looks_like = {"a sum": 12.0, "a mean": tensor(3.0)}
    assert (
        miss(checks.close, 12.05, 2.0, "x", atol=0.1, looks_like=looks_like).looks_like == "a sum"
    )
    assert miss(checks.close, 3, 2.0, "x", atol=0.1, looks_like=looks_like).looks_like == "a mean"
    assert miss(checks.close, 12.2, 2.0, "x", atol=0.1, looks_like=looks_like).looks_like == ""


def test_a_close_number_is_no_mistake_whatever_it_looks_like():
    checks.close(2.0, 2.0, "x", atol=0.1, looks_like={"a mean": 2.0})


def test_the_next_thing_to_think_about_comes_along():
    assert miss(checks.close, 1.0, 2.0, "x", atol=0.1, because="Count.").because == "Count."
    assert miss(checks.close, tensor(1.0), tensor(2.0), "x", atol=0.1, because="Count.").because


# ------------------------------------------------------------ close, on tensors


@pytest.mark.parametrize(
    "got",
    [
        tensor(TRUTH),
        tensor(TRUTH) + 9e-4,
        tensor(TRUTH).requires_grad_(),
        tensor(TRUTH).T.contiguous().T,
        torch.nn.Parameter(tensor(TRUTH)),
    ],
    ids=["same", "near", "in a graph", "strided", "parameter"],
)
def test_a_tensor_within_the_tolerance_is_close(got):
    checks.close(got, tensor(TRUTH), "x", atol=1e-3)


@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8, torch.bool, torch.float16])
def test_tensors_of_every_dtype_are_compared(dtype):
    want = tensor([[0, 1, 1], [1, 0, 1]]).to(dtype)
    checks.close(want.clone(), want, "x", atol=0)
    wrong = want.clone()
    wrong[1, 2] = 0
    assert rung(checks.close, wrong, want, "x", atol=0.5) == (
        "value",
        "x is off by up to 1 (at [1, 2]); 1 of 6 entries are wrong",
    )


def test_empty_tensors_are_close():
    checks.close(torch.zeros(0, 3), torch.zeros(0, 3), "x", atol=0)
    assert miss(checks.close, torch.zeros(3, 0), torch.zeros(0, 3), "x", atol=0).rung == "shape"


def test_a_tensor_off_by_more_is_told_with_place_and_distance():
    got = tensor(TRUTH)
    got[0, 1] += 0.25
    got[1, 0] -= 2.5
    sentence = "x is off by up to 2.5 (at [1, 0]); 2 of 6 entries are wrong"
    assert rung(checks.close, got, tensor(TRUTH), "x", atol=0.1) == ("value", sentence)
    assert rung(checks.close, got.requires_grad_(), tensor(TRUTH), "x", atol=0.1)[1] == sentence


def test_a_tensor_of_one_entry_is_told_without_a_place():
    assert rung(checks.close, tensor(2.5), tensor(2.0), "x", atol=0.1)[1] == "x is off by 0.5"
    assert rung(checks.close, tensor(nan), tensor(2.0), "x", atol=0.1)[1] == "x is nan"


def test_the_place_told_is_one_that_is_wrong():
    got, want = tensor([1050.0, 2.0, 3.5]), tensor([1000.0, 2.0, 3.0])
    sentence = rung(checks.close, got, want, "x", atol=0.0, rtol=0.1)[1]
    assert sentence == "x is off by up to 0.5 (at [2]); 1 of 3 entries are wrong"


def test_the_expected_tensor_is_never_told():
    want = tensor([0.7431, 0.1297, 0.5513])
    for got in (want + 3, want[:2], want.double(), want.tolist(), want * nan, None, 1.0):
        told = miss(checks.close, got, want, "x", atol=0.1, because="Look.")
        text = f"{told.sentence} {told.looks_like} {told.because}"
        assert not re.search("0.74|0.13|0.55", text)


@pytest.mark.parametrize(
    ("got", "told"),
    [
        (None, ("returned", "x is None")),
        (TRUTH, ("type", "x is a list, expected a tensor")),
        (2.0, ("type", "x is a float, expected a tensor")),
        (np.array(TRUTH), ("type", "x is a ndarray, expected a tensor")),
        (
            tensor(TRUTH).as_subclass(LyingTensor),
            ("type", "x is a LyingTensor, expected a tensor"),
        ),
        (tensor(TRUTH).T, ("shape", "x has shape (3, 2), expected (2, 3)")),
        (tensor(1.0), ("shape", "x has shape (), expected (2, 3)")),
        (tensor(TRUTH)[None], ("shape", "x has shape (1, 2, 3), expected (2, 3)")),
        (tensor(TRUTH).double(), ("dtype", "x has dtype float64, expected float32")),
        (tensor(TRUTH).long(), ("dtype", "x has dtype int64, expected float32")),
        (tensor(TRUTH, device="meta"), ("dtype", "x is on meta, expected cpu")),
        (
            tensor([[1.0, 2.0, 3.0], [nan, 5.0, inf]], requires_grad=True),
            ("finite", "x is nan at [1, 0], 2 of 6 entries are not finite"),
        ),
        (
            tensor([[1.0, 2.0, -inf], [4.0, 5.0, 6.0]]),
            ("finite", "x is -inf at [0, 2], 1 of 6 entries are not finite"),
        ),
    ],
)
def test_a_tensor_falls_on_the_first_rung_it_misses(got, told):
    assert rung(checks.close, got, tensor(TRUTH), "x", atol=1e9) == told


def test_a_class_that_only_calls_itself_a_tensor_is_none():
    fake = type("Tensor", (LyingTensor,), {"__module__": "torch"})
    assert (
        miss(checks.close, tensor(TRUTH).as_subclass(fake), tensor(TRUTH), "x", atol=9).rung
        == "type"
    )


def test_a_tensor_that_a_known_mistake_gives_is_told_by_its_name():
    looks_like = {"a sum": tensor([12.0, 3.0]), "transposed": tensor([[1.0]]), "a number": 12.0}
    got = tensor([12.05, 2.95], requires_grad=True)
    assert (
        miss(checks.close, got, tensor([1.0, 1.0]), "x", atol=0.1, looks_like=looks_like).looks_like
        == "a sum"
    )
    assert (
        miss(
            checks.close, got * 2, tensor([1.0, 1.0]), "x", atol=0.1, looks_like=looks_like
        ).looks_like
        == ""
    )


def test_a_known_mistake_of_another_shape_is_not_the_one():
    looks_like = {"one for all": tensor([12.0]), "three": torch.full((3,), 12.0)}
    told = miss(
        checks.close, tensor([12.0, 12.0]), tensor([1.0, 1.0]), "x", atol=0.1, looks_like=looks_like
    )
    assert told.looks_like == ""


# --------------------------------------------------------------------- tensor


def test_a_tensor_is_handed_back_as_it_came():
    got = tensor(TRUTH, requires_grad=True)
    assert checks.tensor(got, "x") is got
    assert checks.tensor(got, "x", shape=(2, 3), dtype=torch.float32) is got


def test_shape_and_dtype_are_asked_for_only_where_given():
    checks.tensor(torch.zeros(0), "x")
    checks.tensor(tensor([True]), "x")
    assert miss(checks.tensor, torch.zeros(2), "x", shape=(3,)).rung == "shape"
    assert miss(checks.tensor, torch.zeros(2), "x", dtype=torch.int64).rung == "dtype"


def test_entries_need_not_be_finite_where_that_is_said():
    masked = tensor([0.0, -inf])
    assert checks.tensor(masked, "x", finite=False) is masked
    assert miss(checks.tensor, masked, "x").rung == "finite"


# ---------------------------------------------------------------------- equal

DATA = [None, True, 3, 2.5, "a", [1, [2]], (1, "a"), {"a": 1, 2: [3]}, {1, 2}, frozenset({1})]


@pytest.mark.parametrize("want", [*DATA, -0.0, [], {}, set()])
def test_plain_data_is_equal_to_a_copy_of_itself(want):
    checks.equal(copy.deepcopy(want), want, "x")


@pytest.mark.parametrize("want", DATA, ids=str)
@pytest.mark.parametrize("got", DATA, ids=str)
def test_plain_data_is_equal_to_nothing_else(got, want):
    if got is not want:
        told = miss(checks.equal, got, want, "x")
        assert told.rung == ("returned" if got is None else "type")


@pytest.mark.parametrize(
    ("got", "want", "told"),
    [
        (None, 3, ("returned", "x is None")),
        (3, None, ("type", "x is an int, expected None")),
        (True, 1, ("type", "x is a bool, expected an int")),
        (1, True, ("type", "x is an int, expected a bool")),
        (1.0, 1, ("type", "x is a float, expected an int")),
        ((1,), [1], ("type", "x is a tuple, expected a list")),
        (np.int64(1), 1, ("type", "x is an int64, expected an int")),
        (tensor(1), 1, ("type", "x is an int64 tensor of shape (), expected an int")),
        (OrderedDict(a=1), {"a": 1}, ("type", "x is an OrderedDict, expected a dict")),
        (LyingFloat(1), 1.0, ("type", "x is a LyingFloat, expected a float")),
        (LyingStr("b"), "a", ("type", "x is a LyingStr, expected a str")),
        (LyingList([2]), [1], ("type", "x is a LyingList, expected a list")),
        pytest.param(
            LyingAnything(), 1.0, ("type", "x is a LyingAnything, expected a float"), id="lying"
        ),
        (False, True, ("value", "x is False")),
        (5, 3, ("value", "x is 5, off by 2")),
        (2.5, 3.0, ("value", "x is 2.5, off by 0.5")),
        (nan, 3.0, ("value", "x is nan, off by nan")),
        ("b", "a", ("value", "x is 'b'")),
        ([1, 2], [1, 2, 3], ("value", "x is [1, 2]: 2 entries, expected 3")),
        ([1, 5, 3], [1, 2, 3], ("value", "x is [1, 5, 3], wrong at [1]")),
        ([1, True], [1, 1], ("value", "x is [1, True], wrong at [1]")),
        ([1, [2]], [1, (2,)], ("value", "x is [1, [2]], wrong at [1]")),
        ((1, 3), (1, 2), ("value", "x is (1, 3), wrong at [1]")),
        ([LyingInt(7)], [1], ("value", "x is [7], wrong at [0]")),
        ([LyingList()], [[1]], ("value", "x is [[]], wrong at [0]")),
        pytest.param(
            [LyingAnything()],
            [1.0],
            ("value", "x is a list that cannot be printed, wrong at [0]"),
            id="lying inside",
        ),
        ({"a": 1}, {"a": 1, "b": 2}, ("value", "x is {'a': 1}, without 'b'")),
        (
            {"a": 1, "b": 2},
            {"a": 1},
            ("value", "x is {'a': 1, 'b': 2}, with 'b' that does not belong there"),
        ),
        ({"a": 2}, {"a": 1}, ("value", "x is {'a': 2}, wrong at ['a']")),
        ({"a": [2]}, {"a": [1]}, ("value", "x is {'a': [2]}, wrong at ['a']")),
        ({True: "a"}, {1: "a"}, ("value", "x is {True: 'a'}, without 1")),
        ({LyingStr("b"): 1}, {"a": 1}, ("value", "x is {'b': 1}, without 'a'")),
        ({LyingStr("a"): 1}, {"a": 1}, ("value", "x is {'a': 1}, without 'a'")),
        ({1, 5}, {1, 2, 3}, ("value", "x is {1, 5}: 2 missing, 1 too many")),
        ({True}, {1}, ("value", "x is {True}: 1 missing, 1 too many")),
        ({(1, True)}, {(1, 1)}, ("value", "x is {(1, True)}: 1 missing, 1 too many")),
        pytest.param(
            10**5000,
            3,
            (
                "value",
                "x is an int that cannot be printed, off by an int that cannot be printed",
            ),
            id="too long to print",
        ),
    ],
)
def test_data_falls_on_the_first_rung_it_misses(got, want, told):
    assert rung(checks.equal, got, want, "x") == told


def test_sets_of_sets_are_equal_however_they_were_filled():
    checks.equal({frozenset([0, 8])}, {frozenset([8, 0])}, "x")
    checks.equal({(frozenset([0, 8]), 1)}, {(frozenset([8, 0]), 1)}, "x")
    assert miss(checks.equal, {frozenset([0, True])}, {frozenset([0, 1])}, "x").rung == "value"


def test_dicts_are_equal_whatever_the_order_of_their_keys():
    checks.equal({"a": 1, "b": 2}, {"b": 2, "a": 1}, "x")


def test_long_data_is_cut_short():
    sentence = rung(checks.equal, list(range(1000)), [1], "x")[1]
    assert sentence.endswith("...: 1000 entries, expected 1")
    assert len(sentence) < 120


def test_data_that_a_known_mistake_gives_is_told_by_its_name():
    looks_like = {"one": True, "a sum": 12, "a list": [12]}
    assert miss(checks.equal, 12, 3, "x", looks_like=looks_like).looks_like == "a sum"
    assert miss(checks.equal, 1, 3, "x", looks_like=looks_like).looks_like == ""
    assert miss(checks.equal, [12], [3], "x", looks_like=looks_like).looks_like == "a list"
    assert miss(checks.equal, 4, 3, "x", because="Count.").because == "Count."
    assert miss(checks.equal, "4", 3, "x", because="Count.").because == "Count."


# -------------------------------------------------------- returned, instance


@pytest.mark.parametrize("got", [0, False, "", [], tensor(0.0)])
def test_anything_but_none_is_returned(got):
    checks.returned(got, "x")


def test_none_asks_whether_a_return_is_missing():
    told = miss(checks.returned, None, "x")
    assert (told.rung, told.sentence) == ("returned", "x is None")
    assert told.because == "Is a return missing?"


def test_an_instance_may_be_of_a_subclass():
    checks.instance(OrderedDict(), dict, "x")
    checks.instance(torch.nn.Linear(1, 1), torch.nn.Module, "x")
    checks.instance(2, (float, int), "x")


@pytest.mark.parametrize(
    ("got", "kind", "told"),
    [
        (None, dict, ("returned", "x is None")),
        ([], dict, ("type", "x is a list, expected a dict")),
        ([], (dict, int), ("type", "x is a list, expected a dict or an int")),
        (LyingAnything(), float, ("type", "x is a LyingAnything, expected a float")),
    ],
    ids=["None", "one", "two", "lying"],
)
def test_an_instance_of_something_else_misses(got, kind, told):
    assert rung(checks.instance, got, kind, "x") == told


# ------------------------------------------------------------------- gradient


def test_a_gradient_is_handed_back():
    parameter = torch.zeros(2, requires_grad=True)
    parameter.grad = tensor([0.0, 1.0])
    assert checks.gradient(parameter, "the weight") is parameter.grad


@pytest.mark.parametrize(
    ("grad", "sentence"),
    [
        (None, "the weight has no gradient"),
        (tensor([nan, 1.0]), "the gradient of the weight is not finite"),
        (tensor([inf, 1.0]), "the gradient of the weight is not finite"),
        (tensor([0.0, 0.0]), "the gradient of the weight is zero everywhere"),
    ],
    ids=["none", "nan", "inf", "zero"],
)
def test_a_gradient_that_teaches_nothing_misses(grad, sentence):
    parameter = torch.zeros(2, requires_grad=True)
    parameter.grad = grad
    assert rung(checks.gradient, parameter, "the weight") == ("gradient", sentence)


# ------------------------------------------------------------------ unchanged


def state():
    return {"weight": tensor([[1.0, nan], [3.0, 4.0]]), "steps": [1, 2.5, {"name": "a"}], "n": nan}


def test_a_state_is_unchanged_after_a_deep_copy():
    checks.unchanged(state(), state(), "the model")
    model = torch.nn.Linear(2, 2)
    checks.unchanged(model.state_dict(), copy.deepcopy(model.state_dict()), "the model")
    checks.unchanged(tensor([True, False]), tensor([True, False]), "x")


def set_entry(s):
    s["weight"][1, 0] += 0.5


def set_nan(s):
    s["weight"][0, 1] = 2.0


def set_shape(s):
    s["weight"] = s["weight"][None]


def set_dtype(s):
    s["weight"] = s["weight"].double()


def set_type(s):
    s["weight"] = 3.0


def set_number(s):
    s["steps"][1] = 2.6


def set_kind(s):
    s["steps"][0] = True


def set_deep(s):
    s["steps"][2]["name"] = "b"


def set_length(s):
    s["steps"].append(1)


def set_keys(s):
    s["more"] = 1


def set_list(s):
    s["steps"] = None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (set_entry, "the model changed at weight: 1 of 4 entries, by up to 0.5"),
        (set_nan, "the model changed at weight: 1 of 4 entries, by up to nan"),
        (
            set_shape,
            "the model changed at weight: now a float32 tensor of shape (1, 2, 2), "
            "was a float32 tensor of shape (2, 2)",
        ),
        (
            set_dtype,
            "the model changed at weight: now a float64 tensor of shape (2, 2), "
            "was a float32 tensor of shape (2, 2)",
        ),
        (set_type, "the model changed at weight: now a float"),
        (set_number, "the model changed at steps[1]"),
        (set_kind, "the model changed at steps[0]"),
        (set_deep, "the model changed at steps[2].name"),
        (set_length, "the model changed at steps: its length is not the same"),
        (set_list, "the model changed at steps: its length is not the same"),
        (set_keys, "the model changed: its keys are not the same"),
    ],
)
def test_what_changed_is_told_with_its_place(change, sentence):
    got = state()
    change(got)
    told = miss(checks.unchanged, got, state(), "the model", looks_like="a step", because="Look.")
    assert (told.rung, told.sentence) == ("value", sentence)
    assert (told.looks_like, told.because) == ("a step", "Look.")


def test_a_tensor_alone_is_told_without_a_place():
    told = rung(checks.unchanged, tensor([1.0, 2.0]), tensor([1.0, 4.0]), "x")
    assert told == ("value", "x changed: 1 of 2 entries, by up to 2")
    told = rung(checks.unchanged, tensor([1, 2]), tensor([5, 2]), "x")
    assert told == ("value", "x changed: 1 of 2 entries, by up to 4")
    assert rung(checks.unchanged, 2, 3, "x") == ("value", "x changed")


def test_a_lying_number_counts_as_a_change():
    assert miss(checks.unchanged, LyingFloat(7), 1.0, "x").rung == "value"


# --------------------------------------------------------------------- raises


def raising(error, kind, **kwargs):
    with checks.raises(kind, "loading an empty file", **kwargs):
        if error is not None:
            raise error


@pytest.mark.parametrize("kind", [ValueError, (TypeError, ValueError), Exception])
def test_the_error_expected_is_right(kind):
    raising(ValueError("the file is empty"), kind)


def test_a_subclass_of_the_error_expected_is_right():
    raising(UnicodeError("x"), ValueError)


def test_every_word_must_be_mentioned_in_any_case():
    raising(ValueError("The FILE is empty"), ValueError, mentions=["file", "Empty"])
    raising(ValueError("file"), ValueError, mentions=(word for word in ["file"]))
    told = miss(raising, ValueError("the\nfile"), ValueError, mentions=["file", "path", "line"])
    assert told.rung == "value"
    assert told.sentence == (
        "loading an empty file raises ValueError, but its message lacks 'path', 'line'; "
        "it says: the file"
    )
    assert isinstance(told.__cause__, ValueError)


def test_a_text_to_mention_is_one_word_not_letters():
    raising(ValueError("the path is empty"), ValueError, mentions="path")
    assert (
        "lacks 'path';" in miss(raising, ValueError("hat p"), ValueError, mentions="path").sentence
    )


def test_an_empty_message_says_nothing():
    told = miss(raising, ValueError(), ValueError, mentions=["file"])
    assert told.sentence.endswith("it says: nothing")


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (None, ValueError, "loading an empty file raises nothing, expected ValueError"),
        (
            None,
            (TypeError, ValueError),
            "loading an empty file raises nothing, expected TypeError or ValueError",
        ),
        (
            KeyError("a"),
            ValueError,
            "loading an empty file raises KeyError ('a'), expected ValueError",
        ),
        (KeyError(), ValueError, "loading an empty file raises KeyError, expected ValueError"),
        (
            OSError("a\n b"),
            ValueError,
            "loading an empty file raises OSError (a b), expected ValueError",
        ),
    ],
)
def test_no_error_or_another_misses_the_value(error, kind, sentence):
    told = miss(raising, error, kind, because="Look.")
    assert (told.rung, told.sentence, told.because) == ("value", sentence, "Look.")


def test_an_error_without_words_of_its_own_is_told_by_its_kind():
    def no_words(self):
        raise RuntimeError("no words")

    mute = type("Mute", (Exception,), {"__str__": no_words})
    assert miss(raising, mute(), ValueError).sentence.endswith("raises Mute, expected ValueError")
    assert miss(raising, mute(), mute, mentions=["a"]).sentence.endswith("it says: nothing")


@pytest.mark.parametrize("kind", [ValueError, RuntimeError, Exception])
def test_what_is_not_written_yet_is_never_the_error_expected(kind):
    with pytest.raises(NotImplementedError):
        raising(NotImplementedError(), kind)


def test_not_implemented_can_be_asked_for_by_name():
    raising(NotImplementedError(), NotImplementedError)


@pytest.mark.parametrize("kind", [AssertionError, Exception])
def test_a_miss_inside_of_the_block_stays_that_miss(kind):
    told = miss(raising, Miss("shape", "x has shape (1,)"), kind)
    assert told.rung == "shape"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(0)])
def test_what_ends_a_process_is_let_through(error):
    with pytest.raises(type(error)):
        raising(error, ValueError)


# ------------------------------------------------------------------- describe


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        (1.0, "a float"),
        (1, "an int"),
        (OrderedDict(), "an OrderedDict"),
        (torch.zeros(2, 3), "a float32 tensor of shape (2, 3)"),
        (torch.zeros((), dtype=torch.bool), "a bool tensor of shape ()"),
        (type("", (), {})(), "a "),
    ],
)
def test_a_value_is_described_by_what_it_is(value, words):
    assert checks.describe(value) == words
