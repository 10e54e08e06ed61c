// SPDX-License-Identifier: Apache-2.0
// The arc4random family of glibc 2.36 over getrandom, for systems before it.
//
// <cstdlib> stays out: where it declares these functions, it does so with another exception specification.
#include <sys/random.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

extern "C" {

[[noreturn]] void abort() noexcept;

void arc4random_buf(void* buffer, std::size_t size) {
  auto* next = static_cast<unsigned char*>(buffer);
  while (size > 0) {
    const auto got = getrandom(next, size, 0);
    if (got < 0) {
      // There is no way to report failure, and a caller must never go on with bytes that are not random.
      if (errno != EINTR) {
        abort();
      }
      continue;
    }
    next += got;
    size -= static_cast<std::size_t>(got);
  }
}

std::uint32_t arc4random() {
  std::uint32_t value = 0;
  arc4random_buf(&value, sizeof value);
  return value;
}

std::uint32_t arc4random_uniform(std::uint32_t bound) {
  if (bound < 2) {
    return 0;
  }
  // Values below 2^32 mod bound would make the low remainders likelier than the others.
  const std::uint32_t uneven = (0U - bound) % bound;
  std::uint32_t value = arc4random();
  while (value < uneven) {
    value = arc4random();
  }
  return value % bound;
}

}  // extern "C"
