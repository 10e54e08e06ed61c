// SPDX-License-Identifier: Apache-2.0
// Reads what it must of the binary format (WebAssembly specification, chapter 5), over no header of WasmEdge's but its
// error codes.
#include "binary.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "errors.hpp"

namespace wasmedge {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kTableSection = 4;
constexpr std::uint8_t kCodeSection = 10;
constexpr std::size_t kHeaderSize = 8;  // magic and version

/// Reads the format's integers from the front of a range of bytes. After a failure everything fails.
class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}

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

/// Skips a value type: one byte, or a typed reference with its heap type.
void skip_type(Reader& reader) {
  const std::uint8_t code = reader.byte();
  if (code == 0x63 || code == 0x64) reader.number();
}

/// Skips the constant expression that a table may be initialised with (WebAssembly 3.0); gives false for one that is not a
/// single instruction.
bool skip_table_initializer(Reader& reader) {
  const std::uint8_t opcode = reader.byte();
  const bool known = opcode == 0xd0 || opcode == 0xd2 || opcode == 0x23;  // ref.null, ref.func, global.get
  if (known) reader.number();
  return known && reader.byte() == 0x0b;
}

std::uint64_t sum_table_elements(Reader reader) {
  std::uint64_t sum = 0;
  for (std::uint64_t left = reader.number(); left > 0 && !reader.at_end(); --left) {
    Reader ahead = reader;
    const bool initialized = ahead.byte() == 0x40;
    if (initialized) reader.take(2);  // 0x40 0x00
    skip_type(reader);
    const bool has_maximum = (reader.byte() & 1U) != 0;
    const std::uint64_t minimum = reader.number();
    if (has_maximum) reader.number();
    if (reader.failed()) break;
    sum = minimum > UINT64_MAX - sum ? UINT64_MAX : sum + minimum;
    if (initialized && !skip_table_initializer(reader)) break;
  }
  return sum;
}

/// The number of local variables that a function body declares.
std::uint64_t count_locals(Reader body) {
  std::uint64_t count = 0;
  for (std::uint64_t groups = body.number(); groups > 0 && !body.at_end(); --groups) {
    const std::uint64_t size = body.number();
    skip_type(body);
    count = size > UINT64_MAX - count ? UINT64_MAX : count + size;
  }
  return count;
}

void check_locals(Reader code, const std::string& label) {
  for (std::uint64_t left = code.number(); left > 0 && !code.at_end(); --left) {
    const std::uint64_t locals = count_locals(Reader(code.take(code.number())));
    if (locals <= kMaxLocals) continue;
    throw RuntimeFailure(WasmEdge_ErrCode_TooManyLocals, "cannot load " + label + ": a function has " +
                                                             std::to_string(locals) + " local variables, at most " +
                                                             std::to_string(kMaxLocals) + " are allowed");
  }
}

bool starts_with(Bytes bytes, std::string_view prefix) {
  return bytes.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), bytes.begin(),
                    [](char wanted, std::uint8_t found) { return static_cast<std::uint8_t>(wanted) == found; });
}

/// Whether the bytes look like the text format: a parenthesis first, after blanks and comments.
bool is_text_format(Bytes bytes) {
  const auto blank = [](std::uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; };
  for (;;) {
    while (!bytes.empty() && blank(bytes.front())) bytes = bytes.subspan(1);
    if (!starts_with(bytes, ";;")) break;
    while (!bytes.empty() && bytes.front() != '\n') bytes = bytes.subspan(1);
  }
  return starts_with(bytes, "(");
}

/// Says what bytes without WebAssembly's magic number are, if it can.
std::string_view describe_foreign(Bytes bytes) {
  using namespace std::string_view_literals;
  if (is_text_format(bytes)) return "is WebAssembly text, not binary; translate it first, with wat2wasm for example";
  if (starts_with(bytes, "\x7f" "ELF"sv)) {
    return "is a native library, not WebAssembly";
  }
  if (starts_with(bytes, "\x1f\x8b"sv) || starts_with(bytes, "PK\x03\x04"sv))
    return "is a compressed file, not WebAssembly";
  return R"(is not WebAssembly: it does not begin with "\0asm")";
}

}  // namespace

void check_format(Bytes bytes, const std::string& label) {
  using namespace std::string_view_literals;
  const std::string subject = "cannot load " + label + ": ";
  if (bytes.empty()) throw RuntimeFailure(WasmEdge_ErrCode_UnexpectedEnd, subject + "it is empty");
  // A prefix of the magic number is a truncated module, which the loader reports.
  const std::string_view magic = "\0asm"sv.substr(0, bytes.size());
  if (!starts_with(bytes, magic)) {
    throw RuntimeFailure(WasmEdge_ErrCode_MalformedMagic,
                         "cannot load " + label + ": it " + std::string(describe_foreign(bytes)));
  }
  // Components have the same magic, and a layer of 1 in the upper half of the version.
  if (bytes.size() >= kHeaderSize && bytes[6] == 1 && bytes[7] == 0) {
    throw RuntimeFailure(WasmEdge_ErrCode_ComponentNotImplLoader,
                         subject + "it is a component, and only core modules can be run");
  }
}

ModuleLimits read_limits(Bytes bytes, const std::string& label) {
  ModuleLimits limits;
  Reader reader(bytes);
  reader.take(kHeaderSize);
  while (!reader.at_end()) {
    const std::uint8_t id = reader.byte();
    const Reader section(reader.take(reader.number()));
    if (reader.failed()) break;
    if (id == kTableSection) limits.table_elements = sum_table_elements(section);
    if (id == kCodeSection) check_locals(section, label);
  }
  return limits;
}

}  // namespace wasmedge
