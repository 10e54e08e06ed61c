// SPDX-License-Identifier: Apache-2.0
// Binds Module, a parsed module (wasmedge/wasmedge_ast.h).
#include "module_ast.hpp"

#include "errors.hpp"
#include "loader.hpp"
#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<Module> module_from_file(const py::object& path, std::shared_ptr<Configure> configure) {
  return Loader(*or_default(std::move(configure))).load(source_from_path(path));
}

std::shared_ptr<Module> module_from_bytes(const py::buffer& data, std::shared_ptr<Configure> configure) {
  return Loader(*or_default(std::move(configure))).load(source_from_buffer(data));
}

std::string module_repr(const Module& self) { return "<Module " + self.label() + ">"; }

}  // namespace

void Module::validate(WasmEdge_ValidatorContext* validator) {
  const std::lock_guard lock(mutex_);
  check(WasmEdge_ValidatorValidate(validator, context_.get()), "module " + label_ + " is invalid");
  validated_ = true;
}

bool Module::is_validated() const {
  const std::lock_guard lock(mutex_);
  return validated_;
}

void register_module(py::module_& m) {
  py::classh<Module>(m, "Module", py::is_final(), "A parsed WebAssembly module.")
      .def_static("from_file", &module_from_file, py::arg("path"), py::kw_only(), py::arg("configure") = py::none(),
                  "Parse a module from a binary file.")
      .def_static("from_bytes", &module_from_bytes, py::arg("data"), py::kw_only(), py::arg("configure") = py::none(),
                  "Parse a module from bytes.")
      .def_property_readonly("is_validated", &Module::is_validated, "Whether the module has been found valid.")
      .def("__repr__", &module_repr);
}

}  // namespace wasmedge
