# SPDX-License-Identifier: Apache-2.0
# The warnings that the extension is compiled with. They are errors in our own checks only: a compiler that is newer than
# ours must not break somebody's installation.
function(pywasmedge_warnings target)
  target_compile_options(
    ${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
                      -Wno-missing-field-initializers)
  if(PYWASMEDGE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
