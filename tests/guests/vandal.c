// SPDX-License-Identifier: Apache-2.0
// Tries every way to change something in /target, which has a file `file`, a directory `inner` with a file `file`, and an
// empty directory `empty`; /own is its own. Prints a line for each: "refused" or "done", and why.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void tell(const char *way, int result) {
  printf("%s %s: %s\n", result < 0 ? "refused" : "done", way, result < 0 ? strerror(errno) : "");
  if (result > 2) close(result);
}

/// What is opened to be written may be refused when it is opened, or when it is written.
static int overwrite(int file) {
  int result = file < 0 ? -1 : (int)write(file, "x", 1);
  close(file);
  return result < 0 ? -1 : 0;
}

static void attack(int at) {
  struct timespec times[2] = {{5, 5}, {5, 5}};
  int file = openat(at, "file", O_RDONLY);
  tell("times of a descriptor", futimens(file, times));
  tell("size of a descriptor", ftruncate(file, 0));
  tell("write", (int)write(file, "x", 1));
  tell("allocate", -posix_fallocate(file, 0, 1000));
  close(file);
  tell("open to write", overwrite(openat(at, "file", O_WRONLY)));
  tell("open to change", overwrite(openat(at, "file", O_RDWR)));
  tell("open to append", overwrite(openat(at, "file", O_WRONLY | O_APPEND)));
  tell("open to truncate", openat(at, "file", O_RDONLY | O_TRUNC));
  tell("create", openat(at, "new", O_RDONLY | O_CREAT, 0600));
  tell("mkdir", mkdirat(at, "newdir", 0700));
  tell("symlink", symlinkat("file", at, "newlink"));
  tell("link", linkat(at, "file", at, "newhard", 0));
  tell("times", utimensat(at, "file", times, 0));
  tell("rename", renameat(at, "file", at, "renamed"));
  tell("rename back", renameat(at, "renamed", at, "file"));
  tell("unlink", unlinkat(at, "file", 0));
}

static void move(int at, int own) {
  unlinkat(own, "stolen", 0);
  tell("link out", linkat(at, "other", own, "stolen", 0));
  tell("rename out", renameat(at, "other", own, "moved"));
  tell("link in", linkat(own, "mine", at, "mine", 0));
  tell("rename in", renameat(own, "mine", at, "mine2"));
}

int main(void) {
  int own = open("/own", O_RDONLY | O_DIRECTORY);
  close(openat(own, "mine", O_WRONLY | O_CREAT, 0600));
  int top = open("/target", O_RDONLY | O_DIRECTORY);
  int inner = openat(top, "inner", O_RDONLY | O_DIRECTORY);
  if (own < 0 || top < 0 || inner < 0) return 3;
  attack(inner);
  move(inner, own);
  close(openat(own, "mine", O_WRONLY | O_CREAT, 0600));
  attack(top);
  move(top, own);
  tell("rmdir", unlinkat(top, "empty", AT_REMOVEDIR));
  char buffer[8] = {0};
  int file = open("/target/kept", O_RDONLY);
  tell("read", (int)read(file, buffer, sizeof buffer) == 4 ? 0 : -1);
  return 0;
}
