#include "qflow/os/shared_library.h"

#include <dlfcn.h>

#include <utility>

namespace qflow {

Result<SharedLibrary> SharedLibrary::open(const std::string& soname, const std::string& package) {
  void* const handle = dlopen(soname.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return SharedLibrary(soname, handle);
  const char* const why = dlerror();
  return fail(ErrorKind::kFailed, "can't load " + soname + (why != nullptr ? std::string(": ") + why : std::string()),
              "install the package " + package + " (apt-get install " + package + ")");
}

Result<void*> SharedLibrary::find_address(const char* name) const {
  void* const address = dlsym(handle_, name);
  if (address != nullptr) return address;
  return fail(ErrorKind::kFailed, soname_ + " has no function " + name, "install a newer version of it");
}

}  // namespace qflow
