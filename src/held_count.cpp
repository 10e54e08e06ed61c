// SPDX-License-Identifier: Apache-2.0
// Begins a call into compiled code that never ends (wasmedge/wasmedge_execution.h, wasmedge/wasmedge_aot.h).
#include "held_count.hpp"

#include <array>
#include <csetjmp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <wasmedge/wasmedge.h>

#include "compiler.hpp"
#include "configure.hpp"
#include "errors.hpp"
#include "handles.hpp"

namespace wasmedge {
namespace {

/// (module (import "e" "f" (func)) (func (export "g") (call 0)))
constexpr std::array<std::uint8_t, 42> kCallingModule{0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01,
                                                      0x60, 0x00, 0x00, 0x02, 0x07, 0x01, 0x01, 0x65, 0x01, 0x66, 0x00,
                                                      0x00, 0x03, 0x02, 0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x67, 0x00,
                                                      0x01, 0x0a, 0x06, 0x01, 0x04, 0x00, 0x10, 0x00, 0x0b};

thread_local std::jmp_buf way_out;

/// Leaves the call into compiled code for ever, past the runtime's frames: its count of calls stays as it is. What these
/// frames own is lost, and nothing else uses the executor.
WasmEdge_Result leave(void*, const WasmEdge_CallingFrameContext*, const WasmEdge_Value*, WasmEdge_Value*) {
  std::longjmp(way_out, 1);  // NOLINT(modernize-avoid-setjmp-longjmp): exceptions are what the runtime's frames catch
}

/// A directory that is gone at the end of the scope.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_((std::filesystem::temp_directory_path() / "wasmedge-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw RuntimeFailure(WasmEdge_ErrCode_IllegalPath, "cannot make a temporary directory for compiled code", {},
                           "CompileError");
    }
  }
  ~TemporaryDirectory() {
    std::error_code ignored;  // what is left is swept away with the rest of the directory
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  TemporaryDirectory(TemporaryDirectory&&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;

  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// What the call that never ends runs on. None of it is ever freed.
struct Unending {
  WasmEdge_ExecutorContext* executor = nullptr;
  const WasmEdge_FunctionInstanceContext* function = nullptr;
};

Unending make_unending() {
  const Configure configure;
  WasmEdge_ConfigureCompilerSetOptimizationLevel(configure.context(), WasmEdge_CompilerOptimizationLevel_O0);
  WasmEdge_ConfigureCompilerSetOutputFormat(configure.context(), WasmEdge_CompilerOutputFormat_Native);
  WasmEdge_ConfigureSetRunMode(configure.context(), WasmEdge_RunMode_AOT);
  const TemporaryDirectory directory;
  const std::string path = directory.file("call.so");
  Compiler(configure).compile(kCallingModule, "the call that does not end", path);
  const char* subject = "cannot prepare for compiled code";
  const auto loader = own(WasmEdge_LoaderCreate(configure.context()));
  WasmEdge_ASTModuleContext* module = nullptr;
  check_unlocked(WasmEdge_LoaderParseFromFile(loader.get(), &module, path.c_str()), subject);
  const auto validator = own(WasmEdge_ValidatorCreate(configure.context()));
  check_unlocked(WasmEdge_ValidatorValidate(validator.get(), module), subject);

  Unending made;
  made.executor = WasmEdge_ExecutorCreate(configure.context(), nullptr);
  WasmEdge_StoreContext* store = WasmEdge_StoreCreate();
  WasmEdge_ModuleInstanceContext* host = WasmEdge_ModuleInstanceCreate(wrap("e"));
  const auto type = own(WasmEdge_FunctionTypeCreate(nullptr, 0, nullptr, 0));
  WasmEdge_ModuleInstanceAddFunction(host, wrap("f"), WasmEdge_FunctionInstanceCreate(type.get(), &leave, nullptr, 0));
  check_unlocked(WasmEdge_ExecutorRegisterImport(made.executor, store, host), subject);
  WasmEdge_ModuleInstanceContext* instance = nullptr;
  check_unlocked(WasmEdge_ExecutorInstantiate(made.executor, &instance, store, module), subject);
  made.function = WasmEdge_ModuleInstanceFindFunction(instance, wrap("g"));
  return made;
}

}  // namespace

void hold_count() {
  drop_log_records();
  const Unending call = make_unending();
  std::thread thread([&call] {
    // NOLINTNEXTLINE(modernize-avoid-setjmp-longjmp)
    if (setjmp(way_out) == 0) WasmEdge_ExecutorInvoke(call.executor, call.function, nullptr, 0, nullptr, 0);
  });
  thread.join();
}

}  // namespace wasmedge
