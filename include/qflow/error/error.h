#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace qflow {

// What went wrong, as coarse as a caller can act on; each kind has one exit status (exit_status.h).
enum class ErrorKind {
  kUsage,     // the command line is wrong
  kInvalid,   // a flow file, JSON, expression or name is wrong
  kNotFound,  // a file, flow, run, step, artifact or field does not exist
  kRefused,   // a policy or a filter said no
  kBusy,      // somebody else holds a lock, or a run has not ended
  kTimedOut,  // a wait passed its limit
  kStore,     // the store can't be used: missing, unreadable, damaged, full
  kFailed,    // a run, test or evaluation ended badly
};

// One problem. `message` says what is wrong and where, `advice` (may be empty) what to do; neither ends in a period.
struct Error {
  ErrorKind kind = ErrorKind::kFailed;
  std::string message;
  std::string advice;
};

// `message` or, with advice, "message; advice": the one-line form that people read.
std::string to_text(const Error& error);

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string advice = {}) {
  return tl::make_unexpected(Error{kind, std::move(message), std::move(advice)});
}

// The same error, with "context: " before its message.
Error with_context(std::string_view context, Error error);

}  // namespace qflow

// Returns the error of `expression` from the enclosing function.
#define QFLOW_TRY(expression)                                      \
  do {                                                             \
    if (auto qflow_status = (expression); !qflow_status) {         \
      return tl::make_unexpected(std::move(qflow_status).error()); \
    }                                                              \
  } while (false)

#define QFLOW_CONCAT_INNER(a, b) a##b
#define QFLOW_CONCAT(a, b) QFLOW_CONCAT_INNER(a, b)
#define QFLOW_ASSIGN_INNER(temporary, declaration, expression)              \
  auto temporary = (expression);                                            \
  if (!temporary) return tl::make_unexpected(std::move(temporary).error()); \
  declaration = std::move(*temporary)

// Declares or assigns `declaration` from a Result, or returns its error from the enclosing function.
#define QFLOW_ASSIGN(declaration, expression) \
  QFLOW_ASSIGN_INNER(QFLOW_CONCAT(qflow_result_, __LINE__), declaration, expression)
