// SPDX-License-Identifier: Apache-2.0
// What parses modules.
#pragma once

#include <memory>

#include "configure.hpp"
#include "handles.hpp"
#include "module_ast.hpp"
#include "source.hpp"

namespace wasmedge {

/// A C loader context; it locks itself.
class Loader {
 public:
  explicit Loader(const Configure& configure)
      : configure_(configure), context_(own(WasmEdge_LoaderCreate(configure.context()))) {}

  /// Parses without the GIL, which the caller holds. Throws RuntimeFailure.
  /// What is trusted may bring machine code, and has to.
  std::shared_ptr<Module> load(const Source& source, bool trusted = false) const;

  /// Takes a path, a bytes-like object, or a Module, which is given back as it is. GIL held.
  std::shared_ptr<Module> load_any(const py::object& source, bool trusted = false) const;

  /// Encodes by the runtime's serialiser, not from the bytes that the module was parsed from. GIL held.
  py::bytes serialize(const Module& module) const;

 private:
  Configure configure_;  // the loader's serialiser refers to it (0.17.1, loader.h), unlike all other contexts
  std::shared_ptr<WasmEdge_LoaderContext> context_;
};

}  // namespace wasmedge
