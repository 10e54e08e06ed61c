# SPDX-License-Identifier: Apache-2.0
"""Models of the host that guests load by their names."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wasmedge.hosts.nn.callables import to_graph
from wasmedge.hosts.nn.codes import Encoding, Target, to_encoding, to_target
from wasmedge.hosts.nn.protocol import Graph

__all__ = ["Preload", "to_preloads"]


@dataclasses.dataclass(frozen=True)
class Preload:
    """Files of a model, which are loaded when a guest asks for it first.

    Attributes:
        encoding: The format, also by its name; AUTODETECT tells it by the first file.
        paths: The files, in the order in which a guest would pass them; one may be given by itself. For TensorFlow a
            directory is a saved model.
        target: The device to run on, also by its name.
        config: What to configure the backend with, where a guest does not.
    """

    encoding: Encoding
    paths: tuple[Path, ...]
    target: Target = Target.AUTO
    config: str = ""

    def __init__(
        self,
        encoding: Encoding | str,
        paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        target: Target | str = Target.AUTO,
        config: str = "",
    ) -> None:
        """Name the files of a model.

        Raises:
            FileNotFoundError: One of the files is not there.
            ValueError: There is no such encoding or target, or no file is named.
        """
        given = [paths] if isinstance(paths, str | os.PathLike) else paths
        found = tuple(Path(path).absolute() for path in given)
        if not found:
            raise ValueError("a model consists of one file at least")
        for path in found:
            if not path.exists():
                raise FileNotFoundError(f"there is no model {path}")
        for name, value in (
            ("encoding", to_encoding(encoding)),
            ("paths", found),
            ("target", to_target(target)),
            ("config", config),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def parse(cls, text: str) -> Preload:
        """Read ``encoding:target:path[:path…]``, as in the options of WasmEdge's command line.

        Raises:
            FileNotFoundError: One of the files is not there.
            ValueError: It is not of that form.
        """
        encoding, *rest = text.split(":")
        if len(rest) < 2:
            raise ValueError(f"{text!r} is not encoding:target:path[:path...]")
        return cls(encoding, rest[1:], target=rest[0])


def to_preloads(given: Mapping[str, Any] | Iterable[str]) -> dict[str, Preload | Graph]:
    """Return the models by name.

    Args:
        given: A mapping from names to a `Preload`, the text of one, a path, a graph or a callable; or texts
            ``name:encoding:target:path[:path…]``.

    Raises:
        FileNotFoundError: A file of a model is not there.
        TypeError: A model is nothing of that.
        ValueError: A text is not of its form, or a name is given twice.
    """
    if isinstance(given, Mapping):
        return {_checked_name(name): _to_preload(model) for name, model in given.items()}
    if isinstance(given, str):
        raise TypeError("preloads must be a mapping or an iterable of texts, not one str")
    found: dict[str, Preload | Graph] = {}
    for text in given:
        if not isinstance(text, str):
            raise TypeError(f"a model without a name is a text name:encoding:target:path, not {text!r}")
        name, _, rest = text.partition(":")
        if name in found:
            raise ValueError(f"there are two models of the name {name!r}")
        found[_checked_name(name)] = Preload.parse(rest)
    return found


def _checked_name(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"the name of a model is a str, not {name!r}")
    return name


def _to_preload(model: Any) -> Preload | Graph:
    if isinstance(model, Preload):
        return model
    if isinstance(model, str):
        return Preload.parse(model)
    if isinstance(model, os.PathLike):
        return Preload(Encoding.AUTODETECT, model)
    return to_graph(model)
