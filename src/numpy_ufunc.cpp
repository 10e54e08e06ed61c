// SPDX-License-Identifier: Apache-2.0
// Makes numpy.ufunc objects through numpy's table of C functions (numpy/__ufunc_api.h), which pybind11 does not know.
#include "numpy_ufunc.hpp"

#include <cstring>
#include <sstream>

#include <pybind11/numpy.h>

#include "gil.hpp"

namespace wasmedge {
namespace {

/// PyUFuncObject up to what is used of it; the same in numpy 1.22 to 2.5. What is not used has its type left open.
struct Ufunc {
  PyObject_HEAD
  int inputs, outputs, operands;
  int identity;
  void* functions;
  void* data;
  int loop_count;
  int reserved1;
  const char* name;
  const char* types;
  const char* doc;
  void* ptr;
  PyObject* obj;  // released with the ufunc, and visited by the collector; numpy itself leaves it null
  PyObject* user_loops;
  int core_enabled;
  int core_dimension_count;
  int* core_dimension_counts;
  int* core_dimension_indices;
  int* core_offsets;
  char* core_signature;
  void* type_resolver;
  void* reserved2;
  vectorcallfunc vectorcall;
  void* reserved3;
  std::uint32_t* operand_flags;
  std::uint32_t iterator_flags;
  Py_ssize_t* core_sizes;
  std::uint32_t* core_flags;
  PyObject* identity_value;
  void* dispatch_cache;
  PyObject* loops;  // a list of (types, method); from 2.5 on the values of a dict
};

/// PyArrayMethodObject up to its flags, which numpy does not publish; the same in 1.22 to 2.5.
struct ArrayMethod {
  PyObject_HEAD
  const char* name;
  int inputs, outputs;
  int casting;
  int flags;
};

constexpr int kNoIdentity = -1;         // PyUFunc_None
constexpr int kIdentityValue = -3;      // PyUFunc_IdentityValue
constexpr std::size_t kMakeUfunc = 42;  // the place of PyUFunc_FromFuncAndDataAndSignatureAndIdentity in the table
constexpr int kRequiresPython = 1;      // NPY_METH_REQUIRES_PYAPI, from numpy 1.25 on

using MakeUfunc = PyObject* (*)(const UfuncLoop*, void* const*, const char*, int, int, int, int, const char*,
                                const char*, int, const char*, PyObject*);

struct Numpy {
  PyTypeObject* ufunc_type;
  MakeUfunc make;
};

/// Looked up at each making, which is no hot path.
Numpy find_numpy() {
  const py::object capsule = py::detail::import_numpy_core_submodule("_multiarray_umath").attr("_UFUNC_API");
  auto* table = static_cast<void**>(PyCapsule_GetPointer(capsule.ptr(), nullptr));
  if (table == nullptr) throw py::error_already_set();
  return {static_cast<PyTypeObject*>(table[0]), reinterpret_cast<MakeUfunc>(table[kMakeUfunc])};
}

vectorcallfunc numpy_call = nullptr;  // set once, when the first ufunc is made: numpy has one for all

/// Whether numpy keeps to what a method's flags say. Until 2.1 accumulate() lets go of the GIL nevertheless, and then looks
/// for an exception without it.
bool keeps_to_flags() {
  const auto version = py::module_::import("numpy").attr("__version__").cast<std::string>();
  int major = 0;
  int minor = 0;
  std::istringstream text(version);
  text >> major;
  text.ignore();
  text >> minor;
  return major > 2 || (major == 2 && minor >= 2);
}

/// Has numpy hold the GIL while a loop runs, and look for an exception after it. For loops made of plain numbers it would
/// otherwise do neither, go on with the next piece of the arrays, and return a result beside the exception. numpy's own
/// way to say this is only there for ufuncs that do without its old rules for types.
///
/// Where it cannot be said, the loop takes the GIL itself, and does nothing when there is an exception; a call looks for it
/// at its end. Only reduce(), accumulate() and reduceat() are then a SystemError, with the exception as its cause.
void require_python(const Ufunc& ufunc) {
  if (!keeps_to_flags()) return;
  const auto loops = py::reinterpret_borrow<py::object>(ufunc.loops);
  if (PyList_Check(loops.ptr()) == 0 && PyDict_Check(loops.ptr()) == 0) return;  // a numpy that nobody knows yet
  const py::object entries = PyDict_Check(loops.ptr()) != 0 ? loops.attr("values")() : loops;
  for (const py::handle entry : entries) {
    const py::object object = entry.attr("__getitem__")(1);
    auto* method = reinterpret_cast<ArrayMethod*>(object.ptr());
    const bool is_known = Py_TYPE(object.ptr())->tp_basicsize >= static_cast<Py_ssize_t>(sizeof(ArrayMethod)) &&
                          method->inputs == ufunc.inputs && method->outputs == ufunc.outputs &&
                          std::strncmp(method->name, "legacy_ufunc_wrapper_for_", 25) == 0;
    if (is_known) method->flags |= kRequiresPython;
  }
}

}  // namespace

py::object make_ufunc(const UfuncTable& table, const py::object& identity, const py::object& owner,
                      vectorcallfunc call) {
  const Numpy numpy = find_numpy();
  const bool has_identity = !identity.is_none();
  py::object made = steal(numpy.make(
      table.loops.data(), table.data.data(), table.types.data(), static_cast<int>(table.loops.size()), table.inputs,
      table.outputs, has_identity ? kIdentityValue : kNoIdentity, table.name.c_str(), table.doc.c_str(), 0,
      table.signature.empty() ? nullptr : table.signature.c_str(), has_identity ? identity.ptr() : nullptr));
  auto& ufunc = *reinterpret_cast<Ufunc*>(made.ptr());
  require_python(ufunc);
  ufunc.obj = py::object(owner).release().ptr();
  numpy_call = ufunc.vectorcall;
  ufunc.vectorcall = call;
  // numpy's ufuncs can be visited by the collector, but are not tracked: they live for ever, and these need not.
  if (PyObject_GC_IsTracked(made.ptr()) == 0) PyObject_GC_Track(made.ptr());
  return made;
}

bool is_ufunc(py::handle object) { return PyObject_TypeCheck(object.ptr(), find_numpy().ufunc_type) != 0; }

PyObject* ufunc_owner(PyObject* ufunc) noexcept { return reinterpret_cast<Ufunc*>(ufunc)->obj; }

PyObject* call_ufunc(PyObject* ufunc, PyObject* const* args, std::size_t flags, PyObject* keywords) {
  return numpy_call(ufunc, args, flags, keywords);
}

}  // namespace wasmedge
