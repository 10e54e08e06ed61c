// SPDX-License-Identifier: Apache-2.0
// A parsed module.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "binary.hpp"
#include "binary_reader.hpp"
#include "handles.hpp"
#include "offset_shift.hpp"

namespace wasmedge {

class NativeCode;

/// A C AST module. Only validating writes to it, under the lock; what else is done with it reads.
class Module {
 public:
  Module(std::shared_ptr<WasmEdge_ASTModuleContext> context, std::string label, std::vector<std::uint8_t> bytes,
         ModuleLimits limits, OffsetShift shift)
      : context_(std::move(context)),
        label_(std::move(label)),
        bytes_(std::move(bytes)),
        limits_(limits),
        shift_(shift) {}

  const WasmEdge_ASTModuleContext* context() const noexcept { return context_.get(); }

  /// For messages: the quoted path of the file, or "<bytes>".
  const std::string& label() const noexcept { return label_; }

  /// What it was parsed from.
  Bytes bytes() const noexcept { return bytes_; }

  /// How the runtime's offsets differ from those in bytes().
  const OffsetShift& shift() const noexcept { return shift_; }

  const ModuleLimits& limits() const noexcept { return limits_; }

  /// Throws RuntimeFailure when invalid. No GIL.
  void validate(WasmEdge_ValidatorContext* validator);

  bool is_validated() const;

  /// Code that came with the module, from a file that the caller trusts.
  const std::shared_ptr<NativeCode>& trusted_code() const noexcept { return trusted_code_; }
  void set_trusted_code(std::shared_ptr<NativeCode> code) { trusted_code_ = std::move(code); }

  /// Code that was compiled of the module in this process, by a key of whoever did it. Null when there is none.
  std::shared_ptr<NativeCode> find_code(const std::string& key) const;
  void keep_code(const std::string& key, std::shared_ptr<NativeCode> code);

 private:
  std::shared_ptr<WasmEdge_ASTModuleContext> context_;
  std::string label_;
  std::vector<std::uint8_t> bytes_;
  ModuleLimits limits_;
  OffsetShift shift_;
  std::shared_ptr<NativeCode> trusted_code_;  // set before the module is shared
  mutable std::mutex mutex_;                  // guards the AST's validated mark, and what follows
  bool validated_ = false;
  std::map<std::string, std::shared_ptr<NativeCode>> codes_;
};

}  // namespace wasmedge
