// SPDX-License-Identifier: Apache-2.0
// Binds the types of tables, memories, globals and tags (wasmedge/wasmedge_ast.h).
#include "types.hpp"

#include "construction.hpp"
#include "equality.hpp"
#include "errors.hpp"
#include "integers.hpp"
#include "register.hpp"
#include "table_caps.hpp"

namespace wasmedge {
namespace {

/// Where a limit is wanted, a number is one without a maximum.
Limit limit_from(py::handle object) {
  if (py::isinstance<Limit>(object)) return object.cast<Limit>();
  if (const py::object min = int_from(object)) return py::type::of<Limit>()(min).cast<Limit>();
  throw_type_error(std::string("expected a Limit or an int, not ") + Py_TYPE(object.ptr())->tp_name);
}

TableType table_type_make(const py::object& ref_type, const py::object& limit) {
  TableType type{val_type_from(ref_type), limit_from(limit)};
  if (!WasmEdge_ValTypeIsRef(type.ref_type.raw)) {
    throw_type_error("a table is of references, not of " + name_of(type.ref_type.raw));
  }
  if (type.limit.shared) throw_value_error("tables cannot be shared");
  return type;
}

MemoryType memory_type_make(const py::object& limit) { return {limit_from(limit)}; }

GlobalType global_type_make(const py::object& val_type, WasmEdge_Mutability mutability) {
  return {val_type_from(val_type), mutability};
}

/// What all of these classes have.
template <class T, class... Options>
void define_value(py::class_<T, Options...>& cls, const char* name) {
  cls.def("__str__", &T::text)
      .def("__eq__", &equal<T>, py::arg("other"))
      .def("__hash__", [](const T& self) { return py::hash(py::str(self.text())); })
      .def("__repr__", [name](const T& self) { return std::string("<") + name + " " + self.text() + ">"; });
}

py::tuple table_type_reduce(const TableType& self) {
  return reduced<TableType>(py::make_tuple(self.ref_type, self.limit));
}
py::tuple memory_type_reduce(const MemoryType& self) { return reduced<MemoryType>(py::make_tuple(self.limit)); }
py::tuple global_type_reduce(const GlobalType& self) {
  return reduced<GlobalType>(py::make_tuple(self.val_type, self.mutability));
}
py::tuple tag_type_params(const TagType& self) { return py::cast(self.function_type).attr("params"); }

}  // namespace

TableType TableType::copy_of(const WasmEdge_TableTypeContext* context) {
  TableType type{{WasmEdge_TableTypeGetRefType(context)}, Limit::copy_of(WasmEdge_TableTypeGetLimit(context))};
  // Our own cap on growing is no part of the type that was declared.
  if (type.limit.max == kMaxTableElements) type.limit.max.reset();
  return type;
}

std::shared_ptr<WasmEdge_TableTypeContext> TableType::context() const {
  return own(WasmEdge_TableTypeCreate(ref_type.raw, limit.context().get()));
}

std::string TableType::text() const { return name_of(ref_type.raw) + " " + limit.text(); }

MemoryType MemoryType::copy_of(const WasmEdge_MemoryTypeContext* context) {
  return {Limit::copy_of(WasmEdge_MemoryTypeGetLimit(context))};
}

std::shared_ptr<WasmEdge_MemoryTypeContext> MemoryType::context() const {
  return own(WasmEdge_MemoryTypeCreate(limit.context().get()));
}

std::string MemoryType::text() const { return limit.text(); }

GlobalType GlobalType::copy_of(const WasmEdge_GlobalTypeContext* context) {
  return {{WasmEdge_GlobalTypeGetValType(context)}, WasmEdge_GlobalTypeGetMutability(context)};
}

std::shared_ptr<WasmEdge_GlobalTypeContext> GlobalType::context() const {
  return own(WasmEdge_GlobalTypeCreate(val_type.raw, mutability));
}

std::string GlobalType::text() const {
  return (mutability == WasmEdge_Mutability_Var ? "var " : "const ") + name_of(val_type.raw);
}

TagType TagType::copy_of(const WasmEdge_TagTypeContext* context) {
  return {FunctionType::copy_of(WasmEdge_TagTypeGetFunctionType(context))};
}

void register_types(py::module_& m) {
  py::classh<TableType> table(m, "TableType", py::is_final(), guarded_metaclass(), "The type of a table.", guarded());
  table.def(py::init(&table_type_make), py::arg("ref_type"), py::arg("limit"))
      .def_readonly("ref_type", &TableType::ref_type, "The type of the elements.")
      .def_readonly("limit", &TableType::limit, "The size, in elements.")
      .def("__reduce__", &table_type_reduce);
  define_value(table, "TableType");
  py::classh<MemoryType> memory(m, "MemoryType", py::is_final(), guarded_metaclass(), "The type of a memory.",
                                guarded());
  memory.def(py::init(&memory_type_make), py::arg("limit"))
      .def_readonly("limit", &MemoryType::limit, "The size, in pages of 64 KiB.")
      .def("__reduce__", &memory_type_reduce);
  define_value(memory, "MemoryType");
  py::classh<GlobalType> global(m, "GlobalType", py::is_final(), guarded_metaclass(), "The type of a global.",
                                guarded());
  global.def(py::init(&global_type_make), py::arg("val_type"), py::arg("mutability") = WasmEdge_Mutability_Const)
      .def_readonly("val_type", &GlobalType::val_type, "The type of the value.")
      .def_readonly("mutability", &GlobalType::mutability, "Whether the value can be changed.")
      .def("__reduce__", &global_type_reduce);
  define_value(global, "GlobalType");
  py::classh<TagType> tag(m, "TagType", py::is_final(), guarded_metaclass(), "The type of an exception tag.",
                          guarded());
  tag.def_property_readonly("params", &tag_type_params, "The types of the values that an exception carries.");
  define_value(tag, "TagType");
}

}  // namespace wasmedge
