// SPDX-License-Identifier: Apache-2.0
// The kernels of bench_compute.py: one source for WebAssembly and for native code. Each takes a size and gives a checksum.
#include <stdint.h>
#include <string.h>

#define KERNEL __attribute__((visibility("default"))) __attribute__((noinline))

static int32_t fib_of(int32_t n) { return n < 2 ? n : fib_of(n - 1) + fib_of(n - 2); }
KERNEL int32_t fib(int32_t n) { return fib_of(n); }

static uint8_t flags[1 << 20];
KERNEL int32_t sieve(int32_t n) {
  int32_t count = 0;
  memset(flags, 1, (size_t)n);
  for (int32_t i = 2; i < n; ++i) {
    if (!flags[i]) continue;
    ++count;
    for (int32_t j = i + i; j < n; j += i) flags[j] = 0;
  }
  return count;
}

static uint8_t text[1 << 20];
static void fill(int32_t n) {
  uint32_t state = 12345;
  for (int32_t i = 0; i < n; ++i) {
    state = state * 1664525u + 1013904223u;
    text[i] = (uint8_t)(state >> 24);
  }
}

KERNEL int32_t crc32(int32_t n) {
  static uint32_t table[256];
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  fill(n);
  uint32_t crc = 0xffffffffu;
  for (int32_t i = 0; i < n; ++i) crc = table[(crc ^ text[i]) & 255] ^ (crc >> 8);
  return (int32_t)~crc;
}

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
/// The compression of whole blocks; the checksum does not need the padding.
KERNEL int32_t sha256(int32_t n) {
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  fill(n);
  for (int32_t at = 0; at + 64 <= n; at += 64) {
    uint32_t w[64];
    for (int i = 0; i < 16; ++i) {
      const uint8_t* p = text + at + 4 * i;
      w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int i = 16; i < 64; ++i) {
      const uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
      const uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t v[8];
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; ++i) {
      const uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
      const uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[i] + w[i];
      const uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
      const uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      v[7] = v[6], v[6] = v[5], v[5] = v[4], v[4] = v[3] + t1, v[3] = v[2], v[2] = v[1], v[1] = v[0], v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; ++i) h[i] += v[i];
  }
  return (int32_t)h[0];
}

static double left[256 * 256], right[256 * 256], product[256 * 256];
static void fill_matrices(int32_t n) {
  for (int32_t i = 0; i < n * n; ++i) left[i] = i % 7, right[i] = i % 11;
}
/// By columns of the right matrix, which no compiler makes vectors of.
KERNEL int32_t matmul(int32_t n) {
  fill_matrices(n);
  double sum = 0;
  for (int32_t i = 0; i < n; ++i) {
    for (int32_t j = 0; j < n; ++j) {
      double dot = 0;
      for (int32_t k = 0; k < n; ++k) dot += left[i * n + k] * right[k * n + j];
      sum += dot;
    }
  }
  return (int32_t)sum;
}
typedef double pair __attribute__((vector_size(16)));
/// By pairs of columns; n is even.
KERNEL int32_t matmul_simd(int32_t n) {
  fill_matrices(n);
  memset(product, 0, sizeof product);
  for (int32_t i = 0; i < n; ++i) {
    for (int32_t k = 0; k < n; ++k) {
      const pair factor = {left[i * n + k], left[i * n + k]};
      for (int32_t j = 0; j < n; j += 2) *(pair*)(product + i * n + j) += factor * *(pair*)(right + k * n + j);
    }
  }
  double sum = 0;
  for (int32_t i = 0; i < n * n; ++i) sum += product[i];
  return (int32_t)sum;
}

KERNEL int32_t mandelbrot(int32_t n) {
  int32_t inside = 0;
  for (int32_t y = 0; y < n; ++y) {
    for (int32_t x = 0; x < n; ++x) {
      const double cr = 2.0 * x / n - 1.5, ci = 2.0 * y / n - 1.0;
      double zr = 0, zi = 0;
      int i = 0;
      while (i < 100 && zr * zr + zi * zi < 4) {
        const double next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
        ++i;
      }
      inside += i == 100;
    }
  }
  return inside;
}

/// Five bodies under each other's gravity, by the symplectic Euler method.
KERNEL int32_t nbody(int32_t steps) {
  double p[5][3], v[5][3];
  for (int i = 0; i < 5; ++i) {
    for (int d = 0; d < 3; ++d) p[i][d] = (i + 1) * (d + 1) * 0.7 + i * i * 0.1, v[i][d] = 0.01 * (i - d);
  }
  for (int32_t step = 0; step < steps; ++step) {
    for (int i = 0; i < 5; ++i) {
      for (int j = i + 1; j < 5; ++j) {
        double delta[3], square = 0.01;
        for (int d = 0; d < 3; ++d) delta[d] = p[i][d] - p[j][d], square += delta[d] * delta[d];
        const double magnitude = 0.001 / (square * __builtin_sqrt(square));
        for (int d = 0; d < 3; ++d) v[i][d] -= delta[d] * magnitude, v[j][d] += delta[d] * magnitude;
      }
    }
    for (int i = 0; i < 5; ++i) {
      for (int d = 0; d < 3; ++d) p[i][d] += 0.001 * v[i][d];
    }
  }
  return (int32_t)(p[0][0] * 1e6);
}

/// Counts words, as a scanner does: a byte at a time, with a decision on each.
KERNEL int32_t scan(int32_t n) {
  fill(n);
  int32_t words = 0, in_word = 0;
  for (int32_t i = 0; i < n; ++i) {
    const uint8_t c = text[i] & 127;
    const int is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    words += is_letter && !in_word;
    in_word = is_letter;
  }
  return words;
}
