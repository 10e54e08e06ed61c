# SPDX-License-Identifier: Apache-2.0
# Finds pybind11 where a build in isolation, a preset in a virtual environment, and a compiler cache all do well.
set(PYBIND11_FINDPYTHON ON)

# scikit-build-core says where pybind11 is; without it the interpreter that we build for is asked.
if(NOT SKBUILD AND NOT pybind11_DIR)
  execute_process(
    COMMAND "${Python_EXECUTABLE}" -m pybind11 --cmakedir
    OUTPUT_VARIABLE _pybind11_dir
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(_pybind11_dir)
    set(pybind11_DIR "${_pybind11_dir}")
  endif()
endif()
find_package(pybind11 3.1 CONFIG REQUIRED)

# A build in isolation has pybind11 in a directory with a new name each time, and a compiler cache such as ccache would
# never find anything again. So the headers are taken from a copy whose path stays.
set(_pybind11_copy "${CMAKE_CURRENT_BINARY_DIR}/pybind11-${pybind11_VERSION}")
file(COPY "${pybind11_INCLUDE_DIR}/pybind11" DESTINATION "${_pybind11_copy}")
set_target_properties(pybind11::pybind11_headers PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${_pybind11_copy}"
                                                            INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${_pybind11_copy}")
