// SPDX-License-Identifier: Apache-2.0
// Calls every function of wasmedge_image, of both generations, with a picture that the host has put in.
#include <stdint.h>

#define IMPORT(name) __attribute__((import_module("wasmedge_image"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

typedef int load_new(const void *data, uint32_t size, uint32_t width, uint32_t height, uint32_t type, void *target,
                     uint32_t room);
typedef int load_old(const void *data, uint32_t size, uint32_t width, uint32_t height, void *target);

IMPORT(load_jpg) load_new load_jpg;
IMPORT(load_png) load_new load_png;
IMPORT(load_image) load_new load_image;
IMPORT(wasmedge_image_load_jpg_to_rgb8) load_old jpg_to_rgb8;
IMPORT(wasmedge_image_load_jpg_to_bgr8) load_old jpg_to_bgr8;
IMPORT(wasmedge_image_load_jpg_to_rgb32f) load_old jpg_to_rgb32f;
IMPORT(wasmedge_image_load_jpg_to_bgr32f) load_old jpg_to_bgr32f;
IMPORT(wasmedge_image_load_png_to_rgb8) load_old png_to_rgb8;
IMPORT(wasmedge_image_load_png_to_bgr8) load_old png_to_bgr8;
IMPORT(wasmedge_image_load_png_to_rgb32f) load_old png_to_rgb32f;
IMPORT(wasmedge_image_load_png_to_bgr32f) load_old png_to_bgr32f;

static char picture[1 << 20];
static float samples[256 * 256 * 3];

EXPORT(picture) char *get_picture(void) { return picture; }
EXPORT(samples) float *get_samples(void) { return samples; }

/// Decodes by a function since 0.13: 0 for load_jpg, 1 for load_png, 2 for load_image.
EXPORT(decode) int decode(int function, uint32_t size, uint32_t width, uint32_t height, uint32_t type) {
  const uint32_t room = width * height * 3 * (type < 2 ? 1 : sizeof *samples);
  switch (function) {
    case 0:
      return load_jpg(picture, size, width, height, type, samples, room);
    case 1:
      return load_png(picture, size, width, height, type, samples, room);
    default:
      return load_image(picture, size, width, height, type, samples, room);
  }
}

/// Decodes by a function of before: 0 to 3 for JPEG to RGB8, BGR8, RGB32F and BGR32F, 4 to 7 for PNG.
EXPORT(decode_old) int decode_old(int function, uint32_t size, uint32_t width, uint32_t height) {
  switch (function) {
    case 0:
      return jpg_to_rgb8(picture, size, width, height, samples);
    case 1:
      return jpg_to_bgr8(picture, size, width, height, samples);
    case 2:
      return jpg_to_rgb32f(picture, size, width, height, samples);
    case 3:
      return jpg_to_bgr32f(picture, size, width, height, samples);
    case 4:
      return png_to_rgb8(picture, size, width, height, samples);
    case 5:
      return png_to_bgr8(picture, size, width, height, samples);
    case 6:
      return png_to_rgb32f(picture, size, width, height, samples);
    default:
      return png_to_bgr32f(picture, size, width, height, samples);
  }
}
