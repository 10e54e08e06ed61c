// SPDX-License-Identifier: Apache-2.0
// The only includer of pybind11's core headers, so that every file sees the same configuration.
#pragma once

#include <pybind11/critical_section.h>
#include <pybind11/gil_safe_call_once.h>
#include <pybind11/native_enum.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace py = pybind11;
