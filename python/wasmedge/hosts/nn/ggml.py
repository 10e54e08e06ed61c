# SPDX-License-Identifier: Apache-2.0
"""Language models in GGUF files, by llama-cpp-python."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import import_extra
from wasmedge.hosts.nn.backends import BUILT_IN
from wasmedge.hosts.nn.codes import Encoding, Errno, Target
from wasmedge.hosts.nn.ggml_options import GgmlOptions
from wasmedge.unfinished import make_file, remove_with

__all__ = ["GgmlBackend"]

_PROMPT, _OPTIONS = 0, 1  # the numbers of inputs
_TEXT, _COUNTS = 0, 1  # the numbers of outputs
_ALL_LAYERS = -1


class GgmlBackend:
    """Runs language models, with the inputs and outputs that guests of WasmEdge's GGML plug-in expect.

    Input 0 is the prompt, input 1 options as JSON; output 0 is the text that follows the prompt, output 1 says as JSON
    how many tokens there were. ``compute_single`` adds one token at a time. Options are as in `GgmlOptions`; they come
    from the preload or ``load_by_name_with_config``, as the second part of a model of the guest's, or with the prompt.

    Raises:
        MissingExtraError: llama-cpp-python is not installed.
    """

    def __init__(self) -> None:
        self._llama = import_extra(*BUILT_IN[Encoding.GGML].extra.words)

    def load(self, builders: Sequence[bytes | Path], target: Target, config: str) -> _Graph:
        """Load a model; the second part of one of the guest's are options."""
        model, *rest = builders
        options = GgmlOptions().updated(config)
        if isinstance(model, bytes):
            for part in rest:
                options = options.updated(part.decode() if isinstance(part, bytes) else "")
        if target is Target.TPU or (target is Target.GPU and not self._llama.llama_supports_gpu_offload()):
            raise GuestError(Errno.INVALID_ARGUMENT, f"llama.cpp has no {target.name} here")
        if target is not Target.CPU and options.n_gpu_layers is None:
            options = options._replace(n_gpu_layers=_ALL_LAYERS)
        graph = _Graph(self._llama, options)
        graph.open(model)
        return graph


class _Graph:
    """A file of a model. Each context loads it, since it is a part of what llama.cpp computes with."""

    def __init__(self, llama: Any, options: GgmlOptions) -> None:
        self._llama = llama
        self._options = options
        self._path = ""
        self._first: Any = None

    def open(self, model: bytes | Path) -> None:
        if isinstance(model, Path):
            self._path = str(model)
        else:
            descriptor, path = make_file(suffix=".gguf")
            self._path = str(path)
            remove_with(self, path)
            with open(descriptor, "wb") as file:
                file.write(model)
        self._first = self._load()  # shows whether the model can be used

    def _load(self) -> Any:
        options = self._options
        try:
            return self._llama.Llama(
                self._path,
                n_ctx=options.ctx_size,
                n_batch=options.batch_size,
                n_threads=options.threads,
                n_gpu_layers=options.n_gpu_layers or 0,
                seed=options.seed,
                embedding=options.embedding,
                verbose=False,
            )
        except (ValueError, RuntimeError, AssertionError, OSError) as error:
            raise GuestError(Errno.INVALID_ARGUMENT, f"the model cannot be loaded: {error}") from error

    def init_execution_context(self) -> _Context:
        model, self._first = self._first or self._load(), None
        return _Context(self, model, self._options)


class _Context:
    raw_inputs = True

    def __init__(self, graph: _Graph, model: Any, options: GgmlOptions) -> None:
        self._graph = graph  # keeps the file
        self._model = model
        self._options = options
        # llama.cpp may make a larger one, of which llama-cpp-python uses no more than was asked for.
        self._room = min(options.ctx_size, model.n_ctx())
        self._prompt: bytes | None = None
        self._pieces: Iterator[bytes] | None = None
        self._piece = b""
        self._text = b""
        self._counts = {"input_tokens": 0, "output_tokens": 0}

    def set_input(self, index: int, tensor: npt.NDArray[np.uint8]) -> None:
        if index == _PROMPT:
            self._prompt = tensor.tobytes()
            self.fini_single()
        elif index == _OPTIONS:
            self._options = self._options.updated(tensor.tobytes().decode())
        else:
            raise GuestError(Errno.INVALID_ARGUMENT, f"a language model has no input {index}")

    def compute(self) -> None:
        self.fini_single()
        if self._options.embedding:
            self._embed()
            return
        try:
            for _ in self._begin():
                pass
        finally:
            self._pieces = None

    def compute_single(self) -> None:
        if self._pieces is None:
            self._pieces = self._begin()
        piece = next(self._pieces, None)
        if piece is None:
            raise GuestError(Errno.END_OF_SEQUENCE, "the text is at its end")
        self._piece = piece

    def get_output(self, index: int) -> bytes:
        if index == _COUNTS:
            return json.dumps(self._counts).encode()
        if index != _TEXT:
            raise GuestError(Errno.INVALID_ARGUMENT, f"a language model has no output {index}")
        return self._text

    def get_output_single(self, index: int) -> bytes:
        return self._piece if index == _TEXT else self.get_output(index)

    def fini_single(self) -> None:
        self._pieces = None
        self._piece = self._text = b""

    def _begin(self) -> Iterator[bytes]:
        """Return what makes the text, piece by piece, and puts it together."""
        if self._prompt is None:
            raise GuestError(Errno.INVALID_ARGUMENT, "the prompt is not set")
        tokens = self._model.tokenize(self._prompt, special=True)
        if len(tokens) >= self._room:
            raise GuestError(Errno.PROMPT_TOO_LONG, f"the prompt has {len(tokens)} tokens, the context {self._room}")
        self._text = b""
        self._counts = {"input_tokens": len(tokens), "output_tokens": 0}
        return self._generate(tokens)

    def _generate(self, tokens: list[int]) -> Iterator[bytes]:
        options, model = self._options, self._model
        room = self._room - len(tokens)
        produced: list[int] = []
        end = options.reverse_prompt.encode()
        for token in model.generate(tokens, **options.sampling()):
            if token == model.token_eos():
                return
            produced.append(token)
            self._counts["output_tokens"] = len(produced)
            text = model.detokenize(produced, prev_tokens=tokens)
            piece, self._text = text[len(self._text) :], text
            yield piece
            if (end and text.endswith(end)) or len(produced) == options.n_predict:
                return
            if len(produced) >= room:
                raise GuestError(Errno.CONTEXT_FULL, "the context is full")

    def _embed(self) -> None:
        if self._prompt is None:
            raise GuestError(Errno.INVALID_ARGUMENT, "the prompt is not set")
        numbers = np.asarray(self._model.embed(self._prompt.decode()), float).reshape(-1)
        self._text = json.dumps({"n_embedding": len(numbers), "embedding": numbers.tolist()}).encode()
