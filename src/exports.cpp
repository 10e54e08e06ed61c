// SPDX-License-Identifier: Apache-2.0
// Binds Exports: the names of an instance (wasmedge/wasmedge_instance.h) as attributes and items.
#include "exports.hpp"

#include "construction.hpp"
#include "errors.hpp"
#include "garbage.hpp"
#include "mappings.hpp"
#include "register.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

std::vector<std::string> exports_names(const Exports& self) { return self.instance().export_names(); }

/// "it exports fib, memory", for the message about a name that is not there.
std::string describe_exports(const Exports& self) {
  const std::vector<std::string> names = exports_names(self);
  return "it exports " + (names.empty() ? "nothing" : join_names(names));
}

std::string missing_message(const Exports& self, const std::string& name) {
  return anchor_of(self.instance().anchor()).label + " exports no '" + name + "'; " + describe_exports(self);
}

py::object exports_getitem(const Exports& self, const Name& name) {
  if (py::object found = self.instance().find(name.text)) return found;
  throw_key_error(missing_message(self, name.text));
}

/// Called only for what is not in __dict__ yet.
py::object exports_getattr(const py::object& object, const Name& name) {
  const auto& self = object.cast<const Exports&>();
  py::object found = self.instance().find(name.text);
  if (!found) throw_attribute_error(missing_message(self, name.text));
  object.attr("__dict__")[to_str(name.text)] = found;
  return found;
}

void exports_delattr(const Exports&, const Name& name) {
  throw_attribute_error("exports are read-only: cannot delete '" + name.text + "'");
}

void exports_setattr(const Exports&, const Name& name, const py::object&) {
  throw_attribute_error("exports are read-only: cannot set '" + name.text + "'");
}

bool exports_contains(const Exports& self, const py::object& name) {
  return py::isinstance<py::str>(name) && static_cast<bool>(self.instance().find(name.cast<Name>().text));
}

py::iterator exports_iter(const Exports& self) { return py::iter(py::cast(exports_names(self))); }
std::size_t exports_len(const Exports& self) { return exports_names(self).size(); }

/// What a mapping has by this name, unless an export has it: modules export functions such as get.
py::object exports_method(const py::object& object, const char* name) {
  if (py::object found = object.cast<const Exports&>().instance().find(name)) return found;
  return mapping_method(object, name);
}

py::object exports_keys(const py::object& self) { return exports_method(self, "keys"); }
py::object exports_values(const py::object& self) { return exports_method(self, "values"); }
py::object exports_items(const py::object& self) { return exports_method(self, "items"); }
py::object exports_get(const py::object& self) { return exports_method(self, "get"); }

std::string exports_repr(const Exports& self) {
  if (self.instance().is_closed()) return "<Exports closed>";
  return "<Exports of " + anchor_of(self.instance().anchor()).label + ": " + describe_exports(self).substr(3) + ">";
}

}  // namespace

void register_exports(py::module_& m) {
  py::classh<Exports> cls(m, "Exports", py::is_final(), guarded_metaclass(), "The exports of an instance.",
                          py::dynamic_attr(), collectable<Exports, true>());
  cls.def("__getattr__", &exports_getattr, py::arg("name"))
      .def("__delattr__", &exports_delattr, py::arg("name"))
      .def("__setattr__", &exports_setattr, py::arg("name"), py::arg("value"))
      .def("__getitem__", &exports_getitem, py::arg("name"))
      .def("__contains__", &exports_contains, py::arg("name"))
      .def("__iter__", &exports_iter)
      .def("__len__", &exports_len)
      .def("__dir__", &exports_names)
      .def_property_readonly("keys", &exports_keys, "A method that returns a view of the names.")
      .def_property_readonly("values", &exports_values, "A method that returns a view of the objects.")
      .def_property_readonly("items", &exports_items, "A method that returns a view of the names and objects.")
      .def_property_readonly("get", &exports_get, "A method that returns an object by its name, or a default.")
      .def("__repr__", &exports_repr);
  register_mapping(cls);
}

}  // namespace wasmedge
