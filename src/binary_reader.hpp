// SPDX-License-Identifier: Apache-2.0
// Reading the binary format (WebAssembly specification, chapter 5).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace wasmedge {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kCustomSection = 0;
constexpr std::uint8_t kTypeSection = 1;
constexpr std::uint8_t kImportSection = 2;
constexpr std::uint8_t kTableSection = 4;
constexpr std::uint8_t kMemorySection = 5;
constexpr std::uint8_t kGlobalSection = 6;
constexpr std::uint8_t kCodeSection = 10;
constexpr std::uint8_t kTagSection = 13;
constexpr std::size_t kHeaderSize = 8;  // magic and version

/// Reads the format's integers from the front of a range of bytes. After a failure everything fails.
class BinaryReader {
 public:
  explicit BinaryReader(Bytes bytes) : bytes_(bytes) {}

  bool failed() const noexcept { return failed_; }
  bool at_end() const noexcept { return failed_ || bytes_.empty(); }

  std::uint8_t byte() {
    if (bytes_.empty()) failed_ = true;
    if (failed_) return 0;
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }

  /// An unsigned LEB128 of up to 64 bits.
  std::uint64_t number() {
    std::uint64_t result = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      result |= static_cast<std::uint64_t>(next & 0x7fU) << shift;
      if ((next & 0x80U) == 0) return result;
    }
    failed_ = true;
    return 0;
  }

  /// Skips a LEB128 number, signed or unsigned, of any width.
  void skip_number() {
    while ((byte() & 0x80U) != 0 && !failed_) {
    }
  }

  /// Skips a value type: one byte, or a typed reference with its heap type. Gives its first byte.
  std::uint8_t skip_type() {
    const std::uint8_t code = byte();
    if (code == 0x63 || code == 0x64) number();
    return code;
  }

  /// The limits of a table or a memory.
  struct Limits {
    std::uint8_t flags;
    std::uint64_t minimum;
    std::optional<std::uint64_t> maximum;
  };

  Limits limits() {
    Limits limits{.flags = byte(), .minimum = number(), .maximum = std::nullopt};
    if ((limits.flags & 1U) != 0) limits.maximum = number();
    return limits;
  }

  /// Skips the constant expression that a table may be initialised with (WebAssembly 3.0). One that is no single
  /// instruction counts as malformed.
  void skip_table_initializer() {
    const std::uint8_t opcode = byte();
    if (opcode != 0xd0 && opcode != 0xd2 && opcode != 0x23) failed_ = true;  // ref.null, ref.func, global.get
    skip_number();
    if (byte() != 0x0b) failed_ = true;
  }

  Bytes rest() const noexcept { return bytes_; }

  Bytes take(std::uint64_t count) {
    if (count > bytes_.size()) failed_ = true;
    if (failed_) return {};
    const Bytes taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }

 private:
  Bytes bytes_;
  bool failed_ = false;
};

/// Calls `visit(id, contents)` for each section, up to the first malformed one. With a third parameter `visit` gets the
/// section with its number and size too.
template <class Visitor>
void for_each_section(Bytes bytes, Visitor&& visit) {
  BinaryReader reader(bytes);
  reader.take(kHeaderSize);
  while (!reader.at_end()) {
    const Bytes before = reader.rest();
    const std::uint8_t id = reader.byte();
    const Bytes contents = reader.take(reader.number());
    if (reader.failed()) return;
    if constexpr (std::is_invocable_v<Visitor, std::uint8_t, Bytes, Bytes>) {
      visit(id, contents, before.first(before.size() - reader.rest().size()));
    } else {
      visit(id, contents);
    }
  }
}

}  // namespace wasmedge
