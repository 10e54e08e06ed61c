// SPDX-License-Identifier: Apache-2.0
// Where the machine code of loaded modules is, for signal handlers.
#pragma once

#include <cstdint>
#include <vector>

namespace wasmedge {

/// The executable segments of one compiled module, known to contains() until the end of this.
class CodeRegion {
 public:
  /// Finds the segments of the library that an address belongs to.
  explicit CodeRegion(const void* inside);

  /// Finds the executable memory that appeared since `before` was taken, for code that is no library.
  explicit CodeRegion(const std::vector<std::uintptr_t>& before);

  ~CodeRegion();
  CodeRegion(const CodeRegion&) = delete;
  CodeRegion& operator=(const CodeRegion&) = delete;
  CodeRegion(CodeRegion&&) = delete;
  CodeRegion& operator=(CodeRegion&&) = delete;

  /// Where the process has executable memory that is no file's.
  static std::vector<std::uintptr_t> anonymous();

  /// Whether an instruction is in a compiled module. From a signal handler too.
  static bool contains(std::uintptr_t address) noexcept;

 private:
  void add(std::uintptr_t begin, std::uintptr_t end);

  std::vector<std::size_t> slots_;
};

}  // namespace wasmedge
