# SPDX-License-Identifier: Apache-2.0
"""OpenVINO models of guests."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import numpy as np
import pytest
from nn_guest import NnGuest

from wasmedge import WasiNNModule
from wasmedge.hosts.nn import Encoding, Errno, Preload

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = [
    pytest.mark.extras,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("default"),  # of what OpenVINO imports
    pytest.mark.skipif(
        importlib.util.find_spec("openvino") is None, reason="openvino, of the extra nn-openvino, is not installed"
    ),
]

INVALID = Errno.INVALID_ARGUMENT
W = np.arange(12, dtype=np.float32).reshape(4, 3)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the files of a model that multiplies by W."""
    import openvino  # noqa: PLC0415
    from openvino import opset8 as ops  # noqa: PLC0415

    x = ops.parameter([-1, 4], np.float32, name="x")
    model = openvino.Model([ops.matmul(x, ops.constant(W), False, False)], [x], "model")
    path = tmp_path_factory.mktemp("openvino") / "model.xml"
    openvino.save_model(model, path, compress_to_fp16=False)
    return path, path.with_suffix(".bin")


def test_openvino_computes(wat: Wat, files: tuple[Path, Path]) -> None:
    guest = NnGuest(wat, WasiNNModule(backends=["openvino"]))
    parts = [path.read_bytes() for path in files]
    for encoding in (Encoding.OPENVINO, Encoding.AUTODETECT):
        context = guest.open_model(*parts, encoding=encoding)
        assert guest.compute(context) == INVALID
        x = W
        for rows in (1, 3):
            x = np.arange(4 * rows, dtype=np.float32).reshape(rows, 4)
            assert guest.set_input(context, 0, x) == 0
            assert guest.compute(context) == 0
            assert guest.output(context).tolist() == (x @ W).ravel().tolist()
        assert guest.get_output(context, 1) == INVALID
        assert guest.set_input(context, 1, W.T) == INVALID
        assert guest.set_input(context, 0, W) == INVALID
        assert guest.set_input(context, 0, W.T.astype(np.int32)) == INVALID


def test_openvino_files_of_the_host(wat: Wat, files: tuple[Path, Path]) -> None:
    preloads = {"one": files[0], "two": Preload("openvino", files, target="cpu")}
    guest = NnGuest(wat, WasiNNModule(backends=(), preloads=preloads))
    for name in preloads:
        context = guest.open(name)
        assert guest.set_input(context, 0, np.ones((1, 4), np.float32)) == 0
        assert guest.compute(context) == 0
        assert guest.output(context).tolist() == W.sum(axis=0).tolist()


def test_openvino_models_that_do_not_parse(wat: Wat, files: tuple[Path, Path]) -> None:
    guest = NnGuest(wat, WasiNNModule(backends=["openvino"]))
    xml, weights = (path.read_bytes() for path in files)
    for count in (1, 3):
        assert guest.load(*[xml, weights, b""][:count], encoding=Encoding.OPENVINO) == Errno.MISSING_MEMORY
    for bad in ((b"", weights), (b"garbage", weights), (b"<net", weights), (xml[:-20], weights), (xml, b"")):
        assert guest.load(*bad, encoding=Encoding.OPENVINO) == INVALID
    assert guest.load(xml, weights, encoding=Encoding.OPENVINO) == 0
