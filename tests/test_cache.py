# SPDX-License-Identifier: Apache-2.0
"""The cache of compiled code: what is in it, what is believed of it, and what happens when it cannot be used."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import Configure, RunMode, cache

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, InThreads, Wat

ADD = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'


def entries(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.native"))


def phases_of(source: bytes, **settings: Any) -> list[str]:
    phases: list[str] = []
    instance = wasmedge.instantiate(
        source,
        configure=Configure(**settings),
        run_mode="aot",
        progress=phases.append,
    )
    assert instance.run_mode is RunMode.AOT
    assert instance.exports.add(2, 3) == 5
    return phases


def was_compiled(source: bytes, **settings: Any) -> bool:
    return "compile" in phases_of(source, **settings)


def test_cache_is_used_the_second_time(wat: Wat, cache_directory: Path) -> None:
    assert was_compiled(wat(ADD))
    assert not was_compiled(wat(ADD))
    assert len(entries(cache_directory)) == 1
    assert cache.directory == cache_directory
    assert cache.size() == entries(cache_directory)[0].stat().st_size
    assert [path.name for path in cache_directory.iterdir()] == [entries(cache_directory)[0].name]


@pytest.mark.parametrize(
    "settings",
    [
        {"optimization_level": wasmedge.OptimizationLevel.O1},
        {"measure_cost": True},
        {"count_instructions": True},
        {"interruptible": True},
        {"generic_binary": True},
        {"standard": wasmedge.Standard.WASM_1},
    ],
)
def test_cache_tells_options_apart(wat: Wat, cache_directory: Path, settings: dict[str, Any]) -> None:
    assert was_compiled(wat(ADD))
    assert was_compiled(wat(ADD), **settings)
    assert not was_compiled(wat(ADD), **settings)
    assert len(entries(cache_directory)) == 2


def test_cache_tells_modules_apart(wat: Wat, cache_directory: Path) -> None:
    assert was_compiled(wat(ADD))
    assert was_compiled(wat(ADD.replace("(module", "(module (memory 1)")))
    assert len(entries(cache_directory)) == 2


def test_cache_can_be_left_alone(wat: Wat, cache_directory: Path) -> None:
    instance = wasmedge.instantiate(wat(ADD), configure=Configure(cache=False), run_mode="aot")
    assert instance.run_mode is RunMode.JIT
    assert not cache_directory.exists()
    assert cache.size() == 0


@pytest.mark.parametrize("damage", ["cut", "empty", "changed", "renamed", "other", "header"])
def test_cache_damaged_entry_is_made_again(wat: Wat, cache_directory: Path, damage: str) -> None:
    assert was_compiled(wat(ADD))
    [entry] = entries(cache_directory)
    content = bytearray(entry.read_bytes())
    if damage == "cut":
        entry.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        entry.write_bytes(b"")
    elif damage == "changed":
        content[len(content) // 2] ^= 1
        entry.write_bytes(content)
    elif damage == "header":
        content[20] ^= 1
        entry.write_bytes(content)
    else:
        other = wat(ADD.replace("i32.add", "i32.sub"))
        wasmedge.instantiate(other, run_mode="aot")
        [foreign] = set(entries(cache_directory)) - {entry}
        # Whole, but code of another module: under this one's name, or with a digest made for it without the key.
        entry.write_bytes(foreign.read_bytes() if damage == "renamed" else b"\x7fELF" + bytes(1000))
    assert was_compiled(wat(ADD))
    assert not was_compiled(wat(ADD))


def test_cache_entry_with_useless_code_is_made_again(wat: Wat, cache_directory: Path) -> None:
    assert was_compiled(wat(ADD))
    [entry] = entries(cache_directory)
    # Authentic, but no library: as of another architecture.
    cache._store(entry.stem, b"\x7fELF" + bytes(1000))
    assert was_compiled(wat(ADD))
    assert not was_compiled(wat(ADD))


def test_cache_clear_and_prune_remove_the_oldest_first(wat: Wat, cache_directory: Path) -> None:
    for number in range(3):
        assert was_compiled(wat(ADD.replace("(module", f"(module (memory {number})")))
    now = time.time()
    made = entries(cache_directory)
    for age, entry in enumerate(made):
        os.utime(entry, (now - age, now - age))
    oldest = made[2].stat().st_size
    assert cache.prune(cache.size()) == 0
    assert cache.prune(cache.size() - 1) == oldest
    assert entries(cache_directory) == sorted(made[:2])
    cache.clear()
    assert cache.size() == 0
    cache.clear()
    with pytest.raises(ValueError, match="negative"):
        cache.prune(-1)


def test_cache_use_makes_an_entry_young(wat: Wat, cache_directory: Path) -> None:
    assert was_compiled(wat(ADD))
    [entry] = entries(cache_directory)
    os.utime(entry, (1, 1))
    assert not was_compiled(wat(ADD))
    assert entry.stat().st_mtime > 1


def test_cache_prune_removes_what_killed_compilations_left(cache_directory: Path) -> None:
    (cache_directory / "work-old").mkdir(parents=True)
    (cache_directory / "work-old" / "module.so").write_bytes(b"half")
    (cache_directory / "work-new").mkdir()
    os.utime(cache_directory / "work-old", (1, 1))
    cache.prune(1 << 30)
    assert [path.name for path in cache_directory.iterdir()] == ["work-new"]


def test_cache_directory_is_private(wat: Wat, cache_directory: Path) -> None:
    assert was_compiled(wat(ADD))
    assert cache_directory.stat().st_mode & 0o777 == 0o700


def assert_degrades(source: bytes, reason: str) -> None:
    """There is one warning, and the code is this process's own."""
    with pytest.warns(wasmedge.CompileWarning, match=reason):
        first = wasmedge.instantiate(source, run_mode="aot")
    second = wasmedge.instantiate(source, run_mode="aot")  # a warning would be an error
    assert first.run_mode is second.run_mode is RunMode.JIT
    assert first.exports.add(2, 3) == 5


def test_cache_that_others_can_write_to_is_not_used(wat: Wat, cache_directory: Path) -> None:
    cache_directory.mkdir()
    cache_directory.chmod(0o777)
    assert_degrades(wat(ADD), "others can write to it")
    assert list(cache_directory.iterdir()) == []


def test_cache_that_is_a_link_or_no_directory_is_not_used(
    wat: Wat, cache_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    cache_directory.symlink_to(tmp_path / "elsewhere")
    assert_degrades(wat(ADD), "symbolic link")
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("WASMEDGE_CACHE_DIR", str(tmp_path / "file"))
    assert_degrades(wat(ADD), re.escape(str(tmp_path / "file")))


@pytest.mark.parametrize("kilobytes", [4, 64])
def test_cache_on_a_full_disk_is_not_used(check_python: CheckPython, wat: Wat, tmp_path: Path, kilobytes: int) -> None:
    """There is no room for anything, or for the first of two modules only."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={kilobytes}k,mode=700", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], check=False, capture_output=True).returncode != 0:
        pytest.skip("a small file system can be mounted by root only")
    code = """
        import os, warnings
        os.environ["WASMEDGE_CACHE_DIR"] = directory
        import wasmedge
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            instances = [wasmedge.instantiate(source, run_mode="aot") for source in sources]
        assert all(instance.exports.add(2, 3) == 5 for instance in instances)
        assert ["No space left on device" in str(warning.message) for warning in caught] == [True]
        assert all(name.endswith(".native") for name in os.listdir(directory))
        print(*(instance.run_mode.name for instance in instances))
    """
    # Machine code of about 40 KiB, because of the data.
    sources = [wat(ADD[:-1] + f'(memory 1) (data (i32.const 0) "{letter * 40_000}"))') for letter in "ab"]
    try:
        output = check_python(code, sources=sources, directory=str(disk / "cache"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert output == {4: "JIT JIT\n", 64: "AOT JIT\n"}[kilobytes]


def test_cache_on_a_full_file_system_is_not_used(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    code = """
        import os, resource, warnings
        os.environ["WASMEDGE_CACHE_DIR"] = directory
        import wasmedge, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        real = wasmedge.cache._store
        def limited(key, code):
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
            try:
                real(key, code)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wasmedge.cache._store = limited
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            instance = wasmedge.instantiate(source, run_mode="aot")
        print(instance.run_mode.name, instance.exports.add(2, 3), len(caught), os.listdir(directory))
    """
    assert check_python(code, source=wat(ADD), directory=str(tmp_path / "cache")) == "JIT 5 1 []\n"


def test_cache_is_shared_by_threads(wat: Wat, cache_directory: Path, in_threads: InThreads) -> None:
    source = wat(ADD)
    instances = in_threads(4, lambda _: wasmedge.instantiate(source, run_mode="aot"))
    assert [instance.exports.add(i, 1) for i, instance in enumerate(instances)] == [1, 2, 3, 4]
    assert len(list(cache_directory.iterdir())) == 1


def test_cache_is_shared_by_processes(wat: Wat, cache_directory: Path) -> None:
    code = f"import wasmedge; print(wasmedge.run({wat(ADD)!r}, 'add', 2, 3, run_mode='aot'))"
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=60) for process in running] == [(b"5\n", b"")] * 2
    assert len(list(cache_directory.iterdir())) == 1
    assert not was_compiled(wat(ADD))


def test_cache_survives_a_killed_compilation(wat: Wat, cache_directory: Path) -> None:
    body = "(local.set 0 (i32.mul (local.get 0) (i32.xor (local.get 0) (i32.const 77))))" * 2000
    source = wat(f'(module (func (export "add") (param i32 i32) (result i32) {body} (i32.const 5)))')
    code = f"import wasmedge; print('begin', flush=True); wasmedge.run({source!r}, 'add', 2, 3, run_mode='aot')"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begin\n"
    time.sleep(0.05)
    process.kill()
    process.communicate(timeout=60)
    assert phases_of(source)[-1] == "instantiate"
    assert not was_compiled(source)


def test_cache_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'folder'"):
        cache.folder  # noqa: B018
