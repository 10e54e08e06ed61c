// SPDX-License-Identifier: Apache-2.0
// Ownership of WasmEdge's C contexts: each owned one sits in a shared_ptr with its Delete as deleter.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include <wasmedge/wasmedge.h>

namespace wasmedge {

inline void destroy(WasmEdge_ConfigureContext* raw) noexcept { WasmEdge_ConfigureDelete(raw); }
inline void destroy(WasmEdge_StatisticsContext* raw) noexcept { WasmEdge_StatisticsDelete(raw); }
inline void destroy(WasmEdge_LoaderContext* raw) noexcept { WasmEdge_LoaderDelete(raw); }
inline void destroy(WasmEdge_ValidatorContext* raw) noexcept { WasmEdge_ValidatorDelete(raw); }
inline void destroy(WasmEdge_ExecutorContext* raw) noexcept { WasmEdge_ExecutorDelete(raw); }
inline void destroy(WasmEdge_CompilerContext* raw) noexcept { WasmEdge_CompilerDelete(raw); }
inline void destroy(WasmEdge_StoreContext* raw) noexcept { WasmEdge_StoreDelete(raw); }
inline void destroy(WasmEdge_ASTModuleContext* raw) noexcept { WasmEdge_ASTModuleDelete(raw); }
inline void destroy(WasmEdge_ModuleInstanceContext* raw) noexcept { WasmEdge_ModuleInstanceDelete(raw); }
inline void destroy(WasmEdge_LimitContext* raw) noexcept { WasmEdge_LimitDelete(raw); }
inline void destroy(WasmEdge_FunctionTypeContext* raw) noexcept { WasmEdge_FunctionTypeDelete(raw); }
inline void destroy(WasmEdge_TableTypeContext* raw) noexcept { WasmEdge_TableTypeDelete(raw); }
inline void destroy(WasmEdge_MemoryTypeContext* raw) noexcept { WasmEdge_MemoryTypeDelete(raw); }
inline void destroy(WasmEdge_GlobalTypeContext* raw) noexcept { WasmEdge_GlobalTypeDelete(raw); }
inline void destroy(WasmEdge_FunctionInstanceContext* raw) noexcept { WasmEdge_FunctionInstanceDelete(raw); }
inline void destroy(WasmEdge_TableInstanceContext* raw) noexcept { WasmEdge_TableInstanceDelete(raw); }
inline void destroy(WasmEdge_MemoryInstanceContext* raw) noexcept { WasmEdge_MemoryInstanceDelete(raw); }
inline void destroy(WasmEdge_GlobalInstanceContext* raw) noexcept { WasmEdge_GlobalInstanceDelete(raw); }

/// Takes ownership of what a `WasmEdge_*Create` returned; NULL means that the runtime had no memory.
template <class Context>
std::shared_ptr<Context> own(Context* raw) {
  if (raw == nullptr) throw std::bad_alloc();
  return std::shared_ptr<Context>(raw, [](Context* context) { destroy(context); });
}

/// Views a std::string_view as the C API's string; valid for as long as the view is.
/// The length is 32 bits wide there: callers have checked it where it comes from a user.
inline WasmEdge_String wrap(std::string_view text) noexcept {
  return WasmEdge_StringWrap(text.data(), static_cast<std::uint32_t>(text.size()));
}

/// Views the C API's string; valid for as long as the container that it was read from.
inline std::string_view view(const WasmEdge_String& text) noexcept {
  return text.Buf == nullptr ? std::string_view() : std::string_view(text.Buf, text.Length);
}

}  // namespace wasmedge
