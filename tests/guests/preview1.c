// SPDX-License-Identifier: Apache-2.0
// Calls what a C library makes of every function of WASI preview 1, and prints what it gets: the same as a native program.
// Usage: preview1 DIRECTORY WORD...
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifdef __wasi__
#include <wasi/api.h>
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) int proc_raise(int);
static int renumber(int from, int to) { return __wasi_fd_renumber(from, to) == 0 ? to : -1; }
#else
static int renumber(int from, int to) {
  int result = dup2(from, to);
  close(from);
  return result;
}
#endif

static void show(const char *what, long long value) {
  if (value < 0)
    printf("%s: %s\n", what, strerror(errno));
  else
    printf("%s: %lld\n", what, value);
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path) {
  char *names[64];
  int count = 0;
  DIR *directory = opendir(path);
  if (!directory) {
    show("opendir", -1);
    return;
  }
  for (struct dirent *entry; (entry = readdir(directory)) && count < 64;) names[count++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, count, sizeof *names, compare);
  for (int i = 0; i < count; i++) printf("  %s\n", names[i]);
}

static void show_stat(const char *path, int follow) {
  struct stat s;
  int result = follow ? stat(path, &s) : lstat(path, &s);
  show(path, result);
  if (result) return;
  printf("  %s size %lld links %lld mtime %lld.%09ld\n",
         S_ISDIR(s.st_mode) ? "directory" : S_ISLNK(s.st_mode) ? "link" : "file",
         S_ISREG(s.st_mode) ? (long long)s.st_size : 0LL, S_ISREG(s.st_mode) ? (long long)s.st_nlink : 0LL,
         S_ISREG(s.st_mode) ? (long long)s.st_mtim.tv_sec : 0LL, S_ISREG(s.st_mode) ? s.st_mtim.tv_nsec : 0L);
}

static void files(void) {
  char buffer[64] = {0};
  struct timespec times[2] = {{1000000000, 5}, {1234567890, 987654321}};
  struct iovec parts[2] = {{buffer, 3}, {buffer + 10, 4}};
  int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
  show("open", fd >= 0 ? 0 : -1);
  show("open again", open("file", O_RDWR | O_CREAT | O_EXCL, 0600));
  show("write", write(fd, "0123456789", 10));
  show("pwrite", pwrite(fd, "AB", 2, 4));
  show("lseek", lseek(fd, 2, SEEK_SET));
  show("read", read(fd, buffer, 5));
  puts(buffer);
  show("tell", lseek(fd, 0, SEEK_CUR));
  show("lseek before", lseek(fd, -1, SEEK_SET));
  show("pread", pread(fd, buffer, 4, 6));
  puts(buffer);
  show("pread after", pread(fd, buffer, 4, 100));
  lseek(fd, 0, SEEK_SET);
  show("readv", readv(fd, parts, 2));
  printf("%.3s %.4s\n", buffer, buffer + 10);
  show("writev", writev(fd, parts, 2));
  show("allocate", posix_fallocate(fd, 0, 100));
  show("size", lseek(fd, 0, SEEK_END));
  show("truncate", ftruncate(fd, 12));
  show("size", lseek(fd, 0, SEEK_END));
  show("advise", posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  show("datasync", fdatasync(fd));
  show("sync", fsync(fd));
  show("futimens", futimens(fd, times));
  show_stat("file", 1);
  struct stat status = {0};
  show("fstat", fstat(fd, &status));
  show("its size", status.st_size);
  show("flags", fcntl(fd, F_GETFL) & (O_APPEND | O_NONBLOCK));
  show("set flags", fcntl(fd, F_SETFL, O_APPEND));
  show("appends", (fcntl(fd, F_GETFL) & O_APPEND) != 0);
  pwrite(fd, "", 0, 0);
  write(fd, "end", 3);
  show("size", lseek(fd, 0, SEEK_END));
  int other = open("other", O_WRONLY | O_CREAT, 0600);
  show("renumber", renumber(fd, other) == other ? 0 : -1);
  show("size by the new number", lseek(other, 0, SEEK_END));
  show("write to the old one", write(fd, "x", 1));
  show("close", close(other));
  show("close again", close(other));
  fd = open("file", O_RDONLY);
  show("write to what is read", write(fd, "x", 1) < 0);
  close(fd);
}

static void paths(void) {
  char buffer[64] = {0};
  struct timespec times[2] = {{0, UTIME_OMIT}, {1111111111, 222}};
  show("mkdir", mkdir("inner", 0700));
  show("mkdir again", mkdir("inner", 0700));
  show("link", link("file", "inner/hard"));
  show("symlink", symlink("inner/hard", "soft"));
  show("readlink", readlink("soft", buffer, sizeof buffer));
  puts(buffer);
  show("readlink of a file", readlink("file", buffer, sizeof buffer));
  show_stat("soft", 0);
  show("utimensat", utimensat(AT_FDCWD, "file", times, 0));
  show_stat("soft", 1);
  show_stat("none", 1);
  show_stat("inner", 1);
  show("rename", rename("file", "inner/moved"));
  show("rename again", rename("file", "inner/moved"));
  show("rmdir of a full one", rmdir("inner"));
  show("rmdir of a file", rmdir("other"));
  list(".");
  list("inner");
  list("none");
  show("unlink", unlink("inner/hard"));
  show("unlink again", unlink("inner/hard"));
  show_stat("soft", 1);
  show("unlink", unlink("inner/moved") | unlink("soft") | unlink("other"));
  show("rmdir", rmdir("inner"));
  for (int i = 0; i < 40; i++) {
    char name[200];
    snprintf(name, sizeof name, "%0100d", i);
    close(open(name, O_WRONLY | O_CREAT, 0600));
  }
  list(".");
}

static void system_(void) {
  struct timespec resolution = {0}, first = {0}, second = {0}, now = {0};
  unsigned char chance[2][32];
  struct pollfd ready = {.fd = 1, .events = POLLOUT};
  show("clock_getres", clock_getres(CLOCK_MONOTONIC, &resolution));
  show("resolution", resolution.tv_sec == 0 && resolution.tv_nsec > 0);
  show("clock_gettime", clock_gettime(CLOCK_MONOTONIC, &first));
  show("clock_gettime", clock_gettime(CLOCK_REALTIME, &now));
  show("year", now.tv_sec / 31556952 + 1970);
  show("nanosleep", nanosleep(&(struct timespec){0, 2000000}, 0));
  clock_gettime(CLOCK_MONOTONIC, &second);
  show("slept", (second.tv_sec - first.tv_sec) * 1000000000LL + second.tv_nsec - first.tv_nsec >= 2000000);
  show("poll", poll(&ready, 1, 1000));
  show("writable", (ready.revents & POLLOUT) != 0);
  show("sched_yield", sched_yield());
  show("getentropy", getentropy(chance[0], 32) | getentropy(chance[1], 32));
  show("chance", memcmp(chance[0], chance[1], 32) != 0);
}

int main(int argc, char **argv) {
  char line[64] = {0};
  for (int i = 2; i < argc; i++) printf("argument %s\n", argv[i]);
  printf("variable %s, none %s\n", getenv("VARIABLE"), getenv("NONE") ? "there" : "not there");
  if (!fgets(line, sizeof line, stdin)) return 3;
  printf("input %s", line);
  if (chdir(argv[1])) {
    show("chdir", -1);
    return 4;
  }
  files();
  paths();
  system_();
#ifdef __wasi__
  fprintf(stderr, "proc_raise %d\n", proc_raise(6));
  fprintf(stderr, "set_rights %d\n", __wasi_fd_fdstat_set_rights(1, 64, 0));
  fprintf(stderr, "sock_accept %d\n", __wasi_sock_accept(0, 0, &(__wasi_fd_t){0}));
  fprintf(stderr, "sock_recv %d\n", __wasi_sock_recv(0, 0, 0, 0, &(__wasi_size_t){0}, &(__wasi_roflags_t){0}));
  fprintf(stderr, "sock_send %d\n", __wasi_sock_send(1, 0, 0, 0, &(__wasi_size_t){0}));
  fprintf(stderr, "sock_shutdown %d\n", __wasi_sock_shutdown(0, 1));
#endif
  fflush(stdout);
  _exit(42);
}
