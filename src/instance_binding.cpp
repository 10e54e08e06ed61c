// SPDX-License-Identifier: Apache-2.0
// Binds Instance.
#include "errors.hpp"
#include "exports.hpp"
#include "function.hpp"
#include "garbage.hpp"
#include "global.hpp"
#include "instance.hpp"
#include "instance_kinds.hpp"
#include "memory.hpp"
#include "register.hpp"
#include "table.hpp"

namespace wasmedge {
namespace {

/// A read-only dict of the exports of one kind.
template <WasmEdge_ExternalType Kind>
py::object instance_mapping(const Instance& self) {
  const InstanceKind& kind = instance_kinds()[Kind];
  const py::object anchor = self.anchor();
  py::dict found;
  for (const std::string& name : list_names(self.context(), kind.list)) found[py::str(name)] = kind.find(anchor, name);
  return py::reinterpret_steal<py::object>(PyDictProxy_New(found.ptr()));
}

/// What keeps a function, memory, table or global alive; a null object for anything else.
py::object anchor_of_external(const py::object& object) {
  if (is_function(object)) return function_anchor(object);
  if (py::isinstance<Memory>(object)) return object.cast<const Memory&>().anchor();
  if (py::isinstance<Table>(object)) return object.cast<const Table&>().anchor();
  if (py::isinstance<Global>(object)) return object.cast<const Global&>().anchor();
  return {};
}

/// (instance, name) of an object that an instance owns and exports; None for one that stands alone, or has no name.
py::object locate(const py::object& object) {
  const py::object anchor = anchor_of_external(object);
  if (!anchor) return py::none();
  const auto name = Instance::find_name(anchor, object);
  if (!name) return py::none();
  return py::make_tuple(Instance(anchor), *name);
}

Exports instance_exports(const Instance& self) { return Exports(self); }

/// Two objects for one module instance are equal, however they were found.
py::object instance_equal(const Instance& self, const py::object& other) {
  if (!py::isinstance<Instance>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
  return py::bool_(self.anchor().is(other.cast<const Instance&>().anchor()));
}

py::ssize_t instance_hash(const Instance& self) {
  return static_cast<py::ssize_t>(std::hash<const void*>()(self.anchor().ptr()) >> 4);
}

std::string instance_repr(const py::object& object) {
  const auto& self = object.cast<const Instance&>();
  try {
    const std::string name = self.name();
    return "<Instance " + (name.empty() ? anchor_of(self.anchor()).label : "'" + name + "'") + ">";
  } catch (const py::value_error&) {
    return "<Instance closed>";
  }
}

py::object instance_enter(const py::object& self) { return self; }
void instance_exit(Instance& self, const py::args&) { self.close(); }

}  // namespace

void register_instance(py::module_& m) {
  py::classh<Instance>(m, "Instance", "An instance of a module.", collectable<Instance>())
      .def(py::init(&Instance::make_host), py::arg("name"))
      .def_property_readonly("name", &Instance::name, "The name that the instance was made with, or an empty string.")
      .def_property_readonly("exports", &instance_exports, "The exported objects, as attributes and as items.")
      .def_property_readonly("functions", &instance_mapping<WasmEdge_ExternalType_Function>,
                             "The exported functions by name.")
      .def_property_readonly("tables", &instance_mapping<WasmEdge_ExternalType_Table>, "The exported tables by name.")
      .def_property_readonly("memories", &instance_mapping<WasmEdge_ExternalType_Memory>,
                             "The exported memories by name.")
      .def_property_readonly("globals", &instance_mapping<WasmEdge_ExternalType_Global>,
                             "The exported globals by name.")
      .def_property_readonly("tags", &instance_mapping<WasmEdge_ExternalType_Tag>, "The exported tags by name.")
      .def("add", &Instance::add, py::arg("name"), py::arg("object"), "Export an object that stands alone.")
      .def("close", &Instance::close, "Let go of the instance.")
      .def("__enter__", &instance_enter)
      .def("__exit__", &instance_exit)
      .def("__eq__", &instance_equal, py::arg("other"))
      .def("__hash__", &instance_hash)
      .def("__repr__", &instance_repr);
  m.def("_locate", &locate, py::arg("object"), "Return the instance that exports an object, and the name, or None.");
}

}  // namespace wasmedge
