# SPDX-License-Identifier: Apache-2.0
"""What modules may not ask for, and what happens where memory runs out: an exception, never the end of the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Configure, ErrCode

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

HEADER = b"\0asm\1\0\0\0"
GIGABYTE = 1 << 30


def leb(number: int) -> bytes:
    """Encode an unsigned integer."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def section(number: int, content: bytes) -> bytes:
    """Encode a section."""
    return bytes([number]) + leb(len(content)) + content


def one_function(body: bytes) -> bytes:
    """Make a module of a function `f` without parameters and results, out of its locals and instructions."""
    code = b"\1" + leb(len(body)) + body
    return HEADER + section(1, b"\1\x60\0\0") + section(3, b"\1\0") + section(7, b"\1\1f\0\0") + section(10, code)


ABSURD = {
    "locals of one group": one_function(b"\1" + leb(2**32 - 1) + b"\x7f\x0b"),
    "locals of many groups": one_function(leb(200) + (leb(2**32 - 1) + b"\x7e") * 200 + b"\x0b"),
    "groups of locals": one_function(leb(2**32 - 1) + b"\1\x7f\x0b"),
    "targets of br_table": one_function(b"\0\x41\0\x0e" + leb(2**32 - 1) + b"\0\0\x0b"),
    "types of select": one_function(b"\0\x41\0\x1c" + leb(2**32 - 1) + b"\0\0\x0b"),
    "parameters": HEADER + section(1, b"\1\x60" + leb(2**32 - 1) + b"\x7f"),
    "results": HEADER + section(1, b"\1\x60\0" + leb(2**32 - 1) + b"\x7f"),
    "elements of a segment": HEADER + section(9, b"\1\1\0" + leb(2**32 - 1) + b"\0"),
    "expressions of a segment": HEADER + section(9, b"\1\5\x70" + leb(2**32 - 1) + b"\0"),
    "bytes of a segment": HEADER + section(11, b"\1\1" + leb(2**32 - 1) + b"\0"),
    "bytes of a name": HEADER + section(7, b"\1" + leb(2**32 - 1) + b"f\0\0"),
    "bytes of a body": HEADER + section(1, b"\1\x60\0\0") + section(3, b"\1\0") + section(10, b"\1" + leb(2**32 - 1)),
    "an endless number": HEADER + section(1, b"\xff" * 20),
    **{f"entries of section {i}": HEADER + section(i, leb(2**32 - 1) + bytes(20)) for i in range(14)},
    **{f"bytes of section {i}": HEADER + bytes([i]) + leb(2**32 - 1) + bytes(20) for i in range(14)},
}


@pytest.mark.quick
@pytest.mark.parametrize("what", ABSURD)
def test_limits_absurd_counts_do_not_load(what: str) -> None:
    with pytest.raises(wasmedge.LoadError, match=r"^cannot load <bytes>: "):
        wasmedge.Loader().load(ABSURD[what])


@pytest.mark.quick
@pytest.mark.parametrize("groups", [1, 4])
def test_limits_locals(groups: int) -> None:
    count = 50_000 // groups
    module = one_function(leb(groups) + (leb(count) + b"\x7f") * groups + b"\x0b")
    assert wasmedge.run(module, "f") is None
    module = one_function(leb(groups + 1) + (leb(count) + b"\x7f") * groups + b"\1\x7e\x0b")
    with pytest.raises(wasmedge.LoadError, match=r"50001 local variables, at most 50000") as caught:
        wasmedge.run(module, "f")
    assert caught.value.code is ErrCode.TOO_MANY_LOCALS


@pytest.mark.quick
@pytest.mark.parametrize(
    ("tables", "total"),
    [
        ("(table 4294967295 funcref)", 4294967295),
        ("(table 10000001 20000000 funcref)", 10000001),
        ("(table 6000000 funcref) (table 6000000 externref)", 12000000),
        ("(table 4294967295 funcref) " * 3, 3 * 4294967295),
    ],
)
def test_limits_tables(wat: Wat, tables: str, total: int) -> None:
    module = wat(f"(module {tables})")
    vm = wasmedge.VM()
    vm.load(module)
    vm.validate()
    with pytest.raises(wasmedge.InstantiationError, match=f"{total} elements, at most 10000000 are allowed") as caught:
        vm.instantiate()
    assert caught.value.code is ErrCode.TABLE_OUT_OF_BOUNDS
    assert not isinstance(caught.value, wasmedge.Trap)
    with pytest.raises(wasmedge.InstantiationError):
        vm.register(module, "other")
    assert len(vm.registered) == 0


@pytest.mark.quick
@pytest.mark.parametrize("limits", [b"\1\2\1", b"\0" + leb(1 << 32), b"\1\0" + leb(1 << 32)])
def test_limits_tables_that_are_not_valid(limits: bytes) -> None:
    """The cap that tables get does not make them valid: more at first than at most, and more than 32 bits tell."""
    configure = Configure(standard=wasmedge.Standard.WASM_3)
    module = wasmedge.Module.from_bytes(HEADER + section(4, b"\1\x70" + limits), configure=configure)
    with pytest.raises(wasmedge.ValidationError):
        wasmedge.Validator(configure).validate(module)


@pytest.mark.quick
def test_limits_nesting() -> None:
    depth = 100_000
    assert wasmedge.run(one_function(b"\0" + b"\x02\x40" * depth + b"\x0b" * (depth + 1)), "f") is None


@pytest.mark.resources
def test_limits_table_growth_does_not_end_the_process(check_python: CheckPython, wat: Wat) -> None:
    module = wat("""
        (module (table 1 funcref)
          (func (export "grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))""")
    code = """
        import resource
        import wasmedge

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        grow = wasmedge.instantiate(module).exports.grow
        try:
            print(grow(2**32 - 2))
        except wasmedge.WasmEdgeError:
            print(-1)
    """
    assert check_python(code, module=module, limit=20 * GIGABYTE) == "-1\n"


@pytest.mark.resources
def test_limits_recursion_does_not_end_the_process(check_python: CheckPython, wat: Wat) -> None:
    module = wat('(module (func $f (export "f") (call $f) (call $f)) (func (export "one") (result i32) (i32.const 1)))')
    code = """
        import resource
        import wasmedge

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        instance = wasmedge.instantiate(module)
        try:
            instance.exports.f()
        except wasmedge.WasmEdgeError:
            print(instance.exports.one())
    """
    assert check_python(code, module=module, limit=2 * GIGABYTE) == "1\n"


@pytest.mark.resources
def test_limits_memory_that_cannot_be_reserved_is_an_error(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import resource
        import wasmedge

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            print(wasmedge.instantiate(module).exports.memory)
        except MemoryError:
            print("MemoryError")
    """
    module = wat('(module (memory (export "memory") 1))')
    assert check_python(code, module=module, limit=6 * GIGABYTE) == "MemoryError\n"


@pytest.mark.quick
def test_limits_memory_pages_of_the_configuration(wat: Wat) -> None:
    module = wat("""
        (module (memory (export "memory") 1 65536)
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))""")
    exports = wasmedge.instantiate(module, configure=Configure(max_memory_pages=3)).exports
    assert [exports.grow(3), exports.grow(2), exports.grow(1), exports.memory.pages] == [-1, 1, -1, 3]


@pytest.mark.quick
@pytest.mark.parametrize("pages", [0, 1])
def test_limits_memory_beyond_the_configuration_is_refused(wat: Wat, pages: int) -> None:
    module = wat('(module (memory (export "memory") 2))')
    with pytest.raises(wasmedge.InstantiationError, match="page"):
        wasmedge.instantiate(module, configure=Configure(max_memory_pages=pages))


@pytest.mark.quick
def test_limits_memory_of_four_gigabytes(wat: Wat) -> None:
    memory = wasmedge.instantiate(wat('(module (memory (export "memory") 65536))')).exports.memory
    assert memory.size == 4 * GIGABYTE
    memory.write(memory.size - 4, b"last")
    assert memory.read(2**32 - 4, 4) == b"last"
