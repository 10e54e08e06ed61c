// SPDX-License-Identifier: Apache-2.0
// What an instance holds, and how Python adds to it (wasmedge/wasmedge_instance.h). instance_binding.cpp binds it.
#include "instance.hpp"

#include <algorithm>
#include <array>

#include "errors.hpp"
#include "function.hpp"
#include "global.hpp"
#include "host_function.hpp"
#include "instance_kinds.hpp"
#include "memory.hpp"
#include "table.hpp"
#include "tag.hpp"

namespace wasmedge {
namespace {

/// Finds an export of one kind and makes its Python object; a null object when there is none.
template <class T, auto Find>
py::object find_kind(const py::object& anchor, const std::string& name) {
  auto* found = Find(anchor_of(anchor).instance.get(), wrap(name));
  return found == nullptr ? py::object() : py::cast(T(anchor, found));
}

py::object find_function(const py::object& anchor, const std::string& name) {
  auto* found = WasmEdge_ModuleInstanceFindFunction(anchor_of(anchor).instance.get(), wrap(name));
  return found == nullptr ? py::object() : make_function(anchor, found, name);
}

/// Hands a context that stands alone to an instance, which deletes it from now on.
template <class T, auto Add>
void add_external(const py::object& owner, const std::string& name, T& object) {
  auto* context = object.context();
  if (!anchor_of(object.anchor()).standalone) {
    throw_value_error(std::string("the ") + T::kind() + " belongs to an instance already, and cannot be added as '" +
                      name + "'");
  }
  Add(anchor_of(owner).instance.get(), wrap(name), context);
  take_over(object.anchor(), owner);
  object.rebind(owner);
  begin_to_store_externrefs(owner);
}

void add_function(const py::object& owner, const std::string& name, const py::object& function) {
  const Callee callee = callee_of(function);
  const py::object from = function_anchor(function);
  if (!anchor_of(from).standalone) {
    throw_value_error("the function belongs to an instance already, and cannot be added as '" + name + "'");
  }
  // A reference is kept alive by the table, global or function that it came out of, which may stand alone as well.
  if (anchor_of(from).standalone.get() != callee.context) {
    throw_value_error("a function that came as a reference cannot be added as '" + name +
                      "': add the object made first");
  }
  WasmEdge_ModuleInstanceAddFunction(anchor_of(owner).instance.get(), wrap(name),
                                     const_cast<WasmEdge_FunctionInstanceContext*>(callee.context));
  take_over(from, owner);
  rebind_function(function, owner, name);
}

/// Tries one class; gives false when the object is of another.
template <class T, auto Add>
bool add_if(const py::object& owner, const std::string& name, const py::object& object) {
  if (!py::isinstance<T>(object)) return false;
  add_external<T, Add>(owner, name, object.cast<T&>());
  return true;
}

void add_object(const py::object& owner, const std::string& name, const py::object& object) {
  if (is_function(object)) return add_function(owner, name, object);
  if (add_if<Memory, &WasmEdge_ModuleInstanceAddMemory>(owner, name, object)) return;
  if (add_if<Table, &WasmEdge_ModuleInstanceAddTable>(owner, name, object)) return;
  if (add_if<Global, &WasmEdge_ModuleInstanceAddGlobal>(owner, name, object)) return;
  throw_type_error("an instance takes functions, memories, tables and globals, not " +
                   std::string(Py_TYPE(object.ptr())->tp_name));
}

/// The object itself, or the host function of a callable.
py::object to_external(const py::object& object) {
  if (is_function(object) || PyCallable_Check(object.ptr()) == 0) return object;
  return make_host_function(nullptr, object, py::none(), 0);
}

}  // namespace

const std::array<InstanceKind, 5>& instance_kinds() {
  static constexpr std::array<InstanceKind, 5> kinds{{
      {WasmEdge_ExternalType_Function, &WasmEdge_ModuleInstanceListFunction, &find_function},
      {WasmEdge_ExternalType_Table, &WasmEdge_ModuleInstanceListTable,
       &find_kind<Table, &WasmEdge_ModuleInstanceFindTable>},
      {WasmEdge_ExternalType_Memory, &WasmEdge_ModuleInstanceListMemory,
       &find_kind<Memory, &WasmEdge_ModuleInstanceFindMemory>},
      {WasmEdge_ExternalType_Global, &WasmEdge_ModuleInstanceListGlobal,
       &find_kind<Global, &WasmEdge_ModuleInstanceFindGlobal>},
      {WasmEdge_ExternalType_Tag, &WasmEdge_ModuleInstanceListTag, &find_kind<Tag, &WasmEdge_ModuleInstanceFindTag>},
  }};
  return kinds;
}

std::vector<std::string> list_names(const WasmEdge_ModuleInstanceContext* instance, ListNames list) {
  std::vector<WasmEdge_String> raw(list(instance, nullptr, 0));
  list(instance, raw.data(), static_cast<std::uint32_t>(raw.size()));
  std::vector<std::string> names;
  names.reserve(raw.size());
  for (const WasmEdge_String& name : raw) names.emplace_back(view(name));
  return names;
}

std::string join_names(const std::vector<std::string>& names) {
  constexpr std::size_t most = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more" : text;
}

Instance Instance::make_host(const std::string& name) {
  Anchor anchor;
  anchor.executor = default_executor();
  anchor.label = name.empty() ? "an instance without a name" : "instance '" + name + "'";
  anchor.instance = own(WasmEdge_ModuleInstanceCreate(wrap(name)));
  anchor.has_only_function_types = true;
  anchor.stores_externrefs = false;
  anchor.is_host = true;
  return Instance(make_anchor(std::move(anchor)));
}

const py::object& Instance::anchor() const {
  if (is_closed()) throw_closed("instance");
  return anchor_;
}

std::string Instance::name() const { return std::string(view(WasmEdge_ModuleInstanceGetModuleName(context()))); }

std::string Instance::require_name() const {
  std::string own = name();
  if (own.empty())
    throw_value_error("an instance without a name is registered under one that is given: its own is empty");
  return own;
}

py::object Instance::find(const std::string& name) const {
  for (const InstanceKind& kind : instance_kinds()) {
    if (py::object found = kind.find(anchor(), name)) return found;
  }
  return {};
}

std::optional<std::string> Instance::find_name(const py::object& anchor, const py::object& object) {
  const WasmEdge_ModuleInstanceContext* instance = anchor_of(anchor).instance.get();
  if (instance == nullptr) return std::nullopt;
  for (const InstanceKind& kind : instance_kinds()) {
    for (const std::string& name : list_names(instance, kind.list)) {
      if (kind.find(anchor, name).equal(object)) return name;
    }
  }
  return std::nullopt;
}

std::vector<std::string> Instance::export_names() const {
  std::vector<std::string> names;
  for (const InstanceKind& kind : instance_kinds()) {
    for (std::string& name : list_names(context(), kind.list)) names.push_back(std::move(name));
  }
  return names;
}

void Instance::add(const std::string& name, const py::object& object) const {
  if (!anchor_of(anchor()).is_host) throw_value_error("only to an instance made by Instance(name) can be added");
  const py::object external = to_external(object);  // runs Python code, which may close or change this instance
  const py::object owner = anchor();
  if (find(name)) throw_value_error(anchor_of(owner).label + " has a '" + name + "' already");
  add_object(owner, name, external);
}

void Instance::replace_in(const py::object& anchor, const std::string& name, const py::object& function) {
  add_object(anchor, name, function);
}

}  // namespace wasmedge
