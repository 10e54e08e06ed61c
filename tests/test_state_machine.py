# SPDX-License-Identifier: Apache-2.0
"""Everything in any order: a state machine makes, links, calls, grows, closes and deletes, beside a model of it.

It is in `state_machine/`. It runs in a process of its own, so that a crash is reported with the steps that led to it.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REPORT = """the state machine failed ({code}) with seed {seed}. Its last steps, as few as still fail:

{steps}
They are in {short}, all steps in {log}. To do them again, under a debugger perhaps:

    python -m tests.state_machine --repeat {short}

{output}"""


def call_machine(*arguments: object, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "tests.state_machine", *map(str, arguments)]
    # What the C library frees is written over: whoever still looks at it does not get away with it.
    environment = os.environ | {"MALLOC_PERTURB_": "165"}
    return subprocess.run(
        command, check=False, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=timeout
    )


def check_machine(log: Path, seed: int, *arguments: object, timeout: float) -> str:
    done = call_machine("--log", log, "--seed", seed, *arguments, timeout=timeout)
    if done.returncode == 0:
        return done.stdout
    short = log.with_suffix(".short")
    short.write_text(call_machine("--shrink", log).stdout or log.read_text("utf-8"), "utf-8")
    pytest.fail(
        REPORT.format(
            code=done.returncode,
            seed=done.stdout.rpartition("seed ")[2].strip(),
            steps=short.read_text("utf-8"),
            short=short,
            log=log,
            output="\n".join([done.stderr[-6000:], call_machine("--repeat", short).stderr]),
        ),
        pytrace=False,
    )


@pytest.mark.timeout(600)  # of which it needs seconds, but when it fails and the steps are to be shortened
def test_state_machine(tmp_path: Path) -> None:
    """The same steps in every run."""
    assert check_machine(tmp_path / "steps", 0, "--examples", 60, timeout=100) == "seed 0\n"


def test_state_machine_replays_a_log(tmp_path: Path) -> None:
    """What is written down is enough to do the same again, and a failure is found out and shortened."""
    log = tmp_path / "steps"
    check_machine(log, 1, "--examples", 2, timeout=100)
    steps = log.read_text("utf-8")
    assert steps.count("\n") > 5
    done = call_machine("--repeat", log)
    assert (done.returncode, done.stderr) == (0, "")
    log.write_text(steps + "(1000, 'no such step', {})\n", "utf-8")
    assert call_machine("--repeat", log).returncode == 1
    assert call_machine("--shrink", log).stdout == "(1000, 'no such step', {})\n"


@pytest.mark.timeout(0)  # it is as long as was asked for, and ends what hangs by itself
def test_state_machine_for_minutes(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Other steps in every run."""
    minutes = request.config.getoption("--state-machine-minutes")
    if not minutes:
        pytest.skip("takes minutes: --state-machine-minutes=5")
    seed = secrets.randbelow(2**32)
    done = check_machine(tmp_path / "steps", seed, "--steps", 100, "--minutes", minutes, timeout=60 * minutes + 1800)
    assert done.startswith(f"seed {seed}\n")
