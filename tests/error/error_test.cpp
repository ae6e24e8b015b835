#include "qflow/error/error.h"

#include <doctest/doctest.h>

namespace qflow {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorKind::kInvalid, "odd", "give an even number");
  return value / 2;
}

Result<int> quarter(int value) {
  QFLOW_ASSIGN(const int first, half(value));
  QFLOW_ASSIGN(int second, half(first));
  return second;
}

Status check_even(int value) {
  QFLOW_TRY(half(value));
  return {};
}

TEST_CASE("an error reads as message and advice") {
  CHECK(to_text({ErrorKind::kInvalid, "what", ""}) == "what");
  CHECK(to_text({ErrorKind::kInvalid, "what", "do this"}) == "what; do this");
}

TEST_CASE("a context stands before the message and changes nothing else") {
  const Error error = with_context("flow.toml", {ErrorKind::kStore, "what", "do this"});
  CHECK(error.kind == ErrorKind::kStore);
  CHECK(error.message == "flow.toml: what");
  CHECK(error.advice == "do this");
}

TEST_CASE("QFLOW_ASSIGN passes values on and returns errors whole") {
  CHECK(*quarter(12) == 3);
  for (int value : {1, 6}) {
    const auto result = quarter(value);
    REQUIRE(!result);
    CHECK(result.error().kind == ErrorKind::kInvalid);
    CHECK(to_text(result.error()) == "odd; give an even number");
  }
}

TEST_CASE("QFLOW_TRY goes on after success and returns errors") {
  CHECK(check_even(2));
  CHECK(check_even(3).error().message == "odd");
}

}  // namespace
}  // namespace qflow
