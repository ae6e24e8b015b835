#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "qflow/error/error.h"

namespace qflow {

// JSON Lines that a person gives: `read` gets each line that is not empty, with its origin ("events.jsonl:3"), which an
// error of it then names.
Status read_row_lines(std::string_view text, const std::string& file,
                      const std::function<Status(std::string_view line, const std::string& origin)>& read);

}  // namespace qflow
