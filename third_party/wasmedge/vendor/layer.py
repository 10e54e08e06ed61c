# SPDX-License-Identifier: Apache-2.0
"""Laying a prefix, from the lock file to the finished directory."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import baseline, compiler, licenses, lock, machine, smoke, stubs
from .bundle import COMPAT, MAIN, Bundle
from .cache import Cache, directory
from .packages import Obtainer, Selection
from .prefix import MANIFEST, Prefix, fingerprint
from .process import run
from .progress import Progress

_HERE = Path(__file__).resolve().parent.parent
LOCK_FILE = _HERE / "wasmedge.lock"
_COMPAT = _HERE / "compat"
_OWN = {
    COMPAT: "functions newer than the baseline",
    stubs.NAME: "stand-ins for libz3, libedit and libxml2",
}


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    prefix: Path
    cxx: str
    arch: str
    locked: bool
    lock_file: Path
    progress: Progress


def lay(options: Options) -> None:
    """Lay the prefix, unless the one that is there is what would come out."""
    machine.check_system()
    arch = options.arch or machine.architecture()
    pins = lock.read(options.lock_file)
    packages = pins.of(arch)
    cxx = compiler.choose(options.cxx, arch)
    sources = [*Path(__file__).parent.glob("*.py"), *_COMPAT.glob("*.cpp")]
    wanted = fingerprint([arch, cxx.identity, *(package.line for package in packages)], sources)
    prefix = Prefix(options.prefix.absolute(), options.progress)
    with prefix.lock():
        if prefix.is_current(wanted, locked=options.locked):
            options.progress.say(f"up to date: {prefix.path}")
            return
        prefix.check_place()
        machine.need_dpkg_deb()
        patchelf = machine.need_patchelf()
        cache = Cache(directory(), options.progress)
        obtainer = Obtainer(pins, arch, cache, options.locked, options.progress)
        with prefix.staging() as work:
            selection = obtainer.obtain(work / "apt")
            finished = _Layer(options, selection, cxx, patchelf, work).build(arch, wanted)
            prefix.place(finished)
    size = sum(file.stat().st_size for file in prefix.path.rglob("*") if not file.is_symlink())
    options.progress.say(f"laid {prefix.manifest()['origin']} at {prefix.path} ({size / 1_000_000:.0f} MB)")


@dataclass(frozen=True)
class _Layer:
    options: Options
    selection: Selection
    cxx: compiler.Compiler
    patchelf: str
    work: Path

    def build(self, arch: str, wanted: str) -> Path:
        extracted, target = self.work / "extracted", self.work / "prefix"
        (target / "lib").mkdir(parents=True)
        for package, path in self.selection.files.items():
            run(["dpkg-deb", "-x", str(path), str(extracted)], f"unpacking {package.name} {package.version}")
        shutil.copytree(extracted / "usr/include/wasmedge", target / "include/wasmedge")
        licenses.copy(self.selection.files, extracted, target / "licenses")
        self.options.progress.say(f"fitting the libraries to glibc {'.'.join(map(str, baseline.GLIBC))}")
        bundle = Bundle(target / "lib", self.work, self.cxx, self.patchelf)
        files = bundle.make(extracted, _COMPAT)
        # Only a name to link by; a wheel cannot hold it and has no use for it.
        (target / "lib" / "libwasmedge.so").symlink_to(MAIN)
        manifest = self._manifest(arch, wanted, files, bundle.notes)
        (target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        self._check(target / "lib" / MAIN, arch, str(manifest["version"]))
        return target

    def _manifest(self, arch: str, wanted: str, files: list[str], notes: dict[str, dict[str, str]]) -> dict[str, Any]:
        runtime = next(package for package in self.selection.files if package.name == lock.RUNTIME)
        return {
            "origin": f"vendored, Debian {runtime.name} {runtime.version} {arch}",
            "version": runtime.upstream,
            "arch": arch,
            "pinned": self.selection.pinned,
            "fingerprint": wanted,
            "suites": list(lock.read(self.options.lock_file).suites),
            "packages": [
                {"name": package.name, "version": package.version, "sha256": package.sha256}
                for package in self.selection.files
            ],
            "baseline": {family: ".".join(map(str, numbers)) for family, numbers in baseline.NEWEST.items()},
            "runtime_files": files,
            "own_files": {name: what for name, what in _OWN.items() if name in files},
            "repointed": notes,
        }

    def _check(self, library: Path, arch: str, version: str) -> None:
        if arch == machine.architecture():
            smoke.check(library, version)
            self.options.progress.say(f"checked: WasmEdge {version} loads with every symbol bound")
        else:
            self.options.progress.say(f"not checked by loading: the libraries are for {arch}")
