// SPDX-License-Identifier: Apache-2.0
// Finds what 0.17.1's compiled code does wrong (WebAssembly specification, chapter 5; wasmedge/wasmedge_ast.h).
#include "native_obstacles.hpp"

#include "extern_types.hpp"
#include "reference_flow.hpp"

namespace wasmedge {
namespace {

constexpr std::uint8_t kIs64Bit = 4;

void skip_limits(BinaryReader& reader, bool& is64) {
  const std::uint8_t flags = reader.byte();
  is64 = is64 || (flags & kIs64Bit) != 0;
  reader.number();
  if ((flags & 1U) != 0) reader.number();
}

bool defines_memory64(BinaryReader section) {
  bool is64 = false;
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) skip_limits(section, is64);
  return is64;
}

/// Up to the first import that cannot be read past: the loader will say what is wrong with it.
bool imports_memory64(BinaryReader section) {
  bool is64 = false;
  bool in_tables = false;  // tables of 64 bits are no memories
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) {
    section.take(section.number());
    section.take(section.number());
    switch (section.byte()) {
      case 0:
        section.number();
        break;
      case 1:
        section.skip_type();
        skip_limits(section, in_tables);
        break;
      case 2:
        skip_limits(section, is64);
        break;
      case 3:
        section.skip_type();
        section.byte();
        break;
      case 4:
        section.byte();
        section.number();
        break;
      default:
        return is64;
    }
  }
  return is64;
}

/// Structures, arrays, and types with supertypes.
bool has_garbage_collected_types(BinaryReader section) {
  constexpr std::uint8_t function_form = 0x60;
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) {
    if (section.byte() != function_form) return true;
    for (int list = 0; list < 2; ++list) {
      for (std::uint64_t types = section.number(); types > 0 && !section.failed(); --types) section.skip_type();
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> compilation_obstacle(Bytes wasm, const Configure& configure) {
  if (WasmEdge_ConfigureHasProposal(configure.context(), WasmEdge_Proposal_Annotations)) {
    return "the compiler does not know the proposal ANNOTATIONS";
  }
  bool memory64 = false;
  for_each_section(wasm, [&](std::uint8_t id, Bytes contents) {
    if (id == kImportSection) memory64 = memory64 || imports_memory64(BinaryReader(contents));
    if (id == kMemorySection) memory64 = memory64 || defines_memory64(BinaryReader(contents));
  });
  if (!memory64) return std::nullopt;
  return "it has a memory of 64-bit addresses, and WasmEdge 0.17's compiled code does not check these";
}

std::optional<std::string> linking_obstacle(const Module& module) {
  bool garbage_collected = false;
  for_each_section(module.bytes(), [&](std::uint8_t id, Bytes contents) {
    if (id == kTypeSection) garbage_collected = has_garbage_collected_types(BinaryReader(contents));
  });
  if (garbage_collected) {
    return "it defines structures, arrays or types with supertypes, through which compiled code could come to call "
           "functions of other instances with its own memory";
  }
  for (const auto* import : raw_imports(module)) {
    if (!passes_functions(module, import)) continue;
    return "it imports a " + std::string(kind_name(WasmEdge_ImportTypeGetExternalType(import))) +
           " that references to functions pass through, and WasmEdge 0.17's compiled code calls functions of other "
           "instances with its own memory";
  }
  return std::nullopt;
}

}  // namespace wasmedge
