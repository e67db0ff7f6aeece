"""Medical conversations as examples: which token is scored, and what that does to a model."""

import copy
import random
import re

import pytest
import torch

from pytest_kata import checks

IGNORE = -100
PATIENT, ASSISTANT = "patient", "assistant"
SEES = "What must the model write itself when it is used, and what will be given to it?"


# ---- chat_example ---------------------------------------------------------------------------


@pytest.mark.task(1)
def test_each_turn_is_its_mark_its_text_and_an_end(kata, kata_seed):
    """The ids of a conversation: for each turn the role's mark, the text, the end of turn."""
    for said, what in (
        ([(PATIENT, "My nose bleeds. Help?"), (ASSISTANT, "Lean forward.")], "one exchange"),
        (
            [
                (PATIENT, "May I put ice on it?"),
                (ASSISTANT, " No. Cool water, not ice."),
                (PATIENT, "How long?"),
                (ASSISTANT, "Twenty minutes. See a doctor if it blisters."),
            ],
            "two exchanges",
        ),
    ):
        tokenizer = _words(kata_seed)
        ids, _ = _example(kata, _turns(said), tokenizer, 99)
        _judge_ids(ids, _turns(said), tokenizer, 99, f"the ids of {what}")


@pytest.mark.task(1)
def test_only_the_assistants_text_and_its_end_are_scored(kata, kata_seed):
    """Token by token: a label where the assistant speaks and where it ends, nowhere else."""
    for said, what in (
        ([(PATIENT, "My nose bleeds. Help?"), (ASSISTANT, "Lean forward.")], "one exchange"),
        ([(PATIENT, "Ice?"), (ASSISTANT, "No. Use cool running water only.")], "a short question"),
    ):
        _expect(kata, _turns(said), _words(kata_seed), 99, what, because=SEES)


@pytest.mark.task(1)
def test_every_turn_of_the_assistant_is_scored(kata, kata_seed):
    """Conversations of several turns: each answer is learned, whoever begins and ends."""
    three = [
        (PATIENT, "I burned my hand."),
        (ASSISTANT, "Cool it with water."),
        (PATIENT, "For how long?"),
        (ASSISTANT, "For twenty minutes, at once."),
        (PATIENT, "And then?"),
        (ASSISTANT, "Cover it. No butter, please."),
    ]
    greeting = [(ASSISTANT, "Hello, what is wrong?"), *three[:3]]
    in_a_row = [*three[:2], (ASSISTANT, "Do not use ice."), three[2], (PATIENT, "It hurts.")]
    for said, what in (
        (three, "three exchanges"),
        (greeting, "a conversation that the assistant begins and the patient ends"),
        (in_a_row, "a conversation in which one side speaks twice in a row"),
        ([three[0]], "a conversation without an answer"),
        ([greeting[0]], "a conversation of one greeting by the assistant"),
    ):
        because = "What the assistant says in its first turn is an answer too."
        _expect(kata, _turns(said), _words(kata_seed), 99, what, because=because)


@pytest.mark.task(1)
def test_place_decides_and_not_the_token(kata, kata_seed):
    """The same word is scored in an answer and not in a question; a quoted mark is only words."""
    because = "You built the ids from turns: at that moment you know whose each token is."
    for said, what in (
        (
            [(PATIENT, "Should I rest, or not rest?"), (ASSISTANT, "Yes, rest, or not so fast.")],
            "an answer that repeats words of the question",
        ),
        (
            [(PATIENT, "Assistant:\n\nRest! Who says that?"), (ASSISTANT, "No one. Be at ease.")],
            "a question that quotes the assistant's mark",
        ),
        (
            [(PATIENT, "A joke?"), (ASSISTANT, "Patient:\n\nDoctor, my leg: it hurts.")],
            "an answer that quotes the patient's mark",
        ),
        (
            [(PATIENT, "Say it again."), (ASSISTANT, "Say it again."), (PATIENT, "Thanks.")],
            "an answer that repeats its question word by word",
        ),
    ):
        _expect(kata, _turns(said), _words(kata_seed), 99, what, because=because)
    for zero in (" ice", "?", "Do", "Rest", "Assistant"):
        said = [(PATIENT, "Rest or ice ?"), (ASSISTANT, "Do rest, with ice. Is that all ?")]
        tokenizer = _words(kata_seed, zero=zero)
        what = f"a conversation in which the id 0 is the token {zero!r}"
        _expect(kata, _turns(said), tokenizer, 99, what, because="Any id may be a real token.")


@pytest.mark.task(1)
def test_end_of_turn_is_learned_after_the_assistant_only(kata, kata_seed):
    """The end of each answer has a label, whatever its id; the end of a question has none."""
    said = [(PATIENT, "Is fever bad?"), (ASSISTANT, "Not often."), (PATIENT, "Thank you.")]
    for end in (0, 5, 777):
        _expect(
            kata,
            _turns(said),
            _words(kata_seed, end=end),
            99,
            f"a conversation with end_of_text = {end}",
            because="How does the model know that its answer is over?",
        )


@pytest.mark.task(1)
def test_empty_texts_and_empty_conversations(kata, kata_seed):
    """An empty answer is its mark and its end, which is scored; no turns give two empty lists."""
    for said, what in (
        ([(PATIENT, "Hm."), (ASSISTANT, ""), (PATIENT, "Well?")], "an empty answer"),
        ([(PATIENT, ""), (ASSISTANT, "What is wrong?")], "an empty question"),
        ([], "a conversation of no turns"),
    ):
        _expect(kata, _turns(said), _words(kata_seed), 99, what)


@pytest.mark.task(1)
def test_long_conversation_loses_its_beginning(kata, kata_seed):
    """Of more than max_length tokens the last ones are kept, with the labels that are theirs."""
    turns = _turns(
        [
            (PATIENT, "My ear hurts."),
            (ASSISTANT, "Since when does it hurt?"),
            (PATIENT, "Since today."),
            (ASSISTANT, "See a doctor if it lasts."),
        ]
    )
    tokenizer = _words(kata_seed)
    length = len(_rows(turns, tokenizer))
    for max_length in (length, length + 1, length - 5, *range(length - 1, 0, -1), 10 * length):
        what = f"a conversation of {length} tokens with max_length={max_length}"
        because = "Which end of a conversation does the next answer depend on?"
        _expect(kata, turns, tokenizer, max_length, what, because=because)


@pytest.mark.task(1)
def test_any_conversation_is_built_by_the_same_rules(kata, kata_seed):
    """Random turns in random order, cut anywhere, as list or tuple: ids, labels, arguments."""
    draw = random.Random(kata_seed)
    pool = ["Yes", " no", ".", " water", " the", "?", " pain", ":", " Rest", "\n", "Ice", " doctor"]
    for number in range(40):
        said = [
            (draw.choice((PATIENT, ASSISTANT)), "".join(draw.choices(pool, k=draw.randint(0, 7))))
            for _ in range(draw.randint(0, 5))
        ]
        turns = _turns(said)
        given = turns if number % 2 else tuple(turns)
        tokenizer = _words(draw.random(), end=draw.choice((0, 3, 50)))
        max_length = draw.choice((5, 17, 60))
        what = f"a random conversation of {len(turns)} turns with max_length={max_length}"
        _expect(kata, given, tokenizer, max_length, what)
        _same_turns(given, turns)


# ---- chat_prompt ----------------------------------------------------------------------------


@pytest.mark.task(2)
def test_prompt_is_what_stands_before_the_answer(kata, kata_seed):
    """For every answer the prompt is, id for id, what stood before it in training."""
    turns = _turns(
        [
            (PATIENT, "I cannot sleep."),
            (ASSISTANT, "Do you drink coffee late?"),
            (PATIENT, "Yes, two cups."),
            (ASSISTANT, "Try none after noon."),
        ]
    )
    for end in (0, 41):
        tokenizer = _words(kata_seed, end=end)
        for before, what in (
            (1, "after the first question"),
            (3, "after the second question"),
            (0, "when the assistant is to begin"),
            (2, "when the assistant is to go on after its own turn"),
        ):
            _expect_prompt(kata, turns[:before], tokenizer, 99, f"the prompt {what}")
        given = tuple(turns)
        _expect_prompt(kata, given, tokenizer, 40, "the prompt after the whole conversation")
        _same_turns(given, turns)


@pytest.mark.task(2)
def test_long_prompt_keeps_its_end(kata, kata_seed):
    """A prompt that is too long loses its beginning; its open mark is part of max_length."""
    turns = _turns(
        [(PATIENT, "My back aches."), (ASSISTANT, "Move."), (PATIENT, "Does heat help?")]
    )
    tokenizer = _words(kata_seed)
    length = len(_rows(turns, tokenizer)) + 3
    for max_length in (length, length + 1, length - 5, *range(length - 1, 0, -1)):
        what = f"a prompt of {length} ids with max_length={max_length}"
        _expect_prompt(kata, turns, tokenizer, max_length, what)


@pytest.mark.task(1)
def test_unknown_role_is_an_error_that_names_it(kata, kata_seed):
    """A role that is neither patient nor assistant is refused by name, and not taken for one."""
    for role in ("nurse", "system", "Assistant"):
        for place in (0, 1, 2):
            said = [(PATIENT, "My knee hurts."), (ASSISTANT, "Rest it.")]
            said.insert(place, (role, "Be brief."))
            tokenizer = _words(kata_seed)
            for name, ask in (
                ("chat_example", kata.chat_example),
                ("chat_prompt", kata.chat_prompt),
            ):
                with checks.raises(
                    (ValueError, KeyError),
                    f"{name} with a turn of the role {role!r}",
                    mentions=[role],
                    because="Scored as whose words? A silent guess trains on the wrong side.",
                ):
                    ask(_turns(said), tokenizer, 99)


# ---- pad_batch ------------------------------------------------------------------------------


@pytest.mark.task(3)
def test_shorter_examples_are_filled_up_on_the_right(kata, kata_seed):
    """A row for each example in order, pads right of it, IGNORE as their label."""
    for sizes, pad_id in (
        ((5, 9, 2), 40),
        ((3, 8), 0),
        ((7, 7, 4, 6), 977),
        ((6,), 7),
        ((1, 4), 8),
    ):
        _expect_batch(
            kata,
            _examples(sizes, kata_seed, real=(0, 40, 7)),
            pad_id,
            f"of examples of {_listed(sizes)} tokens, padded with {pad_id},",
        )


@pytest.mark.task(3)
def test_pad_id_may_be_a_real_token(kata, kata_seed):
    """With pad_id = end_of_text the end of each answer still counts; pads never do."""
    for end in (0, 13):
        examples = _examples((6, 11, 8), kata_seed, real=(end, 0, 13), end=end)
        _expect_batch(
            kata,
            examples,
            end,
            f"padded with end_of_text, {end},",
            because="A pad is known by its place: what stands in an example is real.",
        )


@pytest.mark.task(3)
def test_empty_batches_and_empty_examples(kata, kata_seed):
    """No examples give shape (0, 0); empty ones give empty rows, or rows of pads."""
    some = _examples((4,), kata_seed, real=(0, 3))
    for examples, what in (
        ([], "of no examples"),
        ([([], []), ([], []), ([], [])], "of three empty examples"),
        ([([], []), *some], "of an empty example and one of 4 tokens"),
    ):
        _expect_batch(kata, examples, 2, what)


@pytest.mark.task(3)
def test_conversations_of_a_batch_do_not_see_each_other(kata, kata_seed):
    """A model says the same of a conversation in a batch as of the same conversation alone."""
    from pytest_kata.lab.model import GPT2, TINY

    model = GPT2(TINY, generator=torch.Generator().manual_seed(kata_seed)).double().eval()
    examples = _examples((7, 15, 4, 11), kata_seed, real=(0, 9), end=9)
    ids, labels = _batch(kata, examples, 9, "of four conversations")
    with torch.no_grad():
        for row, (some, wanted) in enumerate(examples):
            there = labels[row] != IGNORE
            alone = model(torch.tensor([some]))[0]
            asked = torch.tensor(wanted) != IGNORE
            checks.that(
                int(there.sum()) == int(asked.sum()),
                f"of {int(asked.sum())} scored tokens of conversation {row + 1}, the batch has "
                f"{int(there.sum())}",
                because="A label that an example has stays as it is.",
            )
            before = model(ids[row : row + 1])[0, :-1][there[1:]]
            distance = (before - alone[:-1][asked[1:]]).abs().max().item()
            checks.that(
                distance < 1e-9,
                f"what the model says of conversation {row + 1} depends on the batch it is in: "
                f"its logits are off by up to {distance:.2g}",
                looks_like="pads on the left, which move every token and are seen by it"
                if ids[row, 0] == 9 and len(some) < ids.shape[1]
                else "",
                because="The model looks to the left. What may stand there?",
            )


@pytest.mark.task(3)
def test_examples_are_left_as_they_are(kata, kata_seed):
    """The lists that were handed in are not filled up; the same examples serve the next batch."""
    examples = _examples((3, 6, 5), kata_seed, real=(0, 8))
    before = copy.deepcopy(examples)
    first = _batch(kata, examples, 8, "of three examples")
    checks.unchanged(
        [list(pair) for pair in examples],
        [list(pair) for pair in before],
        "the list of examples",
        looks_like="lists filled up in place: in the next batch they are as long as in this one",
        because="+= and .extend change the caller's list. What makes a new one?",
    )
    again = kata.pad_batch(examples=examples[:1], pad_id=8)
    checks.close(again[0], first[0][:1, :3], "the first example in a batch of its own", atol=0)


# ---- the real thing -------------------------------------------------------------------------


def test_real_conversations_keep_to_the_template(kata):
    """The kit's own conversations with the kit's own tokenizer, whole and cut to 64 tokens."""
    from pytest_kata.lab.checkpoint import load_tokenizer
    from pytest_kata.lab.conversations import conversations

    tokenizer = load_tokenizer()
    for talk in conversations("validation")[::5]:
        for max_length in (256, 64):
            what = f"a conversation on {talk.topic} with max_length={max_length}"
            _expect(kata, talk.turns, tokenizer, max_length, what, because=SEES)
            asked = talk.turns[:-1]
            _expect_prompt(kata, asked, tokenizer, max_length, f"the prompt of {what}")


def test_fine_tuned_model_answers_better_than_as_it_came_and_than_from_scratch(kata, kata_seed):
    """Six steps on your examples: right answers cost less than before, and than from scratch."""
    from pytest_kata.lab.checkpoint import load_checkpoint, load_tokenizer
    from pytest_kata.lab.conversations import conversations, questions
    from pytest_kata.lab.model import GPT2

    tokenizer, pretrained = load_tokenizer(), load_checkpoint()
    # Two exchanges each, the shorter half: a step takes as long as the longer of its two.
    talks = [talk.turns for talk in conversations("train") if len(talk.turns) == 4]
    talks = sorted(talks, key=lambda turns: sum(len(turn.text) for turn in turns))[:40]
    random.Random(kata_seed).shuffle(talks)
    longest, end = pretrained.config.n_positions, tokenizer.end_of_text
    batches = []
    for place in range(0, 12, 2):
        examples = [kata.chat_example(turns, tokenizer, longest) for turns in talks[place:][:2]]
        batches.append(_batch(kata, examples, end, "of two of the kit's conversations"))
    scored = sum(int((labels[:, 1:] != IGNORE).sum()) for _, labels in batches)
    checks.that(scored > 0, "none of the labels says anything to learn")

    asked = [(q.prompt, q.right) for q in questions()[::5]]
    answers = _answers(asked, tokenizer)
    general = _general_text(tokenizer)
    before = _needs(pretrained, *answers)
    knew = _needs(pretrained, general, general)
    generator = torch.Generator().manual_seed(kata_seed)
    scratch, _ = _fine_tune(GPT2(pretrained.config, generator=generator), batches)
    scratch, untaught = _needs(scratch, *answers), _needs(scratch, general, general)
    as_it_came = copy.deepcopy(pretrained)
    tuned, losses = _fine_tune(pretrained, batches)
    right = _right_batches(talks, tokenizer, longest)
    if all(map(_same_batch, batches, right)):
        checks.show_losses(losses, losses)
    else:
        checks.show_losses(losses, _fine_tune(as_it_came, right)[1])
    after, knows = _needs(tuned, *answers), _needs(tuned, general, general)

    told = f"fine-tuned on your examples, the model needs {after:.2f} nats a token of right answers"
    looks_like = ""
    if all(map(_is_shifted, batches, right)):
        looks_like = "labels shifted in the batch: the loss shifts them once more"
    because = "Six steps teach what they are asked for: which token does each label speak of?"
    checks.that(
        after < before - 0.5,
        f"{told}, where it needed {before:.2f} as it came",
        looks_like=looks_like,
        because=because,
    )
    checks.that(
        after < scratch - 0.8,
        f"{told}, where one from scratch needs {scratch:.2f}",
        looks_like=looks_like,
        because=because,
    )
    checks.that(
        knows < untaught - 1.0,
        f"fine-tuned, the model needs {knows:.2f} nats a token of general text, where it needed "
        f"{knew:.2f} before and one that never knew any needs {untaught:.2f}",
        because="Some forgetting is the price of fine-tuning. This is nearly all of it.",
    )


# ---- helpers --------------------------------------------------------------------------------


def _turns(said):
    from pytest_kata.lab.conversations import Turn

    return [Turn(role, text) for role, text in said]


def _words(seed, *, zero="Cool", end=None):
    """A tokenizer of one id a word or sign, the space or line feed before a word included."""

    class Words:
        def __init__(self):
            draw = random.Random(seed)
            self.free = draw.sample([n for n in range(1, 256) if n != end], 200)
            self.end_of_text = self.free.pop() if end is None else end
            self.known = {} if end == 0 else {zero: 0}

        def encode(self, text):
            found = re.findall(r"\s?\w+|[^\w\s]|\s", text)
            return [self.known.get(word) or self._id(word) for word in found]

        def _id(self, word):
            if word not in self.known:
                self.known[word] = self.free.pop()
            return self.known[word]

    return Words()


def _marks():
    return {PATIENT: "Patient:\n", ASSISTANT: "Assistant:\n"}


def _rows(turns, tokenizer):
    """(id, label, place in words, role, part) of every token, as the contract has it."""
    rows = []
    for number, turn in enumerate(turns, start=1):
        whose = f"turn {number} ({turn.role})"
        for part, ids in (
            ("mark", tokenizer.encode(_marks()[turn.role])),
            ("text", tokenizer.encode(turn.text)),
            ("end", [tokenizer.end_of_text]),
        ):
            for place, token in enumerate(ids, start=1):
                scored = turn.role == ASSISTANT and part != "mark"
                at = {"mark": "the mark", "text": f"token {place} of the text", "end": "the end"}
                words = f"{at[part]} of {whose}"
                rows.append((token, token if scored else IGNORE, words, turn.role, part, number))
    return rows


def _example(kata, turns, tokenizer, max_length, what="a conversation"):
    got = kata.chat_example(turns, tokenizer, max_length)
    what = f"what chat_example gives for {what}"
    checks.instance(got, (tuple, list), what)
    checks.that(len(got) == 2, f"{what} has {len(got)} parts, expected ids and labels")
    for part, name in zip(got, ("ids", "labels"), strict=True):
        _require_ints(part, f"the list of {name} in {what}")
    return got


def _require_ints(got, what):
    if type(got) is not list:
        checks.returned(got, what)
        raise checks.Miss("type", f"{what} is {checks.describe(got)}, expected a list")
    for place, one in enumerate(got):
        if type(one) is not int:
            words = checks.describe(one)
            raise checks.Miss("type", f"{what} has {words} at [{place}], expected an int")


def _expect(kata, turns, tokenizer, max_length, what, because=""):
    """That chat_example gives what the contract says, told token by token."""
    ids, labels = _example(kata, turns, tokenizer, max_length, what)
    _judge_ids(ids, turns, tokenizer, max_length, f"the ids of {what}", because)
    full = _rows(turns, tokenizer)
    rows = full[-max_length:]
    want = [row[1] for row in rows]
    if labels == want:
        return
    known = _known_labels(full, max_length)
    mistake = next((words for words, value in known.items() if value == labels), "")
    if len(labels) != len(ids):
        sentence = f"{what} has {len(ids)} ids, but {len(labels)} labels"
        raise checks.Miss("shape", sentence, looks_like=mistake, because=because)
    place = next(n for n, pair in enumerate(zip(labels, want, strict=True)) if pair[0] != pair[1])
    token, wish, words = rows[place][:3]
    if wish == IGNORE:
        sentence = (
            f"in {what}, {words} is scored, though it is not to be learned"
            if labels[place] == token
            else f"in {what}, the label at {words} is {labels[place]}, expected IGNORE"
        )
    elif labels[place] == IGNORE:
        sentence = f"in {what}, {words} is not scored, though it is to be learned"
    else:
        sentence = f"in {what}, the label at {words} is not the id that stands there"
    raise checks.Miss("value", sentence, looks_like=mistake, because=because)


def _judge_ids(ids, turns, tokenizer, max_length, what, because=""):
    rows = _rows(turns, tokenizer)[-max_length:]
    want = [row[0] for row in rows]
    if ids == want:
        return
    looks_like = _seen_in(_known_ids(turns, tokenizer, max_length), ids)
    if max_length >= len(_rows(turns, tokenizer)):
        because = "Hold your ids against the three parts of each turn: mark, text, end_of_text."
    raise checks.Miss("value", _first_off(ids, rows, what), looks_like=looks_like, because=because)


def _first_off(ids, rows, what):
    for place, (row, got) in enumerate(zip(rows, ids, strict=False)):
        if row[0] != got:
            return f"{what} are others from place {place} on, where {row[2]} should stand"
    return f"{what} are {len(ids)}, expected {len(rows)}"


def _seen_in(known, got):
    return next((words for words, value in known.items() if value == got), "")


def _known_ids(turns, tokenizer, max_length):
    """What known mistakes make of the ids, by their names in words."""
    marks, end, encode = _marks(), [tokenizer.end_of_text], tokenizer.encode
    last = len(turns) - 1

    def built(part):
        return sum((part(n, turn, marks[turn.role]) for n, turn in enumerate(turns)), [])

    other = {PATIENT: marks[ASSISTANT], ASSISTANT: marks[PATIENT]}
    full = {
        "the marks of the two roles taken for one another": built(
            lambda n, turn, mark: encode(other[turn.role]) + encode(turn.text) + end
        ),
        "marks left out: nothing tells who speaks": built(
            lambda n, turn, mark: encode(turn.text) + end
        ),
        "mark and text encoded in one go, which gives other tokens": built(
            lambda n, turn, mark: encode(mark + turn.text) + end
        ),
        "no end of turn at all": built(lambda n, turn, mark: encode(mark) + encode(turn.text)),
        "an end after the whole conversation only, not after each turn": built(
            lambda n, turn, mark: encode(mark) + encode(turn.text) + end * (n == last)
        ),
        "an end after the assistant's turns only": built(
            lambda n, turn, mark: encode(mark) + encode(turn.text) + end * (turn.role == ASSISTANT)
        ),
        "texts that are stripped first, though each token of a text is asked for": built(
            lambda n, turn, mark: encode(mark) + encode(turn.text.strip()) + end
        ),
        "turns without a text left out": built(
            lambda n, turn, mark: encode(mark) + encode(turn.text) + end if turn.text else []
        ),
    }
    right = [row[0] for row in _rows(turns, tokenizer)]
    cut = {words: value[-max_length:] for words, value in full.items()}
    cut["the end cut off, where the beginning was to go"] = right[:max_length]
    cut["one token too few kept"] = right[-max_length + 1 :] if max_length > 1 else []
    cut["nothing cut, whatever max_length is"] = right
    return cut


def _known_labels(rows, max_length):
    """What known mistakes make of the labels, by their names in words."""
    right = [row[1] for row in rows]
    spoken = {row[0] for row in rows if row[3] == PATIENT}
    answers = sorted({row[5] for row in rows if row[3] == ASSISTANT})
    first, last = answers[:1], answers[-1:]
    begun = [
        n and row[4] != "mark" and rows[n - 1][4] == "mark" and row[3] == ASSISTANT
        for n, row in enumerate(rows)
    ]
    end = next((row[0] for row in rows if row[4] == "end"), None)
    marks = [row[0] for row in rows if row[4] == "mark" and row[3] == ASSISTANT][:3]

    def where(condition):
        return [row[0] if condition(n, row) else IGNORE for n, row in enumerate(rows)]

    def hide(condition):
        return [
            IGNORE if condition(n, row) else label
            for n, (row, label) in enumerate(zip(rows, right, strict=True))
        ]

    full = {
        "every token scored, the patient's words too": where(lambda n, row: True),
        "the mark of the assistant scored too, though it is given to the model": where(
            lambda n, row: row[3] == ASSISTANT
        ),
        "the patient's words scored too, and only the marks left out": where(
            lambda n, row: row[4] != "mark"
        ),
        "marks scored": where(lambda n, row: row[4] == "mark" or row[1] != IGNORE),
        "the first token of each answer left out": hide(lambda n, row: begun[n]),
        "the end of turn masked: the model never learns to stop": hide(
            lambda n, row: row[4] == "end"
        ),
        "the end of the patient's turns scored too": where(
            lambda n, row: row[4] == "end" or row[1] != IGNORE
        ),
        "only the last answer scored": hide(lambda n, row: row[5] not in last),
        "only the first answer scored": hide(lambda n, row: row[5] not in first),
        "only the last turn scored, whoever speaks in it": where(
            lambda n, row: row[5] == rows[-1][5] and row[4] != "mark"
        ),
        "every second turn scored, whoever speaks in it": where(
            lambda n, row: row[5] % 2 == 0 and row[4] != "mark"
        ),
        "the patient's side scored in place of the assistant's": where(
            lambda n, row: row[3] == PATIENT and row[4] != "mark"
        ),
        "a mask by token value: whatever the patient said too is left out": hide(
            lambda n, row: row[0] in spoken and row[4] != "end"
        ),
        "a mask by token value: every token that is also on the patient's side": hide(
            lambda n, row: row[0] in spoken
        ),
        "token 0 left out, as if it were padding": hide(lambda n, row: row[0] == 0),
        "turns found by the tokens of the mark, which a text may quote": _by_search(
            [row[0] for row in rows], marks, end
        ),
        "labels of 0 in place of IGNORE": [0 if label == IGNORE else label for label in right],
        "a mask of 0 and 1 in place of labels": [int(label != IGNORE) for label in right],
        "labels as bare values, without the places that are not scored": [
            label for label in right if label != IGNORE
        ],
    }
    shifted = "labels that are shifted already: the loss shifts them once more"
    full[shifted] = [*right[1:], IGNORE]
    full["labels shifted to the right"] = [IGNORE, *right[:-1]]
    cut = {
        "labels that are not cut with their ids": right,
        "labels cut at the end, ids at the beginning": right[:max_length],
    } | {words: value[-max_length:] for words, value in full.items()}
    return {words: value for words, value in cut.items() if value != right[-max_length:]}


def _by_search(ids, mark, end):
    """Labels by looking for the assistant's mark among the ids, up to the next end."""
    labels, place = [IGNORE] * len(ids), 0
    while mark and place < len(ids):
        if ids[place : place + len(mark)] == mark:
            place += len(mark)
            while place < len(ids):
                labels[place] = ids[place]
                place += 1
                if ids[place - 1] == end:
                    break
        else:
            place += 1
    return labels


def _same_turns(given, before):
    checks.that(
        len(given) == len(before) and all(a is b for a, b in zip(given, before, strict=True)),
        "the turns that were handed in are others now",
        because="Arguments are left as they are.",
    )


def _expect_prompt(kata, turns, tokenizer, max_length, what):
    got = kata.chat_prompt(turns=turns, tokenizer=tokenizer, max_length=max_length)
    _require_ints(got, what)
    full = [row[0] for row in _rows(turns, tokenizer)]
    mark = tokenizer.encode(_marks()[ASSISTANT])
    end, theirs = [tokenizer.end_of_text], tokenizer.encode(_marks()[PATIENT])
    want = (full + mark)[-max_length:]
    if got == want:
        return
    known = {
        "a prompt without the assistant's mark: the model may go on as the patient": full,
        "a mark that is closed at once: to the model the answer is over": full + mark + end,
        "the patient's mark in place of the assistant's": full + theirs,
        "the last turn left open, with no end before the mark": full[:-1] + mark,
        "the assistant's mark without its line feed": full + mark[:-1],
        "the last turn alone, without what was said before": (
            [row[0] for row in _rows(turns[-1:], tokenizer)] + mark
        ),
    }
    known = {
        "a mark added after the cut, so that the prompt is too long": full[-max_length:] + mark,
        "the end cut off, and with it the mark": (full + mark)[:max_length],
        "no cut at max_length": full + mark,
    } | {words: value[-max_length:] for words, value in known.items()}
    place = next(
        (n for n, pair in enumerate(zip(got, want, strict=False)) if pair[0] != pair[1]), 0
    )
    sentence = (
        f"{what} has {len(got)} ids, expected {len(want)}"
        if len(got) != len(want)
        else f"{what} is not what stands before the answer in training, from place {place} on"
    )
    raise checks.Miss(
        "value",
        sentence,
        looks_like=_seen_in(known, got),
        because="In training the answer follows the assistant's mark. And when the model is used?",
    )


def _examples(sizes, seed, real, end=None):
    """Examples of these sizes; ids in `real` occur in all that have room; an answer ends each."""
    draw = random.Random(f"{seed} {sizes}")
    examples = []
    for size in sizes:
        ids = [draw.randrange(256) for _ in range(size)]
        for token in real:
            ids[draw.randrange(size)] = token
        silent = size // 3
        if end is not None:
            ids[-1] = ids[silent - 1 if silent else 0] = end
        examples.append((ids, [IGNORE] * silent + ids[silent:]))
    return examples


def _batch(kata, examples, pad_id, what):
    """The two tensors of a batch: of the right kind and shape, judged by no value yet."""
    got = kata.pad_batch(examples, pad_id)
    checks.instance(got, (tuple, list), f"the batch {what}")
    checks.that(len(got) == 2, f"the batch {what} has {len(got)} parts, expected ids and labels")
    b, t = len(examples), max((len(ids) for ids, _ in examples), default=0)
    together = sum(len(ids) for ids, _ in examples)
    shortest = min((len(ids) for ids, _ in examples), default=0)
    for part, name in zip(got, ("ids", "labels"), strict=True):
        words = f"the tensor of {name} in the batch {what}"
        checks.tensor(part, words)
        shape = tuple(part.shape)
        if shape != (b, t):
            looks_like = {
                (1, together): "all conversations joined in one row, where they see each other",
                (b, shortest): "all cut to the shortest",
                (t, b): "rows and columns taken for one another",
            }.get(shape, "")
            sentence = f"{words} has shape {shape}, expected {(b, t)}"
            because = "One row for each example, as long as the longest of them."
            raise checks.Miss("shape", sentence, looks_like=looks_like, because=because)
        checks.tensor(part, words, dtype=torch.int64)
    return got


def _expect_batch(kata, examples, pad_id, what, because=""):
    ids, labels = _batch(kata, examples, pad_id, what)
    t = ids.shape[1]

    def rectangle(rows, filler, left=False):
        filled = [
            [filler] * (t - len(row)) * left + row + [filler] * (t - len(row)) * (not left)
            for row in rows
        ]
        return torch.tensor(filled, dtype=torch.int64).reshape(ids.shape)

    tokens, wanted = [ids for ids, _ in examples], [labels for _, labels in examples]
    want_ids, want = rectangle(tokens, pad_id), rectangle(wanted, IGNORE)
    _same_table(
        ids,
        want_ids,
        f"the ids of the batch {what}",
        {
            "pads on the left": rectangle(tokens, pad_id, left=True),
            "pads of 0, whatever pad_id is": rectangle(tokens, 0),
            "IGNORE among the ids, where no token has such an id": rectangle(tokens, IGNORE),
            "examples in another order, by length": rectangle(
                sorted(tokens, key=len, reverse=True), pad_id
            ),
        },
        because or "Look at the row of the shortest example.",
    )
    by_value = want.masked_fill(want_ids == pad_id, IGNORE)
    _same_table(
        labels,
        want,
        f"the labels of the batch {what}",
        {
            "labels padded with pad_id: the model is trained to write pads": rectangle(
                wanted, pad_id
            ),
            "labels masked wherever the id is pad_id: real tokens are lost with the pads": by_value,
            "labels of 0 at the pads": rectangle(wanted, 0),
            "labels made anew from the ids: the patient's words are scored": want_ids.masked_fill(
                want_ids == pad_id, IGNORE
            ),
            "labels made anew from the ids, pads and all": want_ids,
            "labels made anew from the ids: all real tokens are scored": rectangle(tokens, IGNORE),
            "pads on the left": rectangle(wanted, IGNORE, left=True),
            "labels shifted in the batch: the loss shifts them once more": torch.cat(
                [want[:, 1:], torch.full_like(want[:, :1], IGNORE)], dim=1
            ),
            "labels shifted in the batch, the last one kept twice": torch.cat(
                [want[:, 1:], want[:, -1:]], dim=1
            ),
            "labels of IGNORE throughout": torch.full_like(want, IGNORE),
        },
        because or "Which of the places in a row are pads?",
    )


def _same_table(got, want, what, known, because):
    if torch.equal(got, want):
        return
    mistake = next((words for words, value in known.items() if torch.equal(value, got)), "")
    row, column = torch.nonzero(got != want)[0].tolist()
    wrong = int((got != want).sum())
    sentence = f"{what} are wrong in {wrong} places, the first at row {row}, place {column}"
    raise checks.Miss("value", sentence, looks_like=mistake, because=because)


def _listed(sizes):
    return " and ".join(map(str, sizes)) if len(sizes) < 3 else ", ".join(map(str, sizes))


def _answers(asked, tokenizer):
    """Ids and labels of questions with their right answers, by the contract, padded."""
    rows = [_rows(_turns([(PATIENT, q), (ASSISTANT, a)]), tokenizer) for q, a in asked]
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), tokenizer.end_of_text)
    labels = torch.full_like(ids, IGNORE)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = torch.tensor([token[0] for token in row])
        labels[n, : len(row)] = torch.tensor([token[1] for token in row])
    return ids, labels


def _general_text(tokenizer):
    """Four rows of the text that pre-training was about, from Python's documentation."""
    from pydoc_data.topics import topics

    ids = tokenizer.encode("\n\n".join(topics[name][:400] for name in sorted(topics)[:12]))
    return torch.tensor(ids[:192]).view(4, 48)


def _loss(model, ids, labels):
    """Mean cross-entropy at the scored labels; it shifts. Only there are logits worked out."""
    wanted = labels[:, 1:]
    hidden = model.transformer(ids[:, :-1])[wanted != IGNORE]
    return torch.nn.functional.cross_entropy(model.lm_head(hidden), wanted[wanted != IGNORE])


def _needs(model, ids, labels):
    with torch.no_grad():
        return _loss(model, ids, labels).item()


def _fine_tune(model, batches, rate=2e-3, warmup=4):
    """One step of Adam on each batch, without dropout; `model` itself is changed, and handed back
    with the loss of every step."""
    parameters = list(model.eval().parameters())
    state = [(torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]
    losses = []
    for step, (ids, labels) in enumerate(batches, start=1):
        loss = _loss(model, ids, labels)
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, (mean, square), gradient in zip(parameters, state, gradients, strict=True):
                mean.lerp_(gradient, 0.1)
                square.lerp_(gradient**2, 0.05)
                size = (square / (1 - 0.95**step)).sqrt_().add_(1e-8)
                now = rate * min(1, step / warmup)
                p.addcdiv_(mean / (1 - 0.9**step), size, value=-now)
    return model, losses


def _right_batches(talks, tokenizer, longest):
    """The batches of the run above, as the contract has them."""
    fill = torch.nn.utils.rnn.pad_sequence
    batches = []
    for place in range(0, 12, 2):
        examples = [_rows(turns, tokenizer)[-longest:] for turns in talks[place:][:2]]
        ids = [torch.tensor([row[0] for row in rows]) for rows in examples]
        labels = [torch.tensor([row[1] for row in rows]) for rows in examples]
        batches.append(
            (
                fill(ids, batch_first=True, padding_value=tokenizer.end_of_text),
                fill(labels, batch_first=True, padding_value=IGNORE),
            )
        )
    return batches


def _same_batch(one, other):
    return all(map(torch.equal, one, other))


def _is_shifted(one, right):
    """Whether the ids of `one` are right, and its labels stand one place too far to the left."""
    return torch.equal(one[0], right[0]) and torch.equal(one[1][:, :-1], right[1][:, 1:])
