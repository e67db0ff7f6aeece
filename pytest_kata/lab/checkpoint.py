"""Checkpoints in the layout of Hugging Face: `config.json`, `model.safetensors`, `tokenizer.json`.

A checkpoint is read whole or not at all. Whatever is wrong with one is a KitError of one sentence
that names the file and the cause.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from pytest_kata.catalog import KitError
from pytest_kata.lab.hashes import SHIPPED, damaged, write_hashes
from pytest_kata.lab.model import GPT2, SIZES, Config
from pytest_kata.lab.tokenizer import Tokenizer, read_json

__all__ = [
    "SHIPPED",
    "damaged",
    "load_checkpoint",
    "load_config",
    "load_tokenizer",
    "save_checkpoint",
    "write_hashes",
]

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"

# What GPT-2's configuration may say and this model cannot do: the values that it can.
ABLE: dict[str, tuple[Any, ...]] = {
    "model_type": ("gpt2",),
    "activation_function": ("gelu_new", "gelu_pytorch_tanh"),
    "scale_attn_weights": (True,),
    "scale_attn_by_inverse_layer_idx": (False,),
    "add_cross_attention": (False,),
    "tie_word_embeddings": (True,),
}
BODY = "transformer."
BUFFERS = (".attn.bias", ".attn.masked_bias")  # masks, which old checkpoints carry


def load_checkpoint(directory: Path = SHIPPED) -> GPT2:
    """The model of a checkpoint in float32, on the CPU, in eval mode.

    Takes a directory written by `save_checkpoint` or by `transformers` (GPT2LMHeadModel or
    GPT2Model), stored as float32, float16 or bfloat16. Raises KitError.
    """
    directory = Path(directory)
    config = load_config(directory)
    weights = _named(_read(directory / WEIGHTS))
    _require_fit(weights, config, directory / WEIGHTS)
    weights["lm_head.weight"] = weights[f"{BODY}wte.weight"]
    return GPT2(config, weights=weights).eval()


def load_config(directory: Path) -> Config:
    """The configuration of a checkpoint. Raises KitError when it is not one of a GPT-2."""
    path = Path(directory) / CONFIG
    content = read_json(path)
    for key, able in ABLE.items():
        if content.get(key, able[0]) not in able or (key == "model_type" and key not in content):
            said = repr(content.get(key, "nothing"))
            raise KitError(f"{key} is {said}, this model needs {able[0]!r}", where=str(path))
    for size in SIZES:
        if size not in content:
            raise KitError(f"{size} is missing", where=str(path))
    try:
        return Config.from_dict(content)
    except (TypeError, ValueError) as error:
        raise KitError(f"this is no configuration of a GPT-2: {error}", where=str(path)) from None


def load_tokenizer(directory: Path = SHIPPED) -> Tokenizer:
    """The tokenizer of a checkpoint. Raises KitError."""
    return Tokenizer.load(Path(directory) / TOKENIZER)


def save_checkpoint(
    directory: Path,
    model: GPT2,
    tokenizer: Tokenizer | None = None,
    *,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Writes the model's weights as `dtype`, its configuration, and the tokenizer if one is given.

    `transformers.AutoModelForCausalLM` and `AutoTokenizer` load the directory. The directory is
    made when it is not there; files of these names in it are replaced.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    state = model.state_dict()
    state.pop("lm_head.weight")  # tied: the same numbers as wte
    weights = {name: tensor.to("cpu", dtype).contiguous() for name, tensor in state.items()}
    packed = safetensors.torch.save(weights, metadata={"format": "pt"})
    (directory / WEIGHTS).write_bytes(packed)  # save_file keeps others from reading it
    content = model.config.to_dict() | {"dtype": str(dtype).removeprefix("torch.")}
    _write_json(directory / CONFIG, content)
    if tokenizer is not None:
        tokenizer.save(directory / TOKENIZER)
        kind = {"tokenizer_class": "GPT2TokenizerFast", "add_prefix_space": False}
        names = dict.fromkeys(("bos_token", "eos_token", "unk_token"), "<|endoftext|>")
        longest = {"model_max_length": model.config.n_positions}
        _write_json(directory / "tokenizer_config.json", kind | names | longest)


def _read(path: Path) -> dict[str, Tensor]:
    """Every tensor of a safetensors file as float32. Raises KitError."""
    if not path.is_file():
        raise KitError(f"{path.name} is missing", where=str(path.parent))
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, RuntimeError, ValueError) as error:
        words = str(error).partition("\n")[0]
        raise KitError(
            f"this is no whole safetensors file, it is cut, damaged or something else ({words})",
            where=str(path),
        ) from None


def _named(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights under the names of GPT2LMHeadModel, without masks and the tied output layer."""
    named = {
        name if name.startswith((BODY, "lm_head.")) else BODY + name: tensor
        for name, tensor in weights.items()
        if not name.endswith(BUFFERS)
    }
    head = named.get("lm_head.weight")
    if head is not None and head.equal(named.get(f"{BODY}wte.weight", head[:0])):
        del named["lm_head.weight"]
    return named


def _require_fit(weights: dict[str, Tensor], config: Config, path: Path) -> None:
    """That the file has the weights of `config`, of the right shapes and finite, and no others."""
    layers = sum(name.endswith(".ln_1.weight") for name in weights)
    if layers != config.n_layer:
        words = f"{layers} layers are here, {CONFIG} says {config.n_layer}"
        raise KitError(words, where=str(path))
    wanted = _shapes(config)
    for name, shape in wanted.items():
        if name not in weights:
            raise KitError(f"the weight {name} is missing", where=str(path))
        found = tuple(weights[name].shape)
        if found != shape:
            raise KitError(f"{name} has shape {found}, {CONFIG} says {shape}", where=str(path))
        if not math.isfinite(weights[name].sum().item()):
            raise KitError(f"{name} has weights that are not finite", where=str(path))
    for name in weights:
        if name not in wanted:
            raise KitError(f"{name} is no weight of a GPT-2 as {CONFIG} has it", where=str(path))


def _shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """The shape of every weight, without building the model: `config` may be absurd."""
    width, inner = config.n_embd, config.n_inner or 4 * config.n_embd
    shapes: dict[str, tuple[int, ...]] = {
        "wte.weight": (config.vocab_size, width),
        "wpe.weight": (config.n_positions, width),
    }
    for n in range(config.n_layer):
        for name in (f"h.{n}.ln_1", f"h.{n}.ln_2"):
            shapes |= {f"{name}.weight": (width,), f"{name}.bias": (width,)}
        for name, inputs, outputs in (
            ("attn.c_attn", width, 3 * width),
            ("attn.c_proj", width, width),
            ("mlp.c_fc", width, inner),
            ("mlp.c_proj", inner, width),
        ):
            shapes |= {f"h.{n}.{name}.weight": (inputs, outputs), f"h.{n}.{name}.bias": (outputs,)}
    shapes |= {"ln_f.weight": (width,), "ln_f.bias": (width,)}
    return {BODY + name: shape for name, shape in shapes.items()}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8", newline="\n")
