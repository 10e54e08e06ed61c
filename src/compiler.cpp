// SPDX-License-Identifier: Apache-2.0
// Binds Compiler (wasmedge/wasmedge_compiler.h). How files are read, checked and put in place is written in Python.
#include "compiler.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/stat.h>

#include <array>
#include <csignal>
#include <exception>
#include <limits>
#include <mutex>
#include <string_view>
#include <utility>

#include "construction.hpp"
#include "errors.hpp"
#include "fork_gate.hpp"
#include "gil.hpp"
#include "llvm.hpp"
#include "llvm_contexts.hpp"
#include "module_ast.hpp"
#include "native_obstacles.hpp"
#include "pybind.hpp"
#include "register.hpp"
#include "table_caps.hpp"

namespace wasmedge {

namespace {

/// LLVM's linker resets LLVM's global options each time that it runs (LLVM 21, lld/ELF/Driver.cpp), while the code
/// generator of another compilation reads them: so one compilation of a process at a time.
GlobalMutex compiling;

/// Signals that LLVM takes for itself while it writes files, so as to remove them, and never gives back.
constexpr std::array kSignals{SIGHUP,  SIGINT,  SIGTERM, SIGUSR2, SIGILL,  SIGTRAP, SIGABRT, SIGFPE, SIGBUS,
                              SIGSEGV, SIGQUIT, SIGSYS,  SIGXCPU, SIGXFSZ, SIGPIPE, SIGUSR1, SIGALRM};

/// Gives the process its signal handlers back. LLVM takes them once, so what it does later is not disturbed by that; the
/// lock above keeps another compilation out meanwhile.
class KeepSignals {
 public:
  KeepSignals() noexcept {
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], nullptr, &before_[i]);
  }
  ~KeepSignals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction now{};
      ::sigaction(kSignals[i], nullptr, &now);
      if (is_llvm(kSignals[i], now) && !is_llvm(kSignals[i], before_[i]))
        ::sigaction(kSignals[i], &before_[i], nullptr);
    }
  }
  KeepSignals(const KeepSignals&) = delete;
  KeepSignals& operator=(const KeepSignals&) = delete;
  KeepSignals(KeepSignals&&) = delete;
  KeepSignals& operator=(KeepSignals&&) = delete;

 private:
  /// By the library that the handler is in: LLVM's own, or the runtime's with LLVM in it. The runtime has handlers of its
  /// own for traps, which are none of our business.
  static bool is_llvm(int signal, const struct sigaction& action) noexcept {
    const bool is_trap = signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE;
    Dl_info library{};
    if (::dladdr(reinterpret_cast<void*>(action.sa_sigaction), &library) == 0) return false;
    const std::string_view path(library.dli_fname);
    return path.find("libLLVM") != std::string_view::npos ||
           (!is_trap && path.find("libwasmedge") != std::string_view::npos);
  }

  std::array<struct sigaction, kSignals.size()> before_{};
};

/// Has LLVM's linker do its work on the thread that calls it, as its option --threads=1 does, which the runtime has no way to
/// give. Threads of its own would be missing in a child of a fork, where the next link would wait for them for good, and
/// keep memory for each link (lld/include/lld/Common/Memory.h: they give it back when they end, which they never do). There
/// is nothing for several of them to do: what it links is one file.
void link_serially() noexcept {
  // The first member of llvm::parallel::strategy says how many threads are wanted (llvm/Support/Parallel.h).
  auto* const threads = of_llvm<unsigned>("_ZN4llvm8parallel8strategyE");
  if (threads != nullptr) *threads = 1;
}

/// Runs work on a thread with a stack for LLVM's recursions, which follow the shape of the module; on this thread if there
/// can be no such thread. What it throws is thrown here.
template <class Work>
void with_large_stack(Work&& work) {
  constexpr std::size_t size = std::size_t{256} << 20;  // of addresses: memory is what is touched
  struct Job {
    Work& work;
    std::exception_ptr failure;
  } job{work, nullptr};
  const auto begin = [](void* argument) -> void* {
    auto& todo = *static_cast<Job*>(argument);
    try {
      todo.work();
    } catch (...) {
      todo.failure = std::current_exception();
    }
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_t thread{};
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // Python's signals are handled by Python's threads.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const bool started =
      pthread_attr_setstacksize(&attributes, size) == 0 && pthread_create(&thread, &attributes, begin, &job) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (!started) return work();
  pthread_join(thread, nullptr);
  if (job.failure) std::rethrow_exception(job.failure);
}

/// A module that is no module, or not valid, fails as it does elsewhere; what the compiler itself says is a CompileError.
void check_compiled(WasmEdge_Result result, const std::string& label, const OffsetShift& shift) {
  if (WasmEdge_ResultOK(result)) return;
  std::vector<LogRecord> details = take_log_records();
  shift.undo(details);
  const std::uint32_t phase = WasmEdge_ResultGetCode(result) >> 8;
  const bool is_modules_fault = phase == 1 || phase == 2;
  const bool is_path = WasmEdge_ResultGetCode(result) == WasmEdge_ErrCode_IllegalPath;
  throw RuntimeFailure(result, "cannot compile " + label, std::move(details),
                       is_modules_fault && !is_path ? "" : "CompileError");
}

/// The linker's failures are only lines of the log, or on stderr; the result is success (0.17.1, codegen.cpp).
void check_output(const std::string& label, const std::string& output) {
  struct stat found{};
  if (::stat(output.c_str(), &found) == 0 && found.st_size > 0) return;
  throw RuntimeFailure(WasmEdge_ErrCode_IllegalPath,
                       "cannot compile " + label + ": the linker wrote no file; is there space left?",
                       take_log_records(), "CompileError");
}

std::shared_ptr<Compiler> compiler_make(std::shared_ptr<Configure> configure) {
  return std::make_shared<Compiler>(*or_default(std::move(configure)));
}

/// To a path, or to bytes; the rest is written in Python.
py::object compiler_compile(const py::object& self, const py::object& source, const py::object& output,
                            const py::object& dump_ir) {
  return call_in("wasmedge.compilation", "compile", self, source, output, dump_ir);
}

Configure compiler_configure(const Compiler& self) { return self.configure().copy(); }

void compiler_compile_to(const Compiler& self, const py::object& source, const std::string& label,
                         const std::string& output) {
  const Source bytes = source_from_buffer(source);
  raising([&] { without_gil([&] { self.compile(bytes.bytes(), label, output); }); });
}

}  // namespace

void Compiler::compile(std::span<const std::uint8_t> wasm, const std::string& label, const std::string& output) const {
  check_format(wasm, label);
  if (wasm.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw RuntimeFailure(WasmEdge_ErrCode_LengthOutOfBounds, "cannot compile " + label + ": it exceeds 4 GiB");
  }
  read_limits(wasm, label);
  if (const auto obstacle = compilation_obstacle(wasm, configure_)) {
    throw RuntimeFailure(WasmEdge_ErrCode_AOTNotImpl, "cannot compile " + label + ": " + *obstacle, {}, "CompileError");
  }
  const auto capped = cap_tables(wasm);
  const Bytes safe = capped ? Bytes(capped->bytes) : wasm;
  const OffsetShift shift = capped ? capped->shift : OffsetShift();
  const std::lock_guard lock(compiling);
  const KeepSignals keep;
  link_serially();
  const auto work = [&] {
    const LlvmContexts contexts;
    const auto compiler = own(WasmEdge_CompilerCreate(configure_.context()));
    const WasmEdge_Bytes wrapped = WasmEdge_BytesWrap(safe.data(), static_cast<std::uint32_t>(safe.size()));
    drop_log_records();
    check_compiled(WasmEdge_CompilerCompileFromBytes(compiler.get(), wrapped, output.c_str()), label, shift);
    check_output(label, output);
  };
  with_large_stack(work);
}

void register_compiler(py::module_& m) {
  py::classh<Compiler>(m, "Compiler", py::is_final(), guarded_metaclass(), "Compiles modules to machine code.",
                       guarded())
      .def(py::init(&compiler_make), py::arg("configure") = py::none())
      .def("compile", &compiler_compile, py::arg("source"), py::arg("output") = py::none(), py::kw_only(),
           py::arg("dump_ir") = py::none(), "Compile a module to a file, or to bytes.")
      .def_property_readonly("_configure", &compiler_configure, "A copy of its configuration.")
      .def("_compile_to", &compiler_compile_to, py::arg("data"), py::arg("label"), py::arg("output"),
           "Compile bytes to a file in a directory that the caller removes.");
}

}  // namespace wasmedge
