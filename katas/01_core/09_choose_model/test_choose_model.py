"""A fair comparison: same draws for all, validation chooses, the test set is looked at once."""

import copy
import math
import random

import pytest
import torch

from pytest_kata import checks

NAN, INF = math.nan, math.inf


# ---- choose ---------------------------------------------------------------------------------


@pytest.mark.task(1)
def test_highest_score_is_chosen(kata):
    """The best score wins wherever it stands, by however little, and whatever it costs."""
    plain = {"a": 0.5, "b": 0.25, "c": 0.375, "d": 0.625, "e": 0.75}
    costs = {"a": 4.0, "b": 3.0, "c": 1.0, "d": 1.25, "e": 9.0}
    looks_like = {
        "the first taken, not the best": "a",
        "the lowest score taken for the best": "b",
        "the cheapest taken, whatever it scores": "c",
        "the best score for its cost": "d",
    }
    for order in ("abcde", "adcbe", "aebcd"):
        scores = {name: plain[name] for name in order}
        _expect_choice(kata, scores, costs, "e", "the choice among five scores", looks_like)
    _expect_choice(
        kata,
        {"a": 0.25, "b": 0.701, "c": 0.704},
        {"a": 0.5, "b": 3.0, "c": 9.0},
        "c",
        "the choice between 0.701 and 0.704",
        {"scores rounded before they are compared": "b"},
        because="Ties are equal scores. Is this one?",
    )
    _expect_choice(
        kata,
        {"linear": -3.0, "pretrained": -2.0, "forest": -1.5},
        {"linear": 1.0, "pretrained": 9.0, "forest": 6.0},
        "forest",
        "the choice where a forest scores best",
        {"a favourite that the data do not support": "pretrained"},
    )


@pytest.mark.task(1)
def test_ties_go_to_the_cheaper(kata):
    """Of equal scores the cheapest one's name is returned, in whatever order they stand."""
    for order, want, costs in (
        ("abcde", "c", {"a": 4.0, "b": 8.5, "c": 2.0, "d": 5.0, "e": 1.0}),
        ("ecabd", "a", {"a": 2.5, "b": 8.0, "c": 4.0, "d": 5.0, "e": 1.0}),
    ):
        scores = {name: 0.25 if name == "e" else 0.75 for name in order}
        equal = [name for name in order if name != "e"]
        _expect_choice(
            kata,
            scores,
            costs,
            want,
            "the choice among four equal scores",
            {
                "the dearest of equals": "b",
                "the first of equals, whatever it costs": equal[0],
                "the last of equals, whatever it costs": equal[-1],
                "the cheapest of all, though it scores less": "e",
            },
            because="What do you pay more for, if not for a better score?",
        )


@pytest.mark.task(1)
def test_failed_candidates_never_win(kata):
    """NaN and infinities are never chosen; if nothing else is there, the answer is None."""
    costs = {"a": 2.0, "b": 3.0, "c": 1.0}
    for bad in (NAN, INF, -INF):
        for scores, want in (
            ({"a": bad, "b": 0.5, "c": 0.25}, "b"),
            ({"b": 0.25, "a": bad, "c": bad}, "b"),
            ({"b": 0.25, "c": 0.5, "a": bad}, "c"),
            ({"c": bad, "b": 0.0, "a": -1.0}, "b"),
            ({"c": bad, "b": bad}, None),
            ({"a": bad}, None),
            ({}, None),
        ):
            _expect_choice(
                kata,
                scores,
                {name: costs[name] for name in scores},
                want,
                f"the choice where a score is {bad}"
                if scores
                else "the choice among no candidates",
                {
                    "a failure counted as 0"
                    if 0.0 in scores.values()
                    else f"a candidate whose score is {bad} taken": next(
                        (name for name in scores if not math.isfinite(scores[name])), ""
                    ),
                },
                because="max() and min() are wrong in silence where one of the numbers is NaN.",
            )


@pytest.mark.task(1)
def test_choose_changes_neither_scores_nor_costs(kata):
    """The caller's dicts have the names that they had, those of failed candidates too."""
    for names, best in (("abc", "c"), ("bca", "c"), ("a", None)):
        scores = {name: {"a": NAN, "b": 0.5, "c": 0.5}[name] for name in names}
        costs = {name: {"a": 1.0, "b": 3.0, "c": 2.0}[name] for name in names}
        chosen = kata.choose(scores, costs)
        checks.equal(chosen, best, "the choice beside a failed candidate")
        kept = [name for name in names if name != "a"]
        for what, table in (("scores", scores), ("costs", costs)):
            checks.equal(
                list(table),
                list(names),
                f"the list of names in the {what}, after choose,",
                looks_like={"failed candidates deleted from the caller's dict": kept},
                because="Whoever reads the scores next is to see who failed.",
            )


# ---- compare --------------------------------------------------------------------------------


@pytest.mark.task(2)
def test_every_candidate_learns_from_every_draw(kata, kata_seed):
    """Each candidate gets a new model for each draw, fits it on that alone, and no test example."""
    for count in (4, 2):
        lab = _Lab(kata_seed, draws=count)
        lab.compare(kata)
        for name in lab.tables:
            models = [model for model in lab.made if model.name == name]
            fits = [lab.what(examples) for model in models for examples in model.seen]
            checks.that(
                not any("test" in fit for fit in fits),
                f"a model of {name!r} was fitted on test examples",
                looks_like="a refit on the test set, which then scores what it has seen",
            )
            checks.that(
                not any("validation" in fit for fit in fits),
                f"a model of {name!r} was fitted on validation examples",
                looks_like="validation examples learned from: they can no longer choose",
            )
            twice = [model for model in models if len(model.seen) > 1]
            checks.that(
                not twice,
                f"one model of {name!r} was fitted {twice and len(twice[0].seen)} times",
                looks_like="one model for all draws: it has seen more labels than the others",
                because="make() gives a new one.",
            )
            want = sorted(f"draw {n}" for n in range(count))
            checks.that(
                sorted(fits) == want,
                f"with {count} draws, {name!r} was fitted on: "
                f"{', '.join(sorted(fits)) or 'nothing'}",
                looks_like=_fit_mistake(fits, count),
                because="Same draws, same budget: else the draw is compared, not the model.",
            )


@pytest.mark.task(2)
def test_scores_are_means_over_the_draws(kata, kata_seed):
    """Every candidate's score is the mean of its models' validation scores."""
    for count in (4, 2):
        lab = _Lab(kata_seed, draws=count)
        name, scores, _ = lab.compare(kata)
        what = f"the scores over {count} draws"
        if type(scores) is not dict:
            raise checks.Miss("type", f"{what} are {checks.describe(scores)}, expected a dict")
        checks.equal(sorted(scores), sorted(lab.tables), f"the names in {what}")
        for each in lab.tables:
            row, seen, on_test = (
                lab.column(each, split) for split in ("validation", "draw", "test")
            )
            checks.close(
                scores[each],
                sum(row) / count,
                f"the score of {each!r} over {count} draws",
                atol=1e-9,
                looks_like={
                    "the test scores": sum(on_test) / count,
                    "scores on the examples that were learned from": sum(seen) / count,
                    "the first draw alone": row[0],
                    "the last draw alone": row[-1],
                    "the luckiest draw": max(row),
                    "the sum in place of the mean": sum(row),
                    "the median": sum(sorted(row)[count // 2 - 1 : count // 2 + 1]) / 2,
                },
                because="One draw of few labels is luck, so take the mean of all.",
            )
        checks.equal(
            name,
            lab.best("validation"),
            "the name chosen",
            looks_like={
                "a choice by the test scores": lab.best("test"),
                "a choice by the luckiest draw": lab.best("validation", max),
                "the first candidate": next(iter(lab.tables)),
            },
            because="The mean validation scores decide, and nothing else.",
        )


@pytest.mark.task(2)
def test_test_set_is_looked_at_once_and_last(kata, kata_seed):
    """The test set is for the chosen models alone, when all else is done; that is reported."""
    for count in (4, 2):
        lab = _Lab(kata_seed, draws=count)
        name, _, final = lab.compare(kata)
        best = lab.best("validation")
        looked = [who for who, split in lab.log if split == "test"]
        checks.that(
            set(looked) <= {best},
            f"the test set was looked at for {', '.join(sorted(set(looked) - {best}))}, "
            f"which validation does not choose",
            looks_like="every candidate scored on the test set"
            if len(set(looked)) == len(lab.tables)
            else "a look at whichever is the best so far",
            because="Whoever has seen the test scores of all has two winners to pick from.",
        )
        row = lab.column(best, "test")
        checks.close(
            final,
            sum(row) / count,
            "the test score reported",
            atol=1e-9,
            looks_like={
                "the validation score: chosen as the best, it flatters": sum(
                    lab.column(best, "validation")
                )
                / count,
                "the luckiest model's test score": max(row),
                "the first model's test score alone": row[0],
                "the last model's test score alone": row[-1],
            },
            because="The mean over the models that were chosen, scored on the test set.",
        )
        checks.that(
            len(looked) == count,
            f"the test set was looked at {len(looked)} times for {count} models",
        )
        checks.that(
            [split for _, split in lab.log].index("test") == len(lab.log) - count,
            "the test set was looked at before the last validation score was there",
            looks_like="a test score for the best so far",
            because="First choose, then look.",
        )
        scored = [who for who, split in lab.log if split == "validation"]
        checks.that(
            len(scored) == count * len(lab.tables),
            f"validation was scored {len(scored)} times, for {count * len(lab.tables)} models",
            because="Once a model: the same budget for all.",
        )


@pytest.mark.task(2)
def test_candidate_that_fails_in_a_draw_is_not_chosen(kata, kata_seed):
    """One NaN among a candidate's draws makes its score NaN; others win, or nobody does."""
    for at, count in ((0, 2), (1, 4), (3, 4)):
        lab = _Lab(kata_seed, draws=count)
        failing = lab.best("validation")
        lab.tables[failing][at]["validation"] = NAN
        name, scores, _ = lab.compare(kata)
        told = f"with a NaN in draw {at + 1} of {count}"
        checks.equal(
            name,
            lab.best("validation"),
            f"the name chosen {told}",
            looks_like={"the candidate that failed in a draw": failing},
            because="It will fail in every few runs. Is that a tool?",
        )
        checks.that(
            type(scores) is dict and failing in scores,
            f"{told}, {failing!r} is missing from the scores",
            looks_like="a failed candidate taken out of the scores, so that nobody is told",
        )
        checks.that(
            not math.isfinite(scores[failing]),
            f"{told}, the score of {failing!r} is {scores[failing]}",
            looks_like="a mean over the draws that went well",
            because="Leaving out the bad draws makes the shakiest candidate look best.",
        )
    for nobody in ("failed", "absent"):
        lab = _Lab(kata_seed, draws=2)
        if nobody == "absent":
            lab.tables.clear()
        for rows in lab.tables.values():
            rows[0]["validation"] = NAN
        name, scores, final = lab.compare(kata)
        told = "where every candidate fails" if lab.tables else "without candidates"
        checks.equal(name, None, f"the name chosen {told}")
        checks.equal(final, None, f"the test score {told}")
        checks.equal(sorted(scores), sorted(lab.tables), f"the names in the scores {told}")


@pytest.mark.task(2)
def test_arguments_stay_as_they_are(kata, kata_seed):
    """Candidates, costs, draws, validation and test set are the caller's, and stay as they are."""
    for count in (2, 4):
        lab = _Lab(kata_seed, draws=count)
        data = {
            "the draws": lab.draws,
            "the validation set": lab.validation,
            "the test set": lab.test,
            "the costs": lab.costs,
        }
        before = copy.deepcopy(data)
        lab.compare(kata)
        for what, value in data.items():
            checks.that(
                value == before[what],
                f"{what} changed",
                looks_like="examples sorted, shuffled, joined or used up in place",
                because="The next comparison is to be made on the same data.",
            )


def test_equal_means_go_to_the_cheaper(kata, kata_seed):
    """Where two candidates have the same mean, the costs decide in a comparison too."""
    for cheaper, dearer in (("lucky", "steady"), ("steady", "lucky")):
        lab = _Lab(kata_seed, draws=2)
        for name in (cheaper, dearer):
            for row, value in zip(lab.tables[name], (0.875, 0.625)):
                row["validation"] = value
        lab.costs |= {cheaper: 5.0, dearer: 9.0}
        name, _, _ = lab.compare(kata)
        checks.equal(
            name,
            cheaper,
            f"the name chosen where {cheaper} and {dearer} have the same mean",
            looks_like={"a choice that does not ask what it costs": dearer},
            because="choose knows what to do with equal scores. Does it get the costs?",
        )


# ---- four real models -----------------------------------------------------------------------

# Over 40 seeds for the draws, the pretrained model wins all 40: on validation it leads the best of
# the others by 0.083 on average (spread 0.032, least 0.007), and gets 0.69 of the test set right
# (least 0.61). The seed used here has the average lead, so that its win is not one of rounding.
LABELS_A_CLASS, DRAWS, HELD_OUT, DRAWN = 16, 3, 96, 1


@pytest.mark.task(2)
def test_data_decide_between_four_real_models(kata):
    """A linear model, a forest, a clustering and the pretrained model: the data name the best."""
    candidates, costs, draws, validation, test = _sentiment()
    scored = {}

    def score(model, examples):
        texts, labels = zip(*examples)
        hits = sum(a == b for a, b in zip(model.predict(list(texts)), labels))
        if len(examples) == len(validation) and examples[0] == validation[0]:
            scored.setdefault(model.name, []).append(hits / len(examples))
        return hits / len(examples)

    name, scores, final = kata.compare(candidates, costs, draws, validation, test, score)
    means = {each: sum(found) / len(found) for each, found in scored.items()}
    told = ", ".join(f"{each} {mean:.0%}" for each, mean in means.items())
    checks.that(
        len(means) == len(candidates) and all(len(found) == DRAWS for found in scored.values()),
        f"of {len(candidates)} candidates on {DRAWS} draws, validation has seen: {told}",
        because="Every candidate, every draw.",
    )
    best = min(means, key=lambda each: (-round(means[each], 9), costs[each]))
    checks.equal(
        name,
        best,
        f"the choice, with {told} right on validation,",
        because="The data decide, also against the candidate that ought to win.",
    )
    checks.number(final, "the test score reported")
    checks.that(
        name == "pretrained transformer" and final > 0.58,
        f"{name} was chosen, with {final:.0%} right on the test set; validation: {told}",
        because="At 32 labels, what was learned before them should decide.",
    )


# ---- helpers --------------------------------------------------------------------------------


def _expect_choice(kata, scores, costs, want, what, looks_like, because=""):
    try:
        got = kata.choose(dict(scores), dict(costs))
    except (ValueError, TypeError, IndexError, ZeroDivisionError) as error:
        raise checks.Miss(
            "value",
            f"{what} raises {type(error).__name__}: {checks.said_by(error)[:80]}",
            looks_like="the best of nothing" if want is None else "",
            because=because,
        ) from error
    if want is not None and got is None:
        raise checks.Miss("value", f"{what} is None, though one score is finite", because=because)
    if want is None and got is not None:
        words = next((w for w, name in looks_like.items() if name == got), "")
        raise checks.Miss(
            "value", f"{what} is {got!r}, and there is none", looks_like=words, because=because
        )
    checks.equal(got, want, what, looks_like=looks_like, because=because)


class _Model:
    """Remembers what it was fitted on."""

    def __init__(self, name):
        self.name, self.seen = name, []

    def fit(self, examples):
        self.seen.append(list(examples))


class _Lab:
    """Candidates whose scores are in a table: the best by mean is not the best by the luckiest
    draw, nor by the test set, nor the first, nor the cheapest."""

    def __init__(self, seed, draws):
        dice = random.Random(seed)
        self.draws = [
            [(f"{n}{number} of draw {n}", number % 2) for number in range(4 + n)]
            for n in range(draws)
        ]
        self.validation = [(f"validation {number}", number % 2) for number in range(5)]
        self.test = [(f"test {number}", number % 2) for number in range(7)]
        for examples in (*self.draws, self.validation, self.test):
            dice.shuffle(examples)
            if examples == sorted(examples):
                examples.reverse()
        means = {"first": 0.5, "steady": 0.75, "lucky": 0.625, "tested": 0.375}
        self.tables = {}
        for name, mean in means.items():
            by = {"lucky": 0.1875, "steady": 0.0625}.get(name, 0.125)
            away = [-by, by] if draws == 2 else [-by / 2, by * 1.5, -by * 1.25, by / 4]
            on_test = 0.875 if name == "tested" else mean - 0.15625
            self.tables[name] = [
                {
                    "validation": mean + off,
                    "test": on_test + [-0.0625, 0.03125, 0.015625, -0.015625][n],
                    "draw": 0.96875 - n / 64 - mean / 32,
                }
                for n, off in enumerate(away)
            ]
        # In another order than the candidates: a name belongs to a cost, a place does not.
        self.costs = {"steady": 9.0, "tested": 1.0, "first": 2.0, "lucky": 5.0}
        self.made, self.log = [], []

    def what(self, examples):
        """Words for a list of examples, which may be a copy or in another order."""
        sets = {f"draw {n}": draw for n, draw in enumerate(self.draws)}
        sets |= {"validation": self.validation, "test": self.test}
        for name, known in sets.items():
            if sorted(examples) == sorted(known):
                return name
        parts = [name for name, known in sets.items() if any(e in known for e in examples)]
        whole = all(e in examples for name in parts for e in sets[name])
        return " and ".join(parts) + ("" if whole else ", in part")

    def column(self, name, split):
        return [row[split] for row in self.tables[name]]

    def best(self, split, by=sum):
        """The best by the mean (or the luckiest) of the draws; None if all fail."""
        found = {name: by(self.column(name, split)) for name in self.tables}
        finite = [name for name in found if math.isfinite(found[name])]
        return max(finite, key=found.get, default=None)

    def compare(self, kata):
        def candidate(name):
            def make():
                self.made.append(_Model(name))
                return self.made[-1]

            return make

        def score(model, examples):
            split = self.what(examples)
            self.log.append((model.name, split))
            learned = self.what(model.seen[-1]) if model.seen else ""
            checks.that(bool(model.seen), f"a model of {model.name} was scored before any fit")
            if not learned.startswith("draw ") or not learned[5:].isdigit():
                return 0.0  # told in another place
            row = self.tables[model.name][int(learned[5:])]
            return row.get(split.split()[0].strip(","), 0.0)

        got = kata.compare(
            candidates={name: candidate(name) for name in self.tables},
            costs=self.costs,
            draws=self.draws,
            validation=self.validation,
            test=self.test,
            score=score,
        )
        checks.returned(got, "the comparison")
        if type(got) is not tuple or len(got) != 3:
            raise checks.Miss(
                "type", f"the comparison is {checks.describe(got)}, expected a tuple of three"
            )
        return got


def _fit_mistake(fits, count):
    if any(" and " in fit for fit in fits):
        return "all draws joined: many labels, where few are to be had"
    if len(fits) < count:
        return "fewer draws for this candidate than there are"
    if len(set(fits)) < len(fits):
        return "another draw for each candidate: luck is compared, not models"
    return ""


class _Named:
    """One of the lab's models under a name, with a fit that returns nothing."""

    def __init__(self, name, model):
        self.name, self.model = name, model

    def fit(self, examples):
        texts, labels = zip(*examples)
        self.model.fit(list(texts), list(labels))

    def predict(self, texts):
        return self.model.predict(texts)


def _sentiment(seed=DRAWN):
    """Four candidates, their costs, and reviews: the draws, validation and test sets are fixed."""
    from pytest_kata.lab import baselines, reviews
    from pytest_kata.lab.checkpoint import load_checkpoint, load_tokenizer

    tokenizer = load_tokenizer()
    dice = random.Random(seed)
    both = [[e for e in reviews.labelled("train") if e[1] == label] for label in (0, 1)]
    chosen = [dice.sample(side, LABELS_A_CLASS * DRAWS) for side in both]
    draws = []
    for n in range(DRAWS):
        draw = [e for side in chosen for e in side[n * LABELS_A_CLASS : (n + 1) * LABELS_A_CLASS]]
        draws.append(dice.sample(draw, len(draw)))
    validation, test = (reviews.labelled(s)[:HELD_OUT] for s in ("validation", "test"))
    texts = [text for examples in (*draws, validation, test) for text, _ in examples]
    probe = _probes(load_checkpoint(), tokenizer, texts)
    kinds = {
        "clustering": (1.0, baselines.Clustering),
        "linear model": (0.5, baselines.LinearModel),
        "random forest": (6.0, baselines.RandomForest),
        "pretrained transformer": (40.0, probe),
    }
    candidates = {
        name: (lambda name=name, kind=kind: _Named(name, kind()))
        for name, (_, kind) in kinds.items()
    }
    costs = {name: cost for name, (cost, _) in kinds.items()}
    return candidates, costs, draws, validation, test


def _probes(model, tokenizer, texts):
    """Makes classifiers that are fine-tuned in the head alone, for the time: the recipe of the
    lab's fine_tune(..., question=RECOMMEND, steps=0), each text read by the body only once."""
    from pytest_kata.lab.classify import RECOMMEND, Classifier

    classifier = Classifier(model, tokenizer, 2, question=RECOMMEND)
    # Whatever dtype is the default where this runs.
    vector = dict(zip(texts, classifier.vectors(texts).to(torch.get_default_dtype())))
    start = classifier.head.weight.detach().to(torch.get_default_dtype(), copy=True)

    class Probe:
        def fit(self, texts, labels):
            known, labels = torch.stack([vector[text] for text in texts]), torch.tensor(labels)
            self.shift = known.mean(dim=0)
            self.weight = start.clone().requires_grad_()
            self.bias = torch.zeros(2, requires_grad=True)
            search = torch.optim.LBFGS([self.weight, self.bias], line_search_fn="strong_wolfe")

            def loss():
                search.zero_grad()
                value = torch.nn.functional.cross_entropy(self.logits(known), labels)
                value = value + 0.3 * (self.weight - start).square().sum() / 2
                value.backward()
                return value

            search.step(loss)

        def logits(self, known):
            return (known - self.shift) @ self.weight.T + self.bias

        def predict(self, texts):
            with torch.no_grad():
                found = self.logits(torch.stack([vector[text] for text in texts]))
            return found.argmax(dim=1).tolist()

    return Probe
