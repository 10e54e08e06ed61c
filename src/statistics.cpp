// SPDX-License-Identifier: Apache-2.0
// Binds Statistics (wasmedge/wasmedge_configure.h).
#include "statistics.hpp"

#include <cmath>
#include <string>

#include "construction.hpp"
#include "errors.hpp"
#include "integers.hpp"
#include "mappings.hpp"
#include "opcodes.hpp"
#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

void require(bool switched_on, const char* what, const char* setting) {
  if (switched_on) return;
  throw_value_error(std::string(what) + " is not measured: make the VM or Executor with Configure(" + setting +
                    "=True)");
}

std::uint64_t statistics_instruction_count(const Statistics& self) {
  require(self.counts_instructions(), "the instruction count", "count_instructions");
  return self.instruction_count();
}

double statistics_instructions_per_second(const Statistics& self) {
  require(self.counts_instructions(), "the instruction count", "count_instructions");
  require(self.measures_time(), "the execution time", "measure_time");
  return self.instructions_per_second();
}

std::uint64_t statistics_total_cost(const Statistics& self) {
  require(self.measures_cost(), "the cost", "measure_cost");
  return self.total_cost();
}

/// A mapping changes single opcodes of the initial table, where each instruction costs 1.
std::vector<std::uint64_t> cost_table_from_mapping(const py::object& costs) {
  std::vector<std::uint64_t> table(Statistics::kCostTableSize, 1);
  for (const auto& [key, cost] : copy_of_mapping(costs)) {
    const std::uint64_t opcode = number_from(key, "an opcode");
    const auto position = internal_opcode(opcode);
    if (!position) throw_value_error("there is no instruction with the opcode " + std::to_string(opcode));
    table[*position] = number_from(cost, "a cost");
  }
  return table;
}

/// A sequence is the whole table: the costs of the opcodes from 0 on, and 0 for those beyond its end.
std::vector<std::uint64_t> cost_table_from_sequence(const py::iterable& costs) {
  std::vector<std::uint64_t> table(Statistics::kCostTableSize, 0);
  std::uint64_t opcode = 0;
  for (const py::handle cost : costs) {
    if (opcode == Statistics::kCostTableSize) throw_value_error("a sequence of costs has at most 65536 items");
    const std::uint64_t number = number_from(cost, "a cost");
    if (const auto position = internal_opcode(opcode++)) table[*position] = number;
  }
  return table;
}

void statistics_set_cost_table(Statistics& self, const py::iterable& costs) {
  const bool is_mapping = py::hasattr(costs, "keys");
  self.set_cost_table(is_mapping ? cost_table_from_mapping(costs) : cost_table_from_sequence(costs));
}

py::dict statistics_cost_table(const Statistics& self) {
  py::dict costs;
  for (std::size_t i = 0; i < all_opcodes().size(); ++i) costs[py::int_(all_opcodes()[i])] = self.cost_table()[i];
  return costs;
}

void statistics_set_cost_limit(Statistics& self, const py::object& limit) {
  self.set_cost_limit(limit.is_none() ? std::nullopt : std::optional(number_from(limit, "cost_limit")));
}

/// The runtime tells the time only by this ratio, which is no number when there is no time.
double seconds_of(WasmEdge_StatisticsContext* context) noexcept {
  const double per_second = WasmEdge_StatisticsGetInstrPerSecond(context);
  const auto count = static_cast<double>(WasmEdge_StatisticsGetInstrCount(context));
  return std::isfinite(per_second) && per_second > 0 ? count / per_second : 0.0;
}

}  // namespace

void Statistics::attach(const Configure& configure) noexcept {
  if (configure.counts_instructions()) counts_instructions_ = true;
  if (configure.measures_cost()) measures_cost_ = true;
  if (configure.measures_time()) measures_time_ = true;
  WasmEdge_StatisticsSetCostLimit(context_.get(), cost_limit_);
}

void Statistics::set_cost_table(std::vector<std::uint64_t> table) {
  WasmEdge_StatisticsSetCostTable(context_.get(), table.data(), static_cast<std::uint32_t>(table.size()));
  cost_table_ = std::move(table);
  ++cost_table_version_;
}

std::uint64_t Statistics::cost_left() const noexcept {
  const std::uint64_t limit = cost_limit_;
  const std::uint64_t spent = total_cost();
  if (limit == UINT64_MAX) return limit;
  return spent < limit ? limit - spent : 0;
}

void Statistics::add(WasmEdge_StatisticsContext* call) noexcept {
  added_instructions_ += WasmEdge_StatisticsGetInstrCount(call);
  added_cost_ += WasmEdge_StatisticsGetTotalCost(call);
  added_seconds_ += seconds_of(call);
}

std::uint64_t Statistics::instruction_count() const noexcept {
  return WasmEdge_StatisticsGetInstrCount(context_.get()) + added_instructions_;
}

std::uint64_t Statistics::total_cost() const noexcept {
  return WasmEdge_StatisticsGetTotalCost(context_.get()) + added_cost_;
}

double Statistics::instructions_per_second() const noexcept {
  const double added = added_seconds_;
  if (added == 0.0) return WasmEdge_StatisticsGetInstrPerSecond(context_.get());
  return static_cast<double>(instruction_count()) / (seconds_of(context_.get()) + added);
}

void Statistics::clear() noexcept {
  WasmEdge_StatisticsClear(context_.get());
  added_instructions_ = 0;
  added_cost_ = 0;
  added_seconds_ = 0.0;
}

std::optional<std::uint64_t> Statistics::cost_limit() const noexcept {
  const std::uint64_t limit = cost_limit_;
  return limit == UINT64_MAX ? std::nullopt : std::optional(limit);
}

void Statistics::set_cost_limit(std::optional<std::uint64_t> limit) noexcept {
  cost_limit_ = limit.value_or(UINT64_MAX);
  WasmEdge_StatisticsSetCostLimit(context_.get(), cost_limit_);
}

void register_statistics(py::module_& m) {
  py::classh<Statistics>(m, "Statistics", py::is_final(), guarded_metaclass(), "Counters of what executors have run.",
                         guarded())
      .def(py::init<>())
      .def_property_readonly("instruction_count", &statistics_instruction_count, "The number of instructions executed.")
      .def_property_readonly("instructions_per_second", &statistics_instructions_per_second,
                             "Executed instructions by the time spent in them.")
      .def_property_readonly("total_cost", &statistics_total_cost, "The summed-up cost of executed instructions.")
      .def_property("cost_limit", &Statistics::cost_limit, &statistics_set_cost_limit,
                    "The cost at which execution ends with CostLimitExceeded, or None.")
      .def_property("cost_table", &statistics_cost_table, &statistics_set_cost_table,
                    "What each instruction costs, by opcode.")
      .def("clear", &Statistics::clear, "Set the counters to zero.");
}

}  // namespace wasmedge
