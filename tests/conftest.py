# SPDX-License-Identifier: Apache-2.0
"""What the tests share: modules out of inline text, the examples, and fresh Python processes."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import hypothesis
import pytest

# The same examples in every run, with no time limit on each and nothing left in the working directory.
hypothesis.settings.register_profile("wasmedge", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("wasmedge")


# Most tests are of what a run mode changes nothing of, and the interpreter begins at once. Those of compiled code ask
# for it by name, with a cache of their own; the processes that tests start inherit both.
os.environ["WASMEDGE_RUN_MODE"] = "interpreter"
os.environ["WASMEDGE_CACHE_DIR"] = os.path.join(tempfile.gettempdir(), f"wasmedge-tests-{os.getuid()}-{os.getpid()}")

# Without it, what C and Python write has to come in the right order by itself, as for most users.
os.environ.pop("PYTHONUNBUFFERED", None)

# Whoever runs the tests in the background may have SIGINT ignored, which processes that tests start would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")


class Wat(Protocol):
    """Translates WebAssembly text to the binary format."""

    @abstractmethod
    def __call__(self, text: str, /) -> bytes:
        """Translate `text`."""


class RunPython(Protocol):
    """Runs code in a Python process of its own."""

    @abstractmethod
    def __call__(
        self, code: str, /, *, stdin: str = "", timeout: float = 60, **constants: object
    ) -> subprocess.CompletedProcess[str]:
        """Run `code`, with each of `constants` as a variable."""


class CheckPython(Protocol):
    """Runs code in a Python process of its own that must end well and say nothing on stderr."""

    @abstractmethod
    def __call__(self, code: str, /, *, stdin: str = "", timeout: float = 60, **constants: object) -> str:
        """Run `code`, with each of `constants` as a variable, and return its output."""


class InThreads(Protocol):
    """Runs work in threads that begin at once."""

    @abstractmethod
    def __call__(self, count: int, work: Callable[[int], Result], /) -> list[Result]:
        """Run `work` with each number below `count`, and return the results or raise the first exception."""


class CompileC(Protocol):
    """Compiles a guest in C."""

    @abstractmethod
    def __call__(self, name: str, /, *options: str) -> Path:
        """Compile `tests/guests/NAME.c`, natively where no option says otherwise, and return the output."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the tests."""
    parser.addoption(
        "--state-machine-minutes",
        type=float,
        default=0,
        metavar="MINUTES",
        help="how long to use the package at random (test_state_machine.py)",
    )
    parser.addoption(
        "--spec",
        choices=["some", "all"],
        default="some",
        help="how much of the specification's test suite to run (spec/): 2.0 interpreted and compiled at O0, or all",
    )
    parser.addoption("--spec-page", metavar="FILE", help="where to write the results of the specification's test suite")
    parser.addoption("--large", action="store_true", help="also what takes minutes to compile")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, unless it is asked for."""
    if config.getoption("--large"):
        return
    for item in items:
        if item.get_closest_marker("large") is not None:
            item.add_marker(pytest.mark.skip(reason="takes minutes to compile: pytest --large"))


@functools.cache
def _translate(text: str) -> bytes:
    # Not at the top of the file: tests of other parts do without it.
    import wasmtime  # noqa: PLC0415

    return bytes(wasmtime.wat2wasm(text))


def _run_python(
    code: str, /, *, stdin: str = "", timeout: float = 60, **constants: object
) -> subprocess.CompletedProcess[str]:
    lines = [f"{name} = {value!r}\n" for name, value in constants.items()]
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", "".join(lines) + textwrap.dedent(code)],
        check=False,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
    )


def _check_python(code: str, /, *, stdin: str = "", timeout: float = 60, **constants: object) -> str:
    done = _run_python(code, stdin=stdin, timeout=timeout, **constants)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def _in_threads(count: int, work: Callable[[int], Result], /) -> list[Result]:
    barrier = threading.Barrier(count)

    def begin(i: int) -> Result:
        barrier.wait(timeout=30)
        return work(i)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count), timeout=500))


def pytest_unconfigure() -> None:
    """Remove what tests have left in the cache of this process."""
    shutil.rmtree(os.environ["WASMEDGE_CACHE_DIR"], ignore_errors=True)


@pytest.fixture(scope="session")
def wat() -> Wat:
    """Return the translator of WebAssembly text."""
    return _translate


@pytest.fixture(scope="session")
def tf() -> Any:
    """Return TensorFlow, which says less than it would."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow  # noqa: PLC0415

    return tensorflow


@pytest.fixture(scope="session")
def compile_c(tmp_path_factory: pytest.TempPathFactory) -> CompileC:
    """Return what compiles guests in C; skips where the compiler is not installed."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("the package ziglang, a C compiler, is not installed")
    folder = tmp_path_factory.mktemp("guests")
    guests = Path(__file__).resolve().parent / "guests"

    def compile_guest(name: str, /, *options: str) -> Path:
        output = folder / re.sub(r"[^\w.]+", "-", "-".join([name, *options]))
        if not output.exists():
            command = [sys.executable, "-m", "ziglang", "cc", *options, "-Os", "-o", str(output)]
            done = subprocess.run(
                [*command, str(guests / f"{name}.c")], check=False, capture_output=True, encoding="utf-8", timeout=110
            )
            assert done.returncode == 0, done.stderr
        return output

    return compile_guest


@pytest.fixture(scope="session")
def examples() -> Path:
    """Return the directory of the repository's examples."""
    return Path(__file__).resolve().parent.parent / "examples"


@pytest.fixture(scope="session")
def run_python() -> RunPython:
    """Return the function that runs code in a Python process of its own."""
    return _run_python


@pytest.fixture(scope="session")
def check_python() -> CheckPython:
    """Return the function that runs code in a Python process of its own, and checks that it ends well."""
    return _check_python


@pytest.fixture(scope="session")
def in_threads() -> InThreads:
    """Return the function that runs work in threads."""
    return _in_threads


@pytest.fixture
def cache_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a cache of compiled code of its own."""
    path = tmp_path / "cache"
    monkeypatch.setenv("WASMEDGE_CACHE_DIR", str(path))
    return path


@pytest.fixture
def shared_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a cache that all processes of the tests share."""
    base = tmp_path_factory.getbasetemp()
    directory = (base.parent if base.name.startswith("popen-") else base) / "programs"
    monkeypatch.setenv("WASMEDGE_CACHE_DIR", str(directory))
    return directory


@pytest.fixture
def many_switches() -> Iterator[None]:
    """Make threads take turns much more often than they do by themselves."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)
