# SPDX-License-Identifier: Apache-2.0
"""Filters a picture in a guest's memory and draws it before and after: ``python examples/image_filter.py out.svg``."""

from __future__ import annotations

import base64
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

import wasmedge

Picture = npt.NDArray[np.uint8]


def make_picture(height: int = 112, width: int = 150) -> Picture:
    """Return a picture of shape (height, width, 3): hills of colour, and a few sharp edges."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 33 + k) * np.cos(y / 27 - 2 * k) for k in range(3)]
    picture = np.stack(waves, axis=-1) * 80 + 140
    for row, column, radius in ((32, 40, 22), (68, 105, 30), (90, 28, 12)):
        inside = (y - row) ** 2 + (x - column) ** 2 < radius**2
        picture[inside] = 255 - picture[inside]
    few: Picture = picture.astype(np.uint8) & np.uint8(0xF0)  # few colours make small files
    return few


def filtered(picture: Picture, name: str, times: int = 1) -> Picture:
    """Return a picture after a filter has worked on it `times` times."""
    guest = wasmedge.instantiate(Path(__file__).with_suffix(".wasm"))
    work = guest.exports[name]
    height, width, channels = picture.shape
    with guest.allocate(picture) as block:
        pixels: Picture = block.array  # the memory itself: the guest's pixels are numpy's
        for _ in range(times):
            if work(block.pointer, width, height, channels) != 0:
                raise ValueError(f"a row of {width} pixels is too long for {name}()")
        result: Picture = pixels.copy()
        return result


def to_png(picture: Picture) -> bytes:
    """Encode a picture of shape (height, width, 3)."""
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)  # each row begins with its filter, 0 for none
    rows[:, 1:] = picture.reshape(height, -1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def to_svg(pictures: dict[str, Picture]) -> str:
    """Draw pictures of one size side by side, each above its name."""
    height, width, _ = next(iter(pictures.values())).shape
    size = f'width="{len(pictures) * (width + 10) + 10}" height="{height + 36}"'
    lines = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        # A light page for the names: what is around it may be dark.
        f'<rect {size} rx="10" fill="#fbfbfd"/>',
    ]
    for i, (name, picture) in enumerate(pictures.items()):
        x = i * (width + 10) + 10
        data = base64.b64encode(to_png(picture)).decode()
        lines.append(f'<image x="{x}" y="10" width="{width}" height="{height}" href="data:image/png;base64,{data}"/>')
        lines.append(f'<text x="{x}" y="{height + 27}" font-family="sans-serif" font-size="14">{name}</text>')
    return "\n".join([*lines, "</svg>", ""])


def main(target: str) -> None:
    """Write the pictures to an SVG file."""
    before = make_picture()
    pictures = {"before": before, "blur, 8 times": filtered(before, "blur", 8), "emboss": filtered(before, "emboss")}
    Path(target).write_text(to_svg(pictures), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
