# SPDX-License-Identifier: Apache-2.0
"""An editor of modules as bytes: it appends to their index spaces, so that nothing in them has to be numbered anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmedge.binary_format import HEADER, Reader, function_type, name, number, section, vector

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FUNCTION", "MEMORY", "ModuleEditor"]

FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)  # kinds of imports and exports

_CUSTOM, _TYPES, _IMPORTS, _FUNCTIONS, _MEMORIES, _EXPORTS, _CODE = 0, 1, 2, 3, 5, 7, 10

# In which order sections stand (specification, section 5.5.2): tags and the data count have got numbers out of order.
_ORDER = (1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11)

_REC_GROUP, _SUB, _FINAL_SUB, _FUNCTION_FORM, _STRUCT_FORM, _ARRAY_FORM = 0x4E, 0x50, 0x4F, 0x60, 0x5F, 0x5E


class ModuleEditor:
    """A module to which types, memories, functions and exports can be added.

    What is added goes to the end of its index space. The module's own items keep their numbers, and its bytes; custom
    sections stay where they are.

    Args:
        data: A valid module in the binary format. It is not changed.

    Raises:
        ValueError: The bytes are no module. Not all mistakes are found: they are for the loader to find.
    """

    def __init__(self, data: bytes) -> None:
        if data[: len(HEADER)] != HEADER:
            raise ValueError("these bytes are no WebAssembly module")
        self._sections: list[tuple[int, bytes]] = []
        reader = Reader(data[len(HEADER) :])
        while not reader.at_end:
            id_ = reader.byte()
            self._sections.append((id_, reader.take(reader.number())))
        self._imported = _count_imports(self._content(_IMPORTS))
        self._counts = {
            _TYPES: _count_types(self._content(_TYPES)),
            _FUNCTIONS: self._imported[FUNCTION] + self._items(_FUNCTIONS),
            _MEMORIES: self._imported[MEMORY] + self._items(_MEMORIES),
        }
        self._added: dict[int, list[bytes]] = {}

    @property
    def imported_functions(self) -> int:
        """How many functions the module imports; they come first in the index space."""
        return self._imported[FUNCTION]

    @property
    def memories(self) -> int:
        """How many memories there are, imported ones and added ones too."""
        return self._counts[_MEMORIES]

    def exports(self) -> dict[str, tuple[int, int]]:
        """Return the kind and the index of each export of the module, by name; those added are not among them."""
        reader = Reader(self._content(_EXPORTS) or b"\0")
        found = {}
        for _ in range(reader.number()):
            text = reader.take(reader.number()).decode()
            found[text] = (reader.byte(), reader.number())
        return found

    def bodies(self) -> list[bytes]:
        """Return the code of the module's own functions, with the declarations of their locals before it."""
        reader = Reader(self._content(_CODE) or b"\0")
        return [reader.take(reader.number()) for _ in range(reader.number())]

    def add_type(self, params: Sequence[bytes], results: Sequence[bytes]) -> int:
        """Add a function type, and return its index."""
        return self._append(_TYPES, function_type(params, results))

    def add_memory(self, pages: int) -> int:
        """Add a memory of a size that never changes, and return its index."""
        return self._append(_MEMORIES, b"\1" + number(pages) * 2)

    def add_function(self, type_: int, locals_: Sequence[bytes], code: bytes) -> int:
        """Add a function, and return its index.

        Args:
            type_: The index of its type.
            locals_: The types of its locals, one by one, without its parameters.
            code: Its instructions, without the final `end`.
        """
        body = vector([b"\1" + local for local in locals_]) + code + b"\x0b"
        self._added.setdefault(_CODE, []).append(number(len(body)) + body)
        return self._append(_FUNCTIONS, number(type_))

    def add_export(self, text: str, kind: int, index: int) -> str:
        """Export something, and return the name: `text`, or one like it where the module exports that already."""
        taken = self.exports()
        unique = text
        attempt = 1
        while unique in taken:
            attempt += 1
            unique = f"{text}-{attempt}"
        self._added.setdefault(_EXPORTS, []).append(name(unique) + bytes([kind]) + number(index))
        return unique

    def encode(self) -> bytes:
        """Return the edited module."""
        sections = list(self._sections)
        for id_ in (each for each in _ORDER if each in self._added):
            added = self._added[id_]
            place = next((i for i, (present, _) in enumerate(sections) if present == id_), None)
            if place is None:
                sections.insert(_place_for(sections, id_), (id_, vector(added)))
            else:
                reader = Reader(sections[place][1])
                count = reader.number() + len(added)
                sections[place] = (id_, number(count) + reader.rest() + b"".join(added))
        return HEADER + b"".join(section(id_, content) for id_, content in sections)

    def _append(self, id_: int, item: bytes) -> int:
        self._added.setdefault(id_, []).append(item)
        self._counts[id_] += 1
        return self._counts[id_] - 1

    def _content(self, id_: int) -> bytes:
        return next((content for present, content in self._sections if present == id_), b"")

    def _items(self, id_: int) -> int:
        content = self._content(id_)
        return Reader(content).number() if content else 0


def _place_for(sections: list[tuple[int, bytes]], id_: int) -> int:
    """Return where a new section goes: before the first that has to come later."""
    later = _ORDER[_ORDER.index(id_) + 1 :]
    return next((i for i, (present, _) in enumerate(sections) if present in later), len(sections))


def _count_imports(content: bytes) -> list[int]:
    counts = [0] * 5
    if not content:
        return counts
    reader = Reader(content)
    for _ in range(reader.number()):
        reader.skip_name()
        reader.skip_name()
        kind = reader.byte()
        _skip_description(reader, kind)
        counts[kind] += 1
    return counts


def _skip_description(reader: Reader, kind: int) -> None:
    if kind == FUNCTION:
        reader.number()
    elif kind == TABLE:
        reader.skip_val_type()
        reader.skip_limits()
    elif kind == MEMORY:
        reader.skip_limits()
    elif kind == GLOBAL:
        reader.skip_val_type()
        reader.byte()
    elif kind == TAG:
        reader.byte()
        reader.number()
    else:
        raise ValueError(f"the module imports something of the unknown kind {kind}")


def _count_types(content: bytes) -> int:
    """Count the types: a group of types that refer to each other is one item of the section, but many types."""
    if not content:
        return 0
    reader = Reader(content)
    count = 0
    for _ in range(reader.number()):
        members = 1
        if reader.peek() == _REC_GROUP:
            reader.byte()
            members = reader.number()
        for _ in range(members):
            _skip_type(reader)
        count += members
    return count


def _skip_type(reader: Reader) -> None:
    form = reader.byte()
    if form in (_SUB, _FINAL_SUB):
        for _ in range(reader.number()):
            reader.number()
        form = reader.byte()
    if form == _FUNCTION_FORM:
        for _ in range(2):
            for _ in range(reader.number()):
                reader.skip_val_type()
    elif form == _STRUCT_FORM:
        for _ in range(reader.number()):
            _skip_field(reader)
    elif form == _ARRAY_FORM:
        _skip_field(reader)
    else:
        raise ValueError(f"the module has a type of the unknown form {form:#x}")


def _skip_field(reader: Reader) -> None:
    reader.skip_val_type()  # packed types are of one byte as well
    reader.byte()
