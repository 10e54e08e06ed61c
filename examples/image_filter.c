/* SPDX-License-Identifier: Apache-2.0 */
/* Filters for pictures that lie in linear memory, row by row: 8-bit samples, CHANNELS of them to a pixel. Each works in
   place. No libc: malloc() and free() below are all that a host needs to bring a picture in. */
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

enum { PAGE = 65536, ALIGNMENT = 16, MAX_ROW = 65536 };

extern unsigned char __heap_base; /* from the linker: where the data ends */

static size_t next;

/* Gives one block after the other. Returns NULL when the memory cannot grow. */
EXPORT("malloc") void *allocate(size_t size) {
  if (next == 0) next = ((size_t)&__heap_base + ALIGNMENT - 1) & -(size_t)ALIGNMENT;
  if (size > SIZE_MAX - next - PAGE) return NULL;
  size_t end = (next + size + ALIGNMENT - 1) & -(size_t)ALIGNMENT;
  size_t have = __builtin_wasm_memory_size(0) * (size_t)PAGE;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE) == (size_t)-1) return NULL;
  void *block = (void *)next;
  next = end;
  return block;
}

/* Takes back this block and all that were given after it. */
EXPORT("free") void give_back(void *block) {
  if (block != NULL && (size_t)block < next) next = (size_t)block;
}

static int clamp(int value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

/* The samples of the row above and of this one as they were before the filter came by. */
static uint8_t above[MAX_ROW], here[MAX_ROW];

static void keep(uint8_t *copy, const uint8_t *row, int samples) {
  for (int i = 0; i < samples; i++) copy[i] = row[i];
}

/* Applies a 3 × 3 kernel, divided by a power of two; beyond the edge the nearest pixel stands. Returns 0, or -1 when a row
   is too long. */
static int convolve(uint8_t *pixels, int width, int height, int channels, const int8_t kernel[9], int shift, int bias) {
  if (width < 1 || height < 1 || channels < 1 || width > MAX_ROW / channels) return -1;
  const int samples = width * channels;
  keep(above, pixels, samples);
  for (int y = 0; y < height; y++) {
    uint8_t *row = pixels + (size_t)y * samples;
    const uint8_t *below = y + 1 < height ? row + samples : here;
    keep(here, row, samples);
    for (int i = 0; i < samples; i++) {
      const int left = i < channels ? i : i - channels;
      const int right = i + channels < samples ? i + channels : i;
      const int sum = kernel[0] * above[left] + kernel[1] * above[i] + kernel[2] * above[right] +
                      kernel[3] * here[left] + kernel[4] * here[i] + kernel[5] * here[right] +
                      kernel[6] * below[left] + kernel[7] * below[i] + kernel[8] * below[right];
      row[i] = (uint8_t)clamp((sum >> shift) + bias);
    }
    keep(above, here, samples);
  }
  return 0;
}

/* Softens a picture. */
EXPORT("blur") int blur(uint8_t *pixels, int width, int height, int channels) {
  static const int8_t kernel[9] = {1, 2, 1, 2, 4, 2, 1, 2, 1};
  return convolve(pixels, width, height, channels, kernel, 4, 0);
}

/* Makes a relief of it, lit from the upper left. */
EXPORT("emboss") int emboss(uint8_t *pixels, int width, int height, int channels) {
  static const int8_t kernel[9] = {2, 1, 0, 1, 0, -1, 0, -1, -2};
  return convolve(pixels, width, height, channels, kernel, 1, 128);
}
