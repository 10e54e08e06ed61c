// SPDX-License-Identifier: Apache-2.0
// Reads what it must of the binary format (WebAssembly specification, chapter 5), over no header of WasmEdge's but its
// error codes.
#include "binary.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "binary_reader.hpp"
#include "errors.hpp"
#include "externref_storage.hpp"

namespace wasmedge {
namespace {

std::uint64_t sum_table_elements(BinaryReader reader) {
  std::uint64_t sum = 0;
  for (std::uint64_t left = reader.number(); left > 0 && !reader.at_end(); --left) {
    BinaryReader ahead = reader;
    const bool initialized = ahead.byte() == 0x40;
    if (initialized) reader.take(2);  // 0x40 0x00
    reader.skip_type();
    const std::uint64_t minimum = reader.limits().minimum;
    if (reader.failed()) break;
    sum = minimum > UINT64_MAX - sum ? UINT64_MAX : sum + minimum;
    if (initialized) reader.skip_table_initializer();
  }
  return sum;
}

/// The number of local variables that a function body declares.
std::uint64_t count_locals(BinaryReader body) {
  std::uint64_t count = 0;
  for (std::uint64_t groups = body.number(); groups > 0 && !body.at_end(); --groups) {
    const std::uint64_t size = body.number();
    body.skip_type();
    count = size > UINT64_MAX - count ? UINT64_MAX : count + size;
  }
  return count;
}

void check_locals(BinaryReader code, const std::string& label) {
  for (std::uint64_t left = code.number(); left > 0 && !code.at_end(); --left) {
    const std::uint64_t locals = count_locals(BinaryReader(code.take(code.number())));
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
  for_each_section(bytes, [&](std::uint8_t id, Bytes section) {
    if (id == kTypeSection) limits.has_only_function_types = !defines_more_than_functions(BinaryReader(section));
    if (id == kTableSection) limits.table_elements = sum_table_elements(BinaryReader(section));
    if (id == kCodeSection) check_locals(BinaryReader(section), label);
  });
  limits.stores_externrefs = can_store_externrefs(bytes);
  return limits;
}

}  // namespace wasmedge
