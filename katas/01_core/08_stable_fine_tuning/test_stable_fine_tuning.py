"""What a stable fine-tuning loop owes its model, step by step."""

import copy
import math
from functools import partial

import pytest
import torch

from pytest_kata import checks

# ---- small worlds ---------------------------------------------------------------------------


def small_model(seed):
    """Two layers, one frozen parameter, one buffer; double precision; in train mode."""
    generator = torch.Generator().manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    model.double()
    for parameter in model.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=generator) * 0.7)
    model[0].bias.requires_grad_(False)
    model.register_buffer("scale", torch.tensor([2.0]))
    return model.train()


def some_batches(seed, sizes, scale=1.0):
    generator = torch.Generator().manual_seed(seed + 1000)
    shapes = [((n, 3), (n, 2)) for n in sizes]
    return [
        (
            torch.randn(a, generator=generator, dtype=torch.float64),
            torch.randn(b, generator=generator, dtype=torch.float64) * scale + 1.0,
        )
        for a, b in shapes
    ]


def squared_error(outputs, labels):
    return ((outputs - labels) ** 2).mean()


def trainable(model):
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def sgd(model, lr=0.1, **settings):
    return torch.optim.SGD(trainable(model), lr=lr, **settings)


def run(kata, model, batches, optimizer, **changes):
    """One call of fine_tune; what `changes` does not name is out of the way."""
    settings = {
        "loss_fn": squared_error,
        "evaluate": lambda model: 0.5,
        "every": 1000,
        "warmup": 0,
        "max_norm": 1e6,
        **changes,
    }
    history = kata.fine_tune(model, batches, optimizer, **settings)
    checks.returned(history, "what fine_tune returns")
    return history


def flat(model):
    """All parameters that are not frozen as one vector, a copy."""
    return torch.cat([parameter.detach().reshape(-1) for parameter in trainable(model)]).clone()


def gradients_at(model, weights, batch, loss_fn=squared_error):
    """The gradient of one batch alone, a list of tensors, with `weights` put in a copy."""
    model = copy.deepcopy(model)
    parameters = trainable(model)
    sizes = [parameter.numel() for parameter in parameters]
    for parameter, values in zip(parameters, weights.split(sizes), strict=True):
        parameter.data.copy_(values.view_as(parameter))
    return list(torch.autograd.grad(loss_fn(model(batch[0]), batch[1]), parameters))


def joined(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def trail(model, optimizer):
    """A list that gets the flat weights: now, and after every step of the optimizer."""
    weights = [flat(model)]
    optimizer.register_step_post_hook(lambda *_: weights.append(flat(model)))
    return weights


# ---- the loop -------------------------------------------------------------------------------


def test_two_steps_equal_two_steps_by_hand(kata, kata_seed):
    """Two steps of plain SGD move the weights exactly as the formula on paper says."""
    for lr in (0.1, 0.03):
        model = torch.nn.Linear(3, 1).double()
        batches = [(x, y[:, :1]) for x, y in some_batches(kata_seed, (5, 2))]
        start = torch.cat([model.weight.detach().reshape(-1), model.bias.detach()])
        want, stale, sums = start, start, torch.zeros(4, dtype=torch.float64)
        late, steep = start, start
        for step, (inputs, labels) in enumerate(batches):
            extended = torch.cat([inputs, torch.ones(len(inputs), 1, dtype=torch.float64)], 1)
            sums = sums + _slope(extended, labels[:, 0], stale)
            stale = stale - lr * sums
            want = want - lr * _slope(extended, labels[:, 0], want)
            late = late - lr * step * _slope(extended, labels[:, 0], late)
            steep = steep - lr * (step + 1) * _slope(extended, labels[:, 0], steep)
        optimizer, max_norm, norms = sgd(model, lr), 1e6, []
        optimizer.register_step_pre_hook(lambda *_: norms.append(_norm(model)))
        run(kata, model, batches, optimizer, max_norm=max_norm)
        got = torch.cat([model.weight.detach().reshape(-1), model.bias.detach()])
        enlarged = any(abs(norm - max_norm) < 1e-3 * max_norm for norm in norms)
        checks.close(
            got,
            want,
            f"the vector of weights after two steps at lr={lr}",
            atol=1e-9,
            looks_like={
                "step 2 using the gradient of step 1 once more, added to its own": stale,
                "no step at all: zero_grad between backward and step": start,
                "a warm-up that begins at zero, where there was to be none": late,
                "a ramp that does not stop at the base rate": steep,
            }
            | ({"small gradients enlarged until their norm is max_norm": got} if enlarged else {}),
            because="Each step on paper: what is in .grad, and which rate is it taken at?",
        )


def _slope(inputs, labels, weights):
    """The gradient of mean (x w - y)^2, on paper: 2 / n * X^T (X w - y)."""
    return 2 / len(inputs) * inputs.T @ (inputs @ weights - labels)


def _norm(model):
    """The norm of all gradients together, 0 where there are none."""
    found = [p.grad.reshape(-1) for p in trainable(model) if p.grad is not None]
    return torch.cat(found).norm().item() if found else 0.0


def test_gradients_left_over_from_earlier_do_not_count(kata, kata_seed):
    """What lies in .grad before the call has no say in the first step."""
    model = small_model(kata_seed)
    batch, other = some_batches(kata_seed, (4, 6))
    squared_error(model(other[0]), other[1]).backward()
    old = joined([parameter.grad for parameter in trainable(model)])
    start = flat(model)
    fresh = joined(gradients_at(model, start, batch))
    run(kata, model, [batch], sgd(model, 0.05))
    checks.close(
        (start - flat(model)) / 0.05,
        fresh,
        "the gradient used in step 1, on a model that came with old gradients,",
        atol=1e-9,
        looks_like={"old gradients that were there before the call, added in": fresh + old},
        because="The gradients must be clear before the first backward, not only between steps.",
    )


def test_order_of_events_in_every_step(kata, kata_seed):
    """Every step goes: clear gradients, forward, backward, clip, step."""
    for max_norm in (0.01, 0.03):
        model = small_model(kata_seed)
        optimizer = sgd(model, 0.05)
        limit = max_norm * (1 + 1e-4)
        steps, late, fresh, apart = [], [], [], []
        probed = model[2].bias

        def grads():
            found = [p.grad for p in trainable(model) if p.grad is not None]
            return joined(found) if found else torch.zeros(1)

        def forward(*_):
            clipped_late()
            steps.append(["forward"])

        def backward(gradient):
            # Called before the new gradient is added to what lies in .grad.
            old = probed.grad
            fresh[:] = [gradient.clone(), gradient + (0.0 if old is None else old)]
            steps[-1].append("backward")

        def step(*_):
            norm = grads().norm().item()
            if norm > 0 and _parallel(probed.grad, fresh[1]) and not _parallel(*fresh):
                steps[-1][1] = "backward on old gradients"
            steps[-1] += ["clip", "step"] if 0 < norm <= limit else ["step"]
            if norm == 0:
                steps[-1][-1] = "step without gradients"
            elif norm > limit and not apart:
                found = [p.grad for p in trainable(model) if p.grad is not None]
                if all(grad.norm() <= limit for grad in found):
                    apart.append("every tensor clipped to max_norm by itself")
                elif all(grad.abs().max() <= limit for grad in found):
                    apart.append("every entry cut off at max_norm by itself")

        def clipped_late():
            if steps and steps[-1][-1] == "step" and "clip" not in steps[-1]:
                late.append(0 < grads().norm().item() <= limit)

        model.register_forward_pre_hook(forward)
        probed.register_hook(backward)
        optimizer.register_step_pre_hook(step)
        run(kata, model, some_batches(kata_seed, (4, 3, 5)), optimizer, max_norm=max_norm)
        clipped_late()
        checks.equal(len(steps), 3, "the number of forward passes for 3 batches")
        for number, events in enumerate(steps, start=1):
            seen = ", ".join(events)
            words = ""
            if "step without gradients" in events:
                words = "zero_grad between backward and step: the step has nothing to work with"
            elif "backward on old gradients" in events:
                words = "no zero_grad before backward: the gradients of all steps pile up"
            elif "clip" not in events:
                words = "no clipping between backward and step, which sees more than max_norm"
                if True in late:
                    words = "clipping after the step, which is too late for it"
                elif apart:
                    words = apart[0]
            checks.that(
                events == ["forward", "backward", "clip", "step"],
                f"with max_norm={max_norm}, step {number} went: {seen}",
                looks_like=words,
                because="What must be true of .grad when backward begins, and when step begins?",
            )


def _parallel(a, b):
    return bool((a / a.norm() - b / b.norm()).abs().max() < 1e-6)


def test_clip_norm_is_taken_over_all_parameters_together(kata, kata_seed):
    """Large gradients keep their direction: one factor, from one norm over all tensors."""
    for max_norm in (0.5, 2.0):
        model = small_model(kata_seed)
        (batch,) = some_batches(kata_seed, (5,), scale=40.0)
        start, frozen = flat(model), model[0].bias.detach().clone()
        raw = gradients_at(model, start, batch)
        norms = [tensor.norm() for tensor in raw]
        total = joined(raw).norm()
        run(kata, model, [batch], sgd(model, 0.01), max_norm=max_norm)
        used = (start - flat(model)) / 0.01
        apart = [g * min(1.0, (max_norm / n).item()) for g, n in zip(raw, norms, strict=True)]
        checks.close(
            used,
            joined(raw) * (max_norm / total),
            f"the gradient used by a step with max_norm={max_norm}",
            atol=1e-5 * max_norm,
            looks_like={
                "clipping that came after the step, or not at all": joined(raw),
                "every tensor clipped to max_norm by itself": joined(apart),
                "every entry cut off at max_norm by itself": joined(raw).clamp(-max_norm, max_norm),
                "the norms of the tensors added up": joined(raw) * (max_norm / sum(norms)),
                "the norm of the largest tensor only": joined(raw) * (max_norm / max(norms)),
                "the squared norm without its root": joined(raw) * (max_norm / total**2),
            },
            because="The step must see the clipped gradients, shortened but not turned.",
        )
        checks.unchanged(model[0].bias.detach(), frozen, "the frozen parameter")


def test_small_gradients_are_not_enlarged(kata, kata_seed):
    """A gradient below max_norm, or of zero, is used as it is, in every step."""

    def weighted_error(outputs, labels):
        return (labels[:, 1] * (outputs[:, 0] - labels[:, 0]) ** 2).mean()

    model = small_model(kata_seed)
    batches = some_batches(kata_seed, (4, 3, 2, 5))
    for (_, labels), weight in zip(batches, (1.0, 0.5, 0.0, 1.0), strict=True):
        labels[:, 1] = weight
    optimizer = sgd(model, 0.02)
    weights = trail(model, optimizer)
    max_norm = 200.0
    run(kata, model, batches, optimizer, loss_fn=weighted_error, max_norm=max_norm)
    piled = 0.0
    for step, (batch, before, after) in enumerate(zip(batches, weights, weights[1:]), start=1):
        raw = joined(gradients_at(model, before, batch, weighted_error))
        piled = piled + raw
        used = (before - after) / 0.02
        checks.that(
            bool(torch.isfinite(after).all()),
            f"the weights are no longer finite after step {step}, whose gradient was harmless",
            looks_like="" if bool(raw.any()) else "dividing by a gradient norm of zero",
        )
        longer = bool(used.norm() > 1.01 * raw.norm()) and bool(raw.any()) and _parallel(used, raw)
        checks.close(
            used,
            raw,
            f"the gradient used in step {step}, whose norm is below max_norm,",
            atol=1e-6,
            looks_like={
                "the gradients of the steps so far, summed up": piled,
                "small gradients enlarged until their norm is max_norm": used if longer else piled,
            },
            because="The gradient of this batch alone, and max_norm is only a ceiling.",
        )
    checks.equal(len(weights) - 1, 4, "the number of steps for 4 batches")


# ---- warm-up --------------------------------------------------------------------------------


def test_warm_up_raises_the_rate_to_the_base_in_warmup_steps(kata, kata_seed):
    """Step t runs at base * min(1, t / warmup), in each group from its own base."""
    bases = (0.08, 0.5)
    for warmup in (4, 7, 2, 1, 0):
        model = small_model(kata_seed)
        first, *rest = trainable(model)
        optimizer = torch.optim.SGD(
            [{"params": [first], "lr": bases[0]}, {"params": rest, "lr": bases[1]}], lr=9.0
        )
        seen = ([], [])

        def note(optimizer, *_):
            for group, rates in zip(optimizer.param_groups, seen, strict=True):
                rates.append(group["lr"])

        optimizer.register_step_pre_hook(note)
        steps = warmup + 2
        batches = some_batches(kata_seed, (4, 3, 5, 2, 4, 3, 2, 6, 4)[:steps])
        history = run(kata, model, batches, optimizer, warmup=warmup)
        checks.equal(
            len(seen[0]), steps, f"the number of steps for {steps} batches at warmup={warmup}"
        )
        for group, (base, rates) in enumerate(zip(bases, seen, strict=True), start=1):
            rates = [checks.number(rate, "the rate of a step") for rate in rates]
            for step, rate in enumerate(rates, start=1):
                want = base * min(1.0, step / max(1, warmup))
                checks.that(
                    abs(rate - want) <= 1e-9,
                    f"with warmup={warmup}, step {step} ran at {rate / base:.3g} times the base "
                    f"rate of group {group}",
                    looks_like=_schedule(rates, base, bases, warmup),
                    because="Steps are counted from 1: work out t / warmup for the first step.",
                )
        checks.equal(len(history.rates), steps, f"the number of history.rates for {steps} steps")
        for step, (told, rate) in enumerate(zip(history.rates, seen[0], strict=True), start=1):
            checks.close(
                told,
                rate,
                f"history.rates of step {step}, beside the rate that the step was taken at,",
                atol=1e-9,
            )


def _schedule(rates, base, bases, warmup):
    """Words for the known wrong schedule that gives `rates`, if one does."""
    count = range(1, len(rates) + 1)
    w = max(1, warmup)
    compound = [base]
    for t in count:
        compound.append(compound[-1] * min(1.0, t / w))
    known = {
        "no warm-up: the full rate from the first step": [base for t in count],
        "a warm-up that begins at zero, so that the first step is wasted": [
            base * min(1.0, (t - 1) / w) for t in count
        ],
        "a warm-up that needs one step too many": [base * min(1.0, t / (w + 1)) for t in count],
        "a warm-up that is one step ahead": [base * min(1.0, (t + 1) / w) for t in count],
        "a ramp that does not stop at the base rate": [base * t / w for t in count],
        "a factor applied to the rate of the step before instead of the base rate": compound[1:],
        "the base rate of the first group used for every group": [
            bases[0] * min(1.0, t / w) for t in count
        ],
        "the rate of the previous step: set after the step instead of before it": [
            base * min(1.0, max(t - 1, w if t == 1 else 0) / w) for t in count
        ],
    }
    for words, wrong in known.items():
        if all(abs(a - b) <= 1e-9 for a, b in zip(rates, wrong, strict=True)):
            return words
    return ""


# ---- the modes ------------------------------------------------------------------------------


def test_steps_are_made_in_train_mode_and_scores_in_eval_mode(kata, kata_seed):
    """Dropout works in every step, rests in every evaluation; the model's mode is handed back."""
    for came_in, every in ((True, 2), (False, 2), (False, 3)):
        model = small_model(kata_seed)
        model.insert(2, torch.nn.Dropout(0.5))
        model.train(came_in)
        modes, scored = [], []

        def note(module, _):
            if not scoring:
                modes.append(model.training and module.training)

        def evaluate(model):
            scoring.append(True)
            model(torch.zeros(1, 3, dtype=torch.float64))
            scored.append(not any(module.training for module in model.modules()))
            scoring.clear()
            return 0.5

        scoring = []
        model[2].register_forward_pre_hook(note)
        batches = some_batches(kata_seed, (4, 3, 5, 2, 6))
        run(kata, model, batches, sgd(model, 0.01), evaluate=evaluate, every=every)
        checks.equal(len(modes), 5, "the number of forward passes for 5 batches")
        checks.equal(len(scored), 5 // every, f"the number of evaluations with every={every}")
        for number, right in enumerate(scored, start=1):
            checks.that(
                right,
                f"evaluation {number} ran in train mode: dropout spoils the score",
                looks_like="evaluating without eval mode",
            )
        for step, right in enumerate(modes, start=1):
            words = ""
            if step == 1:
                words = "leaving the model in the mode in which it came"
            elif not any(modes[every:]) and came_in:
                words = "eval mode never switched back after the first evaluation"
            elif not any(modes[every:]):
                words = "going back to the mode the model came in, which here is eval mode"
            checks.that(
                right,
                f"step {step} ran in eval mode, with an evaluation after every {every} steps",
                looks_like=words,
                because="Which lines change the mode, and which steps come after them?",
            )
        checks.that(
            all(module.training is came_in for module in model.modules()),
            f"the model came in {'train' if came_in else 'eval'} mode and is handed back in the "
            "other",
            looks_like="a run that ends in its own mode and forgets what the caller had",
        )


# ---- the guard ------------------------------------------------------------------------------


def poisoned(seed, sizes, at, value=math.nan):
    """Batches of which number `at` (from 1) has a loss of `value`."""
    batches = some_batches(seed, sizes)
    batches[at - 1][1][0, 0] = value
    return batches


def test_nan_loss_leaves_weights_and_optimizer_untouched(kata, kata_seed):
    """A NaN at step 3 ends the run as step 2 left it, bit for bit, optimizer state included."""
    makers = {
        "SGD with momentum": lambda model: sgd(model, 0.05, momentum=0.9),
        "AdamW": lambda model: torch.optim.AdamW(trainable(model), lr=0.01, weight_decay=0.1),
    }
    for name, make in makers.items():
        model = small_model(kata_seed)
        optimizer = make(model)
        kept = []

        def keep(*_):
            state = optimizer.state_dict()["state"]
            kept.append(copy.deepcopy((model.state_dict(), state)))

        optimizer.register_step_post_hook(keep)
        batches = poisoned(kata_seed, (4, 3, 5, 2, 6), at=3)
        history = run(kata, model, batches, optimizer, max_norm=1.0, warmup=2)
        checks.that(
            len(kept) >= 2,
            f"the run with {name} took fewer than two steps ({len(kept)}), although the first "
            "NaN comes in step 3",
        )
        weights, state = kept[1]
        because = "At which line does the damage happen, and is the loss known before it?"
        broken = not all(bool(torch.isfinite(p).all()) for p in model.parameters())
        unnoticed = broken and history.stopped_at is None
        if unnoticed:
            because = "What does Python say to float('nan') == float('nan')?"
        checks.unchanged(
            model.state_dict(),
            weights,
            f"after a NaN at step 3 of {name}, the model",
            looks_like=(
                "a NaN that went unnoticed"
                if unnoticed
                else "a NaN that is noticed after the step, when the weights are NaN as well"
                if broken
                else "a run that goes on with the next batch"
                if len(kept) > 2
                else ""
            ),
            because=because,
        )
        checks.unchanged(
            optimizer.state_dict()["state"],
            state,
            f"after a NaN at step 3, the weights are as step 2 left them, but {name}'s state",
            looks_like="weights put back after the step, with the optimizer's state still broken",
            because=because,
        )


def test_infinite_loss_ends_the_run_too(kata, kata_seed):
    """inf and -inf are no losses to learn from either; a large finite loss is."""
    for value, loss_fn, words in (
        (1e200, squared_error, "inf"),
        (1e200, lambda outputs, labels: -squared_error(outputs, labels), "-inf"),
    ):
        model = small_model(kata_seed)
        optimizer = sgd(model, 0.001)
        weights = trail(model, optimizer)
        batches = poisoned(kata_seed, (3, 5, 2, 4, 3), at=4, value=value)
        batches[1][1][0, 0] = 1e5
        history = run(kata, model, batches, optimizer, loss_fn=loss_fn, max_norm=1.0)
        steps = len(weights) - 1
        checks.that(
            steps >= 3,
            f"the last step taken is {steps}, but the losses of steps 1 to 3 are finite; that of "
            "step 2 is large, no more",
            looks_like="a large loss taken for a broken one",
        )
        checks.that(
            steps != 3 or history.stopped_at != 3,
            f"the loss of step 4 is {words}, and stopped_at is 3",
            looks_like="steps counted from 0",
            because="The first step is step 1.",
        )
        checks.that(
            steps == 3 and history.stopped_at == 4,
            f"the loss of step 4 is {words}, and the last step taken is {steps}; stopped_at is "
            f"{history.stopped_at!r}",
            looks_like=f"a guard that knows NaN but lets {words} pass"
            if steps > 3 and _stops_at_nan(kata, kata_seed)
            else "",
            because="Which losses are no finite numbers, and which test finds them all?",
        )


def _stops_at_nan(kata, seed):
    model = small_model(seed)
    return run(kata, model, poisoned(seed, (3, 4), at=1), sgd(model)).stopped_at == 1


def test_stopped_run_tells_where_and_keeps_what_it_had(kata, kata_seed):
    """stopped_at counts from 1; the lists end before the bad step; mode and best are handed on."""
    because = "The step with the bad loss was never taken: nothing of it is recorded or scored."
    for at, train_mode in ((3, True), (6, False), (1, False)):
        model = small_model(kata_seed).train(train_mode)
        given = iter([0.25, 0.75, 0.5])
        batches = iter(poisoned(kata_seed, (4, 3, 5, 2, 4, 3, 2), at=at))
        optimizer = sgd(model, 0.01)
        history = run(
            kata, model, batches, optimizer, evaluate=lambda model: next(given), every=3, warmup=2
        )
        place = f"after a NaN at step {at}"
        checks.that(
            history.stopped_at is not None,
            f"{place}, stopped_at is None",
            looks_like="a NaN that went unnoticed",
            because="What does Python say to float('nan') == float('nan')?",
        )
        checks.equal(
            history.stopped_at,
            at,
            f"{place}, stopped_at",
            looks_like={"steps counted from 0": at - 1},
        )
        for name in ("losses", "norms", "rates"):
            checks.equal(
                len(getattr(history, name)),
                at - 1,
                f"{place}, the number of history.{name}",
                looks_like={"a record of the step that was not taken": at},
                because=because,
            )
        scores = [0.25][: (at - 1) // 3]
        checks.equal(history.scores, scores, f"{place}, history.scores", because=because)
        checks.equal(history.best_score, scores[0] if scores else None, f"{place}, best_score")
        checks.equal(history.best_state is not None, bool(scores), f"{place}, having a best_state")
        checks.that(
            all(module.training is train_mode for module in model.modules()),
            f"{place}, the model that came in {'train' if train_mode else 'eval'} mode is handed "
            "back in the other",
            looks_like="a way out that skips handing the mode back",
        )


# ---- the best -------------------------------------------------------------------------------


def scored_run(kata, seed, scores, every):
    """A run with these scores; hands back model, history and the state at each evaluation."""
    model = small_model(seed)
    optimizer = sgd(model, 1e-4)
    weights, states, given, taken = trail(model, optimizer), [], iter(scores), []

    def evaluate(model):
        taken.append(len(weights) - 1)
        states.append(copy.deepcopy(model.state_dict()))
        return next(given)

    count = len(scores) * every + every - 1
    batches = some_batches(seed, [3 + k % 3 for k in range(count)])
    # The lowest training loss falls on the first evaluation, which is not the best one.
    for step, (inputs, labels) in enumerate(batches, start=1):
        labels.copy_(labels * 0.01 + (0.0 if step == every else 40.0))
        inputs.copy_(inputs * 0.1)
    history = run(kata, model, batches, optimizer, evaluate=evaluate, every=every)
    checks.equal(
        taken,
        [every * (k + 1) for k in range(len(scores))],
        f"with every={every}, the list of steps after which evaluate was called",
        looks_like={
            "evaluating before the step: the score is of weights one step old": [
                every * (k + 1) - 1 for k in range(len(scores))
            ]
        },
    )
    return model, history, states


def test_best_weights_are_a_copy(kata, kata_seed):
    """What happens to the model afterwards does not reach best_state."""
    for scores in ([0.4, 0.7, 0.2, 0.5], [0.3, 0.1, 0.9]):
        model, history, states = scored_run(kata, kata_seed, scores, every=2)
        best = history.best_state
        checks.instance(best, dict, "best_state")
        as_returned = copy.deepcopy(dict(best))
        for parameter in model.parameters():
            parameter.data.add_(1.0)
        checks.equal(
            sorted(best),
            sorted(states[0]),
            "the list of names in best_state",
            looks_like={
                "a copy of the parameters that leaves the buffers out": sorted(
                    name for name, _ in model.named_parameters()
                )
            },
            because="best_state must load into a model: it has all that model.state_dict() has.",
        )
        words = ""
        if all(best[name].data_ptr() == value.data_ptr() for name, value in _named(model)):
            words = "a reference to the model's own tensors, which every later step changes"
        checks.unchanged(
            dict(best),
            as_returned,
            "best_state, when the model was changed afterwards,",
            looks_like=words,
            because="Whose memory do the tensors in best_state lie in?",
        )
        check_kept(best, states, scores)
        small_model(kata_seed).load_state_dict(best)


def _named(model):
    return model.state_dict().items()


def test_best_is_the_highest_score_and_the_earliest_of_equals(kata, kata_seed):
    """best_score and best_state are of the first evaluation with the highest score."""
    for every, scores, right in (
        (2, [-6.0, -3.0, -9.0, -3.0, -5.0], 1),
        (3, [0.4, 0.1, 0.6, 0.6, 0.2], 2),
    ):
        _, history, states = scored_run(kata, kata_seed, scores, every)
        checks.that(
            history.best_score is not None,
            f"best_score is None although evaluate gave {scores}",
            looks_like="a best score that starts at 0, which a negative score never exceeds",
        )
        checks.equal(history.scores, scores, "history.scores")
        best = history.best_state
        checks.instance(best, dict, "best_state")
        check_kept(best, states, scores)
        checks.equal(
            history.best_score,
            scores[right],
            f"best_score of {scores}",
            looks_like={"the last score": scores[-1]},
        )


def check_kept(best, states, scores):
    """best_state holds the weights of the first evaluation with the highest score."""
    right = scores.index(max(scores))
    kept = [number for number, state in enumerate(states) if _same(best, state)]
    words = {
        len(scores) - 1: "the last weights that were scored, not the best",
        0: "the weights with the lowest training loss",
        scores.index(min(scores)): "the lowest score taken for the best",
    }
    if scores.count(max(scores)) > 1:
        words[scores.index(max(scores), right + 1)] = "the later one of two equal scores"
    if not kept:
        where = "none of the evaluations"
    elif len(kept) > 1:
        where, words = "several evaluations, since the weights hardly move", {}
    else:
        where = f"evaluation {kept[0] + 1} of {len(scores)}"
    checks.that(
        kept == [right],
        f"the scores are {scores}, and best_state holds the weights of {where}",
        looks_like=words.get(kept[0], "")
        if kept
        else "a reference to the model's own tensors, which went on changing",
        because="The weights to keep are those that the winning score was measured on.",
    )


def _same(got, state):
    return sorted(got) == sorted(state) and all(
        type(got[name]) is torch.Tensor and torch.equal(got[name], state[name]) for name in state
    )


# ---- the record -----------------------------------------------------------------------------


def test_history_has_the_loss_and_the_norm_of_every_step(kata, kata_seed):
    """losses and norms are numbers, one a step, norms as they were before clipping."""
    model = small_model(kata_seed)
    optimizer = sgd(model, 0.02)
    weights = trail(model, optimizer)
    batches = some_batches(kata_seed, (4, 3, 5, 2), scale=5.0)
    history = run(kata, model, iter(batches), optimizer, max_norm=0.1)
    checks.equal(history.stopped_at, None, "stopped_at of a run in which every loss is finite")
    for name in ("losses", "norms"):
        checks.equal(len(getattr(history, name)), 4, f"the number of history.{name} for 4 steps")
    for step, batch in enumerate(batches, start=1):
        before = weights[step - 1]
        raw = joined(gradients_at(model, before, batch)).norm().item()
        probe = copy.deepcopy(model)
        torch.nn.utils.vector_to_parameters(before, trainable(probe))
        loss = squared_error(probe(batch[0]), batch[1]).item()
        checks.close(history.losses[step - 1], loss, f"the loss of step {step}", atol=1e-9)
        checks.close(
            history.norms[step - 1],
            raw,
            f"the gradient norm of step {step}",
            atol=1e-6 * raw,
            looks_like={"the norm after clipping": 0.1},
            because="It is the norm of this batch's gradient, taken before clipping.",
        )
    checks.equal(history.scores, [], "history.scores where no step was evaluated")
    checks.equal(history.best_state, None, "best_state where no step was evaluated")
    empty = run(kata, model, [], optimizer)
    checks.equal(empty.losses, [], "history.losses without any batch")


# ---- the real thing -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def english():
    """The kit's own GPT-2, its tokenizer, and texts: product reviews, Python's documentation."""
    from pydoc_data.topics import topics

    from pytest_kata.lab.checkpoint import load_checkpoint, load_tokenizer
    from pytest_kata.lab.reviews import labelled

    pages = [part for _, page in sorted(topics.items())[:40] for part in page.split("\n\n")]
    manual = [part for part in pages if part[:1].isupper() and len(part.split()) > 12]
    model = load_checkpoint()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model, load_tokenizer(), ([text for text, _ in labelled("train")], manual)


def rows_of(texts, tokenizer, count, length, generator):
    """The first `length` ids of `count` texts drawn from `texts`."""
    rows = []
    for i in torch.randperm(len(texts), generator=generator).tolist():
        ids = tokenizer.encode(texts[i][: 12 * length])[:length]
        rows += [ids] if len(ids) == length else []
        if len(rows) == count:
            break
    return torch.tensor(rows)


def upper_part(pretrained, generator):
    """The last block of the GPT-2 and a new head of two classes, on the mean over the text."""

    class Upper(torch.nn.Module):
        def __init__(self, body, width):
            super().__init__()
            self.block, self.norm = copy.deepcopy((body.h[-1], body.ln_f))
            self.head = torch.nn.Linear(width, 2, dtype=torch.float32)

        def forward(self, hidden):
            return self.head(self.norm(self.block(hidden)).mean(dim=1))

    model = Upper(pretrained.transformer, pretrained.config.n_embd)
    drawn = torch.randn(model.head.weight.shape, generator=generator)
    model.head.weight.data.copy_(drawn / pretrained.config.n_embd**0.5)
    model.head.bias.data.zero_()
    return model


def below(pretrained, ids):
    """What all blocks but the last make of the ids: they stay as they are."""
    body = pretrained.transformer
    with torch.no_grad():
        hidden = body.wte(ids) + body.wpe.weight[: ids.shape[1]]
        for block in body.h[:-1]:
            hidden = block(hidden)
    return hidden


def accuracy_on(model, inputs, labels):
    with torch.no_grad():
        return (model(inputs).argmax(1) == labels).double().mean().item()


# Over 360 seeds the mended loop's last eight losses have a mean of 0.28 (at most 1.3), and it gets
# 56 percent or more right. Without clipping the mean is 53 (over 60 seeds; 14 or more).
BLOWN_UP = 4.0
RATE, WARMUP, MAX_NORM = 0.12, 4, 0.5


def test_large_rate_on_small_data_is_survived_with_clipping(kata, kata_seed, english):
    """A new head on 32 texts, and the last block of a GPT-2: the run must still learn the task."""
    pretrained, tokenizer, kinds = english
    generator = torch.Generator().manual_seed(kata_seed)
    texts = [rows_of(kind, tokenizer, 32, 8, generator) for kind in kinds]
    parts = [below(pretrained, torch.cat([rows[k::2] for rows in texts])) for k in (0, 1)]
    (inputs, held_out), labels = parts, torch.arange(2).repeat_interleave(16)
    model = upper_part(pretrained, generator)
    batches = []
    for _ in range(4):
        order = torch.randperm(32, generator=generator)
        batches += [(inputs[part], labels[part]) for part in order.split(8)]
    untouched = copy.deepcopy(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9)
    losses, right = [], as_on_paper(model, optimizer)

    def loss_fn(outputs, labels):
        loss = torch.nn.functional.cross_entropy(outputs, labels)
        losses.append(loss.item())
        return loss

    history = run(
        kata,
        model,
        batches,
        optimizer,
        loss_fn=loss_fn,
        evaluate=lambda model: accuracy_on(model, held_out, labels),
        every=len(batches),
        warmup=WARMUP,
        max_norm=MAX_NORM,
    )
    if right != [True] * len(batches) or len(losses) != len(batches):
        losses = reference_losses(untouched, batches)
    checks.show_losses(history.losses, losses)
    accuracy = accuracy_on(model, held_out, labels)
    recent = [float(loss) for loss in history.losses[-8:]] or [math.inf]
    mean = sum(recent) / len(recent)
    checks.that(
        mean < BLOWN_UP and accuracy > 0.5,
        f"after {len(history.losses)} steps the last losses average {mean:.2g}, where guessing "
        f"costs 0.69; held-out accuracy is {100 * accuracy:.0f} %, where guessing gives 50 %",
        looks_like="a run that its largest gradients have wrecked" if mean > BLOWN_UP else "",
        because="What bounds the step that one batch can cause?",
    )


def as_on_paper(model, optimizer):
    """A list that grows with each step: whether its gradient and its rate are those on paper.

    If all are, the losses are the reference's too, which need not train once more.
    """
    parameters, raw, right = list(model.parameters()), {}, []
    for parameter in parameters:
        parameter.register_hook(partial(raw.__setitem__, parameter))

    def note(*_):
        used = [parameter.grad for parameter in parameters]
        if len(raw) < len(parameters) or any(gradient is None for gradient in used):
            right.append(False)
            return
        fresh = joined([raw.pop(parameter) for parameter in parameters])
        rate = RATE * min(1.0, (len(right) + 1) / WARMUP)
        right.append(
            abs(optimizer.param_groups[0]["lr"] - rate) < 1e-9
            and (joined(used) - clipped(fresh)).norm().item() < 1e-5
        )

    optimizer.register_step_pre_hook(note)
    return right


def clipped(gradient):
    norm = gradient.norm().item()
    return gradient * (MAX_NORM / norm) if norm > MAX_NORM else gradient


def reference_losses(model, batches):
    """The loss of every step of the run above, made with the formulas on paper."""
    parameters = list(model.parameters())
    velocity, losses = 0.0, []
    for step, (inputs, labels) in enumerate(batches, start=1):
        loss = torch.nn.functional.cross_entropy(model(inputs), labels)
        losses.append(loss.item())
        velocity = 0.9 * velocity + clipped(joined(torch.autograd.grad(loss, parameters)))
        rate = RATE * min(1.0, step / WARMUP)
        with torch.no_grad():
            moved = torch.nn.utils.parameters_to_vector(parameters) - rate * velocity
            torch.nn.utils.vector_to_parameters(moved, parameters)
    return losses


def test_warm_up_spares_what_the_model_already_knows(kata, kata_seed, english):
    """One step of Adam at a high rate must not make a GPT-2 forget its English."""
    pretrained, tokenizer, (reviews, _) = english
    generator = torch.Generator().manual_seed(kata_seed)
    model = copy.deepcopy(pretrained)
    held_out, batch = rows_of(reviews, tokenizer, 11, 12, generator).split([8, 3])

    def next_token_loss(logits, ids):
        return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())

    def needs():
        with torch.no_grad():
            return next_token_loss(model(held_out), held_out).item()

    known = needs()
    run(
        kata,
        model,
        [(batch, batch)],
        torch.optim.Adam(model.parameters(), lr=0.05),
        loss_fn=next_token_loss,
        warmup=100,
        max_norm=1.0,
    )
    now = needs()
    checks.that(
        now < known + 1.0,
        f"the model needed {known:.1f} nats a token of reviews that it has not seen, and after 1 "
        f"step it needs {now:.1f}",
        looks_like="a first step at the full rate, and Adam's moves every weight by it",
        because="How large is the first rate with warmup=100?",
    )
