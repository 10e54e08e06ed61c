// SPDX-License-Identifier: Apache-2.0
// Binds Table (wasmedge/wasmedge_instance.h).
#include "table.hpp"

#include <optional>
#include <string>

#include "construction.hpp"
#include "errors.hpp"
#include "garbage.hpp"
#include "integers.hpp"
#include "register.hpp"
#include "table_caps.hpp"

namespace wasmedge {
namespace {

WasmEdge_Value to_element(const py::object& object, const TableType& type, py::handle keeper) {
  return to_wasm(object, kind_of(type.ref_type.raw), type.ref_type.raw, {"table element", "", 0}, keeper);
}

/// The runtime allocates all elements at once, and cannot fail without ending the process.
void check_size(std::uint64_t size) {
  if (size <= kMaxTableElements) return;
  throw_value_error("a table has at most " + std::to_string(kMaxTableElements) + " elements, not " +
                    std::to_string(size));
}

/// The same type with a maximum that the runtime can allocate.
TableType capped(TableType type) {
  check_size(type.limit.min);
  type.limit.max = std::min(type.limit.max.value_or(kMaxTableElements), kMaxTableElements);
  return type;
}

Table table_make(const py::object& wanted, const py::object& init) {
  const TableType type = capped(table_type_from(wanted));
  return make_standalone<Table>([&](const py::object& owner) {
    return WasmEdge_TableInstanceCreateWithInit(type.context().get(), to_element(init, type, owner));
  });
}

/// An index as Python means it: negative ones count from the end.
std::uint64_t to_index(const Table& self, const py::object& object) {
  const std::int64_t index = position_from(object, "index");
  const auto size = static_cast<std::int64_t>(self.size());
  const std::int64_t position = index < 0 ? index + size : index;
  if (position >= 0 && position < size) return static_cast<std::uint64_t>(position);
  throw_index_error("index " + std::to_string(index) + " is outside of the table of " + std::to_string(size) +
                    " elements");
}

py::object table_getitem(const Table& self, const py::object& index) {
  WasmEdge_Value value;
  check(WasmEdge_TableInstanceGetData(self.context(), &value, to_index(self, index)), "table element");
  const WasmEdge_ValType type = self.type().ref_type.raw;
  return py::reinterpret_steal<py::object>(to_python(value, kind_of(type), type, self.anchor()));
}

void table_setitem(Table& self, const py::object& index, const py::object& object) {
  const std::uint64_t position = to_index(self, index);
  const WasmEdge_Value value = to_element(object, self.type(), self.anchor());
  check(WasmEdge_TableInstanceSetData(self.context(), value, position), "table element");
}

/// Over the elements as they are at each step, like a list's.
py::iterator table_iter(const py::object& self) {
  return py::reinterpret_steal<py::iterator>(PySeqIter_New(self.ptr()));
}

void table_grow(Table& self, const py::object& number) {
  const std::uint64_t count = size_from(number, "count");
  const std::uint64_t size = self.size();
  const std::uint64_t highest = std::min(self.type().limit.max.value_or(kMaxTableElements), kMaxTableElements);
  if (count > highest || size > highest - count) {
    throw_value_error("cannot grow the table of " + std::to_string(size) + " elements by " + std::to_string(count) +
                      ": its maximum is " + std::to_string(highest));
  }
  check(WasmEdge_TableInstanceGrow(self.context(), count), "cannot grow the table");
}

std::string table_repr(const Table& self) {
  if (self.is_closed()) return "<Table closed>";
  const std::uint64_t size = self.size();
  const TableType type = self.type();
  std::string text = "<Table of " + std::to_string(size) + " " + name_of(type.ref_type.raw);
  if (type.limit.max) text += ", max " + std::to_string(*type.limit.max);
  return text + ">";
}

}  // namespace

void register_table(py::module_& m) {
  py::classh<Table>(m, "Table", py::is_final(), guarded_metaclass(), "A table of references.", collectable<Table>())
      .def(py::init(&table_make), py::arg("type"), py::arg("init") = py::none())
      .def_property_readonly("type", &Table::type, "The type of the elements, and the limits.")
      .def("grow", &table_grow, py::arg("count"), "Add elements, which are what the table began with.")
      .def("__getitem__", &table_getitem, py::arg("index"))
      .def("__setitem__", &table_setitem, py::arg("index"), py::arg("value"))
      .def("__iter__", &table_iter)
      .def("__len__", &Table::size)
      .def("__eq__", &same_context<Table>, py::arg("other"))
      .def("__hash__", &Table::hash)
      .def("__repr__", &table_repr);
}

}  // namespace wasmedge
