// SPDX-License-Identifier: Apache-2.0
// A module instance.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "anchor.hpp"
#include "equality.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// A module instance as Python sees it: one of any number of holders of its anchor.
class Instance {
 public:
  explicit Instance(py::object anchor) : anchor_(std::move(anchor)), address_(anchor_.ptr()) {}

  /// Makes an empty instance, for host functions and other objects to be added to.
  static Instance make_host(const std::string& name);

  /// Throws ValueError when closed.
  const py::object& anchor() const;

  /// Whether close() was called, or the collector has taken the instance apart.
  bool is_closed() const noexcept { return !anchor_ || !anchor_of(anchor_).instance; }

  /// Whether another object stands for the same instance. One that is closed stands for nothing, and is itself only.
  bool is_same(const Instance& other) const noexcept {
    if (this == &other) return true;
    return address_ == other.address_ && !is_closed() && !other.is_closed();
  }

  /// Stays as it is when the object is closed.
  py::ssize_t hash() const noexcept { return hash_address(address_); }

  WasmEdge_ModuleInstanceContext* context() const { return anchor_of(anchor()).instance.get(); }

  /// The name that it was registered under; empty for an anonymous instance.
  std::string name() const;

  /// The name; throws ValueError when there is none to register under.
  std::string require_name() const;

  /// Lets go of the instance. What others hold of it stays valid.
  void close() { const py::object released = std::move(anchor_); }

  /// The exported object of that name, or a null object. GIL held.
  py::object find(const std::string& name) const;

  /// The name under which an object is exported by the instance that its anchor keeps, or nothing. GIL held.
  static std::optional<std::string> find_name(const py::object& anchor, const py::object& object);

  /// The names of everything exported, kind by kind.
  std::vector<std::string> export_names() const;

  /// Takes an object that stands alone over, under a name. Throws ValueError when that cannot be. GIL held.
  void add(const std::string& name, const py::object& object) const;

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    visitor(anchor_);
  }
  void clear() { close(); }

 protected:
  /// Makes this object stand for another instance.
  void rebind(py::object anchor) {
    anchor_ = std::move(anchor);
    address_ = anchor_.ptr();
  }

  /// Exports a function in the place of another, before anything has imported that one. GIL held.
  static void replace_in(const py::object& anchor, const std::string& name, const py::object& function);

 private:
  py::object anchor_;
  const void* address_;  // of the anchor, which may be gone
};

/// The exported names of one kind, sorted as the runtime keeps them.
using ListNames = std::uint32_t (*)(const WasmEdge_ModuleInstanceContext*, WasmEdge_String*, std::uint32_t) noexcept;
std::vector<std::string> list_names(const WasmEdge_ModuleInstanceContext* instance, ListNames list);

/// "fib, memory", of many only the first: "a, b, … and 21 more".
std::string join_names(const std::vector<std::string>& names);

}  // namespace wasmedge
