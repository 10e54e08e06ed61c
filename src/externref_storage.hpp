// SPDX-License-Identifier: Apache-2.0
// Whether a module can keep a reference to a Python object beyond a call.
#pragma once

#include "binary_reader.hpp"

namespace wasmedge {

/// True when a module has or imports a table, a global of references, or anything of the proposals that can hold one
/// (structures, arrays, exceptions). Tables and globals of functions count: what is called through them may keep it. True as well for what cannot be read: then nothing is given back too early.
bool can_store_externrefs(Bytes bytes);

}  // namespace wasmedge
