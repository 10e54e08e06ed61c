// SPDX-License-Identifier: Apache-2.0
// Methods of bound classes by CPython's fastest calling convention: pybind11's own dispatch costs more than what such a
// method does.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "errors.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// The arguments of one call in the order of the parameters; null where none was given.
template <std::size_t Count>
using MethodArguments = std::array<PyObject*, Count>;

/// What a method is called and what it takes.
template <std::size_t Count>
struct MethodParameters {
  const char* name;
  std::array<std::string_view, Count> names;
  std::size_t required;
};

/// Sorts the arguments of a call by parameter. Throws the TypeError that CPython gives for a call that does not fit.
template <std::size_t Count>
MethodArguments<Count> sort_arguments(const MethodParameters<Count>& parameters, PyObject* const* args,
                                      Py_ssize_t positional, PyObject* keywords) {
  const auto refuse = [&](const std::string& reason) {
    throw_type_error(std::string(parameters.name) + "() " + reason);
  };
  MethodArguments<Count> sorted{};
  if (static_cast<std::size_t>(positional) > Count) {
    refuse("takes at most " + std::to_string(Count) + " arguments (" + std::to_string(positional) + " given)");
  }
  std::copy_n(args, positional, sorted.begin());
  const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
  for (Py_ssize_t i = 0; i < named; ++i) {
    const char* keyword = PyUnicode_AsUTF8(PyTuple_GET_ITEM(keywords, i));
    if (keyword == nullptr) throw py::error_already_set();
    const auto found = std::ranges::find(parameters.names, std::string_view(keyword));
    if (found == parameters.names.end()) refuse("got an unexpected keyword argument '" + std::string(keyword) + "'");
    PyObject*& place = sorted.at(static_cast<std::size_t>(found - parameters.names.begin()));
    if (place != nullptr) refuse("got multiple values for argument '" + std::string(keyword) + "'");
    place = args[positional + i];
  }
  for (std::size_t i = 0; i < parameters.required; ++i) {
    if (sorted.at(i) == nullptr)
      refuse("is missing the required argument '" + std::string(parameters.names.at(i)) + "'");
  }
  return sorted;
}

/// The object in C++ of a Python object of class T. The type has been checked by whoever found the method.
template <class T>
T& self_of(PyObject* self) {
  T* found = reinterpret_cast<py::detail::instance*>(self)->get_value_and_holder().value_ptr<T>();
  if (found == nullptr) throw_type_error(std::string("this ") + Py_TYPE(self)->tp_name + " is not made yet");
  return *found;
}

/// Runs what gives an object in a C slot: null, with the exception set, when it throws.
template <class Work>
PyObject* in_slot(Work&& work) noexcept {
  try {
    return work().release().ptr();
  } catch (...) {
    set_python_error();
    return nullptr;
  }
}

/// The same for a C slot that gives a number: -1 when it throws.
template <class Work>
auto in_number_slot(Work&& work) noexcept -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    set_python_error();
    return -1;
  }
}

/// The C function of a method. `Parameters` points to a constant of static life; `Method` takes the object and the arguments.
template <class T, const auto* Parameters, auto Method>
PyObject* fast_method(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  return in_slot([&]() -> py::object {
    return Method(py::handle(self), self_of<T>(self), sort_arguments(*Parameters, args, positional, keywords));
  });
}

}  // namespace wasmedge
