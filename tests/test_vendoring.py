# SPDX-License-Identifier: Apache-2.0
"""What the vendoring tool lays, and what it does on the second run, against a small archive of its own."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "third_party" / "wasmedge"))

pytest.importorskip("elftools", reason="pyelftools is not installed")
pytest.importorskip("fcntl", reason="the vendoring tool is for Linux")

from fake_debian.archive import Deb  # noqa: E402
from fake_debian.libraries import BASE  # noqa: E402
from fake_debian.site import Site  # noqa: E402
from vendor import repoint  # noqa: E402
from vendor.elf import Elf  # noqa: E402

pytest_plugins = ["fake_debian.fixtures"]
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("dpkg", "dpkg-deb", "apt-config", "c++"))), reason="needs dpkg-deb, apt-config and c++"
)

PROBE = """\
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
library.fake_root.restype, library.fake_root.argtypes = ctypes.c_float, [ctypes.c_float]
library.fake_number.argtypes = [ctypes.c_char_p]
print(library.fake_root(8.0), library.fake_number(b"17"), library.fake_answer(), library.fake_new())
print(len({library.fake_random() for _ in range(8)}) > 1)
"""


def test_vendoring_lays_a_complete_prefix(fake_site: Site) -> None:
    done = fake_site.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "wasmedge: fetching libllvm21 1:21.1.8-1 (" in done.stdout
    assert "wasmedge: checked: WasmEdge 0.17.1 loads with every symbol bound" in done.stdout
    manifest = json.loads((fake_site.prefix / "manifest.json").read_text())
    files = {path.name for path in (fake_site.prefix / "lib").iterdir()}
    assert files == {"libwasmedge.so", *manifest["runtime_files"]}
    assert (fake_site.prefix / "lib/libwasmedge.so").readlink() == Path("libwasmedge.so.0")
    assert (fake_site.prefix / "include/wasmedge/wasmedge.h").is_file()
    assert "licence of libllvm21" in (fake_site.prefix / "licenses/libllvm21.txt").read_text()
    assert manifest["origin"] == f"vendored, Debian libwasmedge0 0.17.1-1 {fake_site.archive.arch}"
    assert manifest["version"] == "0.17.1"


def test_vendoring_repoints_what_is_too_new(fake_site: Site) -> None:
    assert fake_site.run().returncode == 0
    manifest = json.loads((fake_site.prefix / "manifest.json").read_text())
    assert manifest["repointed"]["libLLVM.so.21.1"]["sqrtf"] == f"GLIBC_2.99 -> {BASE}"
    assert manifest["repointed"]["libwasmedge.so.0"]["arc4random"] == "GLIBC_2.36 -> compat"
    for name in manifest["runtime_files"]:
        assert repoint.too_new(Elf(fake_site.prefix / "lib" / name)) == []
    command = [sys.executable, "-c", PROBE, str(fake_site.prefix / "lib/libwasmedge.so.0")]
    for bind_now in ("", "1"):
        done = subprocess.run(command, env={"LD_BIND_NOW": bind_now}, check=True, capture_output=True, text=True)
        assert done.stdout.split() == ["4.0", "17", "42", "0", "True"]


def test_vendoring_stubs_stop_the_process(fake_site: Site) -> None:
    assert fake_site.run().returncode == 0
    llvm = Elf(fake_site.prefix / "lib/libLLVM.so.21.1")
    assert not {"libz3.so.4", "libxml2.so.16"} & {*llvm.needed, *(need.library for need in llvm.needs)}
    for function, name in {
        "fake_stub_plain": "Z3_plain",
        "fake_stub_versioned": "xmlVersioned",
        "fake_stub_data": "a function of libz3, libedit or libxml2",
    }.items():
        code = f"import ctypes; ctypes.CDLL({str(fake_site.prefix / 'lib/libwasmedge.so.0')!r}).{function}()"
        done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
        assert done.returncode == -signal.SIGABRT
        assert done.stderr == f"{name} was called, which the vendored WasmEdge leaves out\n"


def test_vendoring_a_second_time_downloads_nothing(fake_site: Site) -> None:
    assert fake_site.run().returncode == 0
    first = {path: path.read_bytes() for path in fake_site.prefix.rglob("*") if path.is_file()}
    shutil.rmtree(fake_site.prefix)
    calls = fake_site.archive.calls()
    fake_site.without("apt-get")
    done = fake_site.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing to download" in done.stdout
    assert fake_site.archive.calls() == calls
    assert {path: path.read_bytes() for path in fake_site.prefix.rglob("*") if path.is_file()} == first


def test_vendoring_leaves_a_current_prefix_alone(fake_site: Site, pinned_debs: list[Deb]) -> None:
    assert fake_site.run().returncode == 0
    manifest = fake_site.prefix / "manifest.json"
    before = manifest.stat()
    done = fake_site.run("--locked")
    assert (done.returncode, done.stdout) == (0, f"wasmedge: up to date: {fake_site.prefix}\n")
    assert manifest.stat().st_ino == before.st_ino
    (fake_site.prefix / "lib/libfmt.so.11").unlink()
    assert "nothing to download" in fake_site.run().stdout, "a prefix with a file missing is not current"
    newer = fake_site.archive.add_fmt("11", "11.2-1")
    fake_site.archive.list_in("forky", newer)
    fake_site.lock(*pinned_debs[:2], newer, pinned_debs[3])
    assert "fetching libfmt11 11.2-1" in fake_site.run().stdout, "another lock file is another prefix"


def test_vendoring_replaces_a_corrupt_download(fake_site: Site) -> None:
    assert fake_site.run().returncode == 0
    (cached,) = (fake_site.root / "cache").glob("libfmt11_*.deb")
    cached.write_bytes(b"no package")
    shutil.rmtree(fake_site.prefix)
    done = fake_site.run()
    assert done.returncode == 0
    assert f"the cached {cached.name} is corrupt: removed" in done.stdout
    assert fake_site.archive.calls()[-1] == "download libfmt11=11.1-1"


def test_vendoring_finds_packages_in_the_machines_own_suite(fake_site: Site, pinned_debs: list[Deb]) -> None:
    fake_site.lock(*pinned_debs, suites="nowhere")
    fake_site.archive.list_in("stable", *pinned_debs)
    done = fake_site.run()
    assert done.returncode == 0
    assert "no usable suite nowhere, skipped" in done.stdout


def test_vendoring_takes_the_nearest_when_a_pin_is_gone(fake_site: Site, pinned_debs: list[Deb]) -> None:
    archive = fake_site.archive
    wrong_minor = archive.add_wasmedge("0.18.0-1", "12")
    older, newer = archive.add_wasmedge("0.17.2-1", "12"), archive.add_wasmedge("0.17.10-1", "12", says="0.17.10")
    fmt = archive.add_fmt("12", "12.0-1")
    archive.list_in("forky", *older, *wrong_minor)
    archive.list_in("unstable", *newer, fmt, pinned_debs[3])
    done = fake_site.run("--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "WARNING: the archive does not have libwasmedge0 0.17.1-1, libwasmedge-dev 0.17.1-1" in done.stdout
    lines = [line.removeprefix("wasmedge:").strip() for line in done.stdout.splitlines()]
    assert {newer[0].line, newer[1].line, fmt.line} <= set(lines)
    assert (fake_site.prefix / "lib/libfmt.so.12").is_file(), "the other build's own dependency was not followed"

    shutil.rmtree(fake_site.prefix)
    fake_site.without("apt-get")
    again = fake_site.run()
    assert again.returncode == 0, "the choice was not remembered"
    assert "WARNING" in again.stdout
    assert "no longer" not in fake_site.run().stdout
    assert fake_site.run("--locked").returncode == 1, "a substitute passed for the pinned packages"
    fake_site.lock(*(line for line in lines if line.startswith(archive.arch)), pinned_debs[3])
    assert fake_site.run("--locked").returncode == 0, "the printed lines do not make a lock file"


def test_vendoring_takes_a_newer_library_of_the_same_soname(fake_site: Site, pinned_debs: list[Deb]) -> None:
    newer = fake_site.archive.add_fmt("11", "11.3-1")
    fake_site.archive.list_in("forky", *pinned_debs[:2], newer)
    done = fake_site.run()
    assert done.returncode == 0
    assert f"wasmedge:   {newer.line}" in done.stdout
    assert pinned_debs[0].line not in done.stdout


def test_vendoring_twice_at_once_lays_once(fake_site: Site) -> None:
    runs = [
        subprocess.Popen(fake_site.command(), env=fake_site.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = sorted((run.communicate()[0] for run in runs), key=len)
    assert [run.returncode for run in runs] == [0, 0]
    assert "up to date" in outputs[0]
    assert "laid vendored" in outputs[1]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "debian.sources",
            "Types: deb deb-src\nURIs: fake:/debian\nSuites: stable stable-updates\nComponents: main x\n",
        ),
        ("debian.list", "# ours\ndeb [arch=amd64 signed-by=/k] fake:/debian stable main contrib # why\n"),
    ],
)
def test_vendoring_reads_both_formats_of_apt_sources(fake_site: Site, file: str, text: str) -> None:
    fake_site.sources("Types: deb\nURIs: fake:/other\nSuites: nodistro\nComponents: main\n")
    (fake_site.root / "apt/parts" / file).write_text(text)
    assert fake_site.run().returncode == 0
