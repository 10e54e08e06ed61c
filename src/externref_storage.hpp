// SPDX-License-Identifier: Apache-2.0
// Whether a module can keep a reference to a Python object beyond a call.
#pragma once

#include "binary_reader.hpp"

namespace wasmedge {

/// Whether a type section may define structures or arrays. True as well for what cannot be read.
bool defines_more_than_functions(BinaryReader section);

/// True when a module has a table or global that may hold an externref, imports a table or a global of references at all
/// (what is called through it may keep what it is given), or has anything of the proposals that can hold one (structures,
/// arrays, exceptions). True as well for what cannot be read: then nothing is given back too early.
bool can_store_externrefs(Bytes bytes);

}  // namespace wasmedge
