// SPDX-License-Identifier: Apache-2.0
// Binds Store, the mapping of names to instances (wasmedge/wasmedge_execution.h).
#include "store.hpp"

#include <memory>
#include <utility>

#include "construction.hpp"
#include "errors.hpp"
#include "garbage.hpp"
#include "instance.hpp"
#include "register.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

py::object store_getitem(const Store& self, const Name& name) {
  py::object anchor = self.find(name.text);
  if (!anchor) throw py::key_error("no instance is registered as '" + name.text + "'");
  return py::cast(Instance(std::move(anchor)));
}

py::object store_get(const Store& self, const Name& name, const py::object& fallback) {
  py::object anchor = self.find(name.text);
  return anchor ? py::cast(Instance(std::move(anchor))) : fallback;
}

bool store_contains(const Store& self, const py::object& name) {
  return py::isinstance<py::str>(name) && static_cast<bool>(self.find(name.cast<Name>().text));
}

py::iterator store_iter(const Store& self) { return py::iter(py::cast(self.names())); }
std::size_t store_len(const Store& self) { return self.names().size(); }

std::string store_repr(const Store& self) {
  std::string text;
  for (const std::string& name : self.names()) text += (text.empty() ? "" : ", ") + name;
  return "<Store of " + (text.empty() ? "nothing" : text) + ">";
}

}  // namespace

py::object Store::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = anchors_.find(name);
  return found == anchors_.end() ? py::object() : found->second;
}

void Store::require_free(const std::string& name) const {
  if (name.empty()) throw_value_error("an instance is registered under a name that is not empty");
  if (!find(name)) return;
  throw RuntimeFailure(WasmEdge_ErrCode_ModuleNameConflict, "an instance is registered as '" + name + "' already");
}

void Store::add(const std::string& name, const py::object& anchor) {
  require_free(name);
  const std::lock_guard lock(mutex_);
  anchors_.emplace(name, anchor);
}

void Store::remove(const std::string& name, const py::object& anchor) {
  py::object dropped;  // dies after the lock is released: that may run Python code
  const std::lock_guard lock(mutex_);
  const auto found = anchors_.find(name);
  if (found == anchors_.end() || !found->second.is(anchor)) return;
  dropped = std::move(found->second);
  anchors_.erase(found);
}

std::vector<std::string> Store::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  names.reserve(anchors_.size());
  for (const auto& [name, anchor] : anchors_) names.push_back(name);
  return names;
}

void Store::clear() {
  std::map<std::string, py::object> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(anchors_);
}

void register_store(py::module_& m) {
  py::classh<Store>(m, "Store", py::is_final(), guarded_metaclass(), "Named instances, for modules to import from.",
                    collectable<Store>())
      .def(py::init<>())
      .def("__getitem__", &store_getitem, py::arg("name"))
      .def("get", &store_get, py::arg("name"), py::arg("default") = py::none(),
           "Return the instance of that name, or a default.")
      .def("__contains__", &store_contains, py::arg("name"))
      .def("__iter__", &store_iter)
      .def("__len__", &store_len)
      .def("__repr__", &store_repr);
}

}  // namespace wasmedge
