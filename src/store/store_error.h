#pragma once

#include "qflow/error/error.h"

namespace qflow {

// The store can't be used, whatever the reason: the status of a file that is missing is that of the store too.
inline Error as_store_error(Error error) {
  if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kStore;
  return error;
}

}  // namespace qflow
