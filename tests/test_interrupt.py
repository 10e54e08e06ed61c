# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C while a guest runs: each in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from endless import ENDLESS
from signal_scripts import BEGIN

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

INTERRUPT = """
def interrupt_soon():
    time.sleep(0.3)
    global sent
    sent = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)

def interrupted(call):
    thread = threading.Thread(target=interrupt_soon)
    thread.start()
    try:
        call()
    except KeyboardInterrupt:
        late = time.monotonic() - sent
    else:
        raise AssertionError("it was not interrupted")
    thread.join()
    assert late < 5, late
    assert guest.exports.answer() == 42
"""


@pytest.mark.parametrize("mode", ["interpreter", "aot"])
def test_signals_interrupt_on_the_main_thread(check_python: CheckPython, wat: Wat, mode: str) -> None:
    code = (
        BEGIN
        + INTERRUPT
        + """
import asyncio
guest = instantiate(mode=mode)
for name in ("spin", "count", "call_back", "grow"):
    interrupted(guest.exports[name])
nested = instantiate(lambda: guest.exports.spin(), mode)
interrupted(nested.exports.call_back)

async def main():
    guest.exports.spin()
interrupted(lambda: asyncio.run(main()))

interrupted(lambda: guest.exports.spin.call_async().result())
for _ in range(3):
    interrupted(lambda: guest.exports.spin(timeout=60))
print('done')
"""
    )
    assert check_python(code, source=wat(ENDLESS), mode=mode) == "done\n"


def test_signals_interrupt_that_is_handled_otherwise(check_python: CheckPython, wat: Wat) -> None:
    code = (
        BEGIN
        + """
seen = []
guest = instantiate()
signal.signal(signal.SIGINT, signal.SIG_IGN)
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    guest.exports.spin(timeout=0.4)
except TimeoutError:
    seen.append("ignored")
class Mine(Exception):
    pass
def handler(number, frame):
    raise Mine
signal.signal(signal.SIGINT, handler)
threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    guest.exports.spin()
except Mine:
    seen.append("mine")
print(seen)
"""
    )
    assert check_python(code, source=wat(ENDLESS)) == "['ignored', 'mine']\n"
