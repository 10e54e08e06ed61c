// SPDX-License-Identifier: Apache-2.0
// Binds the ufuncs over guests' functions, for vectorization.py and generalization.py.
#include "array_kernel.hpp"

#include <cstdint>
#include <utility>

#include <pybind11/numpy.h>

#include "errors.hpp"
#include "exception.hpp"
#include "garbage.hpp"
#include "gil.hpp"
#include "method.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

thread_local ArrayCall* innermost = nullptr;

/// numpy holds the GIL here, unless it is one whose methods this package does not know (numpy_ufunc.cpp).
class HeldGil {
 public:
  HeldGil() noexcept : is_taken_(PyGILState_Check() == 0) {
    if (is_taken_) PyEval_RestoreThread(PyGILState_GetThisThreadState());
  }
  ~HeldGil() {
    if (is_taken_) PyEval_SaveThread();
  }
  HeldGil(const HeldGil&) = delete;
  HeldGil& operator=(const HeldGil&) = delete;
  HeldGil(HeldGil&&) = delete;
  HeldGil& operator=(HeldGil&&) = delete;

 private:
  bool is_taken_;
};

void inner_loop(char** args, const Py_ssize_t* dimensions, const Py_ssize_t* strides, void* data) {
  if (dimensions[0] == 0) return;
  const HeldGil gil;
  if (PyErr_Occurred() != nullptr) return;
  auto& kernel = *static_cast<ArrayKernel*>(data);
  try {
    try {
      run_pieces(kernel, {args, dimensions, strides});
    } catch (...) {
      set_python_error();
    }
    // What is no call of the ufunc has nobody to explain its exception.
    if (PyErr_Occurred() != nullptr && ArrayCall::current(kernel) == nullptr) {
      py::object exception = take_exception();
      call_in("wasmedge.elements", "note_method", exception, kernel.table().name);
      set_exception(std::move(exception));
    }
  } catch (...) {
    set_python_error();
  }
}

/// The arguments of a vectorcall as those of a Python call.
std::pair<py::tuple, py::dict> arguments_of(PyObject* const* args, std::size_t flags, PyObject* keywords) {
  const Py_ssize_t count = PyVectorcall_NARGS(flags);
  const py::tuple positional(count);
  for (Py_ssize_t i = 0; i < count; ++i) positional[static_cast<std::size_t>(i)] = py::handle(args[i]);
  const py::dict named;
  const Py_ssize_t named_count = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
  for (Py_ssize_t i = 0; i < named_count; ++i) named[PyTuple_GET_ITEM(keywords, i)] = py::handle(args[count + i]);
  return {positional, named};
}

/// Whether all inputs are plain numbers of Python's, and which of numpy's types an int among them is where the guest wants
/// an i32. numpy takes such an int for an int64, if there is no array that says otherwise, and would refuse it.
const char* find_int_type(ArrayKernel& kernel, PyObject* const* args, Py_ssize_t count) {
  const int inputs = kernel.table().inputs;
  if (count < inputs) return nullptr;
  bool has_negative = false;
  bool has_large = false;
  bool has_int = false;
  for (int i = 0; i < inputs; ++i) {
    if (PyFloat_CheckExact(args[i]) != 0) continue;
    if (PyLong_CheckExact(args[i]) == 0) return nullptr;
    if (kernel.table().types[static_cast<std::size_t>(i)] != py::detail::npy_api::NPY_INT_) continue;
    int overflow = 0;
    const long value = PyLong_AsLongAndOverflow(args[i], &overflow);
    if (overflow != 0 || std::cmp_less(value, INT32_MIN) || std::cmp_greater(value, UINT32_MAX)) return nullptr;
    has_int = true;
    has_negative = has_negative || value < 0;
    has_large = has_large || value > INT32_MAX;
  }
  if (!has_int || (has_negative && has_large)) return nullptr;
  return has_large ? "uint32" : "int32";
}

/// Calls the ufunc as numpy does, with those ints as what they are meant to be.
py::object call_with_ints(ArrayKernel& kernel, PyObject* self, PyObject* const* args, std::size_t flags,
                          PyObject* keywords) {
  const Py_ssize_t count = PyVectorcall_NARGS(flags);
  const char* type = find_int_type(kernel, args, count);
  if (type == nullptr) return py::reinterpret_steal<py::object>(call_ufunc(self, args, flags, keywords));
  const py::object make = import_module("numpy").attr(type);
  const Py_ssize_t total = count + (keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords));
  std::vector<PyObject*> given(args, args + total);
  std::vector<py::object> made;
  for (int i = 0; i < kernel.table().inputs; ++i) {
    const auto place = static_cast<std::size_t>(i);
    if (kernel.table().types[place] != py::detail::npy_api::NPY_INT_ || PyLong_CheckExact(args[i]) == 0) continue;
    made.push_back(make(py::handle(args[i])));
    given[place] = made.back().ptr();
  }
  return py::reinterpret_steal<py::object>(call_ufunc(self, given.data(), static_cast<std::size_t>(count), keywords));
}

/// Takes the place of numpy's own function for `ufunc(…)`, to know where a call begins and ends.
PyObject* ufunc_vectorcall(PyObject* self, PyObject* const* args, std::size_t flags, PyObject* keywords) {
  return in_slot([&] {
    const auto owner = py::reinterpret_borrow<py::object>(ufunc_owner(self));
    auto& kernel = owner.cast<ArrayKernel&>();
    const TimeLimit limit(kernel.options().limits.timeout);
    const ArrayCall call(kernel);
    py::object result = call_with_ints(kernel, self, args, flags, keywords);
    if (PyErr_Occurred() == nullptr) return result;
    py::object exception = take_exception();
    if (const CallRecord& record = call.record(); record.failure && exception.is(record.failure)) {
      const auto [positional, named] = arguments_of(args, flags, keywords);
      call_in("wasmedge.elements", "note_element", exception, py::reinterpret_borrow<py::object>(self), positional,
              named, record.failed_at, record.addresses);
    }
    set_exception(std::move(exception));
    throw py::error_already_set();
  });
}

UfuncTable table_from(const py::dict& options, const std::vector<std::string>& types, ArrayKernel* kernel) {
  UfuncTable table;
  table.name = options["name"].cast<std::string>();
  table.doc = options["doc"].cast<std::string>();
  table.signature = options["signature"].cast<std::string>();
  table.inputs = options["inputs"].cast<int>();
  table.outputs = options["outputs"].cast<int>();
  for (const std::string& each : types) table.types += each;
  table.loops.assign(types.size(), &inner_loop);
  table.data.assign(types.size(), kernel);
  return table;
}

ArrayOptions options_of(const py::dict& options) {
  ArrayOptions made;
  made.limits = options_from(options["fuel"], options["timeout"]);
  made.threads = options["threads"].cast<std::size_t>();
  made.large = options["large"].cast<std::int64_t>();
  made.calls_python = options["calls_python"].cast<bool>();
  made.progress = options["progress"];
  return made;
}

py::object make(const py::dict& options, std::unique_ptr<ArrayLoop> loop) {
  const auto types = options["types"].cast<std::vector<py::bytes>>();
  const py::object owner = py::cast(
      std::make_unique<ArrayKernel>(table_from(options, {types.begin(), types.end()}, nullptr), std::move(loop),
                                    options["factory"], options_of(options), options["recipe"]));
  auto& kernel = owner.cast<ArrayKernel&>();
  kernel.table().data.assign(types.size(), &kernel);
  // What is wrong with the module or its imports is found now.
  const auto first = kernel.pool().take();
  return make_ufunc(kernel.table(), options["identity"], owner, &ufunc_vectorcall);
}

/// Places are pairs of an element's bytes and an address, inputs first.
py::object make_vectorized(const py::dict& options, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& places,
                           std::uint32_t block, std::uint32_t group) {
  std::vector<ElementLoop::Operand> inputs;
  std::vector<ElementLoop::Operand> outputs;
  const auto input_count = options["inputs"].cast<std::size_t>();
  for (const auto& [bytes, base] : places) (inputs.size() < input_count ? inputs : outputs).push_back({bytes, base});
  return make(options, std::make_unique<ElementLoop>(std::move(inputs), std::move(outputs), block, group));
}

/// Operands are pairs of an item's bytes and the numbers of its dimensions.
py::object make_generalized(const py::dict& options,
                            const std::vector<std::pair<std::uint32_t, std::vector<std::size_t>>>& operands,
                            std::size_t dimension_count) {
  std::vector<CoreLoop::Operand> made;
  made.reserve(operands.size());
  for (const auto& [bytes, dimensions] : operands) made.push_back({bytes, dimensions});
  return make(options,
              std::make_unique<CoreLoop>(std::move(made), options["inputs"].cast<std::size_t>(), dimension_count));
}

/// What a ufunc was made of, or None when it is not one of these.
py::object ufunc_recipe(const py::object& ufunc) {
  if (!is_ufunc(ufunc)) return py::none();
  PyObject* owner = ufunc_owner(ufunc.ptr());
  if (owner == nullptr || !py::isinstance<ArrayKernel>(owner)) return py::none();
  return py::handle(owner).cast<ArrayKernel&>().recipe();
}

}  // namespace

ArrayKernel::ArrayKernel(UfuncTable table, std::unique_ptr<ArrayLoop> loop, py::object factory, ArrayOptions options,
                         py::object recipe)
    : table_(std::move(table)),
      loop_(std::move(loop)),
      pool_(std::move(factory), options.threads),
      options_(std::move(options)),
      recipe_(std::move(recipe)) {}

ArrayCall::ArrayCall(const ArrayKernel& kernel) : kernel_(kernel), outer_(std::exchange(innermost, this)) {
  record_.fuel = kernel.options().limits.fuel;
}

ArrayCall::~ArrayCall() { innermost = outer_; }

CallRecord* ArrayCall::current(const ArrayKernel& kernel) noexcept {
  return innermost != nullptr && &innermost->kernel_ == &kernel ? &innermost->record_ : nullptr;
}

void register_array_kernel(py::module_& m) {
  const py::classh<ArrayKernel> kernel(m, "_ArrayKernel", py::is_final(), guarded_metaclass(),
                                       "What a ufunc is made of.", collectable<ArrayKernel>());
  m.def("_make_vectorized", &make_vectorized, py::arg("options"), py::arg("places"), py::arg("block"), py::arg("group"),
        "Make a ufunc over a function of scalars.");
  m.def("_make_generalized", &make_generalized, py::arg("options"), py::arg("operands"), py::arg("dimension_count"),
        "Make a generalized ufunc over a function of pointers and lengths.");
  m.def("_ufunc_recipe", &ufunc_recipe, py::arg("ufunc"), "Return what a ufunc can be made of again, or None.");
}

}  // namespace wasmedge
