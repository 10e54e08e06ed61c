// SPDX-License-Identifier: Apache-2.0
// Binds Tag (wasmedge/wasmedge_instance.h).
#include "tag.hpp"

#include "construction.hpp"
#include "garbage.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

std::string tag_repr(const Tag& self) { return self.is_closed() ? "<Tag closed>" : "<Tag " + self.type().text() + ">"; }

}  // namespace

void register_tag(py::module_& m) {
  py::classh<Tag>(m, "Tag", py::is_final(), guarded_metaclass(), "A tag of exceptions.", collectable<Tag>())
      .def_property_readonly("type", &Tag::type, "The types of the values that an exception carries.")
      .def("__eq__", &same_context<Tag>, py::arg("other"))
      .def("__hash__", &Tag::hash)
      .def("__repr__", &tag_repr);
}

}  // namespace wasmedge
