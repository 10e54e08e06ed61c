# SPDX-License-Identifier: Apache-2.0
"""Options of language models, as guests of WasmEdge's GGML plug-in write them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.nn.codes import Errno

__all__ = ["GgmlOptions"]

_LEAST = {"ctx_size": 1, "batch_size": 1, "threads": 1, "top_k": 0, "temp": 0, "top_p": 0, "repeat_penalty": 0}
_MOST = 1 << 20  # of what takes memory


class GgmlOptions(NamedTuple):
    """What a JSON object may say. Names are written with ``-``; those that are not here are passed over.

    Attributes:
        ctx_size: The size of the context in tokens.
        batch_size: How many tokens of a prompt are computed at a time.
        threads: How many threads compute; as llama.cpp sees fit by default.
        n_gpu_layers: How many layers a graphics card computes.
        embedding: Whether the output is the embedding of the prompt, as JSON, in the place of a text.
        seed: The seed of what is left to chance.
        n_predict: The most tokens of a text; -1 for as many as the context takes.
        reverse_prompt: What ends the text when it comes up.
        temp: The temperature.
        top_p: The sum of probabilities from which a token is taken.
        top_k: From how many tokens one is taken.
        repeat_penalty: How much less likely repetitions are.
        presence_penalty: How much less likely tokens are that were there.
        frequency_penalty: How much less likely tokens are that were there often.
    """

    ctx_size: int = 512
    batch_size: int = 512
    threads: int | None = None
    n_gpu_layers: int | None = None
    embedding: bool = False
    seed: int = 0
    n_predict: int = -1
    reverse_prompt: str = ""
    temp: float = 0.8
    top_p: float = 0.95
    top_k: int = 40
    repeat_penalty: float = 1.1
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0

    def updated(self, text: str) -> GgmlOptions:
        """Return these options with those of a text in JSON; an empty one says nothing.

        Raises:
            GuestError: It is no JSON object, or has an option of another type or out of range.
        """
        if not text.strip():
            return self
        try:
            given = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise GuestError(Errno.INVALID_ARGUMENT, f"the options are no JSON: {error}") from error
        if not isinstance(given, dict):
            raise GuestError(Errno.INVALID_ARGUMENT, "the options are no JSON object")
        known = {name.replace("-", "_"): value for name, value in given.items()}
        return self._replace(**{name: _checked(name, known[name]) for name in self._fields if name in known})

    def sampling(self) -> dict[str, Any]:
        """Return what the generation of tokens takes."""
        return {
            "temp": self.temp,
            "top_p": self.top_p,
            "top_k": self.top_k,
            "repeat_penalty": self.repeat_penalty,
            "presence_penalty": self.presence_penalty,
            "frequency_penalty": self.frequency_penalty,
        }


def _checked(name: str, value: Any) -> Any:
    wanted = type(GgmlOptions._field_defaults[name])
    if wanted is type(None):
        wanted = int
    if wanted is float and type(value) is int:
        value = float(value)
    is_number = wanted in (int, float)
    if type(value) is not wanted or (is_number and not _LEAST.get(name, -_MOST) <= value <= _MOST):
        raise GuestError(Errno.INVALID_ARGUMENT, f"{value!r} is no {name.replace('_', '-')}")
    return value
