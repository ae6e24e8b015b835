#include "qflow/error/exit_status.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace qflow {
namespace {

TEST_CASE("every status of the command line is listed once, in order, with a meaning") {
  const std::vector<int> expected = {0, 1, 2, 3, 4, 5, 6, 7, 129, 130, 141, 143};
  std::vector<int> listed;
  for (const ExitStatusMeaning& row : exit_statuses()) {
    listed.push_back(static_cast<int>(row.status));
    CHECK(!row.meaning.empty());
    CHECK(!row.meaning.ends_with('.'));
  }
  CHECK(listed == expected);
}

TEST_CASE("each kind of error has its status") {
  const std::pair<ErrorKind, int> rows[] = {
      {ErrorKind::kUsage, 2}, {ErrorKind::kInvalid, 2},  {ErrorKind::kNotFound, 3}, {ErrorKind::kRefused, 4},
      {ErrorKind::kBusy, 5},  {ErrorKind::kTimedOut, 6}, {ErrorKind::kStore, 7},    {ErrorKind::kFailed, 1},
  };
  for (const auto& [kind, status] : rows) CHECK(static_cast<int>(exit_status_of(kind)) == status);
}

}  // namespace
}  // namespace qflow
