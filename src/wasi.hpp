// SPDX-License-Identifier: Apache-2.0
// The runtime's WASI implementation as an instance.
#pragma once

#include <string>

#include "instance.hpp"
#include "pybind.hpp"
#include "wasi_options.hpp"

namespace wasmedge {

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

  /// Starts from the options again: no exit code, fresh descriptors and streams. GIL held.
  void refresh();

  /// The code that the program gave to proc_exit; 0 as well when it has not ended, or ended otherwise.
  std::uint32_t exit_code() const { return WasmEdge_ModuleInstanceWASIGetExitCode(context()); }

  /// What the host sees of a standard stream: bytes, a file, or None. GIL held.
  py::object stream(int number) const;

  /// Waits until what the program has written has got to where it goes. GIL held.
  void sync_streams() const;

  /// Ends the standard streams that are pipes. GIL held.
  void finish() const;

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    Instance::visit(visitor);
    options_.visit(visitor);
    visitor(streams_);
  }
  void clear();  // NOLINT(bugprone-derived-method-shadowing-base-method): collectable() asks each class for its own

 private:
  WasiOptions options_;
  bool used_ = false;  // by a program of a VM
  std::shared_ptr<Executor> executor_;
  py::object streams_;  // a wasmedge.streams.Streams; a null object when all are those of this process
};

}  // namespace wasmedge
