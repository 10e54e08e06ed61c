// SPDX-License-Identifier: Apache-2.0
// The anchor as a Python type, with exact garbage collection; over no header of WasmEdge's in particular.
#include "anchor.hpp"

#include <array>
#include <new>
#include <utility>

#include "register.hpp"

namespace wasmedge {
namespace {

struct AnchorObject {
  PyObject_HEAD
  Anchor anchor;
};

PyTypeObject* anchor_type = nullptr;  // set once, when the module is imported

Anchor& body(PyObject* self) noexcept { return reinterpret_cast<AnchorObject*>(self)->anchor; }

int anchor_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  for (const py::object& dependency : body(self).dependencies) Py_VISIT(dependency.ptr());
  return 0;
}

/// Destroys the instance first: a half-cleared one could still be asked to run by its owner's finaliser.
int anchor_clear(PyObject* self) {
  Anchor dead;
  std::swap(dead, body(self));
  dead.instance.reset();
  return 0;
}

void anchor_dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  // A chain of instances, each importing from the last, is as deep as its author likes.
  Py_TRASHCAN_BEGIN(self, anchor_dealloc);
  PyTypeObject* type = Py_TYPE(self);
  body(self).~Anchor();
  type->tp_free(self);
  Py_DECREF(type);
  Py_TRASHCAN_END;
}

std::array<PyType_Slot, 5> anchor_slots{{
    {Py_tp_traverse, reinterpret_cast<void*>(&anchor_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(&anchor_clear)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&anchor_dealloc)},
    {Py_tp_doc, const_cast<char*>("Keeps a module instance alive; of no use by itself.")},
    {0, nullptr},
}};

PyType_Spec anchor_spec{
    .name = "wasmedge._core._Anchor",
    .basicsize = sizeof(AnchorObject),
    .itemsize = 0,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = anchor_slots.data(),
};

}  // namespace

py::object make_anchor(Anchor anchor) {
  PyObject* self = anchor_type->tp_alloc(anchor_type, 0);
  if (self == nullptr) throw py::error_already_set();
  // tp_alloc has begun to track the object, zero-filled: an empty Anchor to the collector until this line.
  new (&body(self)) Anchor(std::move(anchor));
  return py::reinterpret_steal<py::object>(self);
}

Anchor& anchor_of(py::handle object) noexcept { return body(object.ptr()); }

void register_anchor(py::module_&) {
  anchor_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&anchor_spec));
  if (anchor_type == nullptr) throw py::error_already_set();
}

}  // namespace wasmedge
