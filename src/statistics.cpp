// SPDX-License-Identifier: Apache-2.0
// Binds Statistics (wasmedge/wasmedge_configure.h).
#include "statistics.hpp"

#include <string>

#include "construction.hpp"
#include "errors.hpp"
#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

/// The runtime indexes its table by 16-bit opcodes and fills what is missing with 0.
constexpr std::size_t kCostTableSize = 65536;

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

std::size_t opcode_from(py::handle key) {
  const auto opcode = key.cast<std::uint64_t>();
  if (opcode >= kCostTableSize) throw_value_error("opcode " + std::to_string(opcode) + " is beyond 65535");
  return opcode;
}

/// A dict changes single opcodes of the initial table, where each instruction costs 1.
std::vector<std::uint64_t> cost_table_from(const py::dict& costs) {
  std::vector<std::uint64_t> table(kCostTableSize, 1);
  for (const auto& [opcode, cost] : costs) table[opcode_from(opcode)] = cost.cast<std::uint64_t>();
  return table;
}

std::vector<std::uint64_t> cost_table_from(const py::iterable& costs) {
  std::vector<std::uint64_t> table;
  for (const py::handle cost : costs) {
    if (table.size() == kCostTableSize) throw_value_error("a cost table has at most 65536 entries");
    table.push_back(cost.cast<std::uint64_t>());
  }
  return table;
}

void statistics_set_cost_table(Statistics& self, const py::iterable& costs) {
  self.set_cost_table(py::isinstance<py::dict>(costs) ? cost_table_from(costs.cast<py::dict>())
                                                      : cost_table_from(costs));
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
  // Filled up here: the runtime's own copy must not change its size under a running call.
  table.resize(kCostTableSize, 0);
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
      .def_property("cost_limit", &Statistics::cost_limit, &Statistics::set_cost_limit,
                    "The cost at which execution ends with CostLimitExceeded, or None.")
      .def_property("cost_table", &Statistics::cost_table, &statistics_set_cost_table,
                    "What each instruction costs, by opcode.")
      .def("clear", &statistics_clear, "Set the counters to zero.");
}

}  // namespace wasmedge
