# SPDX-License-Identifier: Apache-2.0
"""The image filter of the examples, against numpy; and the picture in the documentation."""

from __future__ import annotations

import base64
import importlib.util
import re
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import wasmedge

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    import numpy.typing as npt

pytestmark = pytest.mark.quick

KERNELS = {
    "blur": (np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]), 4, 0),
    "emboss": (np.array([[2, 1, 0], [1, 0, -1], [0, -1, -2]]), 1, 128),
}


@pytest.fixture(scope="module")
def example(examples: Path) -> ModuleType:
    """Return the example as a module."""
    spec = importlib.util.spec_from_file_location("image_filter", examples / "image_filter.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _convolved(picture: npt.NDArray[Any], name: str) -> npt.NDArray[np.uint8]:
    kernel, shift, bias = KERNELS[name]
    height, width = picture.shape[:2]
    padded = np.pad(picture.astype(int), ((1, 1), (1, 1), (0, 0)), mode="edge")
    total = sum(kernel[y, x] * padded[y : y + height, x : x + width] for y in range(3) for x in range(3))
    result: npt.NDArray[np.uint8] = np.clip((np.asarray(total) >> shift) + bias, 0, 255).astype(np.uint8)
    return result


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 5, 3), (7, 1, 4), (20, 33, 3)], ids=str)
def test_image_filter_is_a_convolution(example: ModuleType, name: str, shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(7).integers(0, 256, shape, np.uint8)
    before = picture.copy()
    assert np.array_equal(example.filtered(picture, name), _convolved(picture, name))
    assert np.array_equal(example.filtered(picture, name, 2), _convolved(_convolved(picture, name), name))
    assert np.array_equal(picture, before)


def test_image_filter_works_in_place(examples: Path) -> None:
    guest = wasmedge.instantiate(examples / "image_filter.wasm")
    picture = np.random.default_rng(8).integers(0, 256, (300, 400, 3), np.uint8)
    with guest.allocate(picture) as block:
        view = block.array
        assert guest.exports.emboss(block.pointer, 400, 300, 3) == 0
        assert np.array_equal(view, _convolved(picture, "emboss"))
    with guest.allocate(8) as again:
        assert again.pointer == block.pointer  # freed, and so taken again
    assert guest.exports.blur(block.pointer, 65537, 1, 1) == -1
    assert guest.exports.blur(block.pointer, 0, 1, 1) == -1


def _pictures(svg: str) -> list[npt.NDArray[np.uint8]]:
    found = []
    for width, height, data in re.findall(r'width="(\d+)" height="(\d+)" href="data:image/png;base64,([^"]+)"', svg):
        png = base64.b64decode(data)
        start = png.index(b"IDAT") + 4
        rows = np.frombuffer(zlib.decompressobj().decompress(png[start:]), np.uint8).reshape(int(height), -1)
        assert not rows[:, 0].any()
        found.append(rows[:, 1:].reshape(int(height), int(width), 3))
    return found


def test_image_filter_drew_the_picture_of_the_documentation(examples: Path, tmp_path: Path) -> None:
    target = tmp_path / "filtered.svg"
    subprocess.run([sys.executable, examples / "image_filter.py", target], check=True, timeout=60)
    drawn = _pictures(target.read_text("utf-8"))
    shown = _pictures((examples.parent / "docs" / "images" / "image-filter.svg").read_text("utf-8"))
    assert [picture.shape for picture in drawn] == [picture.shape for picture in shown] == [(112, 150, 3)] * 3
    for ours, theirs in zip(drawn, shown, strict=True):
        # Another libm may round a colour the other way.
        assert np.abs(ours.astype(int) - theirs).mean() < 1
