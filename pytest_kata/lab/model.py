"""GPT-2, to be read in one sitting, with the names and the layout of Hugging Face's checkpoints.

Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"; every name
below is the one in `transformers`' GPT2LMHeadModel, so that checkpoints load key for key.

Shapes are written with B sequences in a batch, T positions (at most `n_positions`), C = `n_embd`
and V = `vocab_size`. Pad on the right: attention looks only to the left, so what stands right of a
token never changes its output, and no mask is needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIZES = ("vocab_size", "n_positions", "n_embd", "n_layer", "n_head")
SMALL = ("embd_pdrop", "attn_pdrop", "resid_pdrop", "layer_norm_epsilon", "initializer_range")
TOKENS = ("bos_token_id", "eos_token_id")


@dataclass(frozen=True)
class Config:
    """Sizes and rates, under the names of `config.json`; the defaults are the shipped model's."""

    vocab_size: int = 2048
    n_positions: int = 256
    n_embd: int = 128
    n_layer: int = 4
    n_head: int = 4
    n_inner: int | None = None  # width inside the MLP; None: 4 * n_embd
    embd_pdrop: float = 0.1
    attn_pdrop: float = 0.0  # without it, attention has a kernel that is a third faster
    resid_pdrop: float = 0.1
    layer_norm_epsilon: float = 1e-5
    initializer_range: float = 0.02
    bos_token_id: int | None = 0
    eos_token_id: int | None = 0

    def __post_init__(self) -> None:
        inner = 1 if self.n_inner is None else self.n_inner
        for size in SIZES:
            value = getattr(self, size)
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{size} is {value!r}, a positive int is needed")
        if not isinstance(inner, int) or inner < 1:
            raise ValueError(f"n_inner is {inner!r}, a positive int or None is needed")
        if self.n_embd % self.n_head:
            raise ValueError(f"n_embd {self.n_embd} does not divide by n_head {self.n_head}")
        for name in SMALL:
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not 0 <= value <= 1:
                raise ValueError(f"{name} is {value!r}, a number from 0 to 1 is needed")
        for name in TOKENS:
            value = getattr(self, name)
            if value is not None and not isinstance(value, int):
                raise ValueError(f"{name} is {value!r}, an int or None is needed")

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Config:
        """From the content of a `config.json`; other keys than the fields are passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in content.items() if key in known})

    def to_dict(self) -> dict[str, Any]:
        """The content of a `config.json` with which `transformers` builds the same model."""
        fixed = {
            "architectures": ["GPT2LMHeadModel"],
            "model_type": "gpt2",
            "activation_function": "gelu_new",
            "tie_word_embeddings": True,
        }
        return fixed | asdict(self)


TINY = Config(
    vocab_size=256,
    n_positions=64,
    n_embd=32,
    n_layer=1,
    n_head=2,
    embd_pdrop=0.0,
    resid_pdrop=0.0,
)
"""A model that trains in well under a second, for texts of few bytes or tokens. No dropout."""


class Conv1D(nn.Module):
    """x @ weight + bias: a linear layer whose weight is stored as (inputs, outputs)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """(..., inputs) → (..., outputs)."""
        return torch.addmm(self.bias, x.flatten(0, -2), self.weight).view(*x.shape[:-1], -1)


class Attention(nn.Module):
    """Causal self-attention over several heads."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads = config.n_head
        self.dropout = config.attn_pdrop
        self.c_attn = Conv1D(config.n_embd, 3 * config.n_embd)
        self.c_proj = Conv1D(config.n_embd, config.n_embd)
        self.resid_dropout = nn.Dropout(config.resid_pdrop)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) → (B, T, C)."""
        size = x.shape
        parts = self.c_attn(x).view(*size[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = parts  # (B, heads, T, C / heads)
        rate = self.dropout if self.training else 0.0
        mixed = F.scaled_dot_product_attention(query, key, value, dropout_p=rate, is_causal=True)
        out: Tensor = self.resid_dropout(self.c_proj(mixed.transpose(1, 2).reshape(size)))
        return out


class MLP(nn.Module):
    """Two layers with GPT-2's form of GELU (the tanh approximation) between."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        inner = config.n_inner or 4 * config.n_embd
        self.c_fc = Conv1D(config.n_embd, inner)
        self.c_proj = Conv1D(inner, config.n_embd)
        self.dropout = nn.Dropout(config.resid_pdrop)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) → (B, T, C)."""
        out: Tensor = self.dropout(self.c_proj(F.gelu(self.c_fc(x), approximate="tanh")))
        return out


class Block(nn.Module):
    """Attention, then the MLP, each on the normalised stream and added to it."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)
        self.attn = Attention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)
        self.mlp = MLP(config)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) → (B, T, C)."""
        x = x + self.attn(self.ln_1(x))
        out: Tensor = x + self.mlp(self.ln_2(x))
        return out


def _table(count: int, width: int) -> nn.Embedding:
    """Without a start of its own, which would be drawn only to be drawn or read once more."""
    return nn.Embedding(count, width, _weight=torch.empty(count, width))


class Body(nn.Module):
    """What a task keeps of a language model: token ids in, one vector a position out."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.wte = _table(config.vocab_size, config.n_embd)
        self.wpe = _table(config.n_positions, config.n_embd)
        self.drop = nn.Dropout(config.embd_pdrop)
        self.h = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.ln_f = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)

    def forward(self, ids: Tensor) -> Tensor:
        """Ids (B, T), int64, → hidden states (B, T, C). Raises ValueError when T is too long."""
        length, longest = ids.shape[1], self.wpe.num_embeddings
        if length > longest:
            raise ValueError(f"{length} tokens, and the model has {longest} positions")
        positions = torch.arange(length, device=ids.device)
        x = self.drop(self.wte(ids) + self.wpe(positions))
        for block in self.h:
            x = block(x)
        out: Tensor = self.ln_f(x)
        return out


class GPT2(nn.Module):
    """A language model: the body, and the token embedding once more as the output layer."""

    def __init__(
        self,
        config: Config,
        *,
        generator: torch.Generator | None = None,
        weights: Mapping[str, Tensor] | None = None,
    ) -> None:
        """`weights`, a whole state_dict, which are not copied; without them random ones, drawn from
        `generator` alone, or from torch's global one."""
        super().__init__()
        self.config = config
        self.transformer = Body(config)
        # Without weights of its own: it has those of the embedding.
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False, device="meta")
        self._tie()
        if weights is None:
            self._start(generator)
        else:
            self.load_state_dict(weights, assign=True)
            self._tie()

    def _tie(self) -> None:
        self.lm_head.weight = self.transformer.wte.weight

    def forward(self, ids: Tensor) -> Tensor:
        """Ids (B, T), int64, → logits (B, T, V): at each position those of the *next* token."""
        logits: Tensor = self.lm_head(self.transformer(ids))
        return logits

    @torch.no_grad()
    def generate(
        self,
        ids: Tensor,
        tokens: int,
        *,
        temperature: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """The ids (B, T) and up to `tokens` more, (B, T + tokens), int64, without dropout.

        `temperature` 0 takes the likeliest token each time; otherwise one is drawn from
        softmax(logits / temperature). A row that has ended (`eos_token_id`) is filled up with that
        id, and when every row has ended generation stops. Of more than `n_positions` tokens the
        last ones are seen. The model's mode, train or eval, is as before afterwards.
        """
        was_training, end = self.training, self.config.eos_token_id
        ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
        self.eval()
        for _ in range(tokens):
            logits = self(ids[:, -self.config.n_positions :])[:, -1]
            if temperature > 0:
                shares = torch.softmax(logits / temperature, dim=-1)
                chosen = torch.multinomial(shares, 1, generator=generator)
            else:
                chosen = logits.argmax(dim=-1, keepdim=True)
            if end is not None:
                chosen[ended] = end
                ended |= chosen[:, 0] == end
            ids = torch.cat([ids, chosen], dim=1)
            if bool(ended.all()):
                break
        self.train(was_training)
        return ids

    @torch.no_grad()
    def _start(self, generator: torch.Generator | None) -> None:
        """GPT-2's start: normal weights; what adds to the stream is smaller, the deeper it is."""
        spread = self.config.initializer_range
        for name, parameter in self.named_parameters():
            if name.endswith("c_proj.weight"):
                narrow = spread / math.sqrt(2 * self.config.n_layer)
                parameter.normal_(0.0, narrow, generator=generator)
            elif ".ln_" not in name and name.endswith("weight"):
                parameter.normal_(0.0, spread, generator=generator)
