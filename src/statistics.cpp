// SPDX-License-Identifier: Apache-2.0
// Binds Statistics (wasmedge/wasmedge_configure.h).
#include "statistics.hpp"

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
  return WasmEdge_StatisticsGetInstrCount(self.context());
}

double statistics_instructions_per_second(const Statistics& self) {
  require(self.counts_instructions(), "the instruction count", "count_instructions");
  require(self.measures_time(), "the execution time", "measure_time");
  return WasmEdge_StatisticsGetInstrPerSecond(self.context());
}

std::uint64_t statistics_total_cost(const Statistics& self) {
  require(self.measures_cost(), "the cost", "measure_cost");
  return WasmEdge_StatisticsGetTotalCost(self.context());
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

void statistics_clear(Statistics& self) { WasmEdge_StatisticsClear(self.context()); }

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
      .def("clear", &statistics_clear, "Set the counters to zero.");
}

}  // namespace wasmedge
