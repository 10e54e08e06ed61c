// SPDX-License-Identifier: Apache-2.0
// The runtime's WASI implementation as an instance.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "instance.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// What a WASI program is given. Checked: without NUL bytes, directories that can be opened.
struct WasiOptions {
  std::vector<std::string> args;
  std::vector<std::string> env;       // "NAME=value"
  std::vector<std::string> preopens;  // "guest:host"
};

/// An instance named wasi_snapshot_preview1 and the options that it was made with.
///
/// The C API can initialise an instance only once properly (what was open stays open), so init() and refresh() make a new C
/// instance behind the same Python object; programs linked with the old one keep it.
class WasiModule : public Instance {
 public:
  static constexpr const char* kName = "wasi_snapshot_preview1";

  WasiModule(WasiOptions options, std::shared_ptr<Executor> executor);

  void init(WasiOptions options);

  /// Gives the next program of a VM a state of its own: starts anew if a program has had this one. GIL held.
  void begin_program();

  /// Starts from the options again: no exit code, fresh descriptors. GIL held.
  void refresh();

  /// The code that the program gave to proc_exit; 0 as well when it has not ended, or ended otherwise.
  std::uint32_t exit_code() const { return WasmEdge_ModuleInstanceWASIGetExitCode(context()); }

 private:
  WasiOptions options_;
  bool used_ = false;  // by a program of a VM
  std::shared_ptr<Executor> executor_;
};

}  // namespace wasmedge
