#include "qflow/error/error.h"

namespace qflow {

std::string to_text(const Error& error) {
  if (error.advice.empty()) return error.message;
  return error.message + "; " + error.advice;
}

Error with_context(std::string_view context, Error error) {
  error.message.insert(0, std::string(context) + ": ");
  return error;
}

}  // namespace qflow
