// SPDX-License-Identifier: Apache-2.0
// Follows references to functions by types (wasmedge/wasmedge_ast.h) and through a module's sections (WebAssembly
// specification, chapter 5.5).
#include "reference_flow.hpp"

#include <algorithm>

#include "references.hpp"
#include "types.hpp"

namespace wasmedge {
namespace {

using Indices = std::set<std::uint64_t>;

constexpr std::uint8_t kExportSection = 7;
constexpr std::uint8_t kElementSection = 9;

/// Reads past a constant expression. False for instructions that are in none of WebAssembly 2.0 and its extended constants.
bool read_constant(BinaryReader& reader, Indices& found) {
  while (!reader.failed()) {
    const std::uint8_t opcode = reader.byte();
    switch (opcode) {
      case 0x0b:  // end
        return true;
      case 0x23:  // global.get
      case 0x41:  // i32.const
      case 0x42:  // i64.const
      case 0xd0:  // ref.null
        reader.skip_number();
        break;
      case 0xd2:  // ref.func
        found.insert(reader.number());
        break;
      case 0x43:  // f32.const
        reader.take(4);
        break;
      case 0x44:  // f64.const
        reader.take(8);
        break;
      case 0xfd:  // v128.const is the only constant one
        if (reader.number() != 12) return false;
        reader.take(16);
        break;
      default: {
        const bool is_arithmetic = (opcode >= 0x6a && opcode <= 0x6c) || (opcode >= 0x7c && opcode <= 0x7e);
        if (!is_arithmetic) return false;
      }
    }
  }
  return false;
}

bool read_globals(BinaryReader section, Indices& found) {
  for (std::uint64_t left = section.number(); left > 0; --left) {
    section.skip_type();
    section.byte();  // mutability
    if (!read_constant(section, found)) return false;
  }
  return !section.failed();
}

bool read_exports(BinaryReader section, Indices& found) {
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) {
    section.take(section.number());
    const bool is_function = section.byte() == 0;
    const std::uint64_t index = section.number();
    if (is_function) found.insert(index);
  }
  return !section.failed();
}

/// One element segment, in one of the eight forms that its flags tell apart.
bool read_segment(BinaryReader& reader, Indices& found) {
  const std::uint64_t flags = reader.number();
  if (flags > 7) return false;
  const bool is_active = (flags & 1U) == 0;
  const bool has_more = (flags & 2U) != 0;  // an explicit table, or declarative
  const bool has_expressions = (flags & 4U) != 0;
  if (is_active && has_more) reader.number();
  if (is_active && !read_constant(reader, found)) return false;
  if (!is_active || has_more) reader.skip_type();  // or the kind of the elements, which is one byte as well
  for (std::uint64_t left = reader.number(); left > 0 && !reader.failed(); --left) {
    if (!has_expressions) {
      found.insert(reader.number());
    } else if (!read_constant(reader, found)) {
      return false;
    }
  }
  return !reader.failed();
}

bool read_elements(BinaryReader section, Indices& found) {
  for (std::uint64_t left = section.number(); left > 0; --left) {
    if (!read_segment(section, found)) return false;
  }
  return !section.failed();
}

/// Tables may have initial values too, since WebAssembly 3.0.
bool has_initialized_table(BinaryReader section) {
  constexpr std::uint8_t initialized = 0x40;
  for (std::uint64_t left = section.number(); left > 0 && !section.failed(); --left) {
    if (!section.rest().empty() && section.rest().front() == initialized) return true;
    section.skip_type();
    const bool has_maximum = (section.byte() & 1U) != 0;
    section.number();
    if (has_maximum) section.number();
  }
  return section.failed();
}

}  // namespace

std::vector<const WasmEdge_ImportTypeContext*> raw_imports(const Module& module) {
  std::vector<const WasmEdge_ImportTypeContext*> imports(WasmEdge_ASTModuleListImportsLength(module.context()));
  WasmEdge_ASTModuleListImports(module.context(), imports.data(), static_cast<std::uint32_t>(imports.size()));
  return imports;
}

bool passes_functions(const WasmEdge_FunctionTypeContext* type) {
  const auto copy = FunctionType::copy_of(type);
  const auto passes = [](const auto& slot) { return may_hold_functions(slot.type); };
  return std::ranges::any_of(copy->params(), passes) || std::ranges::any_of(copy->results(), passes);
}

bool passes_functions(const Module& module, const WasmEdge_ImportTypeContext* import) {
  const WasmEdge_ASTModuleContext* ast = module.context();
  switch (WasmEdge_ImportTypeGetExternalType(import)) {
    case WasmEdge_ExternalType_Function:
      return passes_functions(WasmEdge_ImportTypeGetFunctionType(ast, import));
    case WasmEdge_ExternalType_Table:
      return may_hold_functions(WasmEdge_TableTypeGetRefType(WasmEdge_ImportTypeGetTableType(ast, import)));
    case WasmEdge_ExternalType_Global:
      return may_hold_functions(WasmEdge_GlobalTypeGetValType(WasmEdge_ImportTypeGetGlobalType(ast, import)));
    case WasmEdge_ExternalType_Tag:
      return passes_functions(WasmEdge_TagTypeGetFunctionType(WasmEdge_ImportTypeGetTagType(ast, import)));
    default:
      return false;
  }
}

std::optional<std::set<std::uint64_t>> referenced_functions(Bytes module) {
  Indices found;
  bool readable = true;
  for_each_section(module, [&](std::uint8_t id, Bytes contents) {
    const BinaryReader section(contents);
    if (id == kTableSection) readable = readable && !has_initialized_table(section);
    if (id == kGlobalSection) readable = readable && read_globals(section, found);
    if (id == kExportSection) readable = readable && read_exports(section, found);
    if (id == kElementSection) readable = readable && read_elements(section, found);
  });
  return readable ? std::optional(std::move(found)) : std::nullopt;
}

ReferenceCircle::Pointer ReferenceCircle::root(const Pointer& circle) {
  Pointer found = circle;
  while (found->joined_to_) found = found->joined_to_;
  // The way is shortened for the next one who goes it.
  for (Pointer each = circle; each != found;) {
    Pointer next = each->joined_to_;
    each->joined_to_ = found;
    each = std::move(next);
  }
  return found;
}

bool ReferenceCircle::can_join(const Pointer& first, const Pointer& second) {
  return root(first) == root(second) || !has_native(first) || !has_native(second);
}

void ReferenceCircle::join(const Pointer& first, const Pointer& second) {
  const Pointer from = root(first);
  const Pointer to = root(second);
  if (from == to) return;
  to->has_native_ = to->has_native_ || from->has_native_;
  from->joined_to_ = to;
}

}  // namespace wasmedge
