// SPDX-License-Identifier: Apache-2.0
// Binds the types of tables, memories, globals and tags (wasmedge/wasmedge_ast.h).
#include "types.hpp"

#include "construction.hpp"
#include "equality.hpp"
#include "errors.hpp"
#include "integers.hpp"
#include "register.hpp"
#include "table_caps.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

/// Where a limit is wanted, a number is one without a maximum.
Limit limit_from(py::handle object) {
  if (py::isinstance<Limit>(object)) return object.cast<Limit>();
  if (py::isinstance<py::str>(object)) return Limit::parse(object.cast<Name>().text);
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

/// The first word of a text, and the rest.
std::pair<py::str, py::str> split_word(std::string_view text) {
  text = strip(text);
  const std::string_view word = text.substr(0, text.find(' '));
  return {to_str(word), to_str(strip(text.substr(word.size())))};
}

/// "funcref 1..5".
TableType table_type_parse(const Name& text) {
  const auto [ref_type, limit] = split_word(text.text);
  if (py::len(limit) == 0) {
    throw_value_error("a table type is written like 'funcref 1..5', not '" + text.text + "'");
  }
  return table_type_make(ref_type, limit);
}

MemoryType memory_type_restore(const Limit& limit) { return {limit}; }

MemoryType memory_type_make(const py::object& limit) {
  const MemoryType type{limit_from(limit)};
  type.check();
  return type;
}

GlobalType global_type_make(const py::object& val_type, WasmEdge_Mutability mutability) {
  return {val_type_from(val_type), mutability};
}

/// "i32", "const i32", "var i32", and "mut i32" as the text format has it.
GlobalType global_type_parse(const Name& text) {
  const auto [word, rest] = split_word(text.text);
  const auto mutability = word.cast<std::string>();
  if (mutability == "var" || mutability == "mut") return global_type_make(rest, WasmEdge_Mutability_Var);
  return global_type_make(mutability == "const" ? rest : to_str(text.text), WasmEdge_Mutability_Const);
}

/// Of the parameter types, or their text.
TagType tag_type_make(const py::object& params) {
  auto type = py::type::of<FunctionType>()(params).cast<std::shared_ptr<FunctionType>>();
  if (!type->results().empty()) throw_value_error("a tag type has no results, unlike " + type->text());
  return {std::move(type)};
}

/// The C++ value of an object of class T, or of what its class makes of a str.
template <class T>
T type_from(py::handle object, const char* expected) {
  if (py::isinstance<T>(object)) return object.cast<T>();
  if (py::isinstance<py::str>(object)) return py::type::of<T>()(object).template cast<T>();
  throw_type_error(std::string("expected ") + expected + ", not " + Py_TYPE(object.ptr())->tp_name);
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

/// By a function of its own: a module may declare what the class refuses.
py::tuple memory_type_reduce(const MemoryType& self) {
  return py::make_tuple(py::module_::import("wasmedge._core").attr("_make_memory_type"), py::make_tuple(self.limit));
}

py::tuple global_type_reduce(const GlobalType& self) {
  return reduced<GlobalType>(py::make_tuple(self.val_type, self.mutability));
}
py::tuple tag_type_params(const TagType& self) { return py::cast(self.function_type).attr("params"); }
py::tuple tag_type_reduce(const TagType& self) { return reduced<TagType>(py::make_tuple(tag_type_params(self))); }

}  // namespace

TableType table_type_from(py::handle object) {
  return type_from<TableType>(object, "a TableType or a str like 'funcref 1..5'");
}

MemoryType memory_type_from(py::handle object) {
  return py::isinstance<MemoryType>(object) ? object.cast<MemoryType>()
                                            : memory_type_make(py::reinterpret_borrow<py::object>(object));
}

GlobalType global_type_from(py::handle object) {
  return type_from<GlobalType>(object, "a GlobalType or a str like 'var i32'");
}

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

void MemoryType::check() const {
  const auto check_pages = [this](std::uint64_t pages, const char* what) {
    if (pages <= highest()) return;
    throw_value_error(std::string(what) + " of a " + (limit.is64 ? "64" : "32") + "-bit memory is at most " +
                      std::to_string(highest()) + " pages, not " + std::to_string(pages));
  };
  check_pages(limit.min, "min");
  if (!limit.is64) check_pages(limit.max.value_or(0), "max");
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
  table.def(py::init(&table_type_parse), py::arg("text"))
      .def(py::init(&table_type_make), py::arg("ref_type"), py::arg("limit"))
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
  m.def("_make_memory_type", &memory_type_restore, py::arg("limit"), "Make a memory type again.");
  py::classh<GlobalType> global(m, "GlobalType", py::is_final(), guarded_metaclass(), "The type of a global.",
                                guarded());
  global.def(py::init(&global_type_parse), py::arg("text"))
      .def(py::init(&global_type_make), py::arg("val_type"), py::arg("mutability") = WasmEdge_Mutability_Const)
      .def_readonly("val_type", &GlobalType::val_type, "The type of the value.")
      .def_readonly("mutability", &GlobalType::mutability, "Whether the value can be changed.")
      .def("__reduce__", &global_type_reduce);
  define_value(global, "GlobalType");
  py::classh<TagType> tag(m, "TagType", py::is_final(), guarded_metaclass(), "The type of an exception tag.",
                          guarded());
  tag.def(py::init(&tag_type_make), py::arg("params") = py::tuple())
      .def_property_readonly("params", &tag_type_params, "The types of the values that an exception carries.")
      .def("__reduce__", &tag_type_reduce);
  define_value(tag, "TagType");
}

}  // namespace wasmedge
