// SPDX-License-Identifier: Apache-2.0
// Binds the versions (wasmedge/version.h) and how the extension was built.
#include <wasmedge/wasmedge.h>

#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

/// What CMake knew at build time, and the version of the library that is really loaded.
py::dict build_info() {
  py::dict info;
  info["version"] = PYWASMEDGE_VERSION;
  info["wasmedge"] = WasmEdge_VersionGet();
  info["wasmedge_headers"] = WASMEDGE_VERSION;
  info["wasmedge_origin"] = PYWASMEDGE_RUNTIME_ORIGIN;
  info["compiler"] = PYWASMEDGE_COMPILER;
  info["build_type"] = PYWASMEDGE_BUILD_TYPE;
  info["pybind11"] = std::to_string(PYBIND11_VERSION_MAJOR) + "." + std::to_string(PYBIND11_VERSION_MINOR) + "." +
                     PYBIND11_TOSTRING(PYBIND11_VERSION_MICRO);
  info["python"] = PY_VERSION;
  info["platform"] = PYWASMEDGE_PLATFORM;
  return info;
}

}  // namespace

void register_build_info(py::module_& m) {
  m.attr("__version__") = PYWASMEDGE_VERSION;
  m.attr("runtime_version") = WasmEdge_VersionGet();
  m.attr("runtime_version_info") =
      py::make_tuple(WasmEdge_VersionGetMajor(), WasmEdge_VersionGetMinor(), WasmEdge_VersionGetPatch());
  m.def("build_info", &build_info, "Return how, and against which runtime, the package was built.");
}

}  // namespace wasmedge
