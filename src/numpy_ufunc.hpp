// SPDX-License-Identifier: Apache-2.0
// numpy's universal functions (numpy/ufuncobject.h), without numpy's headers.
#pragma once

#include <string>
#include <vector>

#include "pybind.hpp"

namespace wasmedge {

/// An inner loop: `dimensions[0]` elements, those of operand k from `args[k]` on, `strides[k]` bytes apart. Of a generalized
/// function the lengths of the core dimensions and the strides along them follow.
using UfuncLoop = void (*)(char** args, const Py_ssize_t* dimensions, const Py_ssize_t* strides, void* data);

/// What a ufunc is made of and points to: it has to live as long as the ufunc.
struct UfuncTable {
  std::string name;
  std::string doc;
  std::string signature;  // of a generalized function, such as "(n),(n)->()"; empty for others
  int inputs = 0;
  int outputs = 0;
  std::vector<UfuncLoop> loops;
  std::vector<void*> data;  // a loop's last argument
  std::string types;        // numpy's type numbers, as bytes: those of all operands for each loop
};

/// Makes a numpy.ufunc, which keeps `owner` alive, and with it the table. Its loops are run with the GIL held, and no further
/// one after one that has set an exception. `identity` is None for a ufunc that has none. GIL held.
py::object make_ufunc(const UfuncTable& table, const py::object& identity, const py::object& owner,
                      vectorcallfunc call);

/// The owner of a ufunc of make_ufunc(), or null; of one of numpy's or of anybody else's it may be anything.
PyObject* ufunc_owner(PyObject* ufunc) noexcept;

bool is_ufunc(py::handle object);

/// Calls a ufunc as numpy does. GIL held.
PyObject* call_ufunc(PyObject* ufunc, PyObject* const* args, std::size_t flags, PyObject* keywords);

}  // namespace wasmedge
