// SPDX-License-Identifier: Apache-2.0
// Binds the signals of event loops, for what is written in Python (deliveries.py).
#include "loop_signal.hpp"

#ifdef __linux__
#include <sys/eventfd.h>
#else
#include <fcntl.h>
#endif
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <vector>

#include "construction.hpp"
#include "pybind.hpp"
#include "register.hpp"

namespace wasmedge {

/// Never destroyed, as the signals are not.
struct LoopSignal::Spare {
  std::mutex mutex;
  std::vector<LoopSignal*> signals;
};

namespace {

/// Those of this process: a child of a fork begins with none.
std::atomic<LoopSignal::Spare*>& spare() {
  static std::atomic<LoopSignal::Spare*> current = new LoopSignal::Spare;
  return current;
}

[[noreturn]] void throw_errno() { throw std::system_error(errno, std::generic_category()); }

std::array<int, 2> open_files() {
#ifdef __linux__
  const int file = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (file < 0) throw_errno();
  return {file, file};
#else
  std::array<int, 2> files{};
  if (pipe(files.data()) != 0) throw_errno();
  for (const int file : files) {
    fcntl(file, F_SETFD, FD_CLOEXEC);
    fcntl(file, F_SETFL, O_NONBLOCK);
  }
  return files;
#endif
}

/// One of them, as long as Python has it.
class OwnSignal {
 public:
  OwnSignal() : signal_(LoopSignal::take()) {}
  ~OwnSignal() { LoopSignal::give_back(signal_); }
  OwnSignal(const OwnSignal&) = delete;
  OwnSignal& operator=(const OwnSignal&) = delete;
  OwnSignal(OwnSignal&&) = delete;
  OwnSignal& operator=(OwnSignal&&) = delete;

  LoopSignal* get() const noexcept { return signal_; }

 private:
  LoopSignal* signal_;
};

std::unique_ptr<OwnSignal> make_signal() {
  try {
    return std::make_unique<OwnSignal>();
  } catch (const std::system_error& error) {
    errno = error.code().value();
  }
  PyErr_SetFromErrno(PyExc_OSError);
  throw py::error_already_set();
}

}  // namespace

LoopSignal* LoopSignal::take() {
  Spare& home = *spare();
  {
    const std::lock_guard lock(home.mutex);
    if (!home.signals.empty()) {
      LoopSignal* taken = home.signals.back();
      home.signals.pop_back();
      return taken;
    }
  }
  const auto [reader, writer] = open_files();
  return new LoopSignal(home, reader, writer);
}

void LoopSignal::give_back(LoopSignal* signal) noexcept {
  if (&signal->home_ != spare()) return;
  signal->clear();
  const std::lock_guard lock(signal->home_.mutex);
  try {
    signal->home_.signals.push_back(signal);
  } catch (const std::bad_alloc&) {
    return;  // then it is lost, with its file
  }
}

void LoopSignal::renew() { spare() = new Spare; }

void LoopSignal::set() noexcept {
  if (is_set_.exchange(true)) return;
  const std::uint64_t one = 1;
  // It fails only when there is something to read already.
  [[maybe_unused]] const ssize_t written = write(writer_, &one, sizeof one);
}

void LoopSignal::clear() noexcept {
  std::uint64_t found = 0;
  [[maybe_unused]] const ssize_t taken = read(reader_, &found, sizeof found);
  is_set_ = false;
}

LoopSignal* loop_signal_of(py::handle object) { return object.cast<const OwnSignal&>().get(); }

void register_loop_signal(py::module_& m) {
  py::classh<OwnSignal>(m, "_LoopSignal", py::is_final(), guarded_metaclass(),
                        "A file that becomes readable when calls that an event loop waits for have ended.", guarded())
      .def(py::init(&make_signal))
      .def(
          "fileno", [](const OwnSignal& self) { return self.get()->file(); }, "Return the file's descriptor.")
      .def(
          "set", [](const OwnSignal& self) { self.get()->set(); }, "Make it readable.")
      .def("clear", [](const OwnSignal& self) { self.get()->clear(); }, "Make it wait for the next one.");
}

}  // namespace wasmedge
