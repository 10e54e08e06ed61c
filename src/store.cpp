// SPDX-License-Identifier: Apache-2.0
// Binds Store, the mapping of names to instances (wasmedge/wasmedge_execution.h).
#include "store.hpp"

#include <memory>
#include <utility>

#include "construction.hpp"
#include "errors.hpp"
#include "garbage.hpp"
#include "instance.hpp"
#include "mappings.hpp"
#include "register.hpp"
#include "text.hpp"
#include "wasi.hpp"

namespace wasmedge {
namespace {

py::object store_getitem(const Store& self, const Name& name) {
  py::object instance = self.get(name.text);
  if (!instance) throw_key_error("no instance is registered as '" + name.text + "'");
  return instance;
}

py::object store_get(const Store& self, const Name& name, const py::object& fallback) {
  const py::object instance = self.get(name.text);
  return instance ? instance : fallback;
}

bool store_contains(const Store& self, const py::object& name) {
  return py::isinstance<py::str>(name) && static_cast<bool>(self.find(name.cast<Name>().text));
}

py::iterator store_iter(const Store& self) { return py::iter(py::cast(self.names())); }
std::size_t store_len(const Store& self) { return self.names().size(); }

py::object store_keys(const py::object& self) { return mapping_method(self, "keys")(); }
py::object store_values(const py::object& self) { return mapping_method(self, "values")(); }
py::object store_items(const py::object& self) { return mapping_method(self, "items")(); }

std::string store_repr(const Store& self) {
  std::string text;
  for (const std::string& name : self.names()) text += (text.empty() ? "" : ", ") + name;
  return "<Store of " + (text.empty() ? "nothing" : text) + ">";
}

}  // namespace

py::object Store::share(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = instances_.find(name);
  return found == instances_.end() ? py::object() : found->second;
}

py::object Store::get(const std::string& name) const {
  py::object found = share(name);
  if (!found || py::isinstance<WasiModule>(found)) return found;
  return py::cast(Instance(found.cast<const Instance&>().anchor()));
}

py::object Store::find(const std::string& name) const {
  const py::object instance = share(name);
  return instance ? instance.cast<const Instance&>().anchor() : py::object();
}

void Store::require_free(const std::string& name) const {
  if (!share(name)) return;
  raise(RuntimeFailure(WasmEdge_ErrCode_ModuleNameConflict, "an instance is registered as '" + name + "' already"));
}

void Store::add(const std::string& name, const py::object& instance) {
  require_free(name);
  py::object share =
      py::isinstance<WasiModule>(instance) ? instance : py::cast(Instance(instance.cast<const Instance&>().anchor()));
  const std::lock_guard lock(mutex_);
  instances_.emplace(name, std::move(share));
}

void Store::remove(const std::string& name, const py::object& instance) {
  const py::object found = share(name);  // dies after the lock is released: that may run Python code
  if (!found || !found.equal(instance)) return;
  const std::lock_guard lock(mutex_);
  instances_.erase(name);
}

std::vector<std::string> Store::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  names.reserve(instances_.size());
  for (const auto& [name, instance] : instances_) names.push_back(name);
  return names;
}

void Store::clear() {
  std::map<std::string, py::object> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(instances_);
}

void register_store(py::module_& m) {
  py::classh<Store> cls(m, "Store", py::is_final(), guarded_metaclass(), "Named instances, for modules to import from.",
                        collectable<Store>());
  cls.def(py::init<>())
      .def("__getitem__", &store_getitem, py::arg("name"))
      .def("get", &store_get, py::arg("name"), py::arg("default") = py::none(),
           "Return the instance of that name, or a default.")
      .def("keys", &store_keys, "Return a view of the names.")
      .def("values", &store_values, "Return a view of the instances.")
      .def("items", &store_items, "Return a view of the names and their instances.")
      .def("__contains__", &store_contains, py::arg("name"))
      .def("__iter__", &store_iter)
      .def("__len__", &store_len)
      .def("__repr__", &store_repr);
  register_mapping(cls);
}

}  // namespace wasmedge
