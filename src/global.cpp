// SPDX-License-Identifier: Apache-2.0
// Binds Global (wasmedge/wasmedge_instance.h).
#include "global.hpp"

#include <string>

#include "construction.hpp"
#include "errors.hpp"
#include "garbage.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

WasmEdge_Value to_value(const py::object& object, const GlobalType& type, py::handle keeper) {
  return to_wasm(object, kind_of(type.val_type.raw), type.val_type.raw, {"global value", "", 0}, keeper);
}

Global global_make(const py::object& wanted, const py::object& value) {
  const GlobalType type = global_type_from(wanted);
  return make_standalone<Global>([&](const py::object& owner) {
    return WasmEdge_GlobalInstanceCreate(type.context().get(), to_value(value, type, owner));
  });
}

py::object global_get(const Global& self) {
  const WasmEdge_ValType type = self.type().val_type.raw;
  const WasmEdge_Value value = WasmEdge_GlobalInstanceGetValue(self.context());
  return py::reinterpret_steal<py::object>(to_python(value, kind_of(type), type, self.anchor()));
}

void global_set(Global& self, const py::object& object) {
  const GlobalType type = self.type();
  if (type.mutability == WasmEdge_Mutability_Const) {
    raise(RuntimeFailure(WasmEdge_ErrCode_SetValueToConst, "cannot set a constant global of type " + type.text()));
  }
  check(WasmEdge_GlobalInstanceSetValue(self.context(), to_value(object, type, self.anchor())),
        "cannot set the global");
}

/// Ends what Py_ReprEnter() has begun.
class ReprGuard {
 public:
  explicit ReprGuard(py::handle object) noexcept : object_(object) {}
  ~ReprGuard() { Py_ReprLeave(object_.ptr()); }
  ReprGuard(const ReprGuard&) = delete;
  ReprGuard& operator=(const ReprGuard&) = delete;
  ReprGuard(ReprGuard&&) = delete;
  ReprGuard& operator=(ReprGuard&&) = delete;

 private:
  py::handle object_;
};

/// The value for people to read. A reference that only guests can use has none.
std::string value_text(const Global& self) {
  py::object value;
  try {
    value = global_get(self);
  } catch (const py::error_already_set& error) {
    if (!error.matches(PyExc_TypeError)) throw;
    return ", no Python object";
  }
  return " " + py::repr(value).cast<std::string>();
}

/// A global may refer to itself.
std::string global_repr(const py::object& object) {
  const auto& self = object.cast<const Global&>();
  if (self.is_closed()) return "<Global closed>";
  const int entered = Py_ReprEnter(object.ptr());
  if (entered < 0) throw py::error_already_set();
  if (entered > 0) return "<Global ...>";
  const ReprGuard guard(object);
  return "<Global " + self.type().text() + value_text(self) + ">";
}

}  // namespace

void register_global(py::module_& m) {
  py::classh<Global>(m, "Global", py::is_final(), guarded_metaclass(), "A global variable or constant.",
                     collectable<Global>())
      .def(py::init(&global_make), py::arg("type"), py::arg("value"))
      .def_property_readonly("type", &Global::type, "The type of the value, and whether it can be changed.")
      .def_property("value", &global_get, &global_set, "The current value.")
      .def("__eq__", &same_context<Global>, py::arg("other"))
      .def("__hash__", &Global::hash)
      .def("__repr__", &global_repr);
}

}  // namespace wasmedge
