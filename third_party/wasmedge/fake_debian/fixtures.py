# SPDX-License-Identifier: Apache-2.0
"""Fixtures for the tests of the tool: an archive, what is pinned of it, and a machine that uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vendor.machine import architecture

from .archive import Archive, Deb
from .libraries import Workshop
from .site import Site


@pytest.fixture(scope="session")
def fake_workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Compile the libraries once."""
    return Workshop(tmp_path_factory.mktemp("workshop") / "libraries")


@pytest.fixture
def fake_archive(tmp_path: Path, fake_workshop: Workshop) -> Archive:
    """Make an archive without packages."""
    return Archive(tmp_path / "archive", architecture(), fake_workshop)


@pytest.fixture
def pinned_debs(fake_archive: Archive) -> list[Deb]:
    """Make the packages that the lock file pins: library, headers, fmt and LLVM."""
    library, headers = fake_archive.add_wasmedge("0.17.1-1")
    return [library, headers, fake_archive.add_fmt("11", "11.1-1"), fake_archive.add_llvm("1:21.1.8-1")]


@pytest.fixture
def fake_site(tmp_path: Path, fake_archive: Archive, pinned_debs: list[Deb]) -> Iterator[Site]:
    """Make a machine whose archive has every pinned package, the last one in a later suite."""
    fake_archive.list_in("forky", *pinned_debs[:3])
    fake_archive.list_in("unstable", pinned_debs[3])
    site = Site(tmp_path / "site", fake_archive)
    site.lock(*pinned_debs)
    yield site
    if site.left() not in ([], ["prefix"]):
        pytest.fail(f"left beside the prefix: {site.left()}")
