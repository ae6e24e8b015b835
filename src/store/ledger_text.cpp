#include "store/ledger_text.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"

namespace qflow {
namespace {

constexpr int kMaxStoredDepth = 8 * kMaxJsonDepth;

}  // namespace

Error damaged_row(std::string_view what, std::string_view text) {
  return Error{ErrorKind::kStore, fmt::format("the ledger is damaged: it holds the {} {}", what, quoted(text)),
               "restore the store from a backup"};
}

// What is given nests less deep, but a run's parameters stand in the event of its end, a value of that in the
// parameters of the next run, and so on down a chain.
Result<Json> stored_json(std::string_view text) {
  auto value = parse_json(text, kMaxStoredDepth);
  if (!value) return tl::make_unexpected(damaged_row("JSON", text));
  return value;
}

}  // namespace qflow
