// SPDX-License-Identifier: Apache-2.0
// Binds RunMode (wasmedge/enum_configure.h), with a member of our own.
#include "run_mode.hpp"

#include <string>

#include "errors.hpp"
#include "register.hpp"

namespace wasmedge {

RunMode run_mode_from(py::handle object) {
  if (py::isinstance<RunMode>(object)) return object.cast<RunMode>();
  if (!py::isinstance<py::str>(object)) {
    throw_type_error(std::string("a run mode is a RunMode or a str, not ") + Py_TYPE(object.ptr())->tp_name);
  }
  if (object.equal(py::str("interpreter"))) return RunMode::kInterpreter;
  if (object.equal(py::str("jit"))) return RunMode::kJit;
  if (object.equal(py::str("aot"))) return RunMode::kAot;
  if (object.equal(py::str("auto"))) return RunMode::kAuto;
  throw_value_error("a run mode is 'interpreter', 'aot', 'jit' or 'auto', not " + py::repr(object).cast<std::string>());
}

void register_run_mode(py::module_& m) {
  py::native_enum<RunMode>(m, "RunMode", "enum.Enum", "How functions are run.")
      .value("INTERPRETER", RunMode::kInterpreter)
      .value("JIT", RunMode::kJit)
      .value("AOT", RunMode::kAot)
      .value("AUTO", RunMode::kAuto)
      .finalize();
}

}  // namespace wasmedge
