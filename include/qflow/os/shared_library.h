#pragma once

#include <string>

#include "qflow/error/error.h"

namespace qflow {

// A shared library that is opened when it is first needed, since each one that is linked costs every start of the
// program. It stays open until the process ends.
class SharedLibrary {
 public:
  // The library of that soname ("libpq.so.5"). kFailed without it, with the Debian package as advice.
  static Result<SharedLibrary> open(const std::string& soname, const std::string& package);

  // Sets the function of that name ("PQexec"); kFailed when the library has none, so that callers need no version of
  // their own.
  template <class Function>
  Status find(const char* name, Function*& function) const {
    QFLOW_ASSIGN(void* const address, find_address(name));
    function = reinterpret_cast<Function*>(address);
    return {};
  }

 private:
  SharedLibrary(std::string soname, void* handle) : soname_(std::move(soname)), handle_(handle) {}
  Result<void*> find_address(const char* name) const;

  std::string soname_;
  void* handle_;
};

}  // namespace qflow
