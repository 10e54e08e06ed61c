// SPDX-License-Identifier: Apache-2.0
// Binds Memory (wasmedge/wasmedge_instance.h).
#include "memory.hpp"

#include <string>
#include <utility>

#include "anchor.hpp"
#include "construction.hpp"
#include "errors.hpp"
#include "gil.hpp"
#include "integers.hpp"
#include "memory_moves.hpp"
#include "memory_slots.hpp"
#include "memory_text.hpp"
#include "memory_view.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

/// The same type with a maximum that the runtime can keep to.
MemoryType capped(MemoryType type) {
  type.check();
  if (type.limit.is64) type.limit.max = std::min(type.limit.max.value_or(type.highest()), type.highest());
  return type;
}

Memory memory_make(const py::object& wanted) {
  const MemoryType type = capped(memory_type_from(wanted));
  drop_log_records();
  auto memory =
      make_standalone<Memory>([&](const py::object&) { return WasmEdge_MemoryInstanceCreate(type.context().get()); });
  flush_log_records();
  // The runtime goes on with a memory of no pages when it could not get address space or pages.
  if (memory.pages() < type.limit.min) throw std::bad_alloc();
  return memory;
}

std::string pages_text(std::uint64_t pages) { return std::to_string(pages) + (pages == 1 ? " page" : " pages"); }

std::uint64_t memory_grow(Memory& self, const py::object& number) {
  const std::uint64_t count = size_from(number, "pages");
  const std::uint64_t before = self.pages();
  auto* const context = self.context();
  const py::object alive = self.anchor();  // while another thread closes it
  const MemoryType type = self.type();
  const std::uint64_t highest = type.limit.max.value_or(type.highest());
  drop_log_records();
  const bool fits = count <= highest && before <= highest - count;
  const WasmEdge_Result result =
      fits ? without_gil([&] { return WasmEdge_MemoryInstanceGrowPage(context, count); }) : WasmEdge_Result_Fail;
  if (!WasmEdge_ResultOK(result)) {
    drop_log_records();
    throw_value_error("cannot grow the memory of " + pages_text(before) + " by " + pages_text(count) +
                      ": its maximum is " + pages_text(highest) + ", or what the configuration allows");
  }
  flush_log_records();
  return before;
}

py::object memory_enter(const py::object& self) { return self; }
void memory_exit(Memory& self, const py::args&) { self.clear(); }

std::string memory_repr(const Memory& self) {
  if (self.is_closed()) return "<Memory closed>";
  const std::uint64_t pages = self.pages();
  const auto max = self.type().limit.max;
  return "<Memory " + pages_text(pages) + " (" + std::to_string(pages * 64) + " KiB)" +
         (max ? ", max " + std::to_string(*max) : "") + ">";
}

}  // namespace

std::uint8_t* Memory::bytes(std::int64_t offset, std::uint64_t length) const {
  static std::uint8_t nothing = 0;  // what a memory without pages points to
  const std::uint64_t whole = size();
  const bool fits =
      offset >= 0 && std::cmp_less_equal(offset, whole) && length <= whole - static_cast<std::uint64_t>(offset);
  if (!fits) {
    throw_out_of_bounds(std::to_string(length) + " bytes at offset " + std::to_string(offset) +
                        " are outside of the memory of " + std::to_string(whole) + " bytes");
  }
  if (whole == 0) return &nothing;
  // The runtime gives no pointer to just past the end.
  return WasmEdge_MemoryInstanceGetPointer(context(), 0, whole) + offset;
}

void register_memory(py::module_& m) {
  py::classh<Memory> memory(m, "Memory", py::is_final(), guarded_metaclass(), "A linear memory.", memory_slots());
  memory.def(py::init(&memory_make), py::arg("type"))
      .def_property_readonly("type", &Memory::type, "The limits in pages.")
      .def_property_readonly("pages", &Memory::pages, "The current number of pages of 64 KiB.")
      .def_property_readonly("size", &Memory::size, "The current size in bytes.")
      .def("grow", &memory_grow, py::arg("pages"), "Add pages, and return how many there were.")
      .def("close", &Memory::clear, "Let go of the memory.")
      .def("__enter__", &memory_enter)
      .def("__exit__", &memory_exit)
      .def("__eq__", &same_context<Memory>, py::arg("other"))
      .def("__hash__", &Memory::hash)
      .def("__repr__", &memory_repr);
  define_moves(memory);
  define_scalars(memory);
  define_text(memory);
}

}  // namespace wasmedge
