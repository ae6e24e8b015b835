#pragma once

#include <dlfcn.h>

namespace qflow::fault {

// The C library's own function of a name that this program defines too (dlsym(3), RTLD_NEXT). `Function` is its type.
template <class Function>
Function* next_call(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace qflow::fault
