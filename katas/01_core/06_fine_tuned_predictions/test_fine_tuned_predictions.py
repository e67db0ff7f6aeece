"""Predictions that depend on the text and on the weights, and leave no trace behind."""

import contextlib
import copy

import torch

from pytest_kata import checks

# ---- a small model that tells what it was asked ---------------------------------------------


def letters(text):
    """The ids of a text: "a" is 0, which is a token like the others."""
    return [ord(letter) - ord("a") for letter in text]


def sorter(seed, classes, calls=None, fails_at=None):
    """A classifier with dropout that notes, at every call, what it got and in which state."""
    calls = [] if calls is None else calls

    class Sorter(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Embedding(9, 6)
            self.mix = torch.nn.Sequential(torch.nn.Linear(6, 7), torch.nn.Dropout(0.5))
            self.head = torch.nn.Linear(7, classes)

        def forward(self, ids, mask):
            if fails_at == len(calls) + 1:
                raise RuntimeError("out of memory, says the model")
            share = mask.double() / mask.double().sum(dim=1, keepdim=True)
            text = (self.embed(ids) * share[:, :, None]).sum(dim=1)
            logits = self.head(torch.tanh(self.mix(text)))
            modes = {name: module.training for name, module in self.named_modules()}
            note = {"ids": ids.tolist(), "mask": mask.tolist(), "modes": modes}
            note |= {"dtypes": (ids.dtype, mask.dtype), "graph": logits.requires_grad}
            calls.append(note)
            return logits

    generator = torch.Generator().manual_seed(seed)
    model = Sorter().double().eval()
    for parameter in model.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=generator) * 1.5)
    return model


def some_texts(seed, count):
    """Texts of 1 to 9 letters, many of them "a"; the last two have been there before."""
    generator = torch.Generator().manual_seed(seed + 300)
    texts = []
    for _ in range(count - 2):
        length = int(torch.randint(1, 10, (), generator=generator))
        ids = torch.randint(12, (length,), generator=generator)
        texts.append("".join("aaaabcdefghi"[i] for i in ids.tolist()))
    return [*texts, texts[1], texts[0]]


def logits_of(model, texts, batch_size=None, real=None):
    """The model's logits in eval mode; real(ids, mask), where given, says which ids count."""
    twin = copy.deepcopy(model).eval()
    size = batch_size or len(texts)
    logits = []
    with torch.no_grad():
        for start in range(0, len(texts), size):
            ids, mask = padded([letters(text) for text in texts[start : start + size]])
            logits.append(twin(ids, real(ids, mask) if real else mask))
    return torch.cat(logits)


def clear(logits):
    """No two classes come so close that rounding could decide."""
    best = logits.topk(2, dim=1).values
    return bool((best[:, 0] - best[:, 1] > 1e-3).all())


def telling_case(seed, classes, count=11, batch_size=4):
    """A model and texts for which every known mistake gives other answers than the right ones."""
    for attempt in range(seed * 1000, seed * 1000 + 1000):
        model, texts = sorter(attempt, classes), some_texts(attempt, count)
        right = logits_of(model, texts)
        best = right.argmax(1).tolist()
        if not clear(right) or len(set(best)) < min(classes, 3):
            continue
        all_real = logits_of(model, texts, batch_size, lambda ids, mask: torch.ones_like(mask))
        by_value = logits_of(model, texts, batch_size, lambda ids, mask: ids != 0)
        wrong = [all_real.argmax(1).tolist(), by_value.argmax(1).tolist()]
        if best not in wrong:
            return model, texts, best
    raise RuntimeError("no telling case among 1000")


NAMES = {2: ("spam", "letter"), 3: ("offer", "thanks", "bill"), 5: ("e", "b", "d", "a", "c")}


def ask(kata, model, texts, names, **settings):
    """One call of predict. Whether gradients are recorded is put right again, for other tests."""
    before = torch.is_grad_enabled()
    try:
        return kata.predict(model, texts, letters, names, **settings)
    finally:
        torch.set_grad_enabled(before)


def plain(got, what):
    """`got` must be a list of strings, exactly: its own kinds could answer any comparison."""
    if got is None:
        raise checks.Miss("returned", f"{what} are None", because="Is a return missing?")
    if type(got) is not list:
        raise checks.Miss("type", f"{what} are {checks.describe(got)}, expected a list")
    strange = [one for one in got if type(one) is not str]
    if strange:
        number = type(strange[0]) is int or checks.describe(strange[0]).endswith("()")
        raise checks.Miss(
            "type",
            f"{what} hold {checks.describe(strange[0])}, expected the name of a class",
            looks_like="numbers of classes in the place of their names" if number else "",
            because="names[i] is the name of class i, for a plain int i.",
        )


def judged(got, want, what, looks_like=None, because=""):
    """`got` must be the list `want` of names."""
    plain(got, what)
    if len(got) != len(want):
        raise checks.Miss(
            "value",
            f"{what} are {len(got)}, expected one for each of {len(want)} texts",
            looks_like=next(
                (words for words, known in (looks_like or {}).items() if known == got), ""
            ),
            because=because or "Which texts have no answer, or more than one?",
        )
    wrong = [i for i, (a, b) in enumerate(zip(got, want, strict=True)) if a != b]
    known = next((words for words, known in (looks_like or {}).items() if known == got), "")
    checks.that(
        not wrong,
        f"{what} are wrong for {len(wrong)} of {len(want)} texts, first at [{(wrong or [0])[0]}]",
        looks_like=known,
        because=because,
    )


# ---- the answers ----------------------------------------------------------------------------


def test_asked_again_it_answers_the_same(kata, kata_seed):
    """Nothing is drawn by lot: the same model, the same texts, the same answers."""
    names, (texts,) = NAMES[5], even_texts(kata_seed, 5)
    model = sorter(kata_seed, 5)
    for parameter in model.parameters():
        # No class is far ahead, so that a lot would fall on many.
        parameter.data.mul_(0.2)
    held, first = copy.deepcopy(model.state_dict()), None
    for _ in range(5):
        got = ask(kata, model, texts, names, batch_size=5)
        plain(got, "the predictions for 5 texts")
        checks.unchanged(
            copy.deepcopy(model.state_dict()),
            held,
            "a weight of the model",
            looks_like="weights drawn anew: what was trained is gone",
            because="Predicting reads the weights.",
        )
        first = got if first is None else first
        checks.that(
            got == first,
            "the same model gives other answers to the same texts when it is asked again",
            looks_like="answers at random",
            because="The largest logit is the answer, and nothing is drawn by lot.",
        )


def test_each_text_gets_the_name_of_its_largest_logit(kata, kata_seed):
    """Along the classes of one text, not along the texts, and names[i] is class i."""
    # As many texts as classes: the largest of each column fits as well.
    model, groups = square_case(kata_seed)
    for texts, names in zip(groups, (NAMES[5], NAMES[5][::-1]), strict=True):
        logits = logits_of(model, texts)
        judged(
            ask(kata, model, texts, names, batch_size=5),
            [names[i] for i in logits.argmax(1).tolist()],
            f"the predictions for 5 texts with names={names}",
            looks_like=known_mistakes(logits, names),
            because="Each row of logits is one text; its columns are in the order of names.",
        )


def known_mistakes(logits, names):
    """Words for a mistake, and the answers that it gives."""
    best, least = logits.argmax(1).tolist(), logits.argmin(1).tolist()
    return {
        "the largest of each class, along the texts": [
            names[i] for i in logits.argmax(0).tolist() if i < len(names)
        ],
        "names put in alphabetical order": [sorted(names)[i] for i in best],
        "the smallest logit": [names[i] for i in least],
        "class 1 wherever its logit is above 0": [names[int(row[1] > 0)] for row in logits],
        "names in reverse": [names[::-1][i] for i in best],
        "the same class for all": [names[0]] * len(best),
    }


def even_texts(seed, count, groups=1):
    """Groups of texts of 4 letters, all different: without padding, and without an "a"."""
    generator = torch.Generator().manual_seed(seed + 600)
    found = {}
    while len(found) < count * groups:
        ids = torch.randint(1, 9, (4,), generator=generator).tolist()
        found["".join("abcdefghi"[i] for i in ids)] = None
    texts = list(found)
    return [texts[start : start + count] for start in range(0, len(texts), count)]


def square_case(seed):
    """5 classes and twice 5 texts, for which right and known wrong answers all differ."""
    for attempt in range(seed * 1000, seed * 1000 + 1000):
        model, groups = sorter(attempt, 5), even_texts(attempt, 5, groups=2)
        for texts, names in zip(groups, (NAMES[5], NAMES[5][::-1]), strict=True):
            logits = logits_of(model, texts)
            want = [names[i] for i in logits.argmax(1).tolist()]
            wrong = known_mistakes(logits, names).values()
            if not clear(logits) or len(set(want)) < 3 or not all_differ([want, *wrong]):
                break
        else:
            return model, groups
    raise RuntimeError("no telling case among 1000")


def all_differ(lists):
    return len({tuple(one) for one in lists}) == len(lists)


def test_answers_follow_the_weights(kata, kata_seed):
    """The model as it is now answers, and nothing is remembered of what it was."""
    names = NAMES[5]
    for attempt in range(kata_seed * 1000 + 500, kata_seed * 1000 + 1500):
        (texts,) = even_texts(attempt, 7)
        model, other = sorter(attempt, 5), sorter(attempt + 1, 5)
        before, after = logits_of(model, texts), logits_of(other, texts)
        first, want = ([names[i] for i in each.argmax(1).tolist()] for each in (before, after))
        if clear(before) and clear(after) and not any(map(str.__eq__, first, want)):
            break
    judged(
        ask(kata, model, texts, names, batch_size=7),
        first,
        "the predictions for 7 texts",
        because="Each row of logits is one text; its columns are in the order of names.",
    )
    model.load_state_dict(other.state_dict())
    judged(
        ask(kata, model, texts, names, batch_size=7),
        want,
        "the predictions after the weights have changed",
        looks_like={"answers remembered from before": first},
        because="The model that is passed in has other weights than when you were asked last.",
    )


def test_any_number_of_classes_in_any_order(kata, kata_seed):
    """Two classes or three, and the names in whichever order the caller has them."""
    for classes in (3, 2):
        for attempt in range(kata_seed * 1000, kata_seed * 1000 + 1000):
            model, (texts,) = sorter(attempt, classes), even_texts(attempt, 11)
            logits = logits_of(model, texts)
            best, above = logits.argmax(1).tolist(), (logits[:, 1] > 0).long().tolist()
            if clear(logits) and len(set(best)) == classes and above != best:
                break
        for names in (NAMES[classes], NAMES[classes][::-1]):
            judged(
                ask(kata, model, texts, names, batch_size=len(texts)),
                [names[i] for i in best],
                f"the predictions with names={names}",
                looks_like={"class 1 wherever its logit is above 0": [names[i] for i in above]},
                because="The columns of logits are in the order of names, and as many.",
            )


def test_no_texts_no_call(kata, kata_seed):
    """No texts: no answers, and the model is left in peace."""
    for empty in ([], ()):
        calls = []
        model = sorter(kata_seed, 3, calls).train()
        before = modes_of(model)
        checks.equal(
            ask(kata, model, empty, NAMES[3], batch_size=2), [], "the predictions for no texts"
        )
        checks.equal(
            len(calls),
            0,
            "the number of calls of the model for no texts",
            because="What would it be called with?",
        )
        check_modes(model, before, "predictions for no texts")


def test_padding_is_on_the_right_and_masked(kata, kata_seed):
    """The mask is True at the ids of the text, those that equal pad too, and nowhere else."""
    for settings, pad in (({}, 0), ({"pad": 7}, 7)):
        calls = []
        texts = ["bah", "aaa", "hidebach", "a", "chaa", "fig", "hah"]
        model = sorter(kata_seed, 3, calls)
        ask(kata, model, texts, NAMES[3], batch_size=3, **settings)
        checks.that(len(calls) > 0, "the model is never called")
        waiting = [letters(text) for text in texts]
        for call in calls:
            for what, dtype, want in zip(
                ("tensor of ids", "mask"), call["dtypes"], (torch.int64, torch.bool), strict=True
            ):
                checks.that(
                    dtype is want, f"the {what} comes to the model as {dtype}, expected {want}"
                )
            for ids, mask in zip(call["ids"], call["mask"], strict=True):
                check_row(ids, mask, waiting, pad)


def check_row(ids, mask, waiting, pad):
    """One row of a batch: a text that was not seen yet, then padding."""
    real = [i for i, use in zip(ids, mask, strict=True) if use]
    if real in waiting:
        waiting.remove(real)
        checks.that(
            mask == sorted(mask, reverse=True),
            "the model gets a text with padding on its left",
            looks_like="padding on the wrong side",
            because="The contract says on which side: positions count from the left.",
        )
        filled = ids[len(real) :]
        checks.that(
            all(i == pad for i in filled),
            f"with pad={pad}, a row is filled up with {(filled or ['-'])[0]}",
            looks_like="pad without effect",
        )
        return
    bare = [text for text in waiting if text == ids[: len(text)]]
    cut = any(text[: len(real)] == real for text in waiting)
    if bare and len(real) > len(max(bare, key=len)):
        raise checks.Miss(
            "value",
            f"with pad={pad}, the mask is True at {len(real)} positions of a row "
            f"that has {len(max(bare, key=len))} real ids",
            looks_like="a mask that is True everywhere",
            because="Padding is not text: the model may not look at it.",
        )
    if any([i for i in text if i != pad] == real for text in waiting):
        raise checks.Miss(
            "value",
            f"with pad={pad}, the mask is False at a real id that equals pad",
            looks_like="a mask by the value of ids, not by the length of the text",
            because="The id pad may be a real one as well. What else tells where a text ends?",
        )
    raise checks.Miss(
        "value",
        f"the model gets a row in which {len(real)} ids count, and no text left has just these",
        looks_like="texts cut to the shortest of their batch" if cut else "",
        because="Lay ids and mask of one batch beside its texts.",
    )


def test_answers_come_in_the_order_of_the_texts(kata, kata_seed):
    """The order is that of the caller, and an equal text is answered as often as it comes."""
    model, texts, best = telling_case(kata_seed, 3)
    names, size = NAMES[3], 4
    for order in (list(range(len(texts))), list(range(len(texts)))[::-1]):
        here = [texts[i] for i in order]
        want = [names[best[i]] for i in order]
        answer = dict(zip(here, want, strict=True))
        judged(
            ask(kata, model, tuple(here), names, batch_size=size),
            want,
            "the predictions for 11 texts, two of which come twice,",
            looks_like={
                "answers in the order of the lengths": [
                    answer[text] for text in sorted(here, key=len)
                ],
                "answers from the longest text to the shortest": [
                    answer[text] for text in sorted(here, key=len, reverse=True)
                ],
                "one answer for each different text": list(answer.values()),
                "batches that come last first": [
                    a for i in range(8, -1, -size) for a in want[i : i + size]
                ],
            }
            | lost(want, size),
            because="The caller lays the answers beside the texts, one by one.",
        )


def lost(answers, size):
    """Words for batches that got lost, and the answers that are left."""
    return {
        "the ragged last batch dropped": answers[: len(answers) // size * size],
        "the first batch only": answers[:size],
        "the last batch only": answers[(len(answers) - 1) // size * size :],
    }


def test_every_batch_size_gives_the_same_answers(kata, kata_seed):
    """Whatever a text has beside it, and however much padding, its answer is the same."""
    model, texts, best = telling_case(kata_seed, 3)
    names = NAMES[3]
    for size in (4, 1, 2, 3, 5, 11, 64):
        judged(
            ask(kata, model, texts, names, batch_size=size),
            [names[i] for i in best],
            f"the predictions for 11 texts with batch_size={size}",
            looks_like={
                words: [names[i] for i in left] for words, left in lost(best, size).items()
            },
            because="The answer to a text must not depend on its neighbours.",
        )


def test_model_gets_full_batches_and_each_text_once(kata, kata_seed):
    """batch_size texts a call, the rest in the last one: memory is bounded, no call is wasted."""
    for count, settings in ((11, {"batch_size": 4}), (6, {"batch_size": 3}), (19, {})):
        calls = []
        model, texts = sorter(kata_seed, 3, calls), some_texts(kata_seed, count)
        size = settings.get("batch_size", 16)
        want = [size] * (count // size) + [count % size] * (count % size > 0)
        ask(kata, model, texts, NAMES[3], **settings)
        got = [len(call["ids"]) for call in calls]
        checks.equal(
            got,
            want,
            f"the number of texts in each call of the model, for {count} texts and "
            f"batch_size={'its default, 16' if not settings else size},",
            looks_like={
                "all texts in one call, however many there are": [count],
                "one call for each text": [1] * count,
                "the ragged last batch dropped": [size] * (count // size),
                "an empty batch at the end": [*want, 0],
            },
            because="A thousand texts in one call fill the memory; one by one they take for ever.",
        )


# ---- the model, during and after ------------------------------------------------------------


def modes_of(model):
    return {name: module.training for name, module in model.named_modules()}


def mixtures(model):
    """The model in different states: (words, modes of all modules)."""
    for root, part in ((False, False), (True, True), (True, False), (False, True)):
        model.train(root)
        model.mix.train(part)
        yield modes_of(model)


def check_modes(model, before, when):
    after = modes_of(model)
    changed = [name for name in before if after[name] is not before[name]]
    root = before[""]
    words = ""
    if not any(after.values()):
        words = "a model left in eval mode: whoever trains on does it without dropout"
    elif all(after.values()):
        words = "train() at the end, whatever the mode was before"
        if root:
            words = "the mode of the whole given to all its parts"
    elif before[""] is not after[""] and len(changed) == 1:
        words = "the mode of the model itself forgotten"
    elif len({mode for name, mode in after.items() if name}) == 1:
        words = "one flag set, that of the model itself, and none of its parts"
    place = repr((changed or [""])[0]) if changed and changed[0] else "the model itself"
    checks.that(
        not changed,
        f"after {when}, {place} is in {_mode(after, changed)} mode; "
        f"it came in {_mode(before, changed)} mode",
        looks_like=words,
        because="Each module has a mode of its own, and each goes back to the one it had.",
    )


def _mode(modes, changed):
    return "train" if modes[(changed or [""])[0]] else "eval"


def test_model_predicts_in_eval_mode(kata, kata_seed):
    """No part of the model is in train mode while it answers, in whichever mode it came."""
    calls = []
    model, texts = sorter(kata_seed, 3, calls), some_texts(kata_seed, 7)
    for before in mixtures(model):
        calls.clear()
        ask(kata, model, texts, NAMES[3], batch_size=3)
        checks.that(len(calls) > 0, "the model is never called")
        for number, call in enumerate(calls, start=1):
            on = [name or "the model itself" for name, mode in call["modes"].items() if mode]
            checks.that(
                not on,
                f"in call {number} of the model, {(on or ['-'])[0]} is in train mode",
                looks_like="one flag set, that of the model itself: its dropout is still on"
                if before[""] and not call["modes"][""]
                else "answers with dropout on, different each time"
                if call["modes"] == before
                else "",
                because="Dropout draws anew at each call; which method switches it off everywhere?",
            )


def test_every_module_gets_its_mode_back(kata, kata_seed):
    """Parts may have come in another mode than the whole, as a frozen body in training does."""
    calls = []
    model, texts = sorter(kata_seed, 3, calls), some_texts(kata_seed, 5)
    for before in mixtures(model):
        ask(kata, model, texts, NAMES[3], batch_size=2)
        checks.that(len(calls) > 0, "the model is never called")
        check_modes(model, before, "predict")


def test_error_goes_through_and_leaves_no_trace(kata, kata_seed):
    """If the model or encode raises, the caller gets that error and the model as it was."""
    texts = some_texts(kata_seed, 7)

    def broken(text):
        raise KeyError(f"no token for {text}")

    for fails_at, encode, kind, who in (
        (1, letters, RuntimeError, "the model raised in its first call"),
        (2, letters, RuntimeError, "the model raised in its second call"),
        (None, broken, KeyError, "encode raised"),
    ):
        for root in (True, False):
            model = sorter(kata_seed, 3, [], fails_at).train(root)
            model.mix.train(not root)
            before, recorded = modes_of(model), torch.is_grad_enabled()
            error = None
            try:
                kata.predict(model, texts, encode, NAMES[3], batch_size=3)
            except NotImplementedError:
                raise
            except Exception as raised:
                error = raised
            finally:
                still, _ = torch.is_grad_enabled(), torch.set_grad_enabled(recorded)
            said = f"predict raised {type(error).__name__}" if error else "predict raised nothing"
            checks.that(
                type(error) is kind,
                f"{who}, and {said}",
                looks_like="" if error else "an error swallowed on its way to the caller",
                because="The caller cannot know what went wrong but by that error.",
            )
            check_modes(model, before, who)
            checks.that(
                still is recorded,
                f"after {who}, gradients are no longer recorded",
                looks_like="recording switched off for the whole process, and not put back",
                because="A with block and a decorator put it back in any case.",
            )


def test_no_graph_is_built_and_gradients_are_as_before(kata, kata_seed):
    """Nothing is kept for a backward pass, and the caller's gradients are the caller's."""
    calls = []
    model, texts = sorter(kata_seed, 3, calls), some_texts(kata_seed, 7)
    model.embed.weight.requires_grad_(False)
    ids = torch.tensor([[1, 4, 0]])
    model(ids, torch.ones_like(ids).bool()).square().sum().backward()
    grads = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    copies = copy.deepcopy(grads)
    flags = {name: p.requires_grad for name, p in model.named_parameters()}
    for recorded in (True, False):
        calls.clear()
        torch.set_grad_enabled(recorded)
        try:
            kata.predict(model, texts, letters, NAMES[3], batch_size=3)
            after = torch.is_grad_enabled()
        finally:
            torch.set_grad_enabled(True)
        checks.that(
            after is recorded,
            f"gradients were {'' if recorded else 'not '}recorded before predict, "
            f"and are {'' if after else 'not '}recorded after it",
            looks_like="recording switched off for the whole process, and not put back"
            if recorded
            else "recording switched on, whatever it was before",
            because="Off where, and until when?",
        )
        checks.that(len(calls) > 0, "the model is never called")
        checks.that(
            not any(call["graph"] for call in calls),
            "the model's logits come with a graph",
            looks_like="a graph built for every batch, and kept for nothing",
            because="Nobody calls backward here. What says so to torch?",
        )
        for name, parameter in model.named_parameters():
            checks.equal(
                parameter.requires_grad,
                flags[name],
                f"requires_grad of {name} after predict",
                looks_like={
                    "parameters frozen to get no graph, and not set free again": False,
                    "parameters set free that were frozen before": True,
                },
                because="What trains is the caller's choice, before and after.",
            )
            checks.unchanged(
                parameter.grad,
                copies.get(name),
                f"the gradient of {name}",
                looks_like="gradients cleared, which the caller had not used yet",
            )


# ---- the real thing -------------------------------------------------------------------------


def test_fine_tuned_checkpoint_answers_for_its_task(kata, kata_seed):
    """Loaded, trained on a task, asked: the answers speak of the task, no longer of before."""
    from pytest_kata.lab.checkpoint import load_tokenizer

    tokenizer = load_tokenizer()

    def encode(text):
        return tokenizer.encode(text[:100])[:16]

    generator = torch.Generator().manual_seed(kata_seed)
    mail = post(generator)
    train, held_out = mail("train", 24), mail("validation", 10)
    names = ("shop", "clinic", "developers")
    torch.manual_seed(kata_seed)
    model = classifier(len(names))
    rows = padded([encode(text) for text, _ in train])
    gold = torch.tensor([label for _, label in train])
    wide = padded([encode(text) for text, _ in held_out])
    texts = [text for text, _ in held_out]

    def sure():
        """The class of each text, or None where two classes are close to each other."""
        with torch.no_grad():
            logits = model.eval()(*wide)
        first, second = logits.topk(2, dim=1).values.unbind(1)
        found = logits.argmax(1).tolist()
        return [i if a - b > 0.01 else None for i, a, b in zip(found, first, second, strict=True)]

    with keeping_grad():
        before = kata.predict(model, texts, encode, names, batch_size=20)
    plain(before, "the predictions of the model before it was fine-tuned")
    fine_tune(model, rows, gold)
    tuned = sure()
    model.train()
    with keeping_grad():
        after = kata.predict(model, texts, encode, names, batch_size=20)
    agree(
        after,
        tuned,
        names,
        "the predictions of the fine-tuned model",
        looks_like="answers remembered from before it was fine-tuned" if after == before else "",
    )
    right = sum(a == names[label] for a, (_, label) in zip(after, held_out, strict=True))
    checks.that(
        right > len(texts) / 2,
        f"of {len(texts)} texts not seen in training, {right} are predicted right; "
        f"chance is {len(texts) // 3}",
        because="It learned the task; do the answers come from it, in order, with dropout off?",
    )


@contextlib.contextmanager
def keeping_grad():
    before = torch.is_grad_enabled()
    try:
        yield
    finally:
        torch.set_grad_enabled(before)


def agree(got, found, names, what, looks_like=""):
    """`got` are the names of `found`, but where that is None."""
    plain(got, what)
    checks.equal(len(got), len(found), f"the number of {what.removeprefix('the ')}")
    wrong = [i for i, j in enumerate(found) if j is not None and got[i] != names[j]]
    checks.that(
        not wrong,
        f"{what} are not its answers for {len(wrong)} of {len(found)} texts",
        looks_like=looks_like,
        because="Same weights, same text, no dropout, no padding that counts: same answer.",
    )


def padded(rows):
    """(ids, mask) of lists of ids."""
    lengths = torch.tensor([len(row) for row in rows])
    ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
    return ids, torch.arange(ids.shape[1]) < lengths[:, None]


def classifier(classes):
    """The shipped checkpoint's body, the mean over the text, dropout, and a new head."""
    from pytest_kata.lab.checkpoint import load_checkpoint

    class Classifier(torch.nn.Module):
        def __init__(self, pretrained):
            super().__init__()
            self.body = pretrained.transformer
            self.dropout = torch.nn.Dropout(0.2)
            self.head = torch.nn.Linear(pretrained.config.n_embd, classes)

        def pooled(self, ids, mask):
            share = mask / mask.sum(dim=1, keepdim=True)
            return (self.body(ids) * share[:, :, None]).sum(dim=1)

        def forward(self, ids, mask):
            return self.head(self.dropout(self.pooled(ids, mask)))

    return Classifier(load_checkpoint())


def fine_tune(model, rows, gold):
    """The head first, on what the body says as it is; then a small step of everything."""
    loss = torch.nn.functional.cross_entropy
    model.eval()
    with torch.no_grad():
        features = model.pooled(*rows)
    optimizer = torch.optim.AdamW(model.head.parameters(), lr=0.03)
    for _ in range(25):
        optimizer.zero_grad()
        loss(model.head(features), gold).backward()
        optimizer.step()
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    optimizer.zero_grad()
    loss(model(*(tensor[::8] for tensor in rows)), gold[::8]).backward()
    optimizer.step()


def post(generator):
    """A function: mail(split, each) gives `each` (text, label) of every class.

    Class 0 is a product review, 1 a turn of a medical conversation, 2 Python's documentation.
    """
    from pydoc_data.topics import topics

    from pytest_kata.lab.conversations import conversations
    from pytest_kata.lab.reviews import labelled

    pages = [page.split("\n\n") for _, page in sorted(topics.items())]

    def texts(split):
        yield [text for text, _ in labelled(split)]
        yield [turn.text for conversation in conversations(split) for turn in conversation.turns]
        yield [
            paragraph
            for number, page in enumerate(pages)
            for paragraph in page
            if paragraph[:1].isupper() and len(paragraph.split()) > 12
            if (number % 4 == 0) is (split == "validation")
        ]

    def mail(split, each):
        found = [
            (kind[i], label)
            for label, kind in enumerate(texts(split))
            for i in torch.randperm(len(kind), generator=generator)[:each].tolist()
        ]
        order = torch.randperm(len(found), generator=generator).tolist()
        return [found[i] for i in order]

    return mail
