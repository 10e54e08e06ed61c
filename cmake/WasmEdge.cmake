# SPDX-License-Identifier: Apache-2.0
# Finds WasmEdge and gives one imported target, WasmEdge::WasmEdge, and where it came from, WasmEdge_ORIGIN. In this order:
# 1. the install prefix named by WASMEDGE_ROOT (CMake variable or environment);
# 2. a system package, where the compiler and the linker look by themselves;
# 3. the vendored prefix, which third_party/wasmedge lays out of Debian's packages.
set(_wasmedge_oldest 0.17.0)
set(_wasmedge_limit 0.18.0) # exclusive: the C API changes between minor versions

set(_wasmedge_ways
    "WasmEdge is found in one of three ways:
  1. set WASMEDGE_ROOT to an install prefix of WasmEdge ${_wasmedge_oldest} or newer, below ${_wasmedge_limit}
     (with include/wasmedge/wasmedge.h and lib*/libwasmedge.so);
  2. install the system package libwasmedge-dev of such a version;
  3. build on a Debian-family Linux, where it is fetched by itself (see third_party/wasmedge/README.md).")

option(WASMEDGE_VENDORED "Use the vendored WasmEdge even if the system has one" OFF)
option(WASMEDGE_LOCKED "Fail unless the vendored packages are exactly those of the lock file" OFF)

# Reads the version that a prefix's headers state.
function(_wasmedge_read_version include_dir result)
  set(${result} "" PARENT_SCOPE)
  set(header "${include_dir}/wasmedge/version.h")
  if(EXISTS "${header}")
    file(STRINGS "${header}" line REGEX "define WASMEDGE_VERSION \"")
    string(REGEX REPLACE ".*\"([^\"]+)\".*" "\\1" version "${line}")
    set(${result} "${version}" PARENT_SCOPE)
  endif()
endfunction()

# Sets `problem` to what is wrong with a prefix, or to nothing; sets WasmEdge_INCLUDE_DIR, _LIBRARY and _VERSION otherwise.
function(_wasmedge_check include_dir library where problem)
  set(${problem} "" PARENT_SCOPE)
  if(NOT include_dir OR NOT EXISTS "${include_dir}/wasmedge/wasmedge.h")
    set(${problem} "${where} has no header wasmedge/wasmedge.h" PARENT_SCOPE)
    return()
  endif()
  if(NOT library)
    set(${problem} "${where} has no library libwasmedge" PARENT_SCOPE)
    return()
  endif()
  _wasmedge_read_version("${include_dir}" version)
  string(REGEX MATCH "^[0-9]+\\.[0-9]+\\.[0-9]+" number "${version}")
  if(NOT number)
    set(${problem} "${where} does not say its version in wasmedge/version.h" PARENT_SCOPE)
    return()
  endif()
  if(number VERSION_LESS _wasmedge_oldest OR NOT number VERSION_LESS _wasmedge_limit)
    set(${problem} "${where} is WasmEdge ${version}, but ${_wasmedge_oldest} or newer, below ${_wasmedge_limit}, is needed"
        PARENT_SCOPE)
    return()
  endif()
  set(WasmEdge_INCLUDE_DIR "${include_dir}" PARENT_SCOPE)
  set(WasmEdge_LIBRARY "${library}" PARENT_SCOPE)
  set(WasmEdge_VERSION "${version}" PARENT_SCOPE)
endfunction()

# Finds the header's directory and the library under one prefix and nowhere else.
macro(_wasmedge_look_in prefix)
  file(GLOB _wasmedge_lib_dirs "${prefix}/lib" "${prefix}/lib64" "${prefix}/lib/*-linux-gnu")
  find_library(_wasmedge_library NAMES wasmedge PATHS ${_wasmedge_lib_dirs} NO_DEFAULT_PATH NO_CACHE)
  set(_wasmedge_include "${prefix}/include")
endmacro()

# Takes over what the manifest of a vendored prefix says; does nothing for other prefixes.
macro(_wasmedge_read_manifest prefix)
  if(EXISTS "${prefix}/manifest.json" AND IS_DIRECTORY "${prefix}/licenses")
    file(READ "${prefix}/manifest.json" _wasmedge_manifest)
    string(JSON WasmEdge_ORIGIN GET "${_wasmedge_manifest}" origin)
    set(WasmEdge_BUNDLED ON)
  endif()
endmacro()

# Lays the vendored prefix, or finds that it is up to date.
function(_wasmedge_vendor prefix)
  set(arguments --prefix "${prefix}" --cxx "${CMAKE_CXX_COMPILER}")
  if(WASMEDGE_LOCKED)
    list(APPEND arguments --locked)
  endif()
  execute_process(
    COMMAND "${Python_EXECUTABLE}" "${CMAKE_CURRENT_SOURCE_DIR}/third_party/wasmedge/vendor" ${arguments}
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "the vendored WasmEdge could not be laid; the lines above say why")
  endif()
endfunction()

find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)

if(NOT WASMEDGE_ROOT AND DEFINED ENV{WASMEDGE_ROOT})
  set(WASMEDGE_ROOT "$ENV{WASMEDGE_ROOT}")
endif()

set(WasmEdge_BUNDLED OFF)
if(WASMEDGE_ROOT)
  get_filename_component(WASMEDGE_ROOT "${WASMEDGE_ROOT}" ABSOLUTE)
  _wasmedge_look_in("${WASMEDGE_ROOT}")
  _wasmedge_check("${_wasmedge_include}" "${_wasmedge_library}" "the prefix WASMEDGE_ROOT=${WASMEDGE_ROOT}"
                  _wasmedge_problem)
  if(_wasmedge_problem)
    message(FATAL_ERROR "${_wasmedge_problem}.\n${_wasmedge_ways}")
  endif()
  set(WasmEdge_ORIGIN "prefix ${WASMEDGE_ROOT}")
  # One that our own tool has laid, perhaps on another machine, is ready to become part of a wheel.
  _wasmedge_read_manifest("${WASMEDGE_ROOT}")
else()
  set(_wasmedge_problem "not looked for")
  if(NOT WASMEDGE_VENDORED)
    find_path(_wasmedge_include NAMES wasmedge/wasmedge.h NO_CACHE)
    find_library(_wasmedge_library NAMES wasmedge NO_CACHE)
    _wasmedge_check("${_wasmedge_include}" "${_wasmedge_library}" "the system" _wasmedge_problem)
    if(_wasmedge_problem)
      message(STATUS "WasmEdge: ${_wasmedge_problem}; taking the vendored one")
    else()
      set(WasmEdge_ORIGIN "system package ${WasmEdge_VERSION}")
    endif()
  endif()
  if(_wasmedge_problem)
    if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
      message(FATAL_ERROR "no WasmEdge was found, and none is vendored for ${CMAKE_SYSTEM_NAME}.\n${_wasmedge_ways}")
    endif()
    set(_wasmedge_prefix "${CMAKE_CURRENT_SOURCE_DIR}/third_party/wasmedge/prefix")
    _wasmedge_vendor("${_wasmedge_prefix}")
    unset(_wasmedge_library)
    _wasmedge_look_in("${_wasmedge_prefix}")
    _wasmedge_check("${_wasmedge_include}" "${_wasmedge_library}" "the vendored prefix" _wasmedge_problem)
    if(_wasmedge_problem)
      message(FATAL_ERROR "${_wasmedge_problem}; remove ${_wasmedge_prefix} and build again")
    endif()
    _wasmedge_read_manifest("${_wasmedge_prefix}")
  endif()
endif()
message(STATUS "WasmEdge: ${WasmEdge_VERSION} (${WasmEdge_ORIGIN})")

add_library(WasmEdge::WasmEdge SHARED IMPORTED)
set_target_properties(WasmEdge::WasmEdge PROPERTIES IMPORTED_LOCATION "${WasmEdge_LIBRARY}"
                                                    INTERFACE_INCLUDE_DIRECTORIES "${WasmEdge_INCLUDE_DIR}")

# Lets an extension find the library where it is installed: beside it when vendored, else where it was found.
function(wasmedge_install target destination)
  if(NOT WasmEdge_BUNDLED)
    get_filename_component(directory "${WasmEdge_LIBRARY}" DIRECTORY)
    set_target_properties(${target} PROPERTIES INSTALL_RPATH "${directory}")
    return()
  endif()
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN/lib")
  get_filename_component(directory "${WasmEdge_LIBRARY}" DIRECTORY)
  get_filename_component(prefix "${directory}" DIRECTORY)
  # The link for the linker is no part of the installation, and would be a second copy in a wheel.
  install(DIRECTORY "${directory}/" DESTINATION ${destination}/lib PATTERN "libwasmedge.so" EXCLUDE)
  install(DIRECTORY "${prefix}/licenses/" DESTINATION ${destination}/lib/licenses)
endfunction()
