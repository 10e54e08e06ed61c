# SPDX-License-Identifier: Apache-2.0
# The package's version, whose one place is python/wasmedge/_version.py.
file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/python/wasmedge/_version.py" _version_line REGEX "^__version__ = ")
string(REGEX REPLACE "^__version__ = \"(.*)\"$" "\\1" PYWASMEDGE_VERSION "${_version_line}")
if(NOT PYWASMEDGE_VERSION)
  message(FATAL_ERROR "python/wasmedge/_version.py holds no line __version__ = \"...\"")
endif()
