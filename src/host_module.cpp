// SPDX-License-Identifier: Apache-2.0
// Binds _HostModule, the base of instances that are classes in Python (wasmedge/hosts/module.py).
#include <string>
#include <utility>

#include "errors.hpp"
#include "garbage.hpp"
#include "instance.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

/// An instance of host functions, from whose class Python's may derive.
class HostModule : public Instance {
 public:
  explicit HostModule(Instance instance) : Instance(std::move(instance)) {}
};

HostModule host_module_make(const std::string& name) { return HostModule(Instance::make_host(name)); }

/// tp_new of the class and of those derived from it. The object is whole before anything in Python sees it, so that no
/// derived class can use itself before its base is constructed; a later call of this __init__ does nothing.
PyObject* host_module_new(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  auto made = py::reinterpret_steal<py::object>(guarded_new(type, args, keywords));
  if (!made) return nullptr;
  try {
    const py::object name = py::getattr(py::handle(reinterpret_cast<PyObject*>(type)), "_name", py::none());
    if (!py::isinstance<py::str>(name)) {
      throw_type_error(std::string(type->tp_name) + " names no module: derive from HostModule with name=...");
    }
    py::type::of<HostModule>().attr("__init__")(made, name);
  } catch (...) {
    set_python_error();
    return nullptr;
  }
  return made.release().ptr();
}

py::custom_type_setup host_module_setup() {
  static const py::custom_type_setup collecting = collectable<HostModule>();
  return py::custom_type_setup([](PyHeapTypeObject* type) {
    collecting.value(type);
    type->ht_type.tp_new = &host_module_new;
  });
}

}  // namespace

void register_host_module(py::module_& m) {
  py::classh<HostModule, Instance>(m, "_HostModule", guarded_metaclass(),
                                   "An instance that Python classes derive from.", host_module_setup())
      .def(py::init(&host_module_make), py::arg("name"));
}

}  // namespace wasmedge
