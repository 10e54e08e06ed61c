// SPDX-License-Identifier: Apache-2.0
// What keeps a module from being compiled, or its compiled code from being run.
#pragma once

#include <optional>
#include <string>

#include "binary_reader.hpp"
#include "configure.hpp"
#include "module_ast.hpp"

namespace wasmedge {

/// Why a module's bytes must not be compiled, or nothing. No GIL needed.
std::optional<std::string> compilation_obstacle(Bytes wasm, const Configure& configure);

/// Why compiled code of the module must not be linked, or nothing.
///
/// Compiled code calls what it finds in a table with its own memories and globals, whichever instance the function belongs to
/// (0.17.1, compiler.cpp: kTableGetFuncSymbol gives the bare address). So functions of other compiled instances must not come
/// to it by reference. What a module imports by name is called the long way round, and is right.
std::optional<std::string> linking_obstacle(const Module& module);

}  // namespace wasmedge
