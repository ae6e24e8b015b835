#include "runner/python_module.h"

#include <doctest/doctest.h>

#include "qflow/model/sha256.h"
#include "qflow/store/ledger.h"

namespace qflow {
namespace {

TEST_CASE("the folder of the module is named by its content") {
  CHECK(python_module_name() == sha256_hex(python_module()).substr(0, 16));
}

}  // namespace
}  // namespace qflow
