"""What fine-tuning changes of a pretrained model, and what it leaves alone."""

import copy
import math

import pytest
import torch

from pytest_kata import checks

# ---- small pretrained models ----------------------------------------------------------------


def gpt(seed, layers=2, dropout=0.0):
    """A small GPT-2 in double precision, its head tied to its embedding; no weight is at rest."""
    from pytest_kata.lab.model import GPT2, Config

    config = Config(
        vocab_size=29,
        n_positions=16,
        n_embd=8,
        n_layer=layers,
        n_head=2,
        embd_pdrop=dropout,
        resid_pdrop=dropout,
    )
    return stirred(GPT2(config, generator=torch.Generator().manual_seed(seed)).double(), seed)


def tagger(seed, decoder_first=False):
    """Another model: its head lies deeper, has a bias, is tied to `embed`, and has a namesake."""

    class Decoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.outer = torch.nn.Linear(6, 6)
            self.out = torch.nn.Linear(6, 23)

        def forward(self, x):
            return self.out(x + torch.tanh(self.outer(x)))

    class Tagger(torch.nn.Module):
        def __init__(self):
            super().__init__()
            if decoder_first:
                self.decoder = Decoder()
            self.embed = torch.nn.Embedding(23, 6)
            self.mix = torch.nn.Sequential(torch.nn.Linear(6, 9), torch.nn.Tanh())
            self.mix.append(torch.nn.Linear(9, 6))
            if not decoder_first:
                self.decoder = Decoder()
            self.decoder.out.weight = self.embed.weight

        def forward(self, ids):
            x = self.embed(ids)
            return self.decoder(x + self.mix(x))

    return stirred(Tagger(), seed)


def siblings(seed):
    """The tagger, its head tied to the namesake beside it and not to `embed`."""
    model = tagger(seed)
    model.embed = torch.nn.Embedding(23, 6)
    model.decoder.outer = torch.nn.Linear(6, 23)
    model.decoder.outer.weight = model.decoder.out.weight
    return model


def stirred(model, seed):
    generator = torch.Generator().manual_seed(seed + 77)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, generator=generator).to(parameter.dtype)
    return model


def worlds(seed):
    """(model, name of its head, number of classes, size of its vocabulary)"""
    return (gpt(seed), "lm_head", 3, 29), (tagger(seed), "decoder.out", 5, 23)


def some_batches(seed, sizes, vocab, classes):
    generator = torch.Generator().manual_seed(seed + 500)
    batches = []
    for n, t in sizes:
        lengths = torch.randint(1, t + 1, (n,), generator=generator)
        lengths[0] = t
        ids = torch.randint(vocab, (n, t), generator=generator)
        batches.append((ids, lengths, torch.randint(classes, (n,), generator=generator)))
    return batches


def loss_of(model, batch):
    """The mean cross-entropy of the mean logits over each row's real positions."""
    ids, lengths, labels = batch
    outputs = model(ids)
    rows = [row[:n].mean(dim=0) for row, n in zip(outputs, lengths.tolist(), strict=True)]
    return torch.nn.functional.cross_entropy(torch.stack(rows), labels)


def all_names(model):
    """Every name of every parameter, the second names of tied ones too."""
    return dict(model.named_parameters(remove_duplicate=False))


def named(head):
    """The argument that names the head, left out where it says what it says by itself."""
    return {} if head == "lm_head" else {"head": head}


def inside(name, whole):
    return name == whole or name.startswith(whole + ".")


def listed(groups, what):
    """`groups` as optimizers read them, each with its parameters in a list."""
    checks.returned(groups, what)
    checks.instance(groups, (list, tuple), what)
    plain = []
    for group in groups:
        checks.instance(group, dict, f"a group in {what}")
        for key in ("params", "lr"):
            checks.that(key in group, f"a group in {what} has no {key!r}")
        params = group["params"]
        params = [params] if isinstance(params, torch.Tensor) else list(params)
        checks.number(group["lr"], f"the lr of a group in {what}")
        plain.append({**group, "params": params})
    return plain


# ---- the new head ---------------------------------------------------------------------------


@pytest.mark.task(1)
def test_new_head_has_one_output_for_each_class(kata, kata_seed):
    """The layer at the head's name is a new linear one with as many outputs as classes."""
    for pretrained, head, _, vocab in worlds(kata_seed):
        width = pretrained.get_submodule(head).in_features
        for classes in (3, 5):
            model = copy.deepcopy(pretrained)
            modules = {name for name, _ in model.named_modules()}
            model.get_submodule(head).requires_grad_(False)
            dtype = model.get_submodule(head).weight.dtype
            got = kata.replace_head(model=model, classes=classes, head=head)
            what = f"the new head of {classes} classes at {head!r}"
            checks.instance(got, torch.nn.Linear, what)
            strange = sorted({name for name, _ in model.named_modules()} - modules)
            if head.count(".") and head in dict(model.named_children()):
                strange = [head]
            place = f"; {strange[0]!r} is new in the model" if strange else ""
            checks.that(
                model.get_submodule(head) is got,
                f"{what} is not the layer that stands there in the model{place}",
                looks_like="a dotted name taken for one attribute"
                if head in strange
                else "a layer put in beside the old one, which goes on answering"
                if strange
                else "",
                because="model(ids) goes through the layer at that name, and no other.",
            )
            sizes = (got.in_features, got.out_features)
            checks.that(
                sizes == (width, classes),
                f"{what} is Linear{sizes}, expected Linear({width}, {classes})",
                looks_like="a number of classes that is written into the code"
                if sizes[0] == width and sizes[1] in (2, 3)
                else "a width that is written into the code"
                if sizes[1] == classes
                else "the old head's number of outputs"
                if sizes[1] == vocab
                else "",
            )
            checks.tensor(got.weight, f"the weight of {what}", shape=(classes, width), dtype=dtype)
            checks.that(got.bias is not None, f"{what} has no bias, and the contract asks for one")
            checks.tensor(got.bias, f"the bias of {what}", shape=(classes,), dtype=dtype)
            checks.that(
                got.weight.requires_grad and got.bias.requires_grad,
                f"{what} does not train: its requires_grad is False",
                looks_like="the old head's requires_grad, handed on to the new one",
                because="The old head may have been frozen; the new one has all to learn.",
            )
            ids = torch.tensor([[0, 3, 7, 1], [5, 5, 2, 0]])
            checks.tensor(model(ids), "model(ids) with the new head", shape=(2, 4, classes))


@pytest.mark.task(1)
def test_new_head_takes_nothing_from_the_old_one(kata, kata_seed):
    """Old rows stand for tokens, not for classes: the new weights are random and their own."""
    for model, head, classes, _ in worlds(kata_seed):
        old = model.get_submodule(head)
        rows = old.weight.detach().clone()
        new = kata.replace_head(model, classes, **named(head))
        what = f"the new head at {head!r}"
        checks.instance(new, torch.nn.Linear, what)
        weight = checks.tensor(new.weight, f"the weight of {what}").detach()
        checks.that(
            weight.untyped_storage().data_ptr() != old.weight.untyped_storage().data_ptr(),
            f"{what} lies in the memory of the old one",
            looks_like="rows of the old head, kept for the new classes",
            because="Which class would the row of token 0 stand for?",
        )
        same = int((torch.cdist(weight.double(), rows.double()) < 1e-4).any(dim=1).sum())
        checks.that(
            same == 0,
            f"{what} has {same} rows of the old one",
            looks_like="rows of the old head, copied for the new classes",
            because="Which class would the row of token 0 stand for?",
        )
        checks.that(
            bool((torch.pdist(weight.double()) > 1e-5).all()),
            f"{what} says the same of all classes: its rows are equal",
            because="Random, says the contract.",
        )


@pytest.mark.task(1)
def test_replacing_the_head_leaves_the_rest_as_it_is(kata, kata_seed):
    """Everything but the head, the tied embedding above all, is bit for bit what it was."""
    for model, head, classes, _ in worlds(kata_seed):
        names = [name for name in all_names(model) if not inside(name, head)]
        for name in names[1::3]:
            model.get_parameter(name).requires_grad_(False)
        before = {name: model.get_parameter(name) for name in names}
        values = {name: parameter.detach().clone() for name, parameter in before.items()}
        flags = {name: parameter.requires_grad for name, parameter in before.items()}
        new = kata.replace_head(model, classes, head=head)
        checks.instance(new, torch.nn.Linear, f"the new head at {head!r}")
        rest_is_whole(model, head, values, "after replace_head")
        for name, parameter in before.items():
            checks.that(
                model.get_parameter(name) is parameter,
                f"{name} is another parameter after replace_head",
                looks_like="a new model in the place of the old one",
                because="Only the head is to be replaced.",
            )
            checks.equal(
                parameter.requires_grad,
                flags[name],
                f"requires_grad of {name} after replace_head",
                because="What trains is for parameter_groups to say.",
            )


def rest_is_whole(model, head, values, when):
    """Everything outside of the head is there, under its name, with these values."""
    now = {name: p for name, p in all_names(model).items() if not inside(name, head)}
    lost = [name for name in values if name not in now]
    checks.that(
        not lost,
        f"{when}, {(lost or ['-'])[0]} is no longer in the model: {len(lost)} parameters are gone",
        looks_like="layers taken away together with the old head",
        because="Fine-tuning keeps what pre-training built, all of it.",
    )
    added = [name for name in now if name not in values]
    checks.that(
        not added,
        f"{when}, {(added or ['-'])[0]} is in the model, and was not before",
        looks_like="a layer put in beside the old one, which goes on answering",
    )
    changed = [name for name in values if not torch.equal(now[name].detach(), values[name])]
    tied = changed == [next(iter(values))]  # the embedding is the first parameter of each model
    for name in changed:
        checks.unchanged(
            now[name].detach(),
            values[name],
            f"{when}, {name}",
            looks_like="the tied embedding overwritten through the old head"
            if tied
            else "a body that starts from scratch, no longer from its pretrained values",
            because="Is the old head's weight in use somewhere else?"
            if tied
            else "What would be left of pre-training?",
        )


# ---- what trains ----------------------------------------------------------------------------


@pytest.mark.task(2)
def test_frozen_are_the_named_parameters_and_no_others(kata, kata_seed):
    """requires_grad follows the names of this call, whatever it was before."""
    choices = (
        ["transformer.h.1"],
        ["transformer.wte", "transformer.h.2.attn", "transformer.h.11"],
        ["transformer.h.3.mlp.c_fc.weight"],
        ["transformer"],
        (),
    )
    model = gpt(kata_seed, layers=12)
    model.lm_head = torch.nn.Linear(8, 3).double()
    for frozen in choices:
        before = {name: p.requires_grad for name, p in all_names(model).items()}
        kata.parameter_groups(model, lr=0.1, head_lr=0.2, frozen=frozen)
        for name, parameter in all_names(model).items():
            still = any(inside(name, one) for one in frozen)
            words = ""
            if not still and any(name.startswith(one) for one in frozen):
                words = "a frozen name that also catches what only begins alike"
            elif not still and any(one in name for one in frozen):
                words = "a frozen name that is found anywhere in a name"
            elif not still and not before[name]:
                words = "a parameter that an earlier call froze, and that none sets free"
            elif still:
                words = "frozen parameters that still get gradients"
            checks.that(
                parameter.requires_grad is not still,
                f"with frozen={list(frozen)}, {name} "
                f"{'is frozen' if still is False else 'is not frozen'}",
                looks_like=words,
                because="Names go by whole parts, from dot to dot, and each call says it anew.",
            )


@pytest.mark.task(2)
def test_every_parameter_that_trains_is_in_one_group_once(kata, kata_seed):
    """The groups hold all that is not frozen, nothing twice and nothing else."""
    cases = (
        ((), (), 0.1, 0.3),
        (["transformer.h.0", "transformer.wpe"], ["mix.0", "decoder.outer.bias"], 0.02, 0.5),
        (["transformer"], ["embed", "mix", "decoder.outer"], 0.3, 0.04),
    )
    for case in cases:
        for number, (model, head, classes, _) in enumerate(worlds(kata_seed)):
            frozen, (lr, head_lr) = case[number], case[2:]
            put_head(model, head, classes)
            what = f"parameter_groups(..., head={head!r}, frozen={list(frozen)})"
            groups = kata.parameter_groups(
                model, lr=lr, head_lr=head_lr, frozen=frozen, **named(head)
            )
            rates = rates_of(model, listed(groups, what), what)
            for name in all_names(model):
                still = any(inside(name, one) for one in frozen)
                check_rate(name, rates.pop(name), still, lr, head_lr, head, what)


def put_head(model, head, classes):
    parent, _, last = head.rpartition(".")
    old = model.get_submodule(head)
    new = torch.nn.Linear(old.in_features, classes, dtype=old.weight.dtype)
    setattr(model.get_submodule(parent), last, new)


def rates_of(model, groups, what):
    """name -> the rates of the groups that it is in; strangers are an error."""
    rates = {name: [] for name in all_names(model)}
    by_id = {}
    for name, parameter in all_names(model).items():
        by_id.setdefault(id(parameter), []).append(name)
    for group in groups:
        for parameter in group["params"]:
            names = by_id.get(id(parameter), ())
            checks.that(len(names) > 0, f"{what} holds a tensor that is no parameter of the model")
            for name in names:
                rates[name].append(float(group["lr"]))
    return rates


def check_rate(name, rates, still, lr, head_lr, head, what):
    of_head = inside(name, head)
    if still:
        checks.that(
            not rates,
            f"{name} is frozen, and in {what} all the same",
            looks_like="frozen parameters handed to the optimizer",
            because="Whatever an optimizer holds, it can move, if only by weight decay.",
        )
        return
    checks.that(
        len(rates) > 0,
        f"{name} is to train, and in no group of {what}",
        looks_like="the new head left out of the optimizer"
        if of_head
        else "only the head in the optimizer: the body cannot adapt",
        because="What no group holds stays as it is, and nothing will tell you.",
    )
    checks.that(
        len(rates) == 1,
        f"{name} is {len(rates)} times in {what}",
        looks_like="the head once more among all parameters"
        if of_head
        else "a parameter with two names, taken for two",
        because="An optimizer refuses that, or takes two steps with it.",
    )
    words = ""
    if not of_head and name.startswith(head) and rates[0] == head_lr:
        words = "everything whose name begins like the head's, taken for the head"
    elif rates[0] == lr:
        words = "one rate for all: the head at the body's"
    elif rates[0] == head_lr:
        words = "the body at the head's rate"
    checks.that(
        abs(rates[0] - (head_lr if of_head else lr)) < 1e-12,
        f"{name} has the rate {rates[0]:.4g}, with lr={lr} and head_lr={head_lr}",
        looks_like=words,
        because="The head is new and has far to go; the body knows much and may lose it.",
    )


BY_FIRST_NAME = "named_parameters() tells each parameter once, under one of its names."


@pytest.mark.task(2)
def test_a_tied_parameter_is_one_parameter(kata, kata_seed):
    """A weight with two names is frozen by either of them, and otherwise trains once, at lr."""
    for model, head, first in (
        (gpt(kata_seed), "lm_head", "transformer.wte.weight"),
        (tagger(kata_seed), "decoder.out", "embed.weight"),
        (tagger(kata_seed, decoder_first=True), "decoder.out", "embed.weight"),
        (siblings(kata_seed), "decoder.out", "decoder.outer.weight"),
    ):
        tied = model.get_parameter(first)
        for frozen in ([head], [f"{head}.weight"], [first]):
            what = f"parameter_groups of a tied model, with frozen={frozen},"
            try:
                groups = kata.parameter_groups(model, lr=0.1, head_lr=0.4, frozen=frozen, head=head)
            except ValueError as error:
                raise checks.Miss(
                    "value",
                    f"{what} raises ValueError, though the model has it: {first} is that weight",
                    looks_like="tied parameters known by their first name only",
                    because=BY_FIRST_NAME,
                ) from error
            rates = rates_of(model, listed(groups, what), what)[first]
            checks.that(
                not tied.requires_grad and not rates,
                f"{what} leaves {first}, which is {head}.weight as well, free to move",
                looks_like="tied parameters known by their first name only",
                because=BY_FIRST_NAME,
            )
        groups = kata.parameter_groups(model, lr=0.1, head_lr=0.4, head=head)
        what = "parameter_groups of a tied model"
        rates = rates_of(model, listed(groups, what), what)[first]
        checks.equal(
            len(rates),
            1,
            f"the count of {first}, which is {head}.weight as well, in the groups",
            looks_like={"one weight in both groups, once for each of its names": 2},
            because="Two names, one tensor: compare by identity, not by name.",
        )
        checks.that(
            abs(rates[0] - 0.1) < 1e-12,
            f"{first}, which the head shares with the body, has the rate {rates[0]:.4g}",
            looks_like="the pretrained embedding at the rate of a new head",
            because="The contract says which rate a shared one has.",
        )


@pytest.mark.task(2)
def test_unknown_frozen_name_raises_and_is_named(kata, kata_seed):
    """A name that nothing has is a slip of the pen, and silence would train what it meant."""
    for frozen, wrong in (
        (["transformer.h.2"], "transformer.h.2"),
        (["transformer.wpe", "transformer.wt"], "transformer.wt"),
        (["encoder", "transformer.h.0"], "encoder"),
        (["transformer.h.1.mlp.dropout"], "transformer.h.1.mlp.dropout"),
    ):
        with checks.raises(
            ValueError,
            f"freezing {wrong!r}, for which the model has no parameter,",
            mentions=[wrong],
            because="A name that matches nothing freezes nothing, and the run looks fine.",
        ):
            kata.parameter_groups(gpt(kata_seed), lr=0.1, head_lr=0.2, frozen=frozen)


# ---- the training ---------------------------------------------------------------------------


class Watch:
    """Makes the optimizer of `adapt`, and keeps the model as it was at every step."""

    def __init__(self, model):
        self.model, self.made, self.groups = model, 0, []
        self.start, self.before, self.after = None, [], []

    def __call__(self, groups):
        self.made += 1
        self.groups = listed(groups, "what adapt hands to the optimizer")
        self.start = copy.deepcopy(self.model)
        made = torch.optim.SGD(self.groups)
        made.register_step_pre_hook(lambda *_: self.before.append(copy.deepcopy(self.model)))
        made.register_step_post_hook(lambda *_: self.after.append(copy.deepcopy(self.model)))
        return made


def adapted(kata, model, batches, classes, head, **settings):
    """One watched run of adapt: the watch, and the losses that it returned."""
    watch = Watch(model)
    losses = kata.adapt(
        model, (batch for batch in batches), classes, optimizer=watch, **named(head), **settings
    )
    checks.equal(
        watch.made,
        1,
        "the number of optimizers that adapt made with optimizer(groups)",
        looks_like={"an optimizer of its own, and the argument without effect": 0},
    )
    return watch, losses


def settings(seed):
    """The runs that most tests of adapt look at."""
    for model, head, classes, vocab in worlds(seed):
        sizes = ((5, 7), (2, 4), (3, 6)) if head == "lm_head" else ((4, 3), (6, 5), (1, 4))
        batches = some_batches(seed, sizes, vocab, classes)
        if head == "lm_head":
            yield model, batches, classes, head, {"lr": 0.02, "head_lr": 0.3}
        else:
            rates = {"lr": 0.11, "head_lr": 0.06, "frozen": ["mix.0", "decoder.outer.weight"]}
            yield model, batches, classes, head, rates


@pytest.mark.task(3)
def test_training_starts_from_the_pretrained_body_and_a_new_head(kata, kata_seed):
    """When the optimizer is made the new head is in, and the body is as pre-training left it."""
    for model, batches, classes, head, rates in settings(kata_seed):
        values = {
            name: parameter.detach().clone()
            for name, parameter in all_names(model).items()
            if not inside(name, head)
        }
        watch, _ = adapted(kata, model, batches, classes, head, **rates)
        held = {id(p) for group in watch.groups for p in group["params"]}
        found = model.get_submodule(head)
        checks.that(
            getattr(found, "out_features", None) == classes,
            f"after adapt, the head at {head!r} is not one for {classes} classes",
            looks_like="a copy adapted in the place of the model"
            if held.isdisjoint(map(id, model.parameters()))
            else "an old head that was left in its place",
            because="The model that was passed in is the one to adapt.",
        )
        checks.that(
            id(found.weight) in held and id(found.bias) in held,
            f"the optimizer does not hold the head at {head!r} that the model has now",
            looks_like="an optimizer made before the new head was put in",
            because="An optimizer knows the parameters that it was given, not those to come.",
        )
        rest_is_whole(watch.start, head, values, "before training begins")
        checks.that(len(watch.before) > 0, "adapt took no step")
        rest_is_whole(watch.before[0], head, values, "before the first step")


@pytest.mark.task(3)
def test_every_step_moves_each_parameter_by_its_rate_times_its_gradient(kata, kata_seed):
    """With plain SGD: body by lr, head by head_lr, frozen not at all, one step a batch."""
    for model, batches, classes, head, rates in settings(kata_seed):
        ids = batches[1][0]
        model(ids).square().mean().backward()  # left over from something else
        old = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
        old = {name: grad.clone() for name, grad in old.items() if not inside(name, head)}
        watch, _ = adapted(kata, model, batches, classes, head, **rates)
        checks.equal(
            len(watch.after),
            len(batches),
            f"the number of steps for {len(batches)} batches",
            looks_like={"a return inside of the loop: the first batch only": 1},
            because="Each batch is one step.",
        )
        piled = {}
        for step, batch in enumerate(batches, start=1):
            before, after = watch.before[step - 1], dict(watch.after[step - 1].named_parameters())
            twin = copy.deepcopy(before).requires_grad_(True)
            names = [name for name, _ in twin.named_parameters()]
            grads = torch.autograd.grad(loss_of(twin, batch), list(twin.parameters()))
            for name, grad in zip(names, grads, strict=True):
                start = before.get_parameter(name).detach()
                moved = start - after[name].detach()
                of_head = inside(name, head)
                lr, other = rates["lr"], rates["head_lr"]
                lr, other = (other, lr) if of_head else (lr, other)
                piled[name] = piled.get(name, 0.0) + grad
                if any(inside(name, one) for one in rates.get("frozen", ())):
                    checks.that(
                        not bool(moved.any()),
                        f"step {step} moves {name}, which is frozen",
                        looks_like="frozen without effect on training",
                    )
                    continue
                tolerance = 1e-9 if grad.dtype == torch.float64 else 2e-6
                checks.close(
                    moved,
                    lr * grad,
                    f"the way that step {step} moves {name}, which is to be "
                    f"{'head_lr' if of_head else 'lr'} times its gradient,",
                    atol=tolerance * lr,
                    rtol=1e-9 if grad.dtype == torch.float64 else 2e-4,
                    looks_like={
                        f"a {'head' if of_head else 'body'} that stays still though nothing "
                        "froze it": torch.zeros_like(moved),
                        "the gradients of earlier steps, added in": lr * piled[name],
                        "gradients from before the call, added in": lr * (grad + old.get(name, 0)),
                        "the other rate: body and head exchanged, or one for all": other * grad,
                        "the sum over the batch, not the mean": lr * len(batch[2]) * grad,
                    },
                    because="One batch, its own gradient, each part of the model at its own rate.",
                )


@pytest.mark.task(3)
def test_losses_are_those_that_the_steps_lower(kata, kata_seed):
    """One plain float a step: the mean loss of its batch, with the weights before the step."""
    for model, batches, classes, head, rates in settings(kata_seed):
        watch, losses = adapted(kata, model, batches, classes, head, **rates)
        checks.instance(losses, list, "what adapt returns")
        checks.equal(len(losses), len(batches), f"the number of losses for {len(batches)} batches")
        for step, (batch, loss) in enumerate(zip(batches, losses, strict=True), start=1):
            with torch.no_grad():
                want = loss_of(watch.before[step - 1], batch).item()
                late = loss_of(watch.after[step - 1], batch).item()
            checks.close(
                loss,
                want,
                f"the loss of step {step}",
                atol=1e-5 * max(1.0, want),
                looks_like={
                    "the sum over the batch, not the mean": want * len(batch[2]),
                    "the loss after the step": late,
                },
            )


@pytest.mark.task(3)
def test_every_step_is_made_in_train_mode(kata, kata_seed):
    """A loaded checkpoint is in eval mode; its dropout must work while it is trained."""
    for came_in_train_mode in (False, True):
        model = gpt(kata_seed, dropout=0.2).train(came_in_train_mode)
        modes = []
        model.transformer.h[1].mlp.dropout.register_forward_pre_hook(
            lambda module, _: modes.append(module.training)
        )
        batches = some_batches(kata_seed, ((3, 4), (2, 5)), 29, 4)
        adapted(kata, model, batches, 4, "lm_head", lr=0.01, head_lr=0.02)
        checks.that(len(modes) > 0, "the blocks of the model are not run")
        checks.that(
            all(modes),
            f"a step is made in eval mode, on a model that came in "
            f"{'train' if came_in_train_mode else 'eval'} mode",
            looks_like="training a loaded model in the mode in which it was loaded",
            because="In which mode does a freshly loaded checkpoint come?",
        )


@pytest.mark.task(3)
def test_frozen_parts_stay_bit_for_bit(kata, kata_seed):
    """An optimizer with weight decay moves what it holds; what is frozen it does not hold."""
    for frozen in (["transformer.h.0", "transformer.wte"], ["transformer.h.1.attn"], []):
        model = gpt(kata_seed)
        before = {name: p.detach().clone() for name, p in model.transformer.named_parameters()}
        kata.adapt(
            model=model,
            batches=some_batches(kata_seed, ((3, 4), (4, 6)), 29, 3),
            classes=3,
            lr=0.01,
            head_lr=0.05,
            frozen=frozen,
            optimizer=lambda groups: torch.optim.SGD(groups, weight_decay=0.1),
        )
        for name, value in before.items():
            full = f"transformer.{name}"
            now = model.get_parameter(full).detach()
            if any(inside(full, one) for one in frozen):
                checks.unchanged(
                    now,
                    value,
                    f"{full}, which is frozen,",
                    looks_like="frozen without effect on training",
                    because="Who tells parameter_groups what is frozen?",
                )
            else:
                checks.that(
                    not torch.equal(now, value),
                    f"with frozen={frozen}, {full} has not moved at all",
                    looks_like="a body that stays still though nothing froze it",
                    because="Fine-tuning adjusts all that is not frozen.",
                )


@pytest.mark.task(3)
def test_adapted_checkpoint_knows_the_task_and_keeps_its_body(kata, kata_seed):
    """The shipped model learns three classes in six steps; its body moves, a little."""
    from pytest_kata.lab.checkpoint import load_checkpoint

    torch.manual_seed(kata_seed)
    batch = inbox(torch.Generator().manual_seed(kata_seed))
    batches = [batch("train", 6) for _ in range(6)]
    held_out = batch("validation", 20)
    model = load_checkpoint()
    before = {name: p.detach().clone() for name, p in model.transformer.named_parameters()}
    names = {name for name, _ in model.named_modules()}
    began = []

    def note(*_):
        if not began:
            began.append((copy.deepcopy(model.lm_head), torch.get_rng_state()))

    model.transformer.register_forward_pre_hook(note)
    losses = kata.adapt(model, batches, 3, lr=4e-4, head_lr=1e-2)
    checks.instance(losses, list, "what adapt returns")
    if began and getattr(began[0][0], "out_features", None) == 3:
        checks.show_losses(losses, reference_losses(*began[0], batches))
    lost = sorted(names - {name for name, _ in model.named_modules()})
    checks.that(not lost, f"{len(lost)} modules of the checkpoint are gone after adapt")
    for number in range(len(model.transformer.h)):
        inner = [n for n, p in before.items() if n.startswith(f"h.{number}.") and p.dim() == 2]
        far = joined(model.transformer.get_parameter(n) for n in inner)
        start = joined(before[name] for name in inner)
        share = ((far - start).norm() / start.norm()).item()
        checks.that(
            share > 1e-5,
            f"the weights of block {number} have not moved from their pretrained values",
            looks_like="a body that stays still though nothing froze it",
            because="Fine-tuning adjusts the model, not its head alone.",
        )
        checks.that(
            share < 1 / 3,
            f"the weights of block {number} have moved by {share:.2f} of their length",
            looks_like="a body that starts from scratch, no longer from its pretrained values"
            if share > 0.9
            else "",
            because="Six small steps adjust; whatever moved the body that far was no step.",
        )
    ids, lengths, labels = held_out
    model.eval()
    with torch.no_grad():
        outputs = model(ids)
    rows = [row[:n].mean(dim=0) for row, n in zip(outputs, lengths.tolist(), strict=True)]
    right = (torch.stack(rows).argmax(dim=1) == labels).double().mean().item()
    checks.that(
        right > 0.5,
        f"after six steps the model is right on {right:.0%} of texts it has not seen; "
        "chance is 33 %",
        because="Do head and body both train, each at its own rate?",
    )


def reference_losses(head, state, batches):
    """The losses of the run above from the checkpoint's body and this head, by hand; `state` is
    that of the random numbers, so that dropout drops the same."""
    from pytest_kata.lab.checkpoint import load_checkpoint

    model = load_checkpoint().train()
    model.lm_head = copy.deepcopy(head)
    body, new = model.transformer.parameters(), model.lm_head.parameters()
    groups = [{"params": body, "lr": 4e-4}, {"params": new, "lr": 1e-2}]
    optimizer = torch.optim.AdamW(groups)
    losses = []
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(state)
        for batch in batches:
            optimizer.zero_grad()
            loss = loss_of(model, batch)
            loss.backward()
            losses.append(loss.item())
            optimizer.step()
    return losses


def joined(tensors):
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])


def inbox(generator):
    """A function: batch(split, each) is (ids, lengths, labels) of `each` texts of every class.

    Class 0 is a product review, 1 a turn of a medical conversation, 2 Python's documentation.
    """
    from pydoc_data.topics import topics

    from pytest_kata.lab.checkpoint import load_tokenizer
    from pytest_kata.lab.conversations import conversations
    from pytest_kata.lab.reviews import labelled

    encode = load_tokenizer().encode
    pages = [page.split("\n\n") for _, page in sorted(topics.items())]
    texts = {
        split: (
            [text for text, _ in labelled(split)],
            [turn.text for conversation in conversations(split) for turn in conversation.turns],
            [
                paragraph
                for number, page in enumerate(pages)
                for paragraph in page
                if paragraph[:1].isupper() and len(paragraph.split()) > 12
                if (number % 4 == 0) is (split == "validation")
            ],
        )
        for split in ("train", "validation")
    }

    def batch(split, each):
        rows, labels = [], []
        for label, kind in enumerate(texts[split]):
            for i in torch.randperm(len(kind), generator=generator)[:each].tolist():
                rows.append(torch.tensor(encode(kind[i])[:20]))
                labels.append(label)
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        return ids, torch.tensor([len(row) for row in rows]), torch.tensor(labels)

    return batch
