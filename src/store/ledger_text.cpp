#include "store/ledger_text.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"

namespace qflow {

Error damaged_row(std::string_view what, std::string_view text) {
  return Error{ErrorKind::kStore, fmt::format("the ledger is damaged: it holds the {} {}", what, quoted(text)),
               "restore the store from a backup"};
}

Result<Json> stored_json(std::string_view text) {
  auto value = parse_json(text, kMaxStoredJsonDepth);
  if (!value) return tl::make_unexpected(damaged_row("JSON", text));
  return value;
}

}  // namespace qflow
