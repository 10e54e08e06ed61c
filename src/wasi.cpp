// SPDX-License-Identifier: Apache-2.0
// Binds WasiModule (wasmedge/wasmedge_instance.h).
#include "wasi.hpp"

#include <dirent.h>

#include <cerrno>

#include "configure.hpp"
#include "construction.hpp"
#include "errors.hpp"
#include "garbage.hpp"
#include "logging.hpp"
#include "mappings.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

// Errors of WASI preview 1 (snapshot preview 1, type errno).
constexpr std::int32_t kErrnoNosys = 52;
constexpr std::int32_t kErrnoNotcapable = 76;

/// A function of WASI that does nothing but answer with an error. Touches no Python.
template <std::int32_t Errno>
WasmEdge_Result refuse(void*, const WasmEdge_CallingFrameContext*, const WasmEdge_Value*, WasmEdge_Value* returns) {
  returns[0] = WasmEdge_ValueGenI32(Errno);
  return WasmEdge_Result_Success;
}

/// Puts a refusal in the place of a function. What was there stays owned by the instance, out of reach of guests.
void replace(WasmEdge_ModuleInstanceContext* wasi, const std::string& name, WasmEdge_HostFunc_t refusal) {
  const auto* found = WasmEdge_ModuleInstanceFindFunction(wasi, wrap(name));
  const auto* type = WasmEdge_FunctionInstanceGetFunctionType(found);
  WasmEdge_ModuleInstanceAddFunction(wasi, wrap(name), WasmEdge_FunctionInstanceCreate(type, refusal, nullptr, 0));
}

/// The runtime's proc_raise sends a real signal to this process, and its sockets are open to every guest.
void close_gates(WasmEdge_ModuleInstanceContext* wasi) {
  for (const std::string& name : list_names(wasi, &WasmEdge_ModuleInstanceListFunction)) {
    if (name == "proc_raise") replace(wasi, name, &refuse<kErrnoNosys>);
    if (name.starts_with("sock_")) replace(wasi, name, &refuse<kErrnoNotcapable>);
  }
}

std::vector<const char*> pointers(const std::vector<std::string>& strings) {
  std::vector<const char*> result;
  result.reserve(strings.size());
  for (const std::string& string : strings) result.push_back(string.c_str());
  return result;
}

std::shared_ptr<WasmEdge_ModuleInstanceContext> make_wasi(const WasiOptions& options) {
  const auto args = pointers(options.args);
  const auto env = pointers(options.env);
  const auto preopens = pointers(options.preopens);
  const auto length = [](const auto& strings) { return static_cast<std::uint32_t>(strings.size()); };
  auto wasi = own(WasmEdge_ModuleInstanceCreateWASI(args.data(), length(args), env.data(), length(env), preopens.data(),
                                                    length(preopens)));
  close_gates(wasi.get());
  return wasi;
}

/// A str or path as the bytes that the operating system and a guest see; no NUL can be in them.
std::string to_bytes(py::handle object, const char* what) {
  PyObject* encoded = nullptr;
  if (PyUnicode_FSConverter(object.ptr(), static_cast<void*>(&encoded)) == 0) throw py::error_already_set();
  auto text = py::reinterpret_steal<py::bytes>(encoded).cast<std::string>();
  if (text.find('\0') != std::string::npos) throw_value_error(std::string(what) + " contains a NUL character");
  return text;
}

std::vector<std::string> args_from(const py::iterable& args) {
  if (py::isinstance<py::str>(args)) throw_type_error("args must be a sequence of str, not one str");
  std::vector<std::string> result;
  for (const py::handle arg : args) result.push_back(to_bytes(arg, "an argument"));
  return result;
}

std::vector<std::string> env_from(const py::dict& env) {
  std::vector<std::string> result;
  for (const auto& [name, value] : env) {
    const std::string key = to_bytes(name, "an environment variable");
    if (key.empty() || key.find('=') != std::string::npos) {
      throw_value_error("an environment variable has a name without '=', not '" + key + "'");
    }
    result.push_back(key + "=" + to_bytes(value, "an environment variable"));
  }
  return result;
}

/// The runtime logs and skips a directory that it cannot open, and a guest then finds nothing.
void require_directory(const std::string& path, py::handle shown) {
  DIR* directory = opendir(path.c_str());
  if (directory != nullptr) {
    closedir(directory);
    return;
  }
  errno = errno == 0 ? EIO : errno;
  PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, shown.ptr());
  throw py::error_already_set();
}

std::vector<std::string> preopens_from(const py::dict& preopens) {
  std::vector<std::string> result;
  for (const auto& [guest, host] : preopens) {
    const std::string guest_path = to_bytes(guest, "a preopened directory");
    const std::string host_path = to_bytes(host, "a preopened directory");
    // The C API takes "guest:host", and has no way to quote.
    if (guest_path.find(':') != std::string::npos || host_path.find(':') != std::string::npos) {
      throw_value_error("the path of a preopened directory cannot contain ':'");
    }
    if (guest_path.empty()) throw_value_error("a preopened directory has a guest path that is not empty");
    require_directory(host_path, host);
    result.push_back(std::string(guest_path).append(":").append(host_path));
  }
  return result;
}

WasiOptions options_from(const py::iterable& args, const py::object& env, const py::object& preopens) {
  return {args_from(args), env_from(copy_of_mapping(env)), preopens_from(copy_of_mapping(preopens))};
}

std::shared_ptr<WasiModule> wasi_make(const py::iterable& args, const py::object& env, const py::object& preopens) {
  auto executor = std::make_shared<Executor>(Configure(), nullptr);
  return std::make_shared<WasiModule>(options_from(args, env, preopens), std::move(executor));
}

void wasi_init(WasiModule& self, const py::iterable& args, const py::object& env, const py::object& preopens) {
  self.init(options_from(args, env, preopens));
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
  options_ = std::move(options);
  refresh();
}

void WasiModule::begin_program() {
  if (used_) refresh();
  used_ = true;
}

void WasiModule::refresh() {
  used_ = false;
  Anchor anchor;
  anchor.executor = executor_;
  anchor.label = "WASI";
  anchor.is_native = true;
  anchor.stores_externrefs = false;
  drop_log_records();
  anchor.instance = make_wasi(options_);
  flush_log_records();
  rebind(make_anchor(std::move(anchor)));
}

void register_wasi(py::module_& m) {
  py::classh<WasiModule, Instance>(m, "WasiModule", py::is_final(), guarded_metaclass(),
                                   "The WebAssembly System Interface, preview 1.", collectable<WasiModule>())
      .def(py::init(&wasi_make), py::kw_only(), py::arg("args") = py::tuple(), py::arg("env") = py::dict(),
           py::arg("preopens") = py::dict())
      .def("init", &wasi_init, py::kw_only(), py::arg("args") = py::tuple(), py::arg("env") = py::dict(),
           py::arg("preopens") = py::dict(), "Give the next program other arguments, environment and directories.")
      // By identity: the instance that it stands for changes.
      .def("__eq__", &wasi_equal, py::arg("other"))
      .def("__hash__", &wasi_hash)
      .def_property_readonly("exit_code", &WasiModule::exit_code, "The code that the program gave to proc_exit.");
  // Instance is a base class of this one alone: a Python class could use itself before its base is constructed.
  reinterpret_cast<PyTypeObject*>(py::type::of<Instance>().ptr())->tp_flags &= ~Py_TPFLAGS_BASETYPE;
}

}  // namespace wasmedge
