# SPDX-License-Identifier: Apache-2.0
"""Language models of guests, by a model that knows the alphabet."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gguf_models import write_alphabet
from nn_guest import NnGuest

from wasmedge import WasiNNModule
from wasmedge.hosts import GuestError
from wasmedge.hosts.nn import Encoding, Errno, Preload
from wasmedge.hosts.nn.ggml_options import GgmlOptions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

INVALID = Errno.INVALID_ARGUMENT
MISSING = [name for name in ("llama_cpp", "gguf") if importlib.util.find_spec(name) is None]
GREEDY = '{"temp": 0, "repeat-penalty": 1, "ctx-size": 64, "threads": 1}'
needs_llama = pytest.mark.skipif(bool(MISSING), reason=f"not installed, of the extra nn-ggml: {', '.join(MISSING)}")


@pytest.fixture(scope="module")
def alphabet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the model."""
    path = tmp_path_factory.mktemp("models") / "alphabet.gguf"
    write_alphabet(path)
    return path


@pytest.fixture
def guest(wat: Wat, alphabet: Path) -> NnGuest:
    """Return a guest that has the model, and may load some."""
    preloads = {"model": Preload("ggml", alphabet, config=GREEDY)}
    return NnGuest(wat, WasiNNModule(backends=["ggml"], preloads=preloads))


def prompt(guest: NnGuest, context: int, text: bytes, index: int = 0) -> int:
    """Set the prompt, or another text, in the way of guests: with one dimension, of 1."""
    return guest.set_input(context, index, np.frombuffer(text, np.uint8), dims=(1,))


@pytest.mark.extras
@needs_llama
def test_ggml_texts(guest: NnGuest) -> None:
    context = guest.open()
    assert guest.compute(context) == INVALID  # there is no prompt
    for text, follows in ((b"a", b"bcde"), (b"xyc", b"de"), (b"e", b"")):
        assert prompt(guest, context, text) == 0
        assert guest.compute(context) == 0
        assert guest.get_output(context) == follows
        counts = guest.get_output(context, 1)
        assert isinstance(counts, bytes)
        assert json.loads(counts) == {"input_tokens": len(text) + 1, "output_tokens": len(follows)}
    assert guest.get_output(context, 2) == INVALID
    assert prompt(guest, context, b"a", index=2) == INVALID


@pytest.mark.extras
@needs_llama
def test_ggml_token_by_token(guest: NnGuest) -> None:
    context = guest.open()
    assert prompt(guest, context, b"b") == 0
    for _ in range(2):
        found = []
        while (number := guest.call("compute_single", context)) == 0:
            found.append(guest.get_output(context, function="get_output_single"))
        assert number == Errno.END_OF_SEQUENCE
        assert found == [b"c", b"d", b"e"]
        assert guest.get_output(context) == b"cde"
        assert guest.call("fini_single", context) == 0


@pytest.mark.extras
@needs_llama
def test_ggml_options(guest: NnGuest, alphabet: Path) -> None:
    context = guest.open()
    assert prompt(guest, context, b"a") == 0
    for options, follows in (('{"n-predict": 2}', b"bc"), ('{"n-predict": -1, "reverse-prompt": "d"}', b"bcd")):
        assert prompt(guest, context, options.encode(), index=1) == 0
        assert guest.compute(context) == 0
        assert guest.get_output(context) == follows
    assert prompt(guest, context, b"no JSON", index=1) == INVALID
    assert guest.load_by_name("model", '{"ctx-size": "many"}') == INVALID
    for text, number in ((b"a" * 63, Errno.PROMPT_TOO_LONG), (b"f", Errno.CONTEXT_FULL)):
        assert prompt(guest, context, text) == 0
        assert guest.compute(context) == number
    text_so_far = guest.get_output(context)
    assert isinstance(text_so_far, bytes)
    assert text_so_far.startswith(b"ghijk")


@pytest.mark.extras
@needs_llama
def test_ggml_models_of_guests(guest: NnGuest, alphabet: Path) -> None:
    model = alphabet.read_bytes()
    guest.memory.grow(len(model) // 65536 + 1)
    contexts = []
    for encoding in (Encoding.GGML, Encoding.AUTODETECT):
        assert guest.load(model, GREEDY.encode(), encoding=encoding) == 0
        graph = guest.number
        contexts += [guest.init(graph) for _ in range(2)]
    for context in contexts:
        assert prompt(guest, context, b"c") == 0
    for _ in range(2):
        for context in contexts:
            assert guest.call("compute_single", context) == 0
    assert [guest.get_output(context) for context in contexts] == [b"de"] * 4
    for bad in (b"", b"garbage", b"GGUF", model[:1000], model[: len(model) // 2]):
        assert guest.load(bad, encoding=Encoding.GGML) == INVALID
    assert guest.load(model, b"no JSON", encoding=Encoding.GGML) == INVALID


@pytest.mark.extras
@needs_llama
def test_ggml_embeddings(guest: NnGuest) -> None:
    assert guest.load_by_name("model", '{"embedding": true, "ctx-size": 64}') == 0
    context = guest.init(guest.number)
    assert prompt(guest, context, b"a") == 0
    assert guest.compute(context) == 0
    found = guest.get_output(context)
    assert isinstance(found, bytes)
    embedding = json.loads(found)
    assert embedding["n_embedding"] == len(embedding["embedding"]) > 0


@pytest.mark.quick
@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "3",
        "{",
        "[" * 100_000,
        '{"ctx-size": 0}',
        '{"ctx-size": 1e3}',
        '{"ctx-size": true}',
        '{"ctx-size": 10000000000}',
        '{"temp": "hot"}',
        '{"temp": -1}',
        '{"temp": NaN}',
        '{"threads": 0}',
        '{"embedding": 1}',
        '{"reverse-prompt": 3}',
    ],
    ids=lambda text: text[:30],
)
def test_ggml_options_that_are_none(text: str) -> None:
    with pytest.raises(GuestError) as caught:
        GgmlOptions().updated(text)
    assert caught.value.number == INVALID


@pytest.mark.quick
def test_ggml_options_by_name() -> None:
    options = GgmlOptions().updated('{"n-predict": 5, "temp": 1, "enable-log": true, "model-alias": []}')
    assert options == GgmlOptions(n_predict=5, temp=1.0)
    assert options.updated(" ") is options
    assert options.updated('{"threads": 3}').threads == 3
