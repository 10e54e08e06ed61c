# SPDX-License-Identifier: Apache-2.0
"""TorchScript models of guests, against PyTorch itself."""

from __future__ import annotations

import importlib.util
import io
import itertools
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from nn_guest import NnGuest

import wasmedge
from wasmedge import WasiNNModule
from wasmedge.hosts.nn import Encoding, Errno
from wasmedge.hosts.nn.pytorch import TorchBackend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import CompileC, Wat

pytestmark = [
    pytest.mark.extras,
    pytest.mark.timeout(300),
    pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch, of the extra nn-torch, is missing"),
]

INVALID = Errno.INVALID_ARGUMENT
X = np.random.default_rng(3).standard_normal((2, 4)).astype(np.float32)
SOFTMAX = "def forward(self, x):\n    return torch.softmax(x * 2, 1)\n"


NUMBERS = itertools.count()  # PyTorch keeps what a class has once defined


def script(source: str) -> bytes:
    """Make an archive of a module with these methods."""
    import torch  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = type(f"Module{next(NUMBERS)}", (torch.jit.ScriptModule,), {})()
        module.define(source)
        buffer = io.BytesIO()
        torch.jit.save(module, buffer)
    return buffer.getvalue()


@pytest.fixture
def guest(wat: Wat) -> NnGuest:
    """Return a guest that may load TorchScript models."""
    return NnGuest(wat, WasiNNModule(backends=["torch"]))


def softmax(x: Any) -> Any:
    """Compute as the model does."""
    powers = np.exp(x * 2)
    return powers / powers.sum(axis=1, keepdims=True)


def test_torch_in_c(compile_c: CompileC) -> None:
    module = WasiNNModule(backends=["pytorch"])
    guest = wasmedge.instantiate(
        compile_c("nn", "--target=wasm32-freestanding", "-nostdlib", "-Wl,--no-entry"), imports={module.name: module}
    )
    calls, memory, model = guest.exports, guest.exports.memory, script(SOFTMAX)
    for address, data in ((calls.model(0), model), (calls.input(), X), (calls.dims(), np.array(X.shape, "<u4"))):
        memory.write(address, data)
    for encoding in (Encoding.PYTORCH, Encoding.AUTODETECT):
        assert calls.infer(encoding, len(model), 0, 2, 1, X.nbytes) == X.nbytes
        assert np.allclose(memory.view("<f4", calls.output(), (2, 4)), softmax(X), atol=1e-6)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def forward(self, x):\n    return x, x + 1\n", [X, X + 1]),
        ("def forward(self, x):\n    return [x[0], x[1]]\n", [X[0], X[1]]),
        ('def forward(self, x):\n    return {"a": x.t()}\n', [X.T]),
        ("def forward(self, x):\n    return x.to(torch.int64)\n", [X.astype(np.int64)]),
        ("def forward(self, x):\n    return x.round().to(torch.bfloat16)\n", [X.round()]),
        ("def forward(self, x):\n    return x.numel()\n", [np.int64(8)]),
    ],
)
def test_torch_outputs(guest: NnGuest, source: str, expected: list[Any]) -> None:
    context = guest.open_model(script(source), encoding=Encoding.PYTORCH)
    assert guest.set_input(context, 0, X) == 0
    assert guest.compute(context) == 0
    for index, output in enumerate(expected):
        assert guest.get_output(context, index) == np.ascontiguousarray(output).tobytes()
    assert guest.get_output(context, len(expected)) == INVALID


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8", "int32", "int64"])
def test_torch_types(guest: NnGuest, dtype: str) -> None:
    context = guest.open_model(script("def forward(self, x):\n    return x + x\n"), encoding=Encoding.PYTORCH)
    x = np.arange(6).reshape(2, 3).astype(dtype)
    assert guest.set_input(context, 0, x) == 0
    assert guest.compute(context) == 0
    assert guest.output(context, dtype=dtype).tolist() == (x + x).ravel().tolist()


def test_torch_wrong_inputs(guest: NnGuest) -> None:
    context = guest.open_model(script("def forward(self, a, b):\n    return a @ b\n"), encoding=Encoding.PYTORCH)
    assert guest.compute(context) == Errno.RUNTIME_ERROR
    assert guest.set_input(context, 1, X) == 0
    assert guest.compute(context) == INVALID
    assert guest.set_input(context, 0, X) == 0
    assert guest.compute(context) == Errno.RUNTIME_ERROR  # the shapes do not go together
    assert guest.set_input(context, 0, np.ones((1, 2), np.float32)) == 0
    assert guest.compute(context) == 0


def test_torch_models_that_do_not_parse(guest: NnGuest) -> None:
    model = script(SOFTMAX)
    empty, twice = io.BytesIO(), io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    with warnings.catch_warnings(), zipfile.ZipFile(twice, "w") as archive:
        warnings.simplefilter("ignore")
        for _ in range(2):
            archive.writestr("archive/version", "3")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/0", bytes(1 << 25))
    spoilt = bytearray(model)
    spoilt[len(model) // 2] ^= 0xFF
    for bad in (b"", b"PK\x03\x04", b"garbage", model[:-30], *(b.getvalue() for b in (empty, twice, bomb))):
        assert guest.load(bad, encoding=Encoding.PYTORCH) == INVALID
    assert guest.load(bytes(spoilt), encoding=Encoding.PYTORCH) in (0, INVALID)
    assert guest.load(model, model, encoding=Encoding.PYTORCH) == INVALID
    assert guest.load(model, encoding=Encoding.PYTORCH, target=2) == INVALID
    assert guest.load(model, encoding=Encoding.PYTORCH) == 0


READS = 'def forward(self, x):\n    return torch.from_file("FILE", False, 4, dtype=torch.uint8)\n'
REACHING = {
    "from_file": READS,
    "print": 'def forward(self, x):\n    print("from the model")\n    return x\n',
    "save": 'def forward(self, x):\n    torch.save(x, "FILE")\n    return x\n',
}


@pytest.mark.parametrize("name", REACHING)
def test_torch_models_of_guests_only_compute(
    guest: NnGuest, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / "file"
    model = script(REACHING[name].replace("FILE", str(path)))
    assert guest.load(model, encoding=Encoding.PYTORCH) == INVALID
    assert not path.exists()
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("torch.from_file(", 'getattr(torch, "from\\x5ffile")('),
        lambda text: text.replace("torch.from_file(", 'getattr(torch, "from_" "file")('),
        lambda text: text.replace("torch.from_file(", "ops.aten.from_file("),
        lambda text: text.replace("torch.from_file(", "torch . from_file("),
    ],
)
def test_torch_other_names_of_operations(guest: NnGuest, change: Callable[[str], str], tmp_path: Path) -> None:
    source = io.BytesIO(script(READS.replace("FILE", str(tmp_path / "file"))))
    changed = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            if entry.endswith(".py"):
                assert b"torch.from_file(" in data
                data = change(data.decode()).encode()
            new.writestr(entry, data)
    assert guest.load(changed.getvalue(), encoding=Encoding.PYTORCH) == INVALID


def test_torch_any_operation_where_that_is_allowed(wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"text")
    model = script(READS.replace("FILE", str(path)))
    guest = NnGuest(wat, WasiNNModule(backends={"torch": TorchBackend(any_operation=True)}))
    context = guest.open_model(model, encoding=Encoding.PYTORCH)
    assert guest.set_input(context, 0, X) == 0
    assert guest.compute(context) == 0
    assert guest.get_output(context) == b"text"
    (tmp_path / "model.pt").write_bytes(model)
    guest = NnGuest(wat, WasiNNModule(backends=(), preloads={"model": tmp_path / "model.pt"}))
    context = guest.open()
    assert guest.set_input(context, 0, X) == 0
    assert guest.compute(context) == 0
    assert guest.get_output(context) == b"text"
