// SPDX-License-Identifier: Apache-2.0
// Binds WasiModule (wasmedge/wasmedge_instance.h).
#include "wasi.hpp"

#include "configure.hpp"
#include "construction.hpp"
#include "errors.hpp"
#include "garbage.hpp"
#include "gil.hpp"
#include "logging.hpp"
#include "register.hpp"
#include "wasi_instance.hpp"

namespace wasmedge {
namespace {

/// The keyword arguments of WasiModule and of init(), which are the same.
WasiOptions options_from(const py::iterable& args, const py::object& env, const py::object& preopens,
                         const py::object& stdin_, const py::object& stdout_, const py::object& stderr_,
                         const py::object& sockets, const py::object& clock, const py::object& random_seed) {
  WasiOptions options = wasi_options_from(args, env, preopens);
  options.streams = {stdin_, stdout_, stderr_};
  read_sockets(sockets, options);
  options.clock = clock;
  options.random_seed = random_seed;
  return options;
}

template <class... Options>
std::shared_ptr<WasiModule> wasi_make(const Options&... options) {
  auto executor = std::make_shared<Executor>(Configure(), nullptr);
  return std::make_shared<WasiModule>(options_from(options...), std::move(executor));
}

template <class... Options>
void wasi_init(WasiModule& self, const Options&... options) {
  self.init(options_from(options...));
}

using Object = py::object;
constexpr auto kMake = &wasi_make<py::iterable, Object, Object, Object, Object, Object, Object, Object, Object>;
constexpr auto kInit = &wasi_init<py::iterable, Object, Object, Object, Object, Object, Object, Object, Object>;

std::uint32_t wasi_exit_code(const WasiModule& self) {
  self.sync_streams();
  return self.exit_code();
}

template <int Number>
py::object wasi_stream(const WasiModule& self) {
  return self.stream(Number);
}

py::object wasi_equal(const py::object& self, const py::object& other) {
  if (!py::isinstance<WasiModule>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
  return py::bool_(self.is(other));
}

py::ssize_t wasi_hash(const py::object& self) { return hash_address(self.ptr()); }

}  // namespace

WasiModule::WasiModule(WasiOptions options, std::shared_ptr<Executor> executor)
    : Instance(py::object()), options_(std::move(options)), executor_(std::move(executor)) {
  refresh();
}

void WasiModule::init(WasiOptions options) {
  std::swap(options_, options);
  try {
    refresh();
  } catch (...) {
    std::swap(options_, options);
    throw;
  }
}

void WasiModule::begin_program() {
  if (used_) refresh();
  used_ = true;
}

void WasiModule::refresh() {
  py::object streams;
  std::array<int, 3> descriptors{0, 1, 2};
  if (options_.has_streams()) {
    const auto& [stdin_, stdout_, stderr_] = options_.streams;
    streams = call_in("wasmedge.streams", "Streams", stdin_, stdout_, stderr_);
    descriptors = streams.attr("descriptors").cast<std::array<int, 3>>();
  }
  Anchor anchor;
  anchor.executor = executor_;
  anchor.label = "WASI";
  anchor.is_native = true;
  anchor.has_only_function_types = true;
  anchor.stores_externrefs = false;
  // The runtime borrows the descriptors, so they go after the instance.
  if (streams) anchor.dependencies.emplace(streams.ptr(), streams);
  drop_log_records();
  anchor.instance = make_wasi_instance(options_, descriptors, *executor_);
  flush_log_records();
  const py::object made = make_anchor(std::move(anchor));
  if (!options_.clock.is_none() || !options_.random_seed.is_none()) {
    const py::object substitutes = py::module_::import("wasmedge.wasi").attr("substitutes");
    for (const auto& [name, function] : substitutes(options_.clock, options_.random_seed).cast<py::dict>()) {
      replace_in(made, name.cast<std::string>(), py::reinterpret_borrow<py::object>(function));
    }
  }
  used_ = false;
  streams_ = std::move(streams);
  rebind(made);
}

py::object WasiModule::stream(int number) const { return streams_ ? streams_.attr("read")(number) : py::none(); }

void WasiModule::sync_streams() const {
  if (streams_) streams_.attr("sync")();
}

void WasiModule::finish() const {
  if (streams_) streams_.attr("finish")();
}

void WasiModule::clear() {
  const WasiOptions dead_options = std::exchange(options_, {});
  const py::object dead_streams = std::move(streams_);
  close();
}

void register_wasi(py::module_& m) {
  py::classh<WasiModule, Instance>(m, "WasiModule", py::is_final(), guarded_metaclass(),
                                   "The WebAssembly System Interface, preview 1.", collectable<WasiModule>())
      .def(py::init(kMake), py::kw_only(), py::arg("args") = py::tuple(), py::arg("env") = py::dict(),
           py::arg("preopens") = py::dict(), py::arg("stdin") = py::none(), py::arg("stdout") = py::none(),
           py::arg("stderr") = py::none(), py::arg("sockets") = false, py::arg("clock") = py::none(),
           py::arg("random_seed") = py::none())
      .def("init", kInit, py::kw_only(), py::arg("args") = py::tuple(), py::arg("env") = py::dict(),
           py::arg("preopens") = py::dict(), py::arg("stdin") = py::none(), py::arg("stdout") = py::none(),
           py::arg("stderr") = py::none(), py::arg("sockets") = false, py::arg("clock") = py::none(),
           py::arg("random_seed") = py::none(),
           "Give the next program other arguments, environment, directories and streams.")
      .def_property_readonly("exit_code", &wasi_exit_code, "The code that the program gave to proc_exit.")
      .def_property_readonly("stdin", &wasi_stream<0>, "The file to write the program's input to, if it is a PIPE.")
      .def_property_readonly("stdout", &wasi_stream<1>, "What the program has written to its standard output.")
      .def_property_readonly("stderr", &wasi_stream<2>, "What the program has written to its standard error.")
      .def("finish", &WasiModule::finish, "End the streams, and wait until all that was written has arrived.")
      // By identity: the instance that it stands for changes.
      .def("__eq__", &wasi_equal, py::arg("other"))
      .def("__hash__", &wasi_hash);
  // Instance is a base class of this one alone: a Python class could use itself before its base is constructed.
  reinterpret_cast<PyTypeObject*>(py::type::of<Instance>().ptr())->tp_flags &= ~Py_TPFLAGS_BASETYPE;
}

}  // namespace wasmedge
