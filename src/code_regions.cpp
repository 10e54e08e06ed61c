// SPDX-License-Identifier: Apache-2.0
// Keeps the table of code regions (the dynamic linker's <link.h>, and /proc/self/maps).
#include "code_regions.hpp"

#include <link.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>

#include "fork_gate.hpp"

namespace wasmedge {
namespace {

struct Slot {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
};

constexpr std::size_t kBlock = 1024;
constexpr std::size_t kBlocks = 1024;

/// Blocks of slots, made as they are needed and never freed: handlers read them without a lock.
std::array<std::atomic<Slot*>, kBlocks> blocks{};
std::atomic<std::size_t> used{0};

GlobalMutex& table_mutex() {
  static GlobalMutex& mutex = *new GlobalMutex;
  return mutex;
}

std::vector<std::size_t>& free_slots() {
  static std::vector<std::size_t>& slots = *new std::vector<std::size_t>;
  return slots;
}

Slot& slot_at(std::size_t number) noexcept { return blocks.at(number / kBlock).load()[number % kBlock]; }

std::size_t take_slot() {
  if (!free_slots().empty()) {
    const std::size_t number = free_slots().back();
    free_slots().pop_back();
    return number;
  }
  const std::size_t number = used;
  if (number == kBlock * kBlocks) throw std::bad_alloc();
  if (number % kBlock == 0) blocks.at(number / kBlock) = new Slot[kBlock];
  free_slots().reserve(number + 1);  // so that giving it back cannot fail
  used = number + 1;
  return number;
}

struct Segments {
  std::uintptr_t inside;
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> found;
};

int collect(dl_phdr_info* library, std::size_t, void* data) {
  auto& segments = *static_cast<Segments*>(data);
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> executable;
  bool matches = false;
  for (std::size_t i = 0; i < library->dlpi_phnum; ++i) {
    const ElfW(Phdr) & header = library->dlpi_phdr[i];
    if (header.p_type != PT_LOAD) continue;
    const std::uintptr_t begin = library->dlpi_addr + header.p_vaddr;
    const std::uintptr_t end = begin + header.p_memsz;
    if (segments.inside >= begin && segments.inside < end) matches = true;
    if ((header.p_flags & PF_X) != 0) executable.emplace_back(begin, end);
  }
  if (!matches) return 0;
  segments.found = std::move(executable);
  return 1;
}

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

std::vector<Mapping> anonymous_code() {
  std::vector<Mapping> found;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    Mapping mapping;
    char dash = 0;
    std::string permissions;
    std::string offset;
    std::string device;
    std::string inode;
    fields >> std::hex >> mapping.begin >> dash >> mapping.end >> permissions >> offset >> device >> inode;
    if (fields && inode == "0" && permissions.find('x') != std::string::npos) found.push_back(mapping);
  }
  return found;
}

}  // namespace

CodeRegion::CodeRegion(const void* inside) {
  Segments segments{reinterpret_cast<std::uintptr_t>(inside), {}};
  dl_iterate_phdr(&collect, &segments);
  for (const auto& [begin, end] : segments.found) add(begin, end);
}

CodeRegion::CodeRegion(const std::vector<std::uintptr_t>& before) {
  for (const Mapping& mapping : anonymous_code()) {
    if (std::ranges::find(before, mapping.begin) == before.end()) add(mapping.begin, mapping.end);
  }
}

CodeRegion::~CodeRegion() {
  const std::lock_guard lock(table_mutex());
  for (const std::size_t number : slots_) {
    slot_at(number).end = 0;
    slot_at(number).begin = 0;
    free_slots().push_back(number);
  }
}

std::vector<std::uintptr_t> CodeRegion::anonymous() {
  std::vector<std::uintptr_t> begins;
  for (const Mapping& mapping : anonymous_code()) begins.push_back(mapping.begin);
  return begins;
}

bool CodeRegion::contains(std::uintptr_t address) noexcept {
  const std::size_t count = used;
  for (std::size_t i = 0; i < count; ++i) {
    const Slot& slot = slot_at(i);
    if (address >= slot.begin && address < slot.end) return true;
  }
  return false;
}

void CodeRegion::add(std::uintptr_t begin, std::uintptr_t end) {
  const std::lock_guard lock(table_mutex());
  slots_.reserve(slots_.size() + 1);
  const std::size_t number = take_slot();
  slot_at(number).begin = begin;
  slot_at(number).end = end;
  slots_.push_back(number);
}

}  // namespace wasmedge
