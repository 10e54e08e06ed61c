// SPDX-License-Identifier: Apache-2.0
// The LLVM that the runtime compiles with.
#pragma once

#include <dlfcn.h>

namespace wasmedge {

/// LLVM's own function or variable of a name, which comes after this extension where the dynamic linker looks; null where
/// the runtime has LLVM inside, and then no function here is called in its place either.
template <class Named>
Named* of_llvm(const char* name) noexcept {
  return reinterpret_cast<Named*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace wasmedge
