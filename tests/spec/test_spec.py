# SPDX-License-Identifier: Apache-2.0
"""The WebAssembly specification's test suite, script by script, interpreted and compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from wast import suite
from wast.known import DIRECTORY, known_failures
from wast.report import as_property
from wast.runner import MODES, Runner

if TYPE_CHECKING:
    from collections.abc import Callable

RELEASES = ("2.0", "3.0")
# A script whose stack overflows takes seconds, more of them where the machine is busy.
pytestmark = pytest.mark.timeout(300)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each script in each mode that was asked for."""
    if "script" not in metafunc.fixturenames:
        return
    everything = metafunc.config.getoption("--spec") == "all"
    releases = [each for each in (RELEASES if everything else RELEASES[:1]) if each in suite.releases()]
    modes = list(MODES) if everything else ["interpreter", "O0"]
    missing = pytest.mark.skip(reason=f"the suite is not in {suite.directory()}; WASM_SPEC_DIR names another directory")
    cases = [pytest.param("", "", "", marks=missing, id="none")]
    if releases:
        cases = [
            pytest.param(release, mode, name, id=f"{release}-{mode}-{name}")
            for release in releases
            for mode in modes
            for name in suite.scripts(release)
        ]
    metafunc.parametrize(("release", "mode", "script"), cases)


def test_spec_script(release: str, mode: str, script: str, record_property: Callable[[str, object], None]) -> None:
    known = {name for name in known_failures(release, mode) if name.partition(":")[0] == script}
    outcome = Runner(suite.scripts(release)[script], mode).run()
    record_property("spec", as_property(release, mode, outcome))
    failed = {failure.name: f"{failure.kind}: {failure.reason}" for failure in outcome.failures}
    assert {name: reason for name, reason in failed.items() if name not in known} == {}
    assert known - set(failed) == set(), "listed as failing, and does not fail any longer: take it off the list"


def test_spec_known_failures_are_in_the_suite() -> None:
    """So that no name of a list is of nothing."""
    if not suite.releases():
        pytest.skip(f"the suite is not in {suite.directory()}; WASM_SPEC_DIR names another directory")
    for path in sorted(DIRECTORY.glob("*.txt")):
        release, _, mode = path.stem.partition("-")
        assert mode in MODES
        known = known_failures(release, mode)
        assert all(known.values())
        if release in suite.releases():
            assert {name.partition(":")[0] for name in known} <= set(suite.scripts(release))
