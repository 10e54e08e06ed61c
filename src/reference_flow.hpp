// SPDX-License-Identifier: Apache-2.0
// Where references to functions can get to.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <wasmedge/wasmedge.h>

#include "binary_reader.hpp"
#include "module_ast.hpp"

namespace wasmedge {

std::vector<const WasmEdge_ImportTypeContext*> raw_imports(const Module& module);

/// Whether references to functions can pass through an import, one way or the other.
bool passes_functions(const Module& module, const WasmEdge_ImportTypeContext* import);

/// Whether they can pass through the parameters or results of a function.
bool passes_functions(const WasmEdge_FunctionTypeContext* type);

/// The functions of a module, by index, that references are made of: those in element segments, in initial values, and those
/// that it exports. Nothing when the sections cannot be read: then it may be any.
std::optional<std::set<std::uint64_t>> referenced_functions(Bytes module);

/// Instances between which references to functions can pass, so that each may come to hold whatever the others have. At most
/// one of them is compiled: it would call compiled functions of another with its own memory (native_obstacles.hpp).
///
/// A set that grows: a node points to the one that it was joined to. All is touched with the GIL held, and never by the
/// collector: a circle holds no Python object.
class ReferenceCircle {
 public:
  using Pointer = std::shared_ptr<ReferenceCircle>;

  /// The set's representative.
  static Pointer root(const Pointer& circle);

  /// Whether both can be joined.
  static bool can_join(const Pointer& first, const Pointer& second);

  /// Joins both. Only where can_join().
  static void join(const Pointer& first, const Pointer& second);

  /// Whether there is a compiled instance in it.
  static bool has_native(const Pointer& circle) { return root(circle)->has_native_; }
  static void set_native(const Pointer& circle) { root(circle)->has_native_ = true; }

 private:
  Pointer joined_to_;
  bool has_native_ = false;
};

}  // namespace wasmedge
