// SPDX-License-Identifier: Apache-2.0
// Sets and clears stop tokens (wasmedge/wasmedge_async.h, wasmedge/wasmedge_execution.h).
#include "stop_token.hpp"

namespace wasmedge {
namespace {

WasmEdge_Result do_nothing(void*, const WasmEdge_CallingFrameContext*, const WasmEdge_Value*, WasmEdge_Value*) {
  return WasmEdge_Result_Success;
}

/// Makes a function that does nothing, for as long as `use` runs with it.
template <class Use>
void with_empty_function(Use&& use) noexcept {
  WasmEdge_FunctionTypeContext* type = WasmEdge_FunctionTypeCreate(nullptr, 0, nullptr, 0);
  WasmEdge_FunctionInstanceContext* function = WasmEdge_FunctionInstanceCreate(type, &do_nothing, nullptr, 0);
  use(function);
  WasmEdge_FunctionInstanceDelete(function);
  WasmEdge_FunctionTypeDelete(type);
}

}  // namespace

void set_stop_token(WasmEdge_ExecutorContext* executor) noexcept {
  // The C API does that only through an asynchronous call, so one is made that has ended.
  with_empty_function([&](const WasmEdge_FunctionInstanceContext* function) {
    WasmEdge_Async* call = WasmEdge_ExecutorAsyncInvoke(executor, function, nullptr, 0);
    if (call == nullptr) return;
    WasmEdge_AsyncWait(call);
    WasmEdge_AsyncCancel(call);
    WasmEdge_AsyncDelete(call);
  });
}

void clear_stop_token(WasmEdge_ExecutorContext* executor) noexcept {
  with_empty_function([&](const WasmEdge_FunctionInstanceContext* function) {
    WasmEdge_ExecutorInvoke(executor, function, nullptr, 0, nullptr, 0);
  });
}

}  // namespace wasmedge
