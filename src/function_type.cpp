// SPDX-License-Identifier: Apache-2.0
// Binds ValType and FunctionType (wasmedge/wasmedge_value.h, wasmedge/wasmedge_ast.h).
#include <algorithm>
#include <string_view>

#include "construction.hpp"
#include "equality.hpp"
#include "errors.hpp"
#include "register.hpp"
#include "text.hpp"
#include "types.hpp"

namespace wasmedge {
namespace {

using Slots = std::vector<FunctionType::Slot>;
using ValTypes = std::vector<ValType>;

Slots to_slots(const ValTypes& types) {
  Slots slots;
  slots.reserve(types.size());
  for (const ValType& type : types) slots.push_back({type.raw, kind_of(type.raw)});
  return slots;
}

std::string join(const Slots& slots) {
  std::string text = "(";
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i != 0) text += ", ";
    text += name_of(slots[i].type);
  }
  return text + ")";
}

bool same(const Slots& left, const Slots& right) noexcept {
  const auto equal_types = [](const auto& a, const auto& b) { return WasmEdge_ValTypeIsEqual(a.type, b.type); };
  return std::ranges::equal(left, right, equal_types);
}

/// The types that a program can name. Others (typed references) come out of modules only.
const std::vector<std::pair<const char*, WasmEdge_ValType>>& named_types() {
  static const std::vector<std::pair<const char*, WasmEdge_ValType>> types{
      {"I32", WasmEdge_ValTypeGenI32()},
      {"I64", WasmEdge_ValTypeGenI64()},
      {"F32", WasmEdge_ValTypeGenF32()},
      {"F64", WasmEdge_ValTypeGenF64()},
      {"V128", WasmEdge_ValTypeGenV128()},
      {"FUNCREF", WasmEdge_ValTypeGenFuncRef()},
      {"EXTERNREF", WasmEdge_ValTypeGenExternRef()},
  };
  return types;
}

ValType val_type_from_name(std::string_view name) {
  for (const auto& [key, type] : named_types()) {
    if (name == name_of(type)) return {type};
  }
  throw_value_error("unknown value type '" + std::string(name) +
                    "': expected i32, i64, f32, f64, v128, funcref or externref");
}

ValTypes val_types_from(const py::iterable& objects) {
  // A str is iterable too, by characters, which nobody means.
  if (py::isinstance<py::str>(objects)) throw_type_error("expected a sequence of value types, not str");
  ValTypes types;
  for (const py::handle object : objects) types.push_back(val_type_from(object));
  return types;
}

/// "(i32, i32)", "()" or a single type without parentheses.
ValTypes parse_types(std::string_view text) {
  text = strip(text);
  const bool enclosed = text.size() >= 2 && text.front() == '(' && text.back() == ')';
  if (enclosed) text = strip(text.substr(1, text.size() - 2));
  ValTypes types;
  while (!text.empty()) {
    const auto comma = text.find(',');
    types.push_back(val_type_from_name(strip(text.substr(0, comma))));
    if (comma == std::string_view::npos) break;
    text = strip(text.substr(comma + 1));
    if (text.empty()) throw_value_error("a function type has a type after each comma");
  }
  return types;
}

/// "(i32, i32) -> i64"; without an arrow there are no results.
std::shared_ptr<FunctionType> parse_function_type(std::string_view text) {
  const auto arrow = text.find("->");
  if (strip(text.substr(0, arrow)).empty()) {
    throw_value_error("a function type is written like '(i32, i32) -> i64', not '" + std::string(text) + "'");
  }
  const ValTypes results = arrow == std::string_view::npos ? ValTypes() : parse_types(text.substr(arrow + 2));
  return std::make_shared<FunctionType>(parse_types(text.substr(0, arrow)), results);
}

std::shared_ptr<FunctionType> function_type_make(const py::iterable& params, const py::iterable& results) {
  return std::make_shared<FunctionType>(val_types_from(params), val_types_from(results));
}

std::shared_ptr<FunctionType> function_type_parse(const Name& text) { return parse_function_type(text.text); }

py::tuple to_tuple(const Slots& slots) {
  py::tuple types(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) types[i] = ValType{slots[i].type};
  return types;
}

py::tuple function_type_params(const FunctionType& self) { return to_tuple(self.params()); }
py::tuple function_type_results(const FunctionType& self) { return to_tuple(self.results()); }
std::string function_type_repr(const FunctionType& self) { return "<FunctionType " + self.text() + ">"; }
py::ssize_t function_type_hash(const FunctionType& self) { return py::hash(py::str(self.text())); }
py::tuple function_type_reduce(const FunctionType& self) {
  return reduced<FunctionType>(py::make_tuple(to_tuple(self.params()), to_tuple(self.results())));
}

std::string val_type_repr(const ValType& self) { return "<ValType " + name_of(self.raw) + ">"; }
std::string val_type_str(const ValType& self) { return name_of(self.raw); }

/// Without the first two bytes, padding and a mark, which do not take part in equality (facts: the runtime's ValType).
py::ssize_t val_type_hash(const ValType& self) {
  return py::hash(py::bytes(reinterpret_cast<const char*>(self.raw.Data) + 2, sizeof self.raw.Data - 2));
}

/// By name, not by bytes: these may differ between versions of the runtime, and mean nothing outside of a module that
/// defines types.
py::tuple val_type_reduce(const ValType& self) {
  const auto is_self = [&](const auto& named) { return self == ValType{named.second}; };
  if (std::ranges::none_of(named_types(), is_self)) {
    throw_type_error("cannot pickle or copy the value type " + name_of(self.raw) + ", which is a module's own");
  }
  return reduced<ValType>(py::make_tuple(name_of(self.raw)));
}
ValType val_type_make(const Name& name) { return val_type_from_name(name.text); }

void register_val_type(py::module_& m) {
  py::classh<ValType> cls(m, "ValType", py::is_final(), guarded_metaclass(), "A WebAssembly value type.", guarded());
  cls.def(py::init(&val_type_make), py::arg("name"))
      .def("__str__", &val_type_str)
      .def("__repr__", &val_type_repr)
      .def("__eq__", &equal<ValType>, py::arg("other"))
      .def("__hash__", &val_type_hash)
      .def("__reduce__", &val_type_reduce);
  for (const auto& [name, type] : named_types()) cls.attr(name) = ValType{type};
}

}  // namespace

ValType val_type_from(py::handle object) {
  if (py::isinstance<py::str>(object)) return val_type_from_name(object.cast<Name>().text);
  if (py::isinstance<ValType>(object)) return object.cast<ValType>();
  throw_type_error(std::string("expected a ValType or its name, not ") + Py_TYPE(object.ptr())->tp_name);
}

std::shared_ptr<FunctionType> function_type_from(py::handle object) {
  if (py::isinstance<py::str>(object)) return parse_function_type(object.cast<Name>().text);
  if (py::isinstance<FunctionType>(object)) return object.cast<std::shared_ptr<FunctionType>>();
  throw_type_error(std::string("expected a FunctionType or a str like '(i32) -> i64', not ") +
                   Py_TYPE(object.ptr())->tp_name);
}

FunctionType::FunctionType(const ValTypes& params, const ValTypes& results)
    : params_(to_slots(params)), results_(to_slots(results)) {}

std::shared_ptr<FunctionType> FunctionType::copy_of(const WasmEdge_FunctionTypeContext* context) {
  std::vector<WasmEdge_ValType> raw(WasmEdge_FunctionTypeGetParametersLength(context));
  const auto wrap_all = [&raw] {
    ValTypes types;
    for (const WasmEdge_ValType& type : raw) types.push_back({type});
    return types;
  };
  WasmEdge_FunctionTypeGetParameters(context, raw.data(), static_cast<std::uint32_t>(raw.size()));
  const ValTypes params = wrap_all();
  raw.resize(WasmEdge_FunctionTypeGetReturnsLength(context));
  WasmEdge_FunctionTypeGetReturns(context, raw.data(), static_cast<std::uint32_t>(raw.size()));
  return std::make_shared<FunctionType>(params, wrap_all());
}

std::shared_ptr<WasmEdge_FunctionTypeContext> FunctionType::context() const {
  const auto raw = [](const Slots& slots) {
    std::vector<WasmEdge_ValType> types;
    for (const Slot& slot : slots) types.push_back(slot.type);
    return types;
  };
  const auto params = raw(params_);
  const auto results = raw(results_);
  return own(WasmEdge_FunctionTypeCreate(params.data(), static_cast<std::uint32_t>(params.size()), results.data(),
                                         static_cast<std::uint32_t>(results.size())));
}

std::string FunctionType::params_text() const { return join(params_); }

std::string FunctionType::text() const {
  return params_text() + " -> " + (results_.size() == 1 ? name_of(results_[0].type) : join(results_));
}

bool operator==(const FunctionType& left, const FunctionType& right) noexcept {
  return same(left.params_, right.params_) && same(left.results_, right.results_);
}

void register_function_type(py::module_& m) {
  register_val_type(m);
  py::classh<FunctionType>(m, "FunctionType", py::is_final(), guarded_metaclass(),
                           "The parameter and result types of a function.", guarded())
      .def(py::init(&function_type_parse), py::arg("text"))
      .def(py::init(&function_type_make), py::arg("params") = py::tuple(), py::arg("results") = py::tuple())
      .def_property_readonly("params", &function_type_params, "The parameter types, in order.")
      .def_property_readonly("results", &function_type_results, "The result types, in order.")
      .def("__str__", &FunctionType::text)
      .def("__repr__", &function_type_repr)
      .def("__eq__", &equal<FunctionType>, py::arg("other"))
      .def("__hash__", &function_type_hash)
      .def("__reduce__", &function_type_reduce);
}

}  // namespace wasmedge
