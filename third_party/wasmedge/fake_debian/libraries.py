# SPDX-License-Identifier: Apache-2.0
"""Small libraries in the shape of the real ones: too new for this system, and with parts that are left out."""

import platform
import subprocess
from pathlib import Path

# The version of the symbols that an architecture's glibc has had from the start.
BASE = {"x86_64": "GLIBC_2.2.5", "aarch64": "GLIBC_2.17"}.get(platform.machine(), "GLIBC_2.0")

# Stand-ins for newer system libraries, linked against and then not shipped.
_NEWER = {
    "libm.so.6": ('extern "C" float sqrtf(float) { return 0; }', "GLIBC_2.99 { global: sqrtf; };"),
    "libc.so.6": (
        'extern "C" { long __isoc23_strtol(const char *, char **, int) { return 0; }\n'
        "unsigned arc4random() { return 0; } void brand_new() {} int abs(int) { return 0; } }",
        f"{BASE} {{ global: abs; }};\n"
        "GLIBC_2.36 { global: arc4random; }; GLIBC_2.38 { global: __isoc23_strtol; };\n"
        "GLIBC_2.99 { global: brand_new; };",
    ),
    "libxml2.so.16": (
        'extern "C" { void xmlPlain() {} void xmlVersioned() {} void (*xmlFree)() = xmlPlain; }',
        "XML_NONE { local: *; }; XML_2 { global: xmlPlain; xmlFree; xmlVersioned; };",
    ),
    "libz3.so.4": ('extern "C" void Z3_plain() {}', None),
}
_LLVM = """
extern "C" {
int abs(int); float sqrtf(float); void xmlVersioned(); extern void (*xmlFree)(); void Z3_plain();
float llvm_root(float value) { return sqrtf(abs(-2) * value); }
void llvm_stub_versioned() { xmlVersioned(); }
void llvm_stub_plain() { Z3_plain(); }
void llvm_stub_data() { xmlFree(); }
}
"""
_WASMEDGE = """
extern "C" {
long __isoc23_strtol(const char *, char **, int); unsigned arc4random(); float llvm_root(float); int fmt_answer();
void llvm_stub_versioned(); void llvm_stub_plain(); void llvm_stub_data();
void brand_new(); void brand_new() __attribute__((weak));
const char *WasmEdge_VersionGet() { return VERSION; }
int abs(int);
long fake_number(const char *text) { return abs(-1) * __isoc23_strtol(text, nullptr, 10); }
float fake_root(float value) { return llvm_root(value); }
unsigned fake_random() { return arc4random(); }
int fake_answer() { return fmt_answer(); }
int fake_new() { if (MUST) brand_new(); return brand_new != nullptr; }
void fake_stub_versioned() { llvm_stub_versioned(); }
void fake_stub_plain() { llvm_stub_plain(); }
void fake_stub_data() { llvm_stub_data(); }
}
"""


class Workshop:
    """Compiles the libraries into one directory, where they find each other."""

    def __init__(self, directory: Path) -> None:
        """Compile what every archive has."""
        self.directory = directory
        (directory / "newer").mkdir(parents=True)
        for soname, (source, script) in _NEWER.items():
            self._library(directory / "newer" / soname, source, script)
        self._library(
            directory / "libLLVM.so.21.1", _LLVM, None, "libc.so.6", "libm.so.6", "libxml2.so.16", "libz3.so.4"
        )

    def fmt(self, soname: str) -> Path:
        """Build the library whose soname changes between versions."""
        path = self.directory / soname
        if not path.exists():
            self._library(path, 'extern "C" int fmt_answer() { return 42; }', None)
        return path

    def llvm(self) -> Path:
        """Return the library that needs some that are left out."""
        return self.directory / "libLLVM.so.21.1"

    def wasmedge(self, version: str, fmt: str, *, impossible: bool = False) -> Path:
        """Build the main library; an impossible one needs what nothing can supply."""
        place = self.directory / f"wasmedge-{version}-{fmt}-{impossible}"
        if not place.exists():
            place.mkdir()
            source = _WASMEDGE if not impossible else _WASMEDGE.replace("__attribute__((weak))", "")
            source = f'#define VERSION "{version}"\n#define MUST {int(impossible)}\n{source}'
            others = [str(self.llvm()), str(self.fmt(fmt))]
            self._library(place / "libwasmedge.so.0", source, None, "libc.so.6", *others)
        return place / "libwasmedge.so.0"

    def _library(self, path: Path, source: str, script: str | None, *needed: str) -> None:
        file = path.with_name(f"{path.name}.cpp")
        file.write_text(source, encoding="utf-8")
        command = ["c++", "-shared", "-fPIC", "-nostdlib", f"-Wl,-soname,{path.name}"]
        command += ["-o", str(path), str(file)]
        if script is not None:
            file.with_suffix(".map").write_text(script, encoding="utf-8")
            command.append(f"-Wl,--version-script={file.with_suffix('.map')}")
        newer = self.directory / "newer"
        command += [name if "/" in name else str(newer / name) for name in needed]
        command += ["-Wl,--allow-shlib-undefined", "-fno-builtin"]
        subprocess.run(command, check=True)  # noqa: S603
