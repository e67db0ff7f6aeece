"""Next-token cross-entropy: which logits meet which label, what counts, and what it teaches."""

import math

import torch

from pytest_kata import checks

NO_SHIFT = "no shift: each position scored on the token it was just shown"
TWO_SHIFTS = "two shifts: each position scored on the token after the next"
WRONG_WAY = "a shift the wrong way: each position scored on the token before it"
WRAPPED = "roll: the last position scored on the first token of its own row"
JOINED = "rows joined before the shift: the end of a row scored on the start of the next row"
SIZES = ((3, 9, 11), (2, 5, 7), (4, 3, 6))  # B, T, V


def test_uniform_logits_give_ln_of_the_vocabulary_size(kata, kata_seed):
    """Not knowing anything costs ln V nats a token, whatever the tokens are."""
    for sizes in SIZES:
        b, t, v = sizes
        g = _generator(kata_seed, v)
        labels = torch.randint(v, (b, t), generator=g)
        # The same logit for every token, another one at every position.
        logits = torch.randn(b, t, 1, generator=g).expand(b, t, v).contiguous()
        scored, want = b * (t - 1), math.log(v)
        checks.close(
            kata.next_token_loss(logits, labels),
            torch.tensor(want),
            f"the loss (B, T, V = {str(sizes)[1:-1]}) of uniform logits, which is ln V,",
            atol=1e-5,
            looks_like=_scalars(
                {
                    "bits, a logarithm to base 2; the contract asks for nats": math.log2(v),
                    "a perplexity, exp of the loss": float(v),
                    "the sum, not the mean": scored * want,
                    "a sum divided by a count of the uncut labels, B x T of them: "
                    "the first of each row is nobody's next token": want * (t - 1) / t,
                    "the log-likelihood, without its minus": -want,
                    "the probability, without its logarithm": 1 / v,
                    "the sum of each row, averaged over rows": want * (t - 1),
                }
            ),
            because="Every scored token has the probability 1 / V here.",
        )


def test_position_t_is_scored_on_token_t_plus_1(kata, kata_seed):
    """A model that knows each token's successor has a loss of 0 on a chain of successors."""
    for sizes in SIZES:
        b, t, v = sizes
        g = _generator(kata_seed, v)
        after = _ring(v, g)
        column = torch.randint(v, (b,), generator=g)
        columns = [column]
        for _ in range(t - 1):
            columns.append(after[columns[-1]])
        labels = torch.stack(columns, dim=1)
        # Sure of the successor, and with a taste for its neighbours in the chain, and for each
        # other token, that tells one wrong shift from another.
        logits = torch.rand(b, t, v, generator=g) * 4
        before = torch.empty_like(after).scatter_(0, after, torch.arange(v))
        for wanted, value in (
            (after[labels], 40.0),
            (after[after[labels]], 20.0),
            (labels, 10.0),
            (before[labels], 5.0),
        ):
            logits.scatter_(2, wanted.unsqueeze(2), value)
        checks.close(
            kata.next_token_loss(logits, labels),
            torch.tensor(0.0),
            f"the loss (B, T, V = {str(sizes)[1:-1]}) of a model that knows every successor",
            atol=1e-3,
            looks_like=_known_mistakes(logits, labels),
            because="Logits at t were computed from token t: which token are they a guess at?",
        )


def test_mean_over_all_scored_positions_of_random_logits(kata, kata_seed):
    """Random logits and tokens: the mean of -ln p over positions, as the definition says."""
    for dtype, atol in ((torch.float32, 1e-5), (torch.float64, 1e-10)):
        for sizes in SIZES:
            logits, labels = _random(sizes, kata_seed, dtype)
            checks.close(
                kata.next_token_loss(logits=logits, labels=labels),
                _mean(_surprises(logits, labels)).to(dtype),
                f"the loss of random {str(dtype)[6:]} logits (B, T, V = {str(sizes)[1:-1]})",
                atol=atol,
                looks_like=_known_mistakes(logits, labels)
                | (_something_added(logits, labels) if dtype is torch.float64 else {}),
                because="Which logits belong to which label, and do both keep that order?",
            )


def test_ignored_labels_leave_sum_and_count(kata, kata_seed):
    """A label of -100 is neither in the sum nor in the number that divides it."""
    for sizes in SIZES:
        logits, labels = _random(sizes, kata_seed)
        labels = _ragged(labels, -100)
        scored, positions = (labels[:, 1:] != -100).sum(), labels[:, 1:].numel()
        checks.close(
            kata.next_token_loss(logits, labels),
            _mean(_surprises(logits, labels)).float(),
            f"the loss (B, T, V = {str(sizes)[1:-1]}) with {positions - scored} of {positions} "
            "labels ignored",
            atol=1e-5,
            looks_like=_known_mistakes(logits, labels),
            because="By how many did you divide, and is the mask shifted with the labels?",
        )
        one = torch.full_like(labels, -100)
        one[1, 2] = 2
        checks.close(
            kata.next_token_loss(logits, one),
            _mean(_surprises(logits, one)).float(),
            f"the loss (B, T, V = {str(sizes)[1:-1]}) with every label ignored but one",
            atol=1e-5,
            because="One scored position is enough for a mean.",
        )


def test_ignore_index_may_be_any_integer(kata, kata_seed):
    """Whatever integer is given as ignore_index is left out, also one that is a token."""
    for sizes in SIZES:
        for ignore_index in (0, 2, sizes[2] - 1, -1):
            logits, labels = _random(sizes, kata_seed)
            labels = _ragged(labels, ignore_index)
            kept = labels[:, 1:] != ignore_index
            wrong = _known_mistakes(logits, labels, ignore_index)
            if ignore_index >= 0:
                all_of_them = _mean(_surprises(logits, labels, ignore_index=None))
                wrong = {"ignore_index without effect: only -100 is left out": all_of_them, **wrong}
            what = f"the loss (B, T, V = {str(sizes)[1:-1]}) with ignore_index={ignore_index}"
            try:
                got = kata.next_token_loss(logits, labels, ignore_index)
            except NotImplementedError:
                raise
            except (IndexError, RuntimeError) as error:
                raise checks.Miss(
                    "value",
                    f"{what} cannot be had: {type(error).__name__}: {checks.said_by(error)[:80]}",
                    looks_like="an ignored label used as if it were a token"
                    if ignore_index < 0
                    else "",
                    because=f"{int((~kept).sum())} labels are ignored; what is done with them?",
                ) from error
            checks.close(
                got,
                _mean(_surprises(logits, labels, ignore_index=ignore_index)).float(),
                what,
                atol=1e-5,
                looks_like=wrong,
                because="The caller says which label is not to be predicted.",
            )


def test_token_zero_is_a_token(kata, kata_seed):
    """Token 0 is predicted like any other, as long as ignore_index is not 0."""
    for sizes in SIZES:
        logits, labels = _random(sizes, kata_seed)
        labels[:, 1::2] = 0
        labels[0, -1] = -100
        checks.close(
            kata.next_token_loss(logits, labels, ignore_index=-100),
            _mean(_surprises(logits, labels)).float(),
            f"the loss (B, T, V = {str(sizes)[1:-1]}) of text in which every second token is 0",
            atol=1e-5,
            looks_like=_known_mistakes(logits, labels),
            because="Only ignore_index says what is left out.",
        )


def test_gradient_pulls_each_position_towards_its_next_token(kata, kata_seed):
    """The gradient of logits is (softmax - one-hot of the next token) / scored, 0 elsewhere."""
    for sizes in SIZES:
        b, t, v = sizes
        logits, labels = _random(sizes, kata_seed, torch.float64)
        labels = _ragged(labels, -100)
        want = torch.zeros(b, t, v, dtype=torch.float64)
        scored = (labels[:, 1:] != -100).nonzero().tolist()
        for row, now in scored:
            want[row, now] = logits[row, now].softmax(0) / len(scored)
            want[row, now, labels[row, now + 1]] -= 1 / len(scored)
        _, gradient = _loss_and_gradient(kata, logits, labels)
        checks.close(
            gradient,
            want,
            f"the gradient (B, T, V = {str(sizes)[1:-1]}) of the loss with respect to logits",
            atol=1e-9,
            because="Each scored position has the weight 1 / scored, and no other has any.",
        )


def test_positions_that_are_not_scored_change_nothing(kata, kata_seed):
    """What the model says before an ignored label, or at the end of a row, does not matter."""
    for sizes, ignore_index in zip(SIZES, (-100, 1, 0), strict=True):
        b, t, v = sizes
        logits, labels = _random(sizes, kata_seed)
        labels = _ragged(labels, ignore_index)
        silent = torch.ones(b, t, dtype=torch.bool)
        silent[:, :-1] = labels[:, 1:] == ignore_index
        last = torch.zeros(b, t, dtype=torch.bool)
        last[:, -1] = True
        noise = torch.randn(b, t, v, generator=_generator(kata_seed, 99), dtype=logits.dtype) * 5
        first, gradient = _loss_and_gradient(kata, logits, labels, ignore_index)
        for where, name in ((silent & ~last, "before an ignored label"), (last, "of a row's end")):
            pull = gradient[where].abs().max().item()
            checks.that(
                pull < 1e-9,
                f"logits {name} get a gradient of up to {pull:.2g}; nothing is scored there",
                looks_like="an ignored label replaced by a token and trained on"
                if name.startswith("before")
                else "",
                because="An ignored label must not become another label on the way.",
            )
            other = torch.where(where.unsqueeze(2), noise, logits)
            second, moved = _loss_and_gradient(kata, other, labels, ignore_index)
            checks.close(second, first, f"the loss, when only logits {name} are others,", atol=1e-6)
            checks.close(
                moved, gradient, f"the gradient, when only logits {name} are others,", atol=1e-6
            )


def test_nothing_to_score_is_zero_and_backward_works(kata, kata_seed):
    """Without a label to predict the loss is 0, and backward gives a gradient of 0, not NaN."""
    logits, labels = _random((3, 4, 5), kata_seed)
    first_only = torch.full_like(labels, -100)
    first_only[:, 0] = labels[:, 0]
    for case, these, those, ignore_index in (
        ("with every label ignored", logits, torch.full_like(labels, -100), -100),
        ("with every label but the first ones ignored", logits, first_only, -100),
        ("of text that is all padding, token 2,", logits, torch.full_like(labels, 2), 2),
        ("of sequences of one token", logits[:, :1], labels[:, :1], -100),
        ("of a batch of no sequences", logits[:0], labels[:0], -100),
    ):
        what = f"the loss {case}"
        leaf = these.detach().clone().requires_grad_(True)
        try:
            got = kata.next_token_loss(leaf, those, ignore_index)
        except ZeroDivisionError as error:
            raise checks.Miss(
                "value", f"{what} divides by zero", because="How many positions are scored here?"
            ) from error
        if got is None:
            raise checks.Miss(
                "value",
                f"{what} is None; the contract asks for 0.0",
                looks_like="None for nothing, on which nobody can call backward()",
            )
        checks.tensor(got, what, finite=False)
        checks.that(
            not bool(torch.isnan(got).any()),
            f"{what} is nan",
            looks_like="the mean of no numbers, 0 / 0",
            because="How many positions are scored here, and what is divided by that?",
        )
        checks.close(got, torch.tensor(0.0, dtype=leaf.dtype), what, atol=1e-7)
        checks.that(
            got.requires_grad,
            f"{what} is not connected to logits, so backward() fails",
            looks_like="a new 0 in place of a sum over nothing",
            because="A training loop calls backward() on whatever it is given.",
        )
        got.backward()
        gradient = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        checks.close(gradient, torch.zeros_like(leaf), f"the gradient of {what}", atol=1e-9)


def test_large_logits_stay_exact(kata):
    """Logits of 10,000 either way give the exact loss, neither inf nor a rounded one."""
    labels = torch.tensor([[2, 1, 0, 3], [0, 3, 2, 1]])
    calm = torch.tensor([0.5, -1.0, 0.25, 1.5])
    sure = torch.tensor([10_000.0, -10_000.0, 0.0, 300.0])
    for name, row, overflow in (
        ("logits around 10,000", calm + 10_000.0, "exp of a large logit, which is inf in float32"),
        ("logits around -10,000", calm - 10_000.0, "exp of logits that all round to 0"),
        (
            "logits from -10,000 to 10,000",
            sure,
            "the logarithm of a probability that softmax has rounded to 0",
        ),
    ):
        for dtype in (torch.float32, torch.float64):
            logits = row.to(dtype).repeat(2, 4, 1)
            what = f"the loss with {name} ({str(dtype)[6:]})"
            got = checks.tensor(
                kata.next_token_loss(logits, labels), what, shape=(), dtype=dtype, finite=False
            )
            checks.that(
                bool(torch.isfinite(got)),
                f"{what} is {got.item()}",
                looks_like=overflow,
                because="Is there a function that takes the logarithm of softmax in one go?",
            )
            want = _mean(_surprises(logits, labels))
            checks.close(
                got,
                want.to(dtype),
                what,
                atol=1e-3,
                rtol=1e-5,
                looks_like=_something_added(logits, labels),
                because="A loss of 10,000 is a loss of 10,000: compute it in log space.",
            )


def test_arguments_are_left_as_they_are(kata, kata_seed):
    """Neither logits nor labels are changed, and the same call gives the same loss again."""
    for ignore_index in (-100, 1):
        logits, labels = _random((3, 5, 7), kata_seed)
        labels = _ragged(labels, ignore_index)
        old_logits, old_labels = logits.clone(), labels.clone()
        first = kata.next_token_loss(logits, labels, ignore_index)
        checks.tensor(first, "the loss", shape=())
        checks.unchanged(
            labels,
            old_labels,
            "the tensor of labels",
            looks_like="labels overwritten in place: the model would next train on others",
            because="A slice of a tensor shares its memory.",
        )
        checks.unchanged(logits, old_logits, "the tensor of logits")
        again = kata.next_token_loss(logits, labels, ignore_index)
        checks.close(again, first.detach(), "the loss of a second call", atol=1e-7)


def test_pretraining_learns_context_and_not_counts(kata, kata_seed):
    """Pre-training on real text gets below the entropy of its character frequencies."""
    text, held_out = _library_text()
    model, parameters = _small_language_model(kata_seed, text)
    g = _generator(kata_seed, 5)
    adam = [(torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]
    for step in range(1, 41):
        starts = torch.randint(len(text) - 24, (16, 1), generator=g)
        ids = text[starts + torch.arange(24)]
        loss = kata.next_token_loss(model(ids), ids)
        checks.tensor(loss, "the loss while pre-training", shape=())
        checks.that(
            loss.requires_grad,
            "the loss while pre-training is not connected to the model",
            looks_like=CUT,
        )
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, (mean, square), gradient in zip(parameters, adam, gradients, strict=True):
                mean.lerp_(gradient, 0.1)
                square.lerp_(gradient**2, 0.01)
                size = (square / (1 - 0.99**step)).sqrt() + 1e-8
                p -= 0.02 * mean / (1 - 0.9**step) / size
    rows = held_out[: len(held_out) // 50 * 50].view(-1, 50)
    with torch.no_grad():
        logits = model(rows)
        got = kata.next_token_loss(logits, rows)
    log_p = logits.double().log_softmax(-1)
    shares = torch.bincount(rows.flatten(), minlength=128).double() / rows.numel()
    counts = torch.special.entr(shares).sum().item()
    costs = {
        shift: _mean(_surprises(logits, rows, shift, log_p=log_p)).item() for shift in (1, 0, 2, -1)
    }
    needs, learned = costs[1], min(costs, key=costs.get)
    checks.that(
        needs < counts - 0.3,
        f"after 40 steps the model needs {needs:.2f} nats a character on text it has not seen, "
        f"where character frequencies alone give {counts:.2f}",
        looks_like={
            0: "a model that has learned to repeat the token it is shown",
            2: "a model that has learned to guess the token after the next",
            -1: "a model that has learned to recall the token before",
        }.get(learned, ""),
        because="What it has learned is what your loss asked for.",
    )
    checks.close(
        got,
        torch.tensor(needs),
        "your loss on the held-out text, against the model's own probabilities,",
        atol=1e-4,
    )


# ---- helpers --------------------------------------------------------------------------------

CUT = "a graph that was cut by item(), detach() or no_grad()"


def _generator(seed, salt):
    return torch.Generator().manual_seed(1000 * seed + salt)


def _ring(v, generator):
    """The successor of each token: a random order of all of them, closed to a ring."""
    order = torch.randperm(v, generator=generator)
    after = torch.empty_like(order)
    after[order] = order.roll(-1)
    return after


def _random(sizes, seed, dtype=None):
    """Logits and labels; every label differs from the one before it in its row."""
    b, t, v = sizes
    g = _generator(seed, 31 * v)
    logits = torch.randn(b, t, v, generator=g, dtype=torch.float64) * 2
    steps = torch.randint(1, v - 1, (b, t), generator=g)
    return logits.to(dtype or torch.float32), steps.cumsum(1) % v


def _ragged(labels, ignore_index):
    """The labels with other shares of each row ignored: a first token, one within, the ends."""
    labels = labels.clone()
    t = labels.shape[1]
    labels[0, 0] = ignore_index
    labels[1, t - t // 3 :] = ignore_index
    labels[-1, t // 2] = ignore_index
    return labels


def _surprises(logits, labels, shift=1, ignore_index=-100, log_p=None):
    """-ln p of every scored label under the logits `shift` places to its left, row by row."""
    log_p = logits.detach().double().log_softmax(-1) if log_p is None else log_p
    t = labels.shape[1]
    log_p, labels = log_p[:, max(0, -shift) : t - max(0, shift)], labels[:, max(0, shift) :]
    labels = labels[:, : log_p.shape[1]]
    kept = (
        torch.ones_like(labels, dtype=torch.bool)
        if ignore_index is None
        else labels != ignore_index
    )
    return [-p[k].gather(1, n[k, None])[:, 0] for p, n, k in zip(log_p, labels, kept, strict=True)]


def _mean(rows):
    return torch.cat(rows).mean()


def _something_added(logits, labels):
    return {
        f"softmax with {tiny:g} added before the logarithm, "
        "which makes every large loss the same": _mean(
            _surprises(logits, labels, log_p=(logits.softmax(-1) + tiny).log().double())
        ).to(logits.dtype)
        for tiny in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5)
    }


def _scalars(values):
    return {words: torch.as_tensor(value, dtype=torch.float32) for words, value in values.items()}


def _known_mistakes(logits, labels, ignore_index=-100):
    """What known mistakes give on these logits and labels, by their names in words."""
    b, t, v = logits.shape
    x = ignore_index
    right = _surprises(logits, labels, ignore_index=x)
    total, scored = torch.cat(right).sum(), sum(map(len, right))
    rolled = torch.cat([labels, labels[:, :1]], dim=1)
    longer = torch.cat([logits, logits[:, :1]], dim=1)
    flat_logits, flat_labels = logits.reshape(1, b * t, v), labels.reshape(1, b * t)
    unshifted = labels[:, :-1] != x
    both = unshifted & (labels[:, 1:] != x)
    log_p = logits.detach().double().log_softmax(-1)
    safe = labels[:, 1:].clamp(0, v - 1).unsqueeze(2)
    picked = -log_p[:, :-1].gather(2, safe).squeeze(2)
    not_zero = (labels[:, 1:] != x) & (labels[:, 1:] != 0)
    zeros = labels.masked_fill(labels == x, 0)
    twice = logits.detach().double().softmax(-1).log_softmax(-1)
    values = {
        NO_SHIFT: _mean(_surprises(logits, labels, 0, x)),
        WRONG_WAY: _mean(_surprises(logits, labels, -1, x)),
        WRAPPED: _mean(_surprises(longer, rolled, 1, x)),
        JOINED: _mean(_surprises(flat_logits, flat_labels, 1, x)),
        "the labels of all rows rolled as one, so that a row ends on the start of another": _mean(
            _surprises(flat_logits, flat_labels.roll(-1, 1), 0, x)
        ),
        "a shift in the batch: each sequence scored on the one after it": _mean(
            _surprises(logits[:-1], labels[1:], 0, x)
        ),
        "a mean over the pads too: the sum is divided by every position": total / (b * (t - 1)),
        "a sum divided by B x T, though not every position is scored": total / (b * t),
        "the sum, not the mean": total,
        "the mean of row means, which favours short rows": torch.stack(
            [row.mean() for row in right if len(row)]
        ).mean(),
        "softmax taken twice": _mean(_surprises(logits, labels, ignore_index=x, log_p=twice)),
        "token 0 left out, as if it were padding": picked[not_zero].mean(),
        "a mask that was not shifted with the labels": picked[both].sum() / unshifted.sum(),
        "a mask from before the shift, with ignored labels scored": picked[unshifted].mean(),
        "a position left out for its own label, though it has a next one": picked[both].mean(),
        "a sum divided by a count of the uncut labels": total / (labels != x).sum(),
        "an ignored label replaced by a token and trained on": torch.cat(
            _surprises(logits, zeros, ignore_index=None)
        ).sum()
        / scored,
        "the log-likelihood, without its minus": -total / scored,
        "bits, a logarithm to base 2; the contract asks for nats": total / scored / math.log(2),
    }
    if t > 2:
        values[TWO_SHIFTS] = _mean(_surprises(logits, labels, 2, x))
    if b * (t - 1) > 1:
        turned = logits[:, :-1].transpose(0, 1).reshape(1, -1, v)
        straight = labels[:, 1:].reshape(1, -1)
        values["batch and time joined in another order for logits than for labels"] = _mean(
            _surprises(turned, straight, 0, x)
        )
    # Where a mistake makes no difference, it is not what went wrong.
    return {
        words: value.to(logits.dtype)
        for words, value in values.items()
        if not abs(value - total / scored) < 2e-5
    }


def _loss_and_gradient(kata, logits, labels, ignore_index=-100):
    leaf = logits.detach().clone().requires_grad_(True)
    loss = kata.next_token_loss(leaf, labels, ignore_index)
    checks.tensor(loss, "the loss", shape=(), dtype=logits.dtype)
    checks.that(
        loss.requires_grad,
        "the loss is not connected to logits, so nothing can be trained with it",
        looks_like=CUT,
        because="The loss must be computed from logits by operations of torch throughout.",
    )
    loss.backward()
    checks.gradient(leaf, "the tensor of logits")
    return loss.detach(), leaf.grad


def _library_text():
    """Characters of the standard library's documentation as ids below 128: text, and other text
    that is held out."""
    from pydoc_data.topics import topics

    names = sorted(topics)
    held_out = names[::5]
    parts = ("\n".join(topics[n] for n in names if n not in held_out), topics[held_out[0]])
    parts = (parts[0][:150_000], "\n".join(topics[n] for n in held_out)[:10_000])
    return [torch.tensor(list(part.encode("ascii", "replace"))) for part in parts]


def _small_language_model(seed, text):
    """Sees two characters; starts from the frequencies of the text, so counts it knows already."""
    g = _generator(seed, 17)
    width, hidden, v = 16, 64, 128
    shapes = ((v, width), (2 * width, hidden), (hidden, v), (v,))
    table, into, out, bias = (torch.randn(shape, generator=g) * 0.2 for shape in shapes)
    bias.copy_(((torch.bincount(text, minlength=v) + 1.0) / len(text)).log())
    parameters = [p.requires_grad_(True) for p in (table * 5, into, out * 0.2, bias)]
    table, into, out, bias = parameters

    def model(ids):
        seen = table[ids]
        before = torch.cat([torch.zeros_like(seen[:, :1]), seen[:, :-1]], dim=1)
        return torch.tanh(torch.cat([seen, before], dim=2) @ into) @ out + bias

    return model, parameters
