// SPDX-License-Identifier: Apache-2.0
// What instantiates modules and runs functions.
#pragma once

#include <memory>

#include "configure.hpp"
#include "handles.hpp"
#include "statistics.hpp"

namespace wasmedge {

/// A C executor context with the statistics that it counts into. Any number of threads may run functions on it at once.
class Executor {
 public:
  Executor(const Configure& configure, std::shared_ptr<Statistics> statistics);

  WasmEdge_ExecutorContext* context() const noexcept { return context_.get(); }

  /// The counters; made here when nothing is counted and nobody has asked before. GIL held.
  const std::shared_ptr<Statistics>& statistics();

 private:
  // Null until it is asked for when nothing is counted: each has a table of 512 KiB. Declared first, so that it outlives
  // the context that points to it.
  std::shared_ptr<Statistics> statistics_;
  std::shared_ptr<WasmEdge_ExecutorContext> context_;
};

}  // namespace wasmedge
