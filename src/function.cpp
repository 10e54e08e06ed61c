// SPDX-License-Identifier: Apache-2.0
// Binds Function (wasmedge/wasmedge_instance.h) as a C type with a vectorcall slot: a pybind11 method costs several times
// as much as the call that it makes.
#include "function.hpp"

#include <structmember.h>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "anchor.hpp"
#include "async_call.hpp"
#include "equality.hpp"
#include "errors.hpp"
#include "gil.hpp"
#include "host_function.hpp"
#include "integers.hpp"
#include "method.hpp"
#include "register.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

/// What a Function is made of. Holds its instance's anchor, and so may be called for as long as it lives.
struct FunctionBody {
  py::object anchor;
  const WasmEdge_FunctionInstanceContext* context;
  std::shared_ptr<FunctionType> type;
  std::string name;
  /// The name that it was added to an instance under, once it has been: a call that is going on refers to the one before.
  std::optional<std::string> added_as;

  const std::string& shown_name() const noexcept { return added_as ? *added_as : name; }
};

struct FunctionObject {
  PyObject_HEAD
  vectorcallfunc vectorcall;
  PyObject* weak_references;
  FunctionBody body;
};

PyTypeObject* function_type = nullptr;  // set once, when the module is imported

FunctionBody& body(PyObject* self) noexcept { return reinterpret_cast<FunctionObject*>(self)->body; }

/// The executor to run on. Throws when the collector has taken this function's instance apart already.
const std::shared_ptr<Executor>& executor_of(const FunctionBody& function) {
  return living_anchor(function.anchor, "function's instance").executor;
}

Callee to_callee(const FunctionBody& function) {
  return {function.shown_name(), function.context, *function.type, function.anchor};
}

PyObject* function_vectorcall(PyObject* self, PyObject* const* args, std::size_t flags, PyObject* keywords) {
  return in_slot([&] {
    const FunctionBody& function = body(self);
    const auto count = static_cast<std::size_t>(PyVectorcall_NARGS(flags));
    CallOptions options;
    if (keywords != nullptr) [[unlikely]] {
      options = options_from_keywords(function.shown_name(), args + count, keywords);
    }
    return py::reinterpret_steal<py::object>(invoke(executor_of(function), to_callee(function), args, count, options));
  });
}

int function_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(body(self).anchor.ptr());
  return 0;
}

int function_clear(PyObject* self) {
  const py::object dead = std::move(body(self).anchor);
  return 0;
}

void function_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  if (reinterpret_cast<FunctionObject*>(self)->weak_references != nullptr) PyObject_ClearWeakRefs(self);
  body(self).~FunctionBody();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* function_call_async(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* keywords) {
  return in_slot([&] {
    const auto& executor = executor_of(body(self));
    CallOptions options;
    if (keywords != nullptr) options = options_from_keywords("call_async", args + count, keywords);
    return start_async(executor, py::reinterpret_borrow<py::object>(self), args, static_cast<std::size_t>(count),
                       options);
  });
}

/// Whether the collector has taken this function's instance apart.
bool is_closed(const FunctionBody& function) noexcept {
  return !function.anchor || !anchor_of(function.anchor).alive();
}

PyObject* function_repr(PyObject* self) {
  const FunctionBody& function = body(self);
  if (is_closed(function)) return PyUnicode_FromString("<Function closed>");
  const std::string& shown = function.shown_name();
  const std::string name = shown.empty() ? "" : shown + " ";
  return to_str("<Function " + name + function.type->text() + ">").release().ptr();
}

/// Two objects for one function instance are equal, however they were found.
PyObject* function_compare(PyObject* self, PyObject* other, int operation) {
  if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(other) != function_type) Py_RETURN_NOTIMPLEMENTED;
  // A closed function is itself only: another may have come to be where it was.
  const bool open = !is_closed(body(self)) && !is_closed(body(other));
  const bool same = self == other || (open && body(self).context == body(other).context);
  return PyBool_FromLong(static_cast<long>(same == (operation == Py_EQ)));
}

Py_hash_t function_hash(PyObject* self) { return hash_address(body(self).context); }

PyObject* function_get_type(PyObject* self, void*) {
  return in_slot([&] { return py::cast(body(self).type); });
}

PyObject* function_get_name(PyObject* self, void*) {
  const std::string& name = body(self).shown_name();
  return PyUnicode_FromStringAndSize(name.data(), static_cast<Py_ssize_t>(name.size()));
}

/// `__signature__` of a function. Not of the class, which inspect asks for one too: that has its own, in its docstring.
PyObject* signature_get(PyObject*, PyObject* function, PyObject*) {
  if (function == nullptr) {
    PyErr_SetString(PyExc_AttributeError, "__signature__");
    return nullptr;
  }
  return in_slot([&] { return call_in("wasmedge.host", "_signature", body(function).type); });
}

std::array<PyType_Slot, 3> signature_slots{{
    {Py_tp_descr_get, reinterpret_cast<void*>(&signature_get)},
    {Py_tp_doc, const_cast<char*>("The parameters and the result, for inspect.signature().")},
    {0, nullptr},
}};

PyType_Spec signature_spec{
    .name = "wasmedge._core._Signature",
    .basicsize = sizeof(PyObject),
    .itemsize = 0,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = signature_slots.data(),
};

/// Function(type, callable, *, data=None, cost=0).
PyObject* function_new(PyTypeObject*, PyObject* args, PyObject* keywords) {
  static std::array<const char*, 5> names{"type", "callable", "data", "cost", nullptr};
  PyObject* type = nullptr;
  PyObject* callable = nullptr;
  PyObject* data = Py_None;
  PyObject* cost_object = nullptr;
  if (PyArg_ParseTupleAndKeywords(args, keywords, "OO|$OO:Function", const_cast<char**>(names.data()), &type, &callable,
                                  &data, &cost_object) == 0) {
    return nullptr;
  }
  return in_slot([&] {
    const std::uint64_t cost = cost_object == nullptr ? 0 : number_from(cost_object, "cost");
    auto signature = type == Py_None ? nullptr : function_type_from(type);
    return make_host_function(std::move(signature), py::reinterpret_borrow<py::object>(callable),
                              py::reinterpret_borrow<py::object>(data), cost);
  });
}

std::array<PyGetSetDef, 4> function_properties{{
    {"type", &function_get_type, nullptr, "The function's parameter and result types.", nullptr},
    {"name", &function_get_name, nullptr, "The name that the function was found under.", nullptr},
    {"__name__", &function_get_name, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
}};

std::array<PyMethodDef, 2> function_methods{{
    {"call_async", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&function_call_async)),
     METH_FASTCALL | METH_KEYWORDS,
     "call_async($self, *args, fuel=None, timeout=None)\n--\n\nCall the function in another thread."},
    {nullptr, nullptr, 0, nullptr},
}};

std::array<PyMemberDef, 3> function_members{{
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(FunctionObject, vectorcall), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(FunctionObject, weak_references), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
}};

// The first line is for inspect.signature(), which takes it off.
constexpr const char* kDoc =
    "Function(type, callable, *, data=None, cost=0)\n--\n\n" "A WebAssembly function that can be called.";

std::array<PyType_Slot, 13> function_slots{{
    {Py_tp_new, reinterpret_cast<void*>(&function_new)},
    {Py_tp_call, reinterpret_cast<void*>(&PyVectorcall_Call)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&function_dealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(&function_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(&function_clear)},
    {Py_tp_repr, reinterpret_cast<void*>(&function_repr)},
    {Py_tp_richcompare, reinterpret_cast<void*>(&function_compare)},
    {Py_tp_hash, reinterpret_cast<void*>(&function_hash)},
    {Py_tp_getset, function_properties.data()},
    {Py_tp_members, function_members.data()},
    {Py_tp_methods, function_methods.data()},
    {Py_tp_doc, const_cast<char*>(kDoc)},
    {0, nullptr},
}};

PyType_Spec function_spec{
    .name = "wasmedge._core.Function",
    .basicsize = sizeof(FunctionObject),
    .itemsize = 0,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = function_slots.data(),
};

FunctionBody& require_function(py::handle object) {
  if (Py_TYPE(object.ptr()) != function_type) {
    throw_type_error(std::string("expected a Function, not ") + Py_TYPE(object.ptr())->tp_name);
  }
  return body(object.ptr());
}

}  // namespace

py::object make_function(const py::object& anchor, const WasmEdge_FunctionInstanceContext* context, std::string name) {
  FunctionBody made{anchor, context, FunctionType::copy_of(WasmEdge_FunctionInstanceGetFunctionType(context)),
                    std::move(name), std::nullopt};
  // Not tp_alloc, which would begin to track the object before there is a body in it.
  FunctionObject* self = PyObject_GC_New(FunctionObject, function_type);
  if (self == nullptr) throw py::error_already_set();
  new (&self->body) FunctionBody(std::move(made));
  self->vectorcall = &function_vectorcall;
  self->weak_references = nullptr;
  auto object = py::reinterpret_steal<py::object>(reinterpret_cast<PyObject*>(self));
  PyObject_GC_Track(object.ptr());
  return object;
}

bool is_function(py::handle object) noexcept { return Py_TYPE(object.ptr()) == function_type; }

const py::object& function_anchor(py::handle function) { return require_function(function).anchor; }

void rebind_function(py::handle function, const py::object& anchor, const std::string& name) {
  FunctionBody& found = require_function(function);
  found.anchor = anchor;
  found.added_as = name;
}

Callee callee_of(py::handle function) {
  const FunctionBody& found = require_function(function);
  executor_of(found);
  return to_callee(found);
}

py::object call_function(py::handle function, const py::tuple& args, const CallOptions& options) {
  const FunctionBody& found = require_function(function);
  return py::reinterpret_steal<py::object>(
      invoke(executor_of(found), to_callee(found), PySequence_Fast_ITEMS(args.ptr()), args.size(), options));
}

py::object call_function_async(const py::object& function, const py::tuple& args, const CallOptions& options) {
  const auto& executor = executor_of(require_function(function));
  return start_async(executor, function, PySequence_Fast_ITEMS(args.ptr()), args.size(), options);
}

void register_function(py::module_& m) {
  function_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&function_spec));
  if (function_type == nullptr) throw py::error_already_set();
  const py::object signature_type = steal(PyType_FromSpec(&signature_spec));
  // Not by a call, which the type refuses.
  const auto* new_signature = reinterpret_cast<PyTypeObject*>(signature_type.ptr());
  const py::object signature = steal(new_signature->tp_alloc(const_cast<PyTypeObject*>(new_signature), 0));
  py::handle(reinterpret_cast<PyObject*>(function_type)).attr("__signature__") = signature;
  m.add_object("Function", py::reinterpret_borrow<py::object>(reinterpret_cast<PyObject*>(function_type)));
}

}  // namespace wasmedge
