// SPDX-License-Identifier: Apache-2.0
// Binds Instance (wasmedge/wasmedge_instance.h).
#include "instance.hpp"

#include "errors.hpp"
#include "exports.hpp"
#include "function.hpp"
#include "garbage.hpp"
#include "memory.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

/// A read-only dict of what `make` gives for each name.
template <class Make>
py::object mapping_of(const std::vector<std::string>& names, Make&& make) {
  py::dict found;
  for (const std::string& name : names) found[py::str(name)] = make(name);
  return py::reinterpret_steal<py::object>(PyDictProxy_New(found.ptr()));
}

py::object find_function(const py::object& anchor, const std::string& name) {
  auto* found = WasmEdge_ModuleInstanceFindFunction(anchor_of(anchor).instance.get(), wrap(name));
  return found == nullptr ? py::object() : make_function(anchor, found, name);
}

py::object find_memory(const py::object& anchor, const std::string& name) {
  auto* found = WasmEdge_ModuleInstanceFindMemory(anchor_of(anchor).instance.get(), wrap(name));
  return found == nullptr ? py::object() : py::cast(Memory(anchor, found));
}

py::object instance_functions(const Instance& self) {
  const py::object anchor = self.anchor();
  return mapping_of(list_names(self.context(), &WasmEdge_ModuleInstanceListFunction),
                    [&](const std::string& name) { return find_function(anchor, name); });
}

py::object instance_memories(const Instance& self) {
  const py::object anchor = self.anchor();
  return mapping_of(list_names(self.context(), &WasmEdge_ModuleInstanceListMemory),
                    [&](const std::string& name) { return find_memory(anchor, name); });
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

std::vector<std::string> list_names(const WasmEdge_ModuleInstanceContext* instance, ListNames list) {
  std::vector<WasmEdge_String> raw(list(instance, nullptr, 0));
  list(instance, raw.data(), static_cast<std::uint32_t>(raw.size()));
  std::vector<std::string> names;
  names.reserve(raw.size());
  for (const WasmEdge_String& name : raw) names.emplace_back(view(name));
  return names;
}

const py::object& Instance::anchor() const {
  if (!anchor_ || !anchor_of(anchor_).instance) throw_closed("instance");
  return anchor_;
}

std::string Instance::name() const { return std::string(view(WasmEdge_ModuleInstanceGetModuleName(context()))); }

py::object Instance::find(const std::string& name) const {
  if (py::object function = find_function(anchor(), name)) return function;
  return find_memory(anchor(), name);
}

void register_instance(py::module_& m) {
  py::classh<Instance>(m, "Instance", "An instance of a module.", collectable<Instance>())
      .def_property_readonly("name", &Instance::name, "The name that the instance was made with, or an empty string.")
      .def_property_readonly("exports", &instance_exports, "The exported objects, as attributes and as items.")
      .def_property_readonly("functions", &instance_functions, "The exported functions by name.")
      .def_property_readonly("memories", &instance_memories, "The exported memories by name.")
      .def("close", &Instance::close, "Let go of the instance.")
      .def("__enter__", &instance_enter)
      .def("__exit__", &instance_exit)
      .def("__eq__", &instance_equal, py::arg("other"))
      .def("__hash__", &instance_hash)
      .def("__repr__", &instance_repr);
}

}  // namespace wasmedge
