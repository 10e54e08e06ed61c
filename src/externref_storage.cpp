// SPDX-License-Identifier: Apache-2.0
// Looks through a module's sections for places that hold references (WebAssembly specification, chapter 5.5).
#include "externref_storage.hpp"

namespace wasmedge {
namespace {

constexpr std::uint8_t kFunctionForm = 0x60;
constexpr std::uint8_t kFuncref = 0x70;
constexpr std::uint8_t kLowestNumberType = 0x7b;  // v128, f64, f32, i64, i32 are 0x7b to 0x7f

bool may_hold(std::uint8_t type) { return type != kFuncref && type < kLowestNumberType; }

/// One import after its names; gives whether it can hold an externref.
bool import_can_hold(BinaryReader& reader) {
  switch (reader.byte()) {
    case 0:  // a function, whose instance answers for itself
      reader.number();
      return false;
    case 1:  // a table, of functions of other instances perhaps
      return true;
    case 2:
      reader.limits();
      return false;
    case 3: {
      const bool is_number = reader.skip_type() >= kLowestNumberType;
      reader.byte();  // mutability
      return !is_number;
    }
    default:
      return true;
  }
}

bool imports_can_hold(BinaryReader section) {
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) {
    section.take(section.number());
    section.take(section.number());
    if (import_can_hold(section)) return true;
  }
  return section.failed();
}

/// Tables of functions hold nothing by themselves; when functions of other instances get into one, the linker sees to it.
bool tables_can_hold(BinaryReader section) {
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) {
    if (may_hold(section.skip_type())) return true;
    section.limits();
  }
  return section.failed();
}

/// Only numbers of the plainest kind are read past; any other initial value counts as a place to keep something.
bool globals_can_hold(BinaryReader section) {
  constexpr std::uint8_t i32_const = 0x41;
  constexpr std::uint8_t f32_const = 0x43;
  constexpr std::uint8_t f64_const = 0x44;
  constexpr std::uint8_t global_get = 0x23;
  constexpr std::uint8_t end = 0x0b;
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) {
    if (may_hold(section.skip_type())) return true;
    section.byte();  // mutability
    const std::uint8_t opcode = section.byte();
    if (opcode == f32_const) {
      section.take(4);
    } else if (opcode == f64_const) {
      section.take(8);
    } else if (opcode == i32_const || opcode == i32_const + 1 || opcode == global_get) {
      section.skip_number();
    } else {
      return true;
    }
    if (section.byte() != end) return true;
  }
  return section.failed();
}

}  // namespace

bool defines_more_than_functions(BinaryReader section) {
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) {
    if (section.byte() != kFunctionForm) return true;
    for (int list = 0; list < 2; ++list) {
      for (std::uint64_t types = section.number(); types > 0 && !section.failed(); --types) section.skip_type();
    }
  }
  return section.failed();
}

bool can_store_externrefs(Bytes bytes) {
  bool found = false;
  for_each_section(bytes, [&](std::uint8_t id, Bytes contents) {
    const BinaryReader section(contents);
    if (id == kTypeSection) found = found || defines_more_than_functions(section);
    if (id == kImportSection) found = found || imports_can_hold(section);
    if (id == kTableSection) found = found || tables_can_hold(section);
    if (id == kGlobalSection) found = found || globals_can_hold(section);
    if (id == kTagSection) found = true;
  });
  return found;
}

}  // namespace wasmedge
