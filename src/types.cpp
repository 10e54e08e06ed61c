// SPDX-License-Identifier: Apache-2.0
// Binds value types and function types (wasmedge/wasmedge_value.h, wasmedge/wasmedge_ast.h).
#include "types.hpp"

#include <algorithm>

#include "errors.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

using Slots = std::vector<FunctionType::Slot>;

Slots to_slots(const std::vector<ValType>& types) {
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
  const auto equal = [](const auto& a, const auto& b) { return WasmEdge_ValTypeIsEqual(a.type, b.type); };
  return std::ranges::equal(left, right, equal);
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

ValType val_type_from_name(const std::string& name) {
  for (const auto& [key, type] : named_types()) {
    if (name == name_of(type)) return {type};
  }
  throw_value_error("unknown value type '" + name + "': expected i32, i64, f32, f64, v128, funcref or externref");
}

/// A ValType, or its name.
ValType val_type_from(py::handle object) {
  if (py::isinstance<py::str>(object)) return val_type_from_name(object.cast<std::string>());
  if (py::isinstance<ValType>(object)) return object.cast<ValType>();
  throw_type_error(std::string("expected a ValType or its name, not ") + Py_TYPE(object.ptr())->tp_name);
}

std::vector<ValType> val_types_from(const py::iterable& objects) {
  // A str is iterable too, by characters, which nobody means.
  if (py::isinstance<py::str>(objects)) throw_type_error("expected a sequence of value types, not str");
  std::vector<ValType> types;
  for (const py::handle object : objects) types.push_back(val_type_from(object));
  return types;
}

std::shared_ptr<FunctionType> function_type_make(const py::iterable& params, const py::iterable& results) {
  return std::make_shared<FunctionType>(val_types_from(params), val_types_from(results));
}

py::tuple to_tuple(const Slots& slots) {
  py::tuple types(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) types[i] = ValType{slots[i].type};
  return types;
}

py::tuple function_type_params(const FunctionType& self) { return to_tuple(self.params()); }
py::tuple function_type_results(const FunctionType& self) { return to_tuple(self.results()); }
std::string function_type_repr(const FunctionType& self) { return "<FunctionType " + self.text() + ">"; }
py::ssize_t function_type_hash(const FunctionType& self) { return py::hash(py::str(self.text())); }

std::string val_type_str(const ValType& self) { return name_of(self.raw); }
std::string val_type_repr(const ValType& self) { return std::string("<ValType ") + name_of(self.raw) + ">"; }
py::ssize_t val_type_hash(const ValType& self) {
  // Without the first two bytes, padding and a mark, which do not take part in equality (facts: the runtime's ValType).
  return py::hash(py::bytes(reinterpret_cast<const char*>(self.raw.Data) + 2, sizeof self.raw.Data - 2));
}

/// Equality for `__eq__`: what is of another class is left to the other side.
template <class T>
py::object equal(const T& self, const py::object& other) {
  if (!py::isinstance<T>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
  return py::bool_(self == other.cast<const T&>());
}

void register_val_type(py::module_& m) {
  py::classh<ValType> cls(m, "ValType", py::is_final(), "A WebAssembly value type.");
  cls.def(py::init(&val_type_from_name), py::arg("name"))
      .def("__str__", &val_type_str)
      .def("__repr__", &val_type_repr)
      .def("__eq__", &equal<ValType>, py::arg("other"))
      .def("__hash__", &val_type_hash);
  for (const auto& [name, type] : named_types()) cls.attr(name) = ValType{type};
}

}  // namespace

FunctionType::FunctionType(const std::vector<ValType>& params, const std::vector<ValType>& results)
    : params_(to_slots(params)), results_(to_slots(results)) {}

std::shared_ptr<FunctionType> FunctionType::copy_of(const WasmEdge_FunctionTypeContext* context) {
  std::vector<WasmEdge_ValType> raw(WasmEdge_FunctionTypeGetParametersLength(context));
  const auto wrap_all = [&raw] {
    std::vector<ValType> types;
    types.reserve(raw.size());
    for (const WasmEdge_ValType& type : raw) types.push_back({type});
    return types;
  };
  WasmEdge_FunctionTypeGetParameters(context, raw.data(), static_cast<std::uint32_t>(raw.size()));
  const std::vector<ValType> params = wrap_all();
  raw.resize(WasmEdge_FunctionTypeGetReturnsLength(context));
  WasmEdge_FunctionTypeGetReturns(context, raw.data(), static_cast<std::uint32_t>(raw.size()));
  return std::make_shared<FunctionType>(params, wrap_all());
}

std::string FunctionType::params_text() const { return join(params_); }

std::string FunctionType::text() const {
  return params_text() + " -> " + (results_.size() == 1 ? name_of(results_[0].type) : join(results_));
}

bool operator==(const FunctionType& left, const FunctionType& right) noexcept {
  return same(left.params_, right.params_) && same(left.results_, right.results_);
}

void register_types(py::module_& m) {
  register_val_type(m);
  py::classh<FunctionType>(m, "FunctionType", py::is_final(), "The parameter and result types of a function.")
      .def(py::init(&function_type_make), py::arg("params") = py::tuple(), py::arg("results") = py::tuple())
      .def_property_readonly("params", &function_type_params, "The parameter types, in order.")
      .def_property_readonly("results", &function_type_results, "The result types, in order.")
      .def("__str__", &FunctionType::text)
      .def("__repr__", &function_type_repr)
      .def("__eq__", &equal<FunctionType>, py::arg("other"))
      .def("__hash__", &function_type_hash);
}

}  // namespace wasmedge
