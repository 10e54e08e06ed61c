// SPDX-License-Identifier: Apache-2.0
// Binds Validator (wasmedge/wasmedge_execution.h).
#include "validator.hpp"

#include "construction.hpp"
#include "errors.hpp"
#include "fork_gate.hpp"
#include "gil.hpp"
#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<Validator> validator_make(std::shared_ptr<Configure> configure) {
  return std::make_shared<Validator>(*or_default(std::move(configure)));
}

}  // namespace

void Validator::validate(Module& module) {
  drop_log_records();
  raising([&] {
    const GilRelease release;
    const ForkPass pass;
    const std::lock_guard lock(mutex_);
    module.validate(context_.get());
  });
  flush_log_records();
}

void register_validator(py::module_& m) {
  py::classh<Validator>(m, "Validator", py::is_final(), guarded_metaclass(), "Validates modules.", guarded())
      .def(py::init(&validator_make), py::arg("configure") = py::none())
      .def("validate", &Validator::validate, py::arg("module"), "Check that a module is valid.");
}

}  // namespace wasmedge
