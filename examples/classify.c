// SPDX-License-Identifier: Apache-2.0
// Classifies a picture: classify MODEL WIDTH HEIGHT PICTURE LABELS
//
// MODEL is the name by which the host knows a model that takes one picture of that size, as 8-bit RGB, and puts out a score of
// 8 bits for each class. Prints the best classes with their scores in percent, and their names out of LABELS, whose lines are
// "NUMBER NAME".
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMPORT(module, name) __attribute__((import_module(#module), import_name(#name)))

struct tensor {
  const uint32_t *dims;
  uint32_t rank, type;
  const void *data;
  uint32_t size;
};

IMPORT(wasmedge_image, load_image)
int load_image(const void *data, uint32_t size, uint32_t width, uint32_t height, uint32_t type, void *pixels, uint32_t room);
IMPORT(wasi_ephemeral_nn, load_by_name) int load_by_name(const char *name, uint32_t length, uint32_t *graph);
IMPORT(wasi_ephemeral_nn, init_execution_context) int init_execution_context(uint32_t graph, uint32_t *context);
IMPORT(wasi_ephemeral_nn, set_input) int set_input(uint32_t context, uint32_t index, const struct tensor *tensor);
IMPORT(wasi_ephemeral_nn, compute) int compute(uint32_t context);
IMPORT(wasi_ephemeral_nn, get_output)
int get_output(uint32_t context, uint32_t index, void *data, uint32_t room, uint32_t *written);

enum { RGB8 = 0, U8 = 3, CHANNELS = 3, MOST_CLASSES = 65536, MOST_BYTES = 1 << 24, SHOWN = 3, NAME = 80 };

static void check(const char *what, int number) {
  if (number == 0) return;
  fprintf(stderr, "classify: %s: error %d\n", what, number);
  exit(1);
}

/// Reads a file; the caller frees it.
static uint8_t *read_file(const char *path, uint32_t *size) {
  FILE *file = fopen(path, "rb");
  uint8_t *data = malloc(MOST_BYTES);
  if (file == NULL || data == NULL) {
    perror(path);
    exit(1);
  }
  *size = fread(data, 1, MOST_BYTES, file);
  fclose(file);
  return data;
}

/// Finds the name of a class.
static const char *name_of(uint32_t class, const char *labels, char *name) {
  FILE *file = fopen(labels, "r");
  unsigned found;
  if (file != NULL) {
    while (fscanf(file, "%u %79[^\n]", &found, name) == 2) {
      if (found == class) {
        fclose(file);
        return name;
      }
    }
    fclose(file);
  }
  snprintf(name, NAME, "class %u", (unsigned)class);
  return name;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fputs("usage: classify MODEL WIDTH HEIGHT PICTURE LABELS\n", stderr);
    return 2;
  }
  const uint32_t width = strtoul(argv[2], NULL, 10), height = strtoul(argv[3], NULL, 10);
  if (width == 0 || height == 0 || width > 4096 || height > 4096) {
    fputs("classify: the width and height are 1 to 4096\n", stderr);
    return 2;
  }
  uint32_t size, graph, context, classes;
  uint8_t *picture = read_file(argv[4], &size);
  const uint32_t room = width * height * CHANNELS;
  uint8_t *pixels = malloc(room), *scores = malloc(MOST_CLASSES);
  if (pixels == NULL || scores == NULL) check("memory", 1);
  check("load_image", load_image(picture, size, width, height, RGB8, pixels, room));
  free(picture);

  const uint32_t dims[] = {1, height, width, CHANNELS};
  const struct tensor tensor = {dims, 4, U8, pixels, room};
  check("load_by_name", load_by_name(argv[1], strlen(argv[1]), &graph));
  check("init_execution_context", init_execution_context(graph, &context));
  check("set_input", set_input(context, 0, &tensor));
  check("compute", compute(context));
  check("get_output", get_output(context, 0, scores, MOST_CLASSES, &classes));

  for (int i = 0; i < SHOWN && classes > 0; i++) {
    uint32_t best = 0;
    char name[NAME];
    for (uint32_t class = 1; class < classes; class++) {
      if (scores[class] > scores[best]) best = class;
    }
    printf("%5.1f %%  %s\n", scores[best] * 100 / 256.0, name_of(best, argv[5], name));
    scores[best] = 0;
  }
  free(scores);
  free(pixels);
  return 0;
}
