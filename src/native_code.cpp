// SPDX-License-Identifier: Apache-2.0
// Loads compiled code (wasmedge/wasmedge_execution.h, and the dynamic linker's <dlfcn.h>).
#include "native_code.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

#include "construction.hpp"
#include "descriptor.hpp"
#include "errors.hpp"
#include "gil.hpp"
#include "module_ast.hpp"
#include "native_obstacles.hpp"
#include "pybind.hpp"
#include "register.hpp"
#include "signals.hpp"
#include "source.hpp"
#include "table_caps.hpp"

namespace wasmedge {
namespace {

#ifndef MFD_EXEC
constexpr unsigned MFD_EXEC = 0x10U;
#endif

[[noreturn]] void throw_system_error(const std::string& label, const char* what) {
  throw RuntimeFailure(WasmEdge_ErrCode_IllegalPath,
                       "cannot load " + label + ": " + what + ": " + std::generic_category().message(errno), {},
                       "LoadError");
}

/// Refuses a library for another architecture, and one that ends too early: the dynamic linker maps it all the same, and
/// whoever comes to what is missing gets SIGBUS.
void check_library(Bytes contents, const std::string& label) {
#ifdef __x86_64__
  constexpr auto machine = EM_X86_64;
#elif defined(__aarch64__)
  constexpr auto machine = EM_AARCH64;
#else
  constexpr auto machine = EM_NONE;
#endif
  const auto refuse = [&](const char* reason) {
    throw RuntimeFailure(WasmEdge_ErrCode_IllegalGrammar, "cannot load " + label + ": " + reason, {}, "LoadError");
  };
  Elf64_Ehdr header{};
  if (contents.size() < sizeof header) refuse("it ends within its header");
  std::memcpy(&header, contents.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != machine) refuse("it is for another architecture");
  // The linker writes the section headers last.
  const std::uint64_t sections = std::uint64_t{header.e_shnum} * header.e_shentsize;
  if (header.e_shoff > contents.size() || sections > contents.size() - header.e_shoff) refuse("it ends too early");
  const std::uint64_t segments = std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phoff > contents.size() ||
      segments > contents.size() - header.e_phoff) {
    refuse("its header makes no sense");
  }
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    std::memcpy(&segment, contents.data() + header.e_phoff + (i * sizeof segment), sizeof segment);
    if (segment.p_offset > contents.size() || segment.p_filesz > contents.size() - segment.p_offset) {
      refuse("it ends too early");
    }
  }
}

/// A file in memory with an artefact in it. The dynamic linker wants a file, and one on disk could be changed between being
/// checked and being mapped, or cut short while it is mapped.
class MemoryFile {
 public:
  MemoryFile(Bytes contents, const std::string& label) : descriptor_(open()) {
    if (descriptor_.number() < 0) throw_system_error(label, "no file in memory");
    write(contents, label);
  }

  /// A path that no other library was loaded by: the dynamic linker takes a known name for a known library, and descriptors
  /// are used again. So the path goes round by a number of its own, one bit a step.
  const std::string& path() const noexcept { return path_; }

 private:
  static int open() {
    constexpr const char* name = "wasmedge-native";
    // The flag, which Linux has since 6.3, makes it plain that code is meant.
    const int descriptor = ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    return descriptor >= 0 || errno != EINVAL ? descriptor : ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  }

  void write(Bytes contents, const std::string& label) {
    while (!contents.empty()) {
      const ssize_t written = ::write(descriptor_.number(), contents.data(), contents.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_system_error(label, "cannot copy it");
      contents = contents.subspan(static_cast<std::size_t>(written));
    }
    static std::atomic<std::uint64_t> last{0};
    path_ = "/proc/self";
    for (std::uint64_t number = ++last; number != 0; number >>= 1) path_ += (number & 1U) != 0 ? "/." : "//.";
    path_ += "/fd/" + std::to_string(descriptor_.number());
  }

  Descriptor descriptor_;
  std::string path_;
};

/// The C loader in the one mode in which it takes machine code.
std::shared_ptr<WasmEdge_LoaderContext> make_trusting_loader(const Configure& configure) {
  const Configure trusting = configure.copy();
  WasmEdge_ConfigureSetRunMode(trusting.context(), WasmEdge_RunMode_AOT);
  return own(WasmEdge_LoaderCreate(trusting.context()));
}

/// The runtime says only in its log that it will interpret (0.17.1, loader.cpp): the result is success.
void refuse_fallback(const std::string& label) {
  std::vector<LogRecord> records = take_log_records();
  const auto falls_back = [](const LogRecord& record) {
    return record.message.find("falling back to interpreter") != std::string::npos ||
           record.message.find("interpreter mode instead") != std::string::npos;
  };
  if (std::ranges::none_of(records, falls_back)) return;
  throw RuntimeFailure(WasmEdge_ErrCode_IllegalGrammar,
                       "cannot load " + label + ": it holds no machine code that the runtime can use",
                       std::move(records), "LoadError");
}

/// The module that a library was compiled from: the compiler puts it into two symbols.
/// It stays mapped for as long as the parsed module does, which holds the library.
Bytes embedded_wasm(const std::string& path, const std::string& label) {
  struct Closer {
    void operator()(void* handle) const noexcept { ::dlclose(handle); }
  };
  const std::unique_ptr<void, Closer> library(::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD));
  const void* size = library ? ::dlsym(library.get(), "wasm.size") : nullptr;
  const void* code = library ? ::dlsym(library.get(), "wasm.code") : nullptr;
  if (size == nullptr || code == nullptr) {
    throw RuntimeFailure(WasmEdge_ErrCode_IllegalGrammar, "cannot load " + label + ": it holds no module", {},
                         "LoadError");
  }
  std::uint32_t length = 0;
  std::memcpy(&length, size, sizeof length);
  const auto* begin = static_cast<const std::uint8_t*>(code);
  return {begin, length};
}

[[noreturn]] void throw_uncapped(const std::string& label) {
  throw RuntimeFailure(WasmEdge_ErrCode_IllegalGrammar,
                       "cannot load " + label +
                           ": a table of it may grow beyond what can be allocated, which would end the process; "
                           "compile it by wasmedge.Compiler, which limits tables",
                       {}, "LoadError");
}

std::shared_ptr<NativeCode> load_native(const py::object& data, const std::string& label, const Configure& configure,
                                        RunMode mode) {
  const Source source = source_from_buffer(data);
  auto code =
      raising([&] { return without_gil([&] { return NativeCode::load(source.bytes(), label, configure, mode); }); });
  flush_log_records();
  return code;
}

std::optional<std::string> native_obstacle(const Module& module, const Configure& configure) {
  if (auto obstacle = compilation_obstacle(module.bytes(), configure)) return obstacle;
  return linking_obstacle(module);
}

}  // namespace

bool is_native_library(Bytes bytes) noexcept {
  constexpr std::array<std::uint8_t, 4> magic{0x7f, 'E', 'L', 'F'};
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

std::shared_ptr<NativeCode> NativeCode::load(Bytes artefact, const std::string& label, const Configure& configure,
                                             RunMode mode) {
  const auto loader = make_trusting_loader(configure);
  const std::string subject = "cannot load " + label;
  WasmEdge_ASTModuleContext* parsed = nullptr;
  std::vector<std::uint8_t> copy;
  std::unique_ptr<CodeRegion> region;
  Bytes wasm;
  start_signals();
  drop_log_records();
  if (is_native_library(artefact)) {
    check_library(artefact, label);
    const MemoryFile file(artefact, label);
    const WasmEdge_Result result = WasmEdge_LoaderParseFromFile(loader.get(), &parsed, file.path().c_str());
    if (!WasmEdge_ResultOK(result)) throw RuntimeFailure(result, subject, take_log_records(), "LoadError");
    wasm = embedded_wasm(file.path(), label);
    region = std::make_unique<CodeRegion>(wasm.data());
  } else {
    if (artefact.size() > std::numeric_limits<std::uint32_t>::max()) {
      throw RuntimeFailure(WasmEdge_ErrCode_LengthOutOfBounds, subject + ": it exceeds 4 GiB");
    }
    const WasmEdge_Bytes wrapped = WasmEdge_BytesWrap(artefact.data(), static_cast<std::uint32_t>(artefact.size()));
    const auto before = CodeRegion::anonymous();
    check_unlocked(WasmEdge_LoaderParseFromBytes(loader.get(), &parsed, wrapped), subject);
    region = std::make_unique<CodeRegion>(before);
    copy.assign(artefact.begin(), artefact.end());
    wasm = copy;
  }
  auto owned = own(parsed);
  refuse_fallback(label);
  if (cap_tables(wasm)) throw_uncapped(label);
  const auto validator = own(WasmEdge_ValidatorCreate(configure.context()));
  check_unlocked(WasmEdge_ValidatorValidate(validator.get(), parsed), "module " + label + " is invalid");
  auto code = std::shared_ptr<NativeCode>(new NativeCode(std::move(owned), std::move(copy), wasm, configure, mode));
  code->region_ = std::move(region);
  return code;
}

void register_native_code(py::module_& m) {
  py::classh<NativeCode>(m, "_NativeCode", py::is_final(), guarded_metaclass(), "A module's compiled code.", guarded())
      .def_property_readonly("mode", &NativeCode::mode, "Where the code came from.");
  m.def("_load_native", &load_native, py::arg("data"), py::arg("label"), py::arg("configure"), py::arg("mode"),
        "Load what the compiler has written.");
  m.def("_native_obstacle", &native_obstacle, py::arg("module"), py::arg("configure"),
        "Return why a module must not be compiled, or None.");
}

}  // namespace wasmedge
