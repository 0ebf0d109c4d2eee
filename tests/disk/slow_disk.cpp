// A slow disk for a program that is started with this library in LD_PRELOAD: every sync takes SLOW_DISK_MS longer, and
// as long as the file SLOW_DISK_HOLD exists none ends. It is looked at each millisecond.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>

namespace {

constexpr useconds_t kLook = 1'000;

void hold() {
  static const char* const held = std::getenv("SLOW_DISK_HOLD");
  static const char* const longer = std::getenv("SLOW_DISK_MS");
  if (longer != nullptr) usleep(static_cast<useconds_t>(std::atoi(longer)) * 1'000);
  while (held != nullptr && access(held, F_OK) == 0) usleep(kLook);
}

using Sync = int (*)(int);

int next(const char* name, int descriptor) {
  hold();
  const auto real = reinterpret_cast<Sync>(dlsym(RTLD_NEXT, name));
  return real(descriptor);
}

}  // namespace

extern "C" int fdatasync(int descriptor) { return next("fdatasync", descriptor); }
extern "C" int fsync(int descriptor) { return next("fsync", descriptor); }
