// SPDX-License-Identifier: Apache-2.0
// Binds what is under Async (aio.py) as a C type: a future of pybind11 or of Python costs more than most calls.
#include <array>
#include <new>
#include <string>
#include <utility>

#include "async_state.hpp"
#include "errors.hpp"
#include "gil.hpp"
#include "method.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

struct AsyncObject {
  PyObject_HEAD
  AsyncState state;
};

PyObject* async_new(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* self = type->tp_alloc(type, 0);
  if (self == nullptr) return nullptr;
  return in_slot([&] {
    auto made = py::reinterpret_steal<py::object>(self);
    new (&reinterpret_cast<AsyncObject*>(self)->state) AsyncState();
    return made;
  });
}

int async_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  int result = 0;
  AsyncState::of(self).visit([&](const py::object& held) {
    if (result == 0 && held) result = visit(held.ptr(), arg);
  });
  return result;
}

int async_clear(PyObject* self) {
  AsyncState::of(self).clear();
  return 0;
}

void async_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  AsyncState::of(self).~AsyncState();
  type->tp_free(self);
  Py_DECREF(type);
}

/// One of the fields that are nothing but objects, and what it is before it was set.
struct Field {
  py::object AsyncState::Fields::* place;
  bool is_list;
};

constexpr Field kResult{&AsyncState::Fields::result, false};
constexpr Field kException{&AsyncState::Fields::exception, false};
constexpr Field kWaiters{&AsyncState::Fields::waiters, true};
constexpr Field kCallbacks{&AsyncState::Fields::callbacks, true};

PyObject* get_field(PyObject* self, void* closure) {
  const auto& field = *static_cast<const Field*>(closure);
  return in_slot([&]() -> py::object {
    py::object& place = AsyncState::of(self).fields().*field.place;
    if (place) return place;
    if (!field.is_list) return py::none();
    return place = py::list();
  });
}

int set_field(PyObject* self, PyObject* value, void* closure) {
  const auto& field = *static_cast<const Field*>(closure);
  const py::object before =
      std::exchange(AsyncState::of(self).fields().*field.place, py::reinterpret_borrow<py::object>(value));
  return 0;
}

PyObject* get_condition(PyObject* self, void*) {
  return in_slot([&] { return AsyncState::of(self).listen(self); });
}

PyObject* get_state(PyObject* self, void*) { return PyUnicode_InternFromString(AsyncState::of(self).name()); }

/// What the methods of concurrent.futures.Future set.
int set_state(PyObject* self, PyObject* value, void*) {
  return in_number_slot([&] {
    if (value == nullptr) throw_attribute_error("a call always has a state");
    const auto name = py::handle(value).cast<std::string>();
    CallPhase phase = CallPhase::kPending;
    if (name == "RUNNING") phase = CallPhase::kRunning;
    if (name == "FINISHED") phase = CallPhase::kFinished;
    if (name.starts_with("CANCELLED")) phase = CallPhase::kCancelled;
    AsyncState::of(self).enter(phase);
    return 0;
  });
}

PyObject* get_is_done(PyObject* self, void*) {
  return in_slot([&] {
    AsyncState& state = AsyncState::of(self);
    state.settle(self);
    return py::bool_(state.is_done());
  });
}

PyObject* get_was_stopped(PyObject* self, void*) {
  return PyBool_FromLong(static_cast<long>(AsyncState::of(self).was_stopped()));
}

PyObject* method_outcome(PyObject* self, PyObject* is_awaited) {
  return in_slot(
      [&] { return AsyncState::of(self).outcome(is_awaited == Py_True ? "asyncio" : "concurrent.futures"); });
}

PyObject* method_cancel_pending(PyObject* self, PyObject*) {
  return in_slot([&] { return py::bool_(AsyncState::of(self).cancel_pending()); });
}

PyObject* method_stop(PyObject* self, PyObject*) {
  return in_slot([&]() -> py::object {
    make_request(AsyncState::of(self).request(), StopReason::kCancelled);
    return py::none();
  });
}

PyObject* method_add_waker(PyObject* self, PyObject* args) {
  return in_slot([&] {
    if (PyTuple_GET_SIZE(args) != 3) throw_type_error("_add_waker() takes a signal, a function and its argument");
    return py::bool_(AsyncState::of(self).add_waker(self, py::reinterpret_borrow<py::tuple>(args)));
  });
}

constexpr void* closure_of(const Field& field) noexcept { return const_cast<Field*>(&field); }

std::array<PyGetSetDef, 9> properties{{
    {"_result", &get_field, &set_field, nullptr, closure_of(kResult)},
    {"_exception", &get_field, &set_field, nullptr, closure_of(kException)},
    {"_waiters", &get_field, &set_field, nullptr, closure_of(kWaiters)},
    {"_done_callbacks", &get_field, &set_field, nullptr, closure_of(kCallbacks)},
    {"_condition", &get_condition, nullptr, nullptr, nullptr},
    {"_state", &get_state, &set_state, nullptr, nullptr},
    {"_is_done", &get_is_done, nullptr, "Whether the call has ended, or was kept from beginning.", nullptr},
    {"_was_stopped", &get_was_stopped, nullptr, "Whether the call was cancelled while it ran.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
}};

std::array<PyMethodDef, 5> methods{{
    {"_outcome", &method_outcome, METH_O,
     "_outcome($self, is_awaited, /)\n--\n\nReturn the result of a call that is done, or raise its exception."},
    {"_cancel_pending", &method_cancel_pending, METH_NOARGS,
     "_cancel_pending($self)\n--\n\nKeep the call from beginning, and return whether it had not yet."},
    {"_stop", &method_stop, METH_NOARGS, "_stop($self)\n--\n\nStop the call."},
    {"_add_waker", &method_add_waker, METH_VARARGS,
     "_add_waker($self, signal, function, argument, /)\n--\n\nCall a function of C at the end."},
    {nullptr, nullptr, 0, nullptr},
}};

std::array<PyType_Slot, 8> slots{{
    {Py_tp_new, reinterpret_cast<void*>(&async_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&async_dealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(&async_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(&async_clear)},
    {Py_tp_getset, properties.data()},
    {Py_tp_methods, methods.data()},
    {Py_tp_doc, const_cast<char*>("What is known of a call that goes on in another thread.")},
    {0, nullptr},
}};

PyType_Spec spec{
    .name = "wasmedge._core._AsyncState",
    .basicsize = sizeof(AsyncObject),
    .itemsize = 0,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .slots = slots.data(),
};

}  // namespace

py::object AsyncState::make() {
  PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::object> type;
  type.call_once_and_store_result([] { return py::object(import_module("wasmedge.aio").attr("Async")); });
  return steal(async_new(reinterpret_cast<PyTypeObject*>(type.get_stored().ptr()), nullptr, nullptr));
}

AsyncState& AsyncState::of(py::handle async) noexcept { return reinterpret_cast<AsyncObject*>(async.ptr())->state; }

void register_async_state(py::module_& m) { m.add_object("_AsyncState", steal(PyType_FromSpec(&spec))); }

}  // namespace wasmedge
