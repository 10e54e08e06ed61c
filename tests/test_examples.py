# SPDX-License-Identifier: Apache-2.0
"""The examples do what their README says."""

from __future__ import annotations

import hashlib
import re
import shlex
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import wasmedge

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

SEEN_MODULES = re.compile(r"^ {4}([0-9a-f]{64})  (\S+)$", re.MULTILINE)
COMMANDS = re.compile(r"^ {4}python (-m wasmedge .*)$", re.MULTILINE)


def fibonacci(n: int) -> int:
    """Count as the module does."""
    a, b = 1, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def in_root(examples: Path, *args: str, stdin: str | None = None) -> tuple[int, str, str]:
    """Run the interpreter in the root of the repository."""
    done = subprocess.run(
        [sys.executable, *args],
        check=False,
        cwd=examples.parent,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_examples_fibonacci(examples: Path) -> None:
    fib = wasmedge.instantiate(examples / "fibonacci.wasm").exports.fib
    assert repr(fib) == "<Function fib (i32) -> i32>"
    assert [fib(n) for n in range(-2, 16)] == [1, 1, *map(fibonacci, range(16))]
    assert wasmedge.run(examples / "fibonacci.wasm", "fib", 21) == 17711
    assert wasmedge.run(examples / "fibonacci.wasm", "fib", 25) == 121393


def without_custom_sections(module: bytes) -> bytes:
    """Leave out what depends on the tool; the sizes here are all of one byte."""
    kept, start = module[:8], 8
    while start < len(module):
        end = start + 2 + module[start + 1]
        kept += module[start:end] if module[start] else b""
        start = end
    return kept


@pytest.mark.parametrize("name", ["fibonacci", "totals"])
def test_examples_modules_are_their_texts(examples: Path, wat: Wat, name: str) -> None:
    text = (examples / f"{name}.wat").read_text("utf-8")
    assert without_custom_sections((examples / f"{name}.wasm").read_bytes()) == without_custom_sections(wat(text))


def test_examples_fibonacci_on_the_command_line(examples: Path) -> None:
    args = ("-m", "wasmedge", "run", "examples/fibonacci.wasm", "fib")
    assert in_root(examples, *args, "21") == (0, "17711\n", "")
    assert in_root(examples, *args, "-5") == (0, "1\n", "")


def test_examples_modules_are_those_of_the_readme(examples: Path) -> None:
    listed = {name: digest for digest, name in SEEN_MODULES.findall((examples / "README.md").read_text("utf-8"))}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in examples.glob("*.wasm")}
    assert listed == found


def test_examples_wordfreq_prints_what_the_readme_shows(examples: Path) -> None:
    text = (examples / "README.md").read_text("utf-8")
    commands = COMMANDS.findall(text)
    assert len(commands) == 2
    shown = text.partition("Either prints\n\n")[2].partition("\n\n- **Lines**")[0]
    expected = "".join(line.removeprefix("    ") + "\n" for line in shown.splitlines())
    for command in commands:
        line, _, stdin = command.partition(" < ")
        data = (examples.parent / stdin).read_text("utf-8") if stdin else None
        assert in_root(examples, *shlex.split(line), stdin=data) == (0, expected, "")


def test_examples_wordfreq_counts_as_python_does(examples: Path) -> None:
    text = (examples / "poem.txt").read_text("utf-8")
    words = Counter(re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("\u2019", "'")))
    code, output, errors = in_root(
        examples, "-m", "wasmedge", "run", "examples/wordfreq.wasm", "-n", "1000", stdin=text
    )
    assert (code, errors) == (0, "")
    totals, _, chart = output.partition("\n\n")
    numbers = [int(line.split()[-1]) for line in totals.splitlines()]
    assert numbers == [text.count("\n"), words.total(), len(words), len(text), len(text.encode())]
    rows = [line.split()[:2] for line in chart.splitlines()]
    assert [(word, int(count)) for word, count in rows] == sorted(words.items(), key=lambda item: (-item[1], item[0]))


@pytest.mark.parametrize(
    ("stdin", "totals"),
    [
        ("", [0, 0, 0, 0, 0]),
        ("x", [1, 1, 1, 1, 1]),
        ("Don\u2019t don't\n\n", [2, 2, 1, 13, 15]),
        ("é" * 100_000, [1, 1, 1, 100_000, 200_000]),
    ],
    ids=["nothing", "one letter", "apostrophes", "a long word"],
)
def test_examples_wordfreq_totals(examples: Path, stdin: str, totals: list[int]) -> None:
    code, output, errors = in_root(examples, "-m", "wasmedge", "run", "examples/wordfreq.wasm", "-n", "0", stdin=stdin)
    assert (code, errors) == (0, "")
    assert [int(line.split()[-1]) for line in output.splitlines()] == totals


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        ("/none.txt", 1, "wordfreq: /none.txt: No such file or directory"),
        ("-n", 2, "wordfreq: -n wants a whole number"),
        ("-n x", 2, "wordfreq: -n wants a whole number"),
        ("-x", 2, "wordfreq: no option but -n is known"),
        ("a b", 2, "wordfreq: only one file can be read"),
    ],
)
def test_examples_wordfreq_failures(examples: Path, args: str, code: int, message: str) -> None:
    command = ("-m", "wasmedge", "run", "--dir", "/:examples", "examples/wordfreq.wasm", *args.split())
    found, output, errors = in_root(examples, *command)
    assert (found, output, errors.splitlines()[0]) == (code, "", message)
    assert len(errors.splitlines()) == code  # the usage as well, where it is the user's mistake


def test_examples_wordfreq_keeps_to_its_imports(examples: Path) -> None:
    text = (examples / "README.md").read_text("utf-8")
    listed = re.findall(r"`([a-z_]+)`", text.partition("functions of `wasi_snapshot_preview1`:")[2].partition(";")[0])
    module = (examples / "wordfreq.wasm").read_bytes()
    with pytest.raises(wasmedge.LinkError) as caught:
        wasmedge.instantiate(module)
    wanted = re.findall(r"'wasi_snapshot_preview1' '(\w+)': wanted function", str(caught.value))
    assert sorted(wanted) == sorted(listed)
    configure = wasmedge.Configure(wasmedge.HostRegistration.WASI, standard=wasmedge.Standard.WASM_1)
    exports = wasmedge.instantiate(module, configure=configure).exports
    assert sorted(exports) == ["_start", "memory"]
    assert exports.memory.pages == 3
