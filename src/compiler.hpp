// SPDX-License-Identifier: Apache-2.0
// What makes machine code of modules.
#pragma once

#include <memory>
#include <string>

#include "configure.hpp"
#include "source.hpp"

namespace wasmedge {

/// The runtime's compiler. Any number of threads may use one.
class Compiler {
 public:
  explicit Compiler(const Configure& configure) : configure_(configure.copy()) {}

  const Configure& configure() const noexcept { return configure_; }

  /// Compiles to a file; the runtime's compiler and linker leave others beside it when they fail, so its directory should be
  /// one that the caller removes. Throws RuntimeFailure. No GIL.
  void compile(std::span<const std::uint8_t> wasm, const std::string& label, const std::string& output) const;

 private:
  Configure configure_;
};

}  // namespace wasmedge
