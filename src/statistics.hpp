// SPDX-License-Identifier: Apache-2.0
// Counters of what executors have run.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "configure.hpp"
#include "handles.hpp"

namespace wasmedge {

/// A C statistics context (its counters are atomic) with what the runtime forgets: the limit, and what is switched on.
class Statistics {
 public:
  static constexpr std::size_t kCostTableSize = 65536;

  Statistics() : context_(own(WasmEdge_StatisticsCreate())) {}

  WasmEdge_StatisticsContext* context() const noexcept { return context_.get(); }

  /// Called by each executor that counts here, after it was made: making it resets the limit of the C context.
  void attach(const Configure& configure) noexcept;

  bool counts_instructions() const noexcept { return counts_instructions_; }
  bool measures_cost() const noexcept { return measures_cost_; }
  bool measures_time() const noexcept { return measures_time_; }

  std::optional<std::uint64_t> cost_limit() const noexcept;
  void set_cost_limit(std::optional<std::uint64_t> limit) noexcept;

  /// The costs by the runtime's own numbers of the instructions. Always as many: the runtime's copy must not change its
  /// size under a running call. GIL held.
  const std::vector<std::uint64_t>& cost_table() const noexcept { return cost_table_; }
  void set_cost_table(std::vector<std::uint64_t> table);

  /// Changes with the table.
  std::uint64_t cost_table_version() const noexcept { return cost_table_version_; }

  /// How much the limit allows beyond what has been spent.
  std::uint64_t cost_left() const noexcept;

  /// Adds the counters of a call that had some of its own.
  void add(WasmEdge_StatisticsContext* call) noexcept;

  std::uint64_t instruction_count() const noexcept;
  std::uint64_t total_cost() const noexcept;
  double instructions_per_second() const noexcept;
  void clear() noexcept;

 private:
  std::shared_ptr<WasmEdge_StatisticsContext> context_;
  std::vector<std::uint64_t> cost_table_ = std::vector<std::uint64_t>(kCostTableSize, 1);  // as the runtime begins
  std::uint64_t cost_table_version_ = 0;
  std::atomic<std::uint64_t> cost_limit_{UINT64_MAX};
  std::atomic<std::uint64_t> added_instructions_{0};
  std::atomic<std::uint64_t> added_cost_{0};
  std::atomic<double> added_seconds_{0.0};
  std::atomic<bool> counts_instructions_{false};
  std::atomic<bool> measures_cost_{false};
  std::atomic<bool> measures_time_{false};
};

}  // namespace wasmedge
