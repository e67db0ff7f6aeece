"""Stable and unstable loss histories, and a range test that ends at the edge between them."""

import copy
import math
import random
import sys

import pytest
import torch

from pytest_kata import checks

NAN, INF = math.nan, math.inf


# ---- is_stable ------------------------------------------------------------------------------


@pytest.mark.task(1)
def test_noisy_but_falling_is_stable(kata):
    """A loss that goes up and down on its way down is stable: noise is not instability."""
    _expect(
        kata,
        [3.0, 2.0, 2.75, 1.75, 2.5, 1.5, 2.25, 1.25],
        2,
        True,
        "a history that goes up and down while it falls",
        "a demand that every loss is below the one before",
    )
    _expect(
        kata,
        [1.5, 2.75, 2.5, 2.5, 2.0, 2.25, 1.5, 1.625],
        2,
        True,
        "a falling history whose very first loss is a lucky one",
        "the first loss compared with the last, which is noise against noise",
    )
    _expect(
        kata,
        [4.0, 4.0, 3.0, 0.25, 1.0, 1.5, 1.0, 0.75],
        3,
        True,
        "a falling history with one very easy batch",
        "a loss measured by the one before it, or by the lowest so far",
    )
    _expect(
        kata,
        [4.0, 1.0, 6.0, 3.0, 0.5, 5.0, 2.0, 0.25, 3.5],
        3,
        True,
        "a falling history of three batches, one easy and one hard,",
        "a limit on how much the losses may differ",
    )
    _expect(
        kata,
        [0.0625, 0.046875, 0.109375, 0.03125, 0.0390625, 0.015625],
        2,
        True,
        "a falling history of small losses",
        "a limit that is a number, and not twice the first loss",
    )


@pytest.mark.task(1)
def test_finite_but_rising_is_not_stable(kata):
    """A loss that ends above its start is not stable, however finite it is."""
    _expect(
        kata,
        [1.0, 1.25, 1.25, 1.375, 1.375, 1.5, 1.5, 1.625],
        2,
        False,
        "a finite history that slowly rises",
        "any finite history taken for a stable one",
        because="It will get to NaN too, only later.",
    )
    _expect(
        kata,
        [2.0, 2.25, 1.0, 0.75, 1.0, 1.75, 2.5, 2.75],
        2,
        False,
        "a history that falls first and then rises above its start",
        "the lowest loss taken for the end",
    )
    _expect(
        kata,
        [2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 1.75],
        2,
        False,
        "a rising history whose very last loss is a lucky one",
        "the last loss alone taken for the end",
    )
    _expect(
        kata,
        [0.5, 0.75, 0.75, 0.5, 0.625, 0.4375],
        1,
        True,
        "a history whose last loss alone is below its first",
        "the wrong one of the losses taken for the end",
    )


@pytest.mark.task(1)
def test_nan_and_infinities_are_never_stable(kata):
    """One NaN, inf or -inf anywhere makes a history unstable, however well it ends."""
    falling = [3.0, 2.75, 2.5, 2.25, 2.0, 1.75, 1.5, 1.25]
    for bad, place, looks_like in (
        (-INF, 7, "a check for NaN alone, which lets infinities through"),
        (-INF, 3, "only the last loss looked at"),
        (NAN, 3, "a comparison with NaN, which is false whatever the loss is"),
        (NAN, 4, "a comparison with NaN, which is false whatever the loss is"),
        (INF, 0, "a check that lets inf through where all is measured by inf"),
        (INF, 5, "a check that lets inf through"),
        (-INF, 0, "a check that lets -inf through"),
        (NAN, 0, "a check that lets NaN through"),
        (NAN, 7, "a check that lets NaN through"),
        (INF, 7, "a check that lets inf through"),
    ):
        for window in (2, 3):
            losses = falling[:place] + [bad] + falling[place + 1 :]
            _expect(
                kata,
                losses,
                window,
                False,
                f"a falling history whose loss {place + 1} of 8 is {bad}",
                looks_like,
                because="Which function of the standard library knows all three?",
            )


@pytest.mark.task(1)
def test_flat_is_slow_and_not_unstable(kata):
    """A loss that stays where it is counts as stable; one that ends a little higher does not."""
    for window in (1, 2, 4):
        for level in (0.75, 3.5):
            _expect(
                kata,
                [level] * 9,  # more than two windows: their number is not the question here
                window,
                True,
                "a flat history",
                "a demand for progress: < where the contract has <=",
                because="Too low a rate is slow. Is it unstable?",
            )
    _expect(
        kata,
        [2.0, 2.5, 1.0, 3.0, 2.0, 2.625],
        2,
        False,
        "a history that ends 0.06 above its start",
        "a tolerance that the contract does not have",
        because="Noise is dealt with by the mean over an epoch, the same batches at both ends.",
    )


@pytest.mark.task(1)
def test_leap_above_twice_the_first_loss_is_not_stable(kata):
    """One loss above twice the first is a leap, even when the loss comes down again after it."""
    _expect(
        kata,
        [2.0, 2.0, 9.0, 3.0, 1.75, 1.5, 1.25, 1.0],
        2,
        False,
        "a history that leaps to 9.0 and comes back",
        "a look at the two ends only, with the leap between them unseen",
        because="What a model knew may be gone by then, though the loss on these batches recovers.",
    )
    _expect(
        kata,
        [1.0, 9.0, 1.0, 1.0, 0.5, 0.5, 0.75, 0.5],
        4,
        False,
        "a history with a leap within its first window",
        "a look for leaps that begins after the first window",
    )
    _expect(
        kata,
        [1.0, 4.0, 3.0, 2.0, 1.0, 1.0, 0.5, 0.5],
        4,
        False,
        "a history that leaps to four times its first loss",
        "a leap measured by the mean of the first window, which the leap itself has raised",
    )
    _expect(
        kata,
        [1.0, 1.5, 2.0, 1.0, 0.75, 0.5],
        2,
        True,
        "a falling history with one loss of exactly twice the first",
        "a leap seen at exactly twice the first: >= where the contract has >",
    )
    _expect(
        kata,
        [1.0, 1.5, 2.03125, 1.0, 0.75, 0.5],
        2,
        False,
        "a history with one loss 0.03 above twice the first",
        "more allowed than twice the first loss",
    )
    _expect(
        kata,
        [8.0, 1.0, 0.5, 0.25, 0.25, 0.25, 0.125],
        3,
        True,
        "a history that falls fast from the start",
        "the first loss taken for a leap, because its window was soon far below it",
    )
    _expect(
        kata,
        [1.0, 1.5, 2.5, 3.0, 2.5, 1.5, 0.75, 0.5],
        2,
        False,
        "a history that climbs to three times its first loss, step by step,",
        "a leap looked for from one step to the next only",
    )
    _expect(
        kata,
        [1.0, 2.0, 3.5, 1.0, 0.5, 0.5],
        2,
        False,
        "a history with one loss of 3.5 times the first",
        "a leap measured by the highest of the first losses",
    )
    _expect(
        kata,
        [2.0, 2.0, 1.0, 1.0, 0.25, 5.0, 0.25, 0.25],
        4,
        False,
        "a history with a leap within its last window",
        "a look for leaps that ends before the last window",
    )


@pytest.mark.task(1)
def test_short_histories_prove_nothing(kata):
    """Fewer than 2 * window losses, or none at all, are not stable; exactly 2 * window suffice."""
    falling = [3.0, 2.5, 2.25, 2.0, 1.75, 1.5, 1.25, 1.0]
    for window, lengths in ((3, (0, 1, 2, 3, 5)), (1, (0, 1)), (4, (0, 1, 4, 7))):
        for length in lengths:
            _expect(
                kata,
                falling[:length],
                window,
                False,
                f"{'an empty history' if not length else 'a falling history of one loss'}"
                f", with window={window},"
                if length < 2
                else f"a falling history of {length} losses, with window={window},",
                "no losses taken for no trouble"
                if not length
                else "a verdict on too few losses"
                if length <= window
                else "windows that overlap",
                because="How many losses do two windows need that do not overlap?",
            )
    for window in (1, 3, 4):
        _expect(
            kata,
            falling[: 2 * window],
            window,
            True,
            f"a falling history of exactly 2 * window losses, window={window},",
            "one loss more demanded than the contract does",
        )


@pytest.mark.task(1)
def test_window_says_which_losses_are_compared(kata):
    """Start and end are the means of `window` losses each, for every window."""
    for window, stable, losses, looks_like in (
        (1, False, [1.0, 1.0, 2.0, 0.25, 1.0, 1.125], "halves compared, whatever window says"),
        (1, False, [1.0, 1.75, 1.5, 1.25, 0.5, 1.125], "two losses at each end, not window"),
        (3, True, [2.0, 1.0, 3.0, 2.0, 1.75, 1.5, 1.625], "a fixed number of losses, not window"),
        (2, False, [2.0, 1.0, 3.0, 1.0, 2.0, 1.5], "three losses at each end, not window"),
    ):
        what = f"{'a falling' if stable else 'a rising'} history as seen with window={window}"
        _expect(kata, losses, window, stable, what, looks_like)


@pytest.mark.task(1)
def test_random_histories_are_judged_as_the_contract_says(kata, kata_seed):
    """Random histories of all kinds get the verdict of the four rules, and are not changed."""
    draw = random.Random(kata_seed)
    for _ in range(300):
        window = draw.randint(1, 5)
        slope, noise = draw.uniform(-0.12, 0.12), draw.uniform(0.0, 0.6)
        length = draw.randint(0, 4 * window)
        losses = [max(0.05, 2 + slope * n + draw.gauss(0, noise)) for n in range(length)]
        for bad in (NAN, INF, -INF):
            if losses and draw.random() < 0.05:
                losses[draw.randrange(length)] = bad
        reasons = _faults(losses, window)
        if reasons is None:
            continue
        given = list(losses)
        got = _verdict(kata, given, window, f"a history of {length} losses, window={window},")
        checks.unchanged(given, losses, "the list of losses")
        said = reasons[0] if reasons else "none of the four faults"
        checks.that(
            got == (not reasons),
            f"a history of {length} losses, window={window}, with {said}, is called "
            f"{'stable' if got else 'not stable'}",
            because="Hold it against the four lines of the contract, one at a time.",
        )


# ---- largest_stable_rate --------------------------------------------------------------------


@pytest.mark.task(2)
def test_model_is_left_as_it_came(kata, kata_seed):
    """Weights, buffers, gradients and modes of the caller's own model are as before."""
    for training in (True, False):
        model = _model(kata_seed).train(training)
        before = copy.deepcopy(model.state_dict())
        tried = []

        def train(trial, rate, model=model, before=before, tried=tried):
            checks.that(
                trial is not model,
                f"at rate {rate:g} train is given the model itself, not a copy of it",
                looks_like="the caller's model trained once more, at the rate found"
                if rate in tried
                else "the caller's own model trained, a state put back afterwards or not",
                because="If this rate wrecks it, what is left?",
            )
            tried.append(rate)
            _disturb(trial, rate)
            checks.unchanged(
                model.state_dict(),
                before,
                f"while its copy is trained at rate {rate:g} the model itself",
                looks_like="a shallow copy, which shares its parameters with the model",
                because="The module copy has two functions. Which one copies what is inside?",
            )
            return FALLING if rate < 1 else [2.0, NAN, NAN, NAN, NAN, NAN]

        kata.largest_stable_rate(model, [0.1, 10.0, 0.01, 1.0], train, 2)
        checks.unchanged(model.state_dict(), before, "the state of the model after the search")
        for part in model.modules():
            checks.that(part.training is training, "a part of the model is in another mode now")
        for parameter in model.parameters():
            checks.that(parameter.grad is None, "the model has gradients that it had not before")


@pytest.mark.task(2)
def test_edge_on_a_parabola_is_two_over_the_curvature(kata, kata_seed):
    """Gradient descent on c/2 * w^2 is stable below the rate 2/c: known on paper, and found."""
    draw = random.Random(kata_seed)
    for _ in range(3):
        c, start, window = draw.uniform(0.5, 8), draw.uniform(1, 5), draw.randint(1, 3)
        model = torch.nn.Linear(1, 1, bias=False)
        model.weight.data.fill_(start)
        # At the rate 1/c a single step ends in the minimum.
        shares = [0.2, 0.6, 1.0, 1.5, 1.9, 2.1, 3.0]
        rates = [share / c for share in shares]
        in_order = None
        while in_order not in (rates[1], rates[3]):  # what no other mistake finds
            shuffled = draw.sample(rates, len(rates))
            in_order = _in_order_given(shuffled, {2.1 / c, 3.0 / c})

        def train(trial, rate, c=c):
            losses = []
            for _ in range(8):
                w = trial.weight.item()
                losses.append(c / 2 * w**2)
                trial.weight.data.fill_(w - rate * c * w)
            return losses

        got = kata.largest_stable_rate(model, shuffled, train, window)
        _expect_rate(
            got,
            1.9 / c,
            f"the largest stable rate on a parabola, curvature {c:.3g}, edge at {2 / c:.3g},",
            {
                "the first unstable rate, one too far": 2.1 / c,
                "the rate whose loss ended lowest, not the largest stable one": 1.0 / c,
                "one model trained on and on, so that later trials begin in the minimum": 3 / c,
                "the smallest stable rate, from a search that ends before the edge": 0.2 / c,
                "the last stable rate in the order given, not by size": in_order,
            },
            because="Which of the rates are below 2 / curvature, and which one is the largest?",
        )


@pytest.mark.task(2)
def test_every_trial_starts_from_the_same_weights(kata, kata_seed):
    """Each rate is tried on a fresh copy: weights and buffers as the model came with them."""
    for window in (1, 2):
        model, tried = _model(kata_seed), []
        before = copy.deepcopy(model.state_dict())

        def train(trial, rate, tried=tried):
            tried.append((rate, copy.deepcopy(trial.state_dict())))
            _disturb(trial, rate)
            return FALLING

        rates = [0.3, 0.1, 0.2]
        kata.largest_stable_rate(model, rates, train, window)
        checks.that(len(tried) > 0, "no rate is tried at all")
        buffers = {name for name, _ in model.named_buffers()}
        for number, (rate, state) in enumerate(tried, start=1):
            for names, looks_like in (
                (before.keys() - buffers, "one model trained on and on, from trial to trial"),
                (buffers, "parameters put back for each trial, but no buffers"),
            ):
                checks.unchanged(
                    {name: state[name] for name in sorted(names)},
                    {name: before[name] for name in sorted(names)},
                    f"at the start of trial {number} (rate {rate:g}) the model",
                    looks_like=looks_like,
                    because="A second trial that begins where the first ended compares nothing.",
                )


@pytest.mark.task(2)
def test_search_goes_up_from_the_smallest_rate_and_ends_at_the_edge(kata):
    """Rates are tried by size up to the first unstable one; nothing beyond it is tried."""
    for rates, unstable, want, beyond in (
        ([0.1, 0.2, 1.0, 3.0, 0.3], {1.0}, 0.3, 3.0),
        ([1e-2, 1e-4, 1e-1, 1e-3], {1e-1}, 1e-2, 1e-2),
        ([0.5, 4.0, 2.0, 8.0, 1.0], {1.0, 4.0}, 0.5, 8.0),
        ([0.02, 0.01], set(), 0.02, 0.02),
        ([7.0], set(), 7.0, 7.0),
    ):
        given, tried = list(rates), []

        def train(trial, rate, tried=tried, unstable=unstable):
            tried.append(rate)
            # The lower the rate, the lower the loss it ends at.
            return RISING if rate in unstable else [3.0, 3.0, 2.0, 2.0, 1 + rate / 9, 1 + rate / 9]

        got = kata.largest_stable_rate(torch.nn.Linear(2, 3), rates, train, 2)
        edge = min(unstable, default=None)
        shown = _listed(given)
        wrong = {
            "the largest of all stable rates, also of those beyond the edge": beyond,
            "the rate whose loss ended lowest": min(rate for rate in given if rate not in unstable),
            "the first unstable rate, one too far": edge or -1.0,
            "the last stable rate in the order given": _in_order_given(given, unstable),
        }
        _expect_rate(
            got,
            want,
            f"the largest stable rate of {shown}, of which {edge or 'none':g} fails first,"
            if edge
            else f"the largest stable rate of {shown}, all stable,",
            {words: value for words, value in wrong.items() if value != want},
            because="From the smallest up, until one is not stable; where are you then?",
        )
        order = [rate for rate in sorted(given) if edge is None or rate <= edge]
        checks.that(
            tried == order,
            f"of the rates {shown}, these were tried, in this order: {_listed(tried)}",
            looks_like="trials beyond the edge, which only burn time"
            if sorted(tried)[: len(order)] == order and len(tried) > len(order)
            else "rates tried in another order than by size"
            if sorted(tried) == order
            else "",
            because=f"Up to {order[-1]:g}, from the smallest on, each once.",
        )
        checks.unchanged(rates, given, "the list of rates")


@pytest.mark.task(2)
def test_no_stable_rate_is_none(kata):
    """Without a stable rate, or without any rate, the answer is None, not a guess."""
    for rates, history, looks_like in (
        ([0.3, 0.1], RISING, "the smallest rate handed back, though it was not stable"),
        ([0.3, 0.1], [2.0, NAN, NAN, NAN], "the smallest rate handed back, though it was NaN"),
        ([0.5], [], "a run without losses taken for a stable one"),
        ([], FALLING, "a rate that nobody has given"),
    ):
        tried = []

        def train(trial, rate, history=history, tried=tried):
            tried.append(rate)
            return list(history)

        what = f"the largest stable rate of {len(rates)} rates, none of them stable,"
        try:
            got = kata.largest_stable_rate(torch.nn.Linear(3, 2), rates, train, 1)
        except (ValueError, IndexError) as error:
            raise checks.Miss(
                "value",
                f"{what} cannot be had: {type(error).__name__}: {checks.said_by(error)[:80]}",
                looks_like="the largest of an empty list",
                because="What can be said when nothing is stable?",
            ) from error
        checks.that(
            got is None,
            f"{what} is {checks.describe(got)}, expected None",
            looks_like=looks_like,
            because="A caller can ask for None; a made-up rate would be used.",
        )
        checks.equal(tried, sorted(rates)[:1], "the list of rates tried before giving up")


@pytest.mark.task(2)
def test_window_reaches_the_verdict(kata):
    """The window that the caller gives decides what is stable in the search as well."""
    histories = {
        0.1: [4.0, 3.0, 3.0, 2.5, 2.0, 2.0],  # stable with every window
        0.2: [2.0, 2.5, 2.0, 1.5, 1.0, 2.25],  # with 2 and 3
        0.3: [2.0, 1.0, 3.0, 1.0, 1.5, 2.0],  # with 3
        0.4: [2.0, 2.5, 3.0, 3.0, 3.5, 3.5],  # with none
    }
    answers = {1: 0.1, 2: 0.2, 3: 0.3}

    def train(trial, rate):
        return list(histories[rate])

    for window, want in answers.items():
        got = kata.largest_stable_rate(torch.nn.Linear(1, 2), list(histories), train, window)
        _expect_rate(
            got,
            want,
            f"the largest stable rate with window={window}",
            {
                f"a window of {other}, whatever the caller says": rate
                for other, rate in answers.items()
                if other != window
            },
            because="Does is_stable get the caller's window?",
        )


# ---- the pretrained model -------------------------------------------------------------------


@pytest.mark.task(2)
def test_pretrained_model_survives_your_rate_and_not_the_next(kata):
    """Your rate teaches the pretrained model a new text; ten times that rate wrecks it."""
    model, batches, held_out, general = _pretrained_and_text()
    rates, trained = [0.3, 0.003, 3.0, 0.03], {}

    def train(trial, rate):
        losses = _two_epochs(trial, rate, batches)
        trained[rate] = (trial, losses)
        return list(losses)

    got = kata.largest_stable_rate(model, rates, train, len(batches))
    begins = [losses[0] for _, losses in trained.values()]
    checks.that(
        all(abs(begin - begins[0]) < 1e-3 for begin in begins),
        f"the trials on the pretrained model do not begin at one loss: {_listed(begins)}",
        looks_like="pretrained weights that did not come back: a state_dict is no copy",
        because="Before its first step, every trial must have the pretrained weights.",
    )
    got = checks.number(got, "the largest stable rate for the pretrained model")
    checks.that(got in trained, f"the rate {got:g} was never tried on the pretrained model")
    mine, losses = trained[got]
    checks.show_losses(losses, _losses_at_the_edge(model, rates, batches, trained))
    told = f"at your rate {got:g} the loss went {_told(losses)}"
    with torch.no_grad():
        known = _next_token_loss(model, general).item()
        new = _next_token_loss(model, held_out).item()
        known_after = _next_token_loss(mine, general).item()
        new_after = _next_token_loss(mine, held_out).item()
    checks.that(
        not _faults(losses, len(batches)),
        f"{told}; on text from its pre-training the model needs {known_after:.3g} nats a token "
        f"now, {known:.3g} before",
        looks_like="a rate beyond the edge: the pretrained weights are wrecked",
        because="Is this history stable by the four rules?",
    )
    larger = [rate for rate in sorted(rates) if rate > got]
    checks.that(
        len(larger) > 0 and larger[0] in trained,
        f"{told}, and the next larger rate was not even tried",
        looks_like="a search that ends before the edge",
        because="How do you know where the edge is before you have seen a run fail?",
    )
    wrecked, wild = trained[larger[0]]
    checks.that(
        bool(_faults(wild, len(batches))),
        f"{told}; at {larger[0]:g} it went {_told(wild)}, which is stable too",
        looks_like="a smaller rate than needed: slow",
        because="The largest stable rate was asked for.",
    )
    with torch.no_grad():
        ruined = _next_token_loss(wrecked, general).item()
    checks.that(
        new_after < new and not ruined < known_after + 1,
        f"{told}; held-out new text {new:.3g} to {new_after:.3g}, and general text "
        f"{known:.3g} to {known_after:.3g}, where the next rate gives {ruined:.3g}",
        because="At the right rate the new text gets easier; beyond it everything gets worse.",
    )


# ---- helpers --------------------------------------------------------------------------------

FALLING = [3.0, 2.5, 2.25, 2.0, 1.5, 1.25]
RISING = [1.0, 1.0, 1.25, 1.5, 1.5, 1.75]


def _faults(losses, window):
    """What is wrong with a history, in words; None where rounding would decide."""
    if len(losses) < 2 * window:
        return ["too few losses"]
    if not all(map(math.isfinite, losses)):
        return ["a loss that is not finite"]
    start, end = sum(losses[:window]) / window, sum(losses[-window:]) / window
    if abs(end - start) < 1e-9 * start or abs(max(losses) - 2 * losses[0]) < 1e-9 * start:
        return None
    found = ["an end above its start"] if end > start else []
    return found + (["a loss above twice the first"] if max(losses) > 2 * losses[0] else [])


def _verdict(kata, losses, window, what):
    try:
        got = kata.is_stable(losses, window)
    except (ArithmeticError, ValueError, IndexError) as error:
        raise checks.Miss(
            "value",
            f"{what} cannot be judged: {type(error).__name__}: {checks.said_by(error)[:80]}",
            looks_like="a mean, a maximum or a first entry of no losses" if not losses else "",
            because="Which histories are too short to look at?" if len(losses) < 2 * window else "",
        ) from error
    checks.returned(got, f"the verdict on {what}")
    numpy = sys.modules.get("numpy")
    if numpy and type(got) is numpy.bool_:
        got = got.item()
    if type(got) is not bool:
        raise checks.Miss(
            "type", f"the verdict on {what} is {checks.describe(got)}, expected True or False"
        )
    return got


def _expect(kata, losses, window, stable, what, looks_like, because=""):
    got = _verdict(kata, list(losses), window, what)
    checks.that(
        got is stable,
        f"{what} is called {'stable' if got else 'not stable'}",
        looks_like=looks_like,
        because=because,
    )


def _expect_rate(got, want, what, looks_like, because):
    if got is None:
        raise checks.Miss(
            "value",
            f"{what} is None, though there is one",
            because="Is a return missing, or is a stable history called unstable?",
        )
    checks.close(got, want, what, atol=want * 1e-6, looks_like=looks_like, because=because)


def _in_order_given(rates, unstable):
    kept = None
    for rate in rates:
        if rate in unstable:
            break
        kept = rate
    return -1.0 if kept is None else kept


def _model(seed):
    """A model with weights and buffers, in double precision."""
    generator = torch.Generator().manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4)).double()
    for parameter in model.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=generator))
    return model


def _disturb(trial, rate):
    """What training does to a model: other weights, other buffers, gradients, another mode."""
    for parameter in trial.parameters():
        parameter.data.add_(rate)
        parameter.grad = torch.ones_like(parameter)
    for buffer in trial.buffers():
        buffer.add_(1)
    trial.train(not trial.training)


def _pretrained_and_text():
    """The kit's pretrained model, two batches and held-out text of what is new to it, and text
    of the kind it was pre-trained on."""
    from pydoc_data.topics import topics

    from pytest_kata.lab.checkpoint import load_checkpoint, load_tokenizer
    from pytest_kata.lab.conversations import conversations

    tokenizer = load_tokenizer()

    def rows(texts, count, length=12):
        ids = []
        for text in texts:
            ids += [tokenizer.end_of_text, *tokenizer.encode(text)]
            if len(ids) >= count * length:
                break
        return torch.tensor(ids[: count * length]).view(count, length)

    talks = (turn.text for talk in conversations("train") for turn in talk.turns)
    new = rows(talks, 12)
    general = rows((topics[name][:200] for name in sorted(topics)), 4)
    return load_checkpoint(), [new[:3], new[3:6]], new[6:], general


def _two_epochs(model, rate, batches):
    """The loss of every step of plain descent, each taken before its step."""
    losses = []
    for batch in batches * 2:
        loss = _next_token_loss(model, batch)
        losses.append(loss.item())
        _descend(model, loss, rate)
    return losses


def _losses_at_the_edge(model, rates, batches, trained):
    """The losses at the largest stable rate, trained here where it was not tried."""
    best = []
    for rate in sorted(rates):
        if rate in trained:
            losses = trained[rate][1]
        else:
            losses = _two_epochs(copy.deepcopy(model), rate, batches)
        if _faults(losses, len(batches)):
            break
        best = losses
    return best


def _next_token_loss(model, ids):
    logits = model(ids)[:, :-1]
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


def _descend(model, loss, rate):
    parameters = list(model.parameters())
    gradients = torch.autograd.grad(loss, parameters)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.sub_(gradient, alpha=rate)


def _listed(numbers):
    return ", ".join(f"{number:.3g}" for number in numbers)


def _told(losses):
    return f"from {losses[0]:.3g} to {losses[-1]:.3g} (highest {max(losses):.3g})"
