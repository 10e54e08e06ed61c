// SPDX-License-Identifier: Apache-2.0
// Binds ExternRef; over no header of WasmEdge's.
#include "externref.hpp"

#include <memory>
#include <string>

#include "garbage.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

std::shared_ptr<ExternRef> externref_make(const py::object& value) {
  return std::make_shared<ExternRef>(ExternRef{value});
}

std::string externref_repr(const ExternRef& self) {
  return "ExternRef(" + py::repr(self.value).cast<std::string>() + ")";
}

}  // namespace

void register_externref(py::module_& m) {
  py::classh<ExternRef>(m, "ExternRef", py::is_final(), guarded_metaclass(), "A reference to any Python object.",
                        collectable<ExternRef>())
      .def(py::init(&externref_make), py::arg("value"))
      .def_readonly("value", &ExternRef::value, "The object.")
      .def("__repr__", &externref_repr);
}

}  // namespace wasmedge
