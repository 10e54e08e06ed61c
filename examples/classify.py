# SPDX-License-Identifier: Apache-2.0
"""Classifies a picture in a guest, by a model of the host: ``python examples/classify.py MODEL PICTURE``."""

from __future__ import annotations

import sys
from pathlib import Path

from wasmedge import CAPTURE, ImageModule, ReadOnly, WasiNNModule, run_wasi
from wasmedge.hosts.nn import Preload

HERE = Path(__file__).resolve().parent
SIDE = "224"  # of the pictures that the model takes, in pixels


def classify(model: Path, picture: Path) -> str:
    """Return what the guest prints: the best classes of a picture, a line each.

    The guest reads the picture, has `ImageModule` decode it and `WasiNNModule` run the model, and looks up the names of
    the classes. It sees the folders of the picture and of the names, and can change nothing in them.

    Args:
        model: A TensorFlow Lite model: one RGB picture of 224 by 224 in, a score of 8 bits for each class out.
        picture: A picture in any format that Pillow decodes.
    """
    modules = [ImageModule(), WasiNNModule(backends=(), preloads={"birds": Preload("tflite", model)})]
    done = run_wasi(
        HERE / "classify.wasm",
        ["birds", SIDE, SIDE, f"/pictures/{picture.name}", "/labels/birds.txt"],
        preopens={"/pictures": ReadOnly(picture.resolve().parent), "/labels": ReadOnly(HERE)},
        imports={module.name: module for module in modules},
        stdout=CAPTURE,
        encoding="utf-8",
        check=True,
    )
    return str(done.stdout)


if __name__ == "__main__":
    print(classify(Path(sys.argv[1]), Path(sys.argv[2])), end="")
