// SPDX-License-Identifier: Apache-2.0
// A module's compiled code, loaded into the process.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "binary_reader.hpp"
#include "code_regions.hpp"
#include "configure.hpp"
#include "handles.hpp"
#include "run_mode.hpp"

namespace wasmedge {

/// A module parsed from an artefact of the compiler: its functions are native code, their bodies are not parsed at all.
/// Whoever loads one trusts it. Nothing changes it, so any number of instances and threads share it.
class NativeCode {
 public:
  /// Loads a native library, or a module that carries code in its section "wasmedge", and validates what is not code. Throws
  /// RuntimeFailure; also when the runtime would interpret the module for want of usable code. No GIL.
  static std::shared_ptr<NativeCode> load(Bytes artefact, const std::string& label, const Configure& configure,
                                          RunMode mode);

  const WasmEdge_ASTModuleContext* context() const noexcept { return context_.get(); }

  /// The module that was compiled, out of the artefact.
  Bytes wasm() const noexcept { return wasm_; }

  /// Where it came from: kAot from a file that outlives the process, kJit made by this process.
  RunMode mode() const noexcept { return mode_; }

  /// What the code counts, by the configuration that it was compiled with: with an executor that does not it would write
  /// through null pointers.
  bool counts_instructions() const noexcept { return counts_instructions_; }
  bool measures_cost() const noexcept { return measures_cost_; }

 private:
  NativeCode(std::shared_ptr<WasmEdge_ASTModuleContext> context, std::vector<std::uint8_t> copy, Bytes wasm,
             const Configure& configure, RunMode mode)
      : context_(std::move(context)),
        copy_(std::move(copy)),
        wasm_(wasm),
        mode_(mode),
        counts_instructions_(configure.counts_instructions()),
        measures_cost_(configure.measures_cost()) {}

  std::shared_ptr<WasmEdge_ASTModuleContext> context_;
  std::vector<std::uint8_t> copy_;
  std::unique_ptr<CodeRegion> region_;  // after the context, which holds the code
  Bytes wasm_;                          // in copy_, whose buffer moves along, or in the library that the context holds
  RunMode mode_;
  bool counts_instructions_;
  bool measures_cost_;
};

/// Whether the bytes are a native library, by their first four.
bool is_native_library(Bytes bytes) noexcept;

}  // namespace wasmedge
