// SPDX-License-Identifier: Apache-2.0
// What a runtime is configured with.
#pragma once

#include <memory>

#include "handles.hpp"

namespace wasmedge {

/// A C configure context. The C API copies it into each consumer and locks it by itself, so it may be changed and shared at
/// any time, and a change reaches only what is made afterwards.
class Configure {
 public:
  /// WebAssembly 2.0, without the proposals of 3.0: the runtime's own default has known sandbox escapes among them.
  Configure();

  WasmEdge_ConfigureContext* context() const noexcept { return context_.get(); }

  bool counts_instructions() const noexcept {
    return WasmEdge_ConfigureStatisticsIsInstructionCounting(context_.get());
  }
  bool measures_cost() const noexcept { return WasmEdge_ConfigureStatisticsIsCostMeasuring(context_.get()); }
  bool measures_time() const noexcept { return WasmEdge_ConfigureStatisticsIsTimeMeasuring(context_.get()); }

  std::uint64_t max_memory_pages() const noexcept { return WasmEdge_ConfigureGetMaxMemoryPage(context_.get()); }

 private:
  std::shared_ptr<WasmEdge_ConfigureContext> context_;
};

/// The caller's configuration, or the default one for None.
inline std::shared_ptr<Configure> or_default(std::shared_ptr<Configure> configure) {
  return configure ? std::move(configure) : std::make_shared<Configure>();
}

}  // namespace wasmedge
