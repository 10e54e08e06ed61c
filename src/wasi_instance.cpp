// SPDX-License-Identifier: Apache-2.0
// Makes the runtime's WASI instance, and replaces what is not safe in it (wasmedge/wasmedge_instance.h).
#include "wasi_instance.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <optional>

#include "descriptor.hpp"
#include "errors.hpp"
#include "instance.hpp"
#include "wasi_functions.hpp"
#include "wasi_sockets.hpp"

namespace wasmedge {
namespace {

// Rights of WASI preview 1 (snapshot preview 1, type rights).
constexpr std::uint64_t kFdRead = 1U << 1, kFdSeek = 1U << 2, kFdFdstatSetFlags = 1U << 3, kFdTell = 1U << 5,
                        kFdAdvise = 1U << 7, kPathOpen = 1U << 13, kFdReaddir = 1U << 14, kPathReadlink = 1U << 15,
                        kPathFilestatGet = 1U << 18, kFdFilestatGet = 1U << 21, kPollFdReadwrite = 1U << 27;

// Of a directory for reading only. The runtime's own set of what is handed on to files and directories inside has the
// rights to create, remove, rename and link.
constexpr std::uint64_t kReadOnlyDirectory = kPathOpen | kFdReaddir | kPathReadlink | kPathFilestatGet | kFdFilestatGet;
constexpr std::uint64_t kReadOnlyInside =
    kReadOnlyDirectory | kFdRead | kFdSeek | kFdTell | kFdAdvise | kFdFdstatSetFlags | kPollFdReadwrite;

constexpr int kFirstPreopen = 3;

/// The names of the preopened directories, for the guest's questions. Lives as long as the instance.
struct PreopenNames {
  struct Slot {
    std::string guest;
    std::uint64_t handle = 0;  // the descriptor on the host
  };
  const WasmEdge_ModuleInstanceContext* wasi = nullptr;
  std::vector<Slot> slots;  // that of guest descriptor 3 first

  /// Null once the guest has closed the descriptor, or put another in its place.
  const std::string* find(std::int32_t descriptor) const noexcept {
    const auto index = static_cast<std::size_t>(descriptor) - kFirstPreopen;
    std::uint64_t handle = 0;
    if (descriptor < kFirstPreopen || index >= slots.size()) return nullptr;
    if (WasmEdge_ModuleInstanceWASIGetNativeHandler(wasi, descriptor, &handle) != 0) return nullptr;
    return handle == slots[index].handle ? &slots[index].guest : nullptr;
  }
};

/// A function of WASI that does nothing but answer with an error. Touches no Python, like all here that guests call.
template <std::int32_t Errno>
WasmEdge_Result refuse(void*, const WasmEdge_CallingFrameContext*, const WasmEdge_Value*, WasmEdge_Value* returns) {
  return answer(returns, Errno);
}

/// fd_prestat_get(fd, prestat*). The runtime's own takes the leading slash off the path.
WasmEdge_Result prestat_get(void* data, const WasmEdge_CallingFrameContext* frame, const WasmEdge_Value* args,
                            WasmEdge_Value* returns) {
  if (WasmEdge_ValueGetI32(args[1]) % 4 != 0) return answer(returns, kErrnoAddrnotavail);
  std::uint8_t* out = guest_memory(frame, unsigned_of(args[1]), 8);
  if (out == nullptr) return answer(returns, kErrnoFault);
  const std::string* guest = static_cast<const PreopenNames*>(data)->find(WasmEdge_ValueGetI32(args[0]));
  if (guest == nullptr) return answer(returns, kErrnoBadf);
  store32(out, 0);  // the tag of a directory
  store32(out + 4, static_cast<std::uint32_t>(guest->size()));
  return answer(returns, 0);
}

/// fd_prestat_dir_name(fd, path*, path_len).
WasmEdge_Result prestat_dir_name(void* data, const WasmEdge_CallingFrameContext* frame, const WasmEdge_Value* args,
                                 WasmEdge_Value* returns) {
  const std::uint32_t room = unsigned_of(args[2]);
  std::uint8_t* out = guest_memory(frame, unsigned_of(args[1]), room);
  if (out == nullptr) return answer(returns, kErrnoFault);
  const std::string* guest = static_cast<const PreopenNames*>(data)->find(WasmEdge_ValueGetI32(args[0]));
  if (guest == nullptr) return answer(returns, kErrnoBadf);
  if (room < guest->size()) return answer(returns, kErrnoNametoolong);
  std::ranges::copy(*guest, out);
  return answer(returns, 0);
}

/// The runtime's proc_raise sends a real signal to this process, and its sockets are open to every guest.
void close_gates(WasmEdge_ModuleInstanceContext* wasi, bool sockets) {
  for (const std::string& name : list_names(wasi, &WasmEdge_ModuleInstanceListFunction)) {
    if (name == "proc_raise") replace(wasi, name, &refuse<kErrnoNosys>);
    if (!sockets && name.starts_with("sock_")) replace(wasi, name, &refuse<kErrnoNotcapable>);
  }
}

/// Calls a function of the instance that needs no memory; gives its errno.
std::int32_t call(WasmEdge_ModuleInstanceContext* wasi, Executor& executor, const char* name,
                  std::initializer_list<WasmEdge_Value> args) {
  const Executor::Lease lease(executor, std::nullopt);
  std::array<WasmEdge_Value, 1> returns{};
  const WasmEdge_Result result =
      WasmEdge_ExecutorInvoke(lease.context(), WasmEdge_ModuleInstanceFindFunction(wasi, wrap(name)), args.begin(),
                              static_cast<std::uint32_t>(args.size()), returns.data(), 1);
  check(result, std::string("cannot prepare WASI by ") + name);
  return WasmEdge_ValueGetI32(returns[0]);
}

Descriptor open_or_throw(const std::string& path, int flags) {
  Descriptor opened(open(path.c_str(), flags | O_CLOEXEC));
  if (opened.number() < 0) throw_os_error(errno, path);
  return opened;
}

/// How the runtime is told of an open directory. The path itself would do, but for a colon in it, which ends it there,
/// and for what may be put in its place meanwhile.
std::string reopenable(const Descriptor& directory, const std::string& path) {
  // The runtime follows no link at the end of the path, so that is the directory's own dot.
  std::string link = "/proc/self/fd/" + std::to_string(directory.number()) + "/.";
  if (access(link.c_str(), F_OK) == 0) return link;
  if (path.find(':') == std::string::npos) return path;
  throw_value_error("a directory with ':' in its path can be given only where /proc is mounted: " + path);
}

bool same_file(int left, int right) {
  struct stat a{};
  struct stat b{};
  return fstat(left, &a) == 0 && fstat(right, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// The runtime gives directories their descriptors in the order of addresses in its heap: finds out which is which, and
/// gives each its name and rights.
void settle_preopens(WasmEdge_ModuleInstanceContext* wasi, Executor& executor, const WasiOptions& options,
                     const std::vector<Descriptor>& directories, PreopenNames& names) {
  std::vector<bool> settled(directories.size());
  names.wasi = wasi;
  names.slots.resize(directories.size());
  for (std::size_t slot = 0; slot < directories.size(); ++slot) {
    const auto descriptor = static_cast<std::int32_t>(slot) + kFirstPreopen;
    std::uint64_t handle = 0;
    std::size_t i = 0;
    const bool open = WasmEdge_ModuleInstanceWASIGetNativeHandler(wasi, descriptor, &handle) == 0;
    while (open && i < directories.size() &&
           (settled[i] || !same_file(static_cast<int>(handle), directories[i].number()))) {
      ++i;
    }
    // The runtime has logged why, and skipped it: one of those that are not settled.
    if (!open || i == directories.size()) throw_os_error(EIO, options.preopens[slot].host);
    settled[i] = true;
    names.slots[slot] = {options.preopens[i].guest, handle};
    if (!options.preopens[i].read_only) continue;
    const std::int32_t error = call(wasi, executor, "fd_fdstat_set_rights",
                                    {WasmEdge_ValueGenI32(descriptor), WasmEdge_ValueGenI64(kReadOnlyDirectory),
                                     WasmEdge_ValueGenI64(kReadOnlyInside)});
    if (error != 0) throw_os_error(EPERM, options.preopens[i].host);
  }
  replace(wasi, "fd_prestat_get", &prestat_get, &names);
  replace(wasi, "fd_prestat_dir_name", &prestat_dir_name, &names);
}

std::vector<const char*> pointers(const std::vector<std::string>& strings) {
  std::vector<const char*> result;
  result.reserve(strings.size());
  for (const std::string& string : strings) result.push_back(string.c_str());
  return result;
}

bool is_open(int descriptor) { return descriptor >= 0 && fcntl(descriptor, F_GETFD) >= 0; }

/// What the functions that replace the runtime's own point to.
struct Surroundings {
  PreopenNames names;
  std::optional<SocketGate> gate;
};

}  // namespace

void replace(WasmEdge_ModuleInstanceContext* wasi, const std::string& name, WasmEdge_HostFunc_t by, void* data) {
  const auto* found = WasmEdge_ModuleInstanceFindFunction(wasi, wrap(name));
  const auto* type = WasmEdge_FunctionInstanceGetFunctionType(found);
  WasmEdge_ModuleInstanceAddFunction(wasi, wrap(name), WasmEdge_FunctionInstanceCreate(type, by, data, 0));
}

std::shared_ptr<WasmEdge_ModuleInstanceContext> make_wasi_instance(const WasiOptions& options,
                                                                   const std::array<int, 3>& descriptors,
                                                                   Executor& executor) {
  // Asked for first: what is opened below gets the numbers of standard streams that this process has closed.
  const std::array<bool, 3> given{is_open(descriptors[0]), is_open(descriptors[1]), is_open(descriptors[2])};
  std::vector<Descriptor> directories;
  std::vector<std::string> paths;
  for (const WasiPreopen& preopen : options.preopens) {
    directories.push_back(open_or_throw(preopen.host, O_RDONLY | O_DIRECTORY));
    paths.push_back("preopen:" + reopenable(directories.back(), preopen.host));
  }
  const Descriptor nothing = open_or_throw("/dev/null", O_RDWR);
  // The runtime takes no closed descriptor; the guest's is closed below.
  const auto usable = [&](std::size_t i) { return given[i] ? descriptors[i] : nothing.number(); };
  const auto length = [](const auto& strings) { return static_cast<std::uint32_t>(strings.size()); };
  const auto args = pointers(options.args);
  const auto env = pointers(options.env);
  const auto preopens = pointers(paths);
  auto* raw =
      WasmEdge_ModuleInstanceCreateWASIWithFds(args.data(), length(args), env.data(), length(env), preopens.data(),
                                               length(preopens), usable(0), usable(1), usable(2));
  if (raw == nullptr) throw std::bad_alloc();
  const auto around = std::make_shared<Surroundings>();
  // They go after the instance, whose functions point to them.
  const std::shared_ptr<WasmEdge_ModuleInstanceContext> wasi(raw, [around](auto* dead) { destroy(dead); });
  settle_preopens(wasi.get(), executor, options, directories, around->names);
  for (int number = 0; number < kFirstPreopen; ++number) {
    if (given[static_cast<std::size_t>(number)]) continue;
    call(wasi.get(), executor, "fd_close", {WasmEdge_ValueGenI32(number)});
  }
  close_gates(wasi.get(), options.sockets);
  if (options.sockets) gate_sockets(wasi.get(), around->gate.emplace(wasi.get(), options.socket_rules));
  return wasi;
}

}  // namespace wasmedge
