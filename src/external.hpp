// SPDX-License-Identifier: Apache-2.0
// What tables, memories, globals and tags have in common: a context that an anchor keeps alive.
#pragma once

#include <cstddef>
#include <utility>

#include "anchor.hpp"
#include "equality.hpp"
#include "errors.hpp"
#include "extern_types.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// A context of an instance, or one that stands alone until an instance takes it over.
template <class Context, WasmEdge_ExternalType Kind>
class External {
 public:
  /// Its name in messages.
  static const char* kind() noexcept { return kind_name(Kind); }

  External(py::object anchor, Context* context) : anchor_(std::move(anchor)), context_(context) {}

  /// Throws ValueError when is_closed().
  Context* context() const {
    if (closed_) throw_closed(kind());
    living_anchor(anchor_, "instance of this object");
    return context_;
  }

  /// Whether the object was closed, or the collector has taken it or its instance apart.
  bool is_closed() const noexcept { return closed_ || !anchor_ || !anchor_of(anchor_).alive(); }

  /// Whether another object stands for the same context. One that is closed stands for nothing, and is itself only.
  bool is_same(const External& other) const noexcept {
    if (this == &other) return true;
    return context_ == other.context_ && !is_closed() && !other.is_closed();
  }

  /// Stays as it is when the object is closed.
  py::ssize_t hash() const noexcept { return hash_address(context_); }

  const py::object& anchor() const noexcept { return anchor_; }

  /// Makes this object stand for the same context under another owner.
  void rebind(const py::object& anchor) { anchor_ = anchor; }

  /// Refuses whatever is asked from now on, and lets go of the anchor as soon as nobody borrows from it. What others hold
  /// of it stays valid.
  void clear() {
    closed_ = true;
    if (borrowers_ != 0) return;
    const py::object released = std::move(anchor_);
  }

  /// Keeps the anchor for somebody who holds this object and points into the context, until give_back().
  void lend() noexcept { ++borrowers_; }
  void give_back() {
    --borrowers_;
    if (closed_) clear();
  }

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    visitor(anchor_);
  }

 private:
  py::object anchor_;
  Context* context_;
  std::size_t borrowers_ = 0;
  bool closed_ = false;
};

/// Makes an object of class T that stands alone. `make` gets its anchor, to keep what the value that it begins with refers
/// to, and gives the context.
template <class T, class Make>
T make_standalone(Make&& make) {
  Anchor anchor;
  anchor.executor = default_executor();
  anchor.label = T::kind();
  const py::object owner = make_anchor(std::move(anchor));
  auto* context = make(owner);
  anchor_of(owner).standalone = own_standalone(context);
  return T(owner, context);
}

/// Two objects for one context are equal, however they were found.
template <class T>
py::object same_context(const T& self, const py::object& other) {
  if (!py::isinstance<T>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
  return py::bool_(self.is_same(other.cast<const T&>()));
}

}  // namespace wasmedge
