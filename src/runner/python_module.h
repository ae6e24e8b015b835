#pragma once

#include <string_view>

#include "qflow/store/store.h"

namespace qflow {

// The text of the Python module `qflow` (python/qflow.py), which the binary carries.
std::string_view python_module();

// The first 16 digits of its SHA-256.
std::string_view python_module_name();

// The folder inside the store that steps have on PYTHONPATH: it holds the module. Named by the module's content, so
// that different versions of qflow can use one store; made when it is not there.
Result<Path> provide_python_module(Store& store);

}  // namespace qflow
