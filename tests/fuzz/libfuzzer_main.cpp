#include <cstddef>
#include <cstdint>

#include "fuzz/target.h"

// libFuzzer's own main calls this for every input (https://llvm.org/docs/LibFuzzer.html).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  qflow::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
