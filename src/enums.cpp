// SPDX-License-Identifier: Apache-2.0
// Binds the runtime's enumerations (wasmedge/enum_configure.h, wasmedge/enum_errcode.h).
#include <cctype>
#include <string>
#include <string_view>

#include <wasmedge/wasmedge.h>

#include "configure.hpp"
#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

bool is_upper(char letter) { return std::isupper(static_cast<unsigned char>(letter)) != 0; }
bool is_lower(char letter) { return std::islower(static_cast<unsigned char>(letter)) != 0; }

/// Python's spelling of the runtime's names: "MalformedUTF8" → "MALFORMED_UTF8", "AOTNotImpl" → "AOT_NOT_IMPL".
std::string upper_snake(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool after_word = i > 0 && !is_upper(name[i - 1]);
    const bool before_word = i > 0 && i + 1 < name.size() && is_lower(name[i + 1]);
    if (is_upper(name[i]) && (after_word || before_word) && result.back() != '_') result += '_';
    result += static_cast<char>(std::toupper(static_cast<unsigned char>(name[i])));
  }
  return result;
}

/// From the runtime's own list, so that no code is missing whatever its version.
void register_error_codes(py::module_& m) {
  py::native_enum<WasmEdge_ErrCode> codes(m, "ErrCode", "enum.IntEnum", "The runtime's error codes.");
#define UseErrCode
#define Line(NAME, VALUE, MESSAGE) codes.value(upper_snake(#NAME).c_str(), WasmEdge_ErrCode_##NAME);
#include <wasmedge/enum.inc>
#undef Line
#undef UseErrCode
  codes.finalize();
  py::native_enum<WasmEdge_ErrCategory>(m, "ErrCategory", "enum.IntEnum", "Whose an error code is.")
      .value("WASM", WasmEdge_ErrCategory_WASM)
      .value("USER_LEVEL_ERROR", WasmEdge_ErrCategory_UserLevelError)
      .finalize();
}

}  // namespace

void register_enums(py::module_& m) {
  register_error_codes(m);
  py::native_enum<WasmEdge_Mutability>(m, "Mutability", "enum.Enum", "Whether a global can be changed.")
      .value("CONST", WasmEdge_Mutability_Const)
      .value("VAR", WasmEdge_Mutability_Var)
      .finalize();
  py::native_enum<WasmEdge_ExternalType>(m, "ExternType", "enum.Enum", "The kinds of imports and exports.")
      .value("FUNCTION", WasmEdge_ExternalType_Function)
      .value("TABLE", WasmEdge_ExternalType_Table)
      .value("MEMORY", WasmEdge_ExternalType_Memory)
      .value("GLOBAL", WasmEdge_ExternalType_Global)
      .value("TAG", WasmEdge_ExternalType_Tag)
      .finalize();
  py::native_enum<WasmEdge_Standard>(m, "Standard", "enum.Enum", "Versions of the WebAssembly standard.")
      .value("WASM_1", WasmEdge_Standard_WASM_1)
      .value("WASM_2", WasmEdge_Standard_WASM_2)
      .value("WASM_3", WasmEdge_Standard_WASM_3)
      .finalize();
  py::native_enum<WasmEdge_Proposal>(m, "Proposal", "enum.Enum", "Proposals of WebAssembly.")
      .value("IMPORT_EXPORT_MUT_GLOBALS", WasmEdge_Proposal_ImportExportMutGlobals)
      .value("NON_TRAP_FLOAT_TO_INT_CONVERSIONS", WasmEdge_Proposal_NonTrapFloatToIntConversions)
      .value("SIGN_EXTENSION_OPERATORS", WasmEdge_Proposal_SignExtensionOperators)
      .value("MULTI_VALUE", WasmEdge_Proposal_MultiValue)
      .value("BULK_MEMORY_OPERATIONS", WasmEdge_Proposal_BulkMemoryOperations)
      .value("REFERENCE_TYPES", WasmEdge_Proposal_ReferenceTypes)
      .value("SIMD", WasmEdge_Proposal_SIMD)
      .value("TAIL_CALL", WasmEdge_Proposal_TailCall)
      .value("EXTENDED_CONST", WasmEdge_Proposal_ExtendedConst)
      .value("FUNCTION_REFERENCES", WasmEdge_Proposal_FunctionReferences)
      .value("GC", WasmEdge_Proposal_GC)
      .value("MULTI_MEMORIES", WasmEdge_Proposal_MultiMemories)
      .value("RELAXED_SIMD", WasmEdge_Proposal_RelaxSIMD)
      .value("ANNOTATIONS", WasmEdge_Proposal_Annotations)
      .value("EXCEPTION_HANDLING", WasmEdge_Proposal_ExceptionHandling)
      .value("MEMORY64", WasmEdge_Proposal_Memory64)
      .value("THREADS", WasmEdge_Proposal_Threads)
      .value("COMPONENT", WasmEdge_Proposal_Component)
      .finalize();
  py::native_enum<WasmEdge_CompilerOptimizationLevel>(m, "OptimizationLevel", "enum.Enum",
                                                      "How much the compiler optimises.")
      .value("O0", WasmEdge_CompilerOptimizationLevel_O0)
      .value("O1", WasmEdge_CompilerOptimizationLevel_O1)
      .value("O2", WasmEdge_CompilerOptimizationLevel_O2)
      .value("O3", WasmEdge_CompilerOptimizationLevel_O3)
      .value("OS", WasmEdge_CompilerOptimizationLevel_Os)
      .value("OZ", WasmEdge_CompilerOptimizationLevel_Oz)
      .finalize();
  py::native_enum<WasmEdge_CompilerOutputFormat>(m, "OutputFormat", "enum.Enum", "What the compiler writes.")
      .value("NATIVE", WasmEdge_CompilerOutputFormat_Native)
      .value("WASM", WasmEdge_CompilerOutputFormat_Wasm)
      .finalize();
  py::native_enum<HostRegistration>(m, "HostRegistration", "enum.Enum", "Host modules that a VM registers by itself.")
      .value("WASI", HostRegistration::kWasi)
      .value("WASMEDGE_PROCESS", HostRegistration::kProcess)
      .value("WASI_NN", HostRegistration::kWasiNN)
      .value("WASI_CRYPTO_COMMON", HostRegistration::kWasiCryptoCommon)
      .value("WASI_CRYPTO_ASYMMETRIC_COMMON", HostRegistration::kWasiCryptoAsymmetricCommon)
      .value("WASI_CRYPTO_KX", HostRegistration::kWasiCryptoKx)
      .value("WASI_CRYPTO_SIGNATURES", HostRegistration::kWasiCryptoSignatures)
      .value("WASI_CRYPTO_SYMMETRIC", HostRegistration::kWasiCryptoSymmetric)
      .finalize();
}

}  // namespace wasmedge
