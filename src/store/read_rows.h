#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "store/sqlite_query.h"

namespace qflow {

// What `read_one`, which takes a row as a `const Query&` and returns a Result, makes of each row of a query whose
// values are bound. The first error ends the reading.
template <class Read>
auto read_rows(Query query, Read read_one)
    -> Result<std::vector<typename std::invoke_result_t<Read, const Query&>::value_type>> {
  std::vector<typename std::invoke_result_t<Read, const Query&>::value_type> rows;
  while (true) {
    QFLOW_ASSIGN(const bool more, query.next());
    if (!more) return rows;
    QFLOW_ASSIGN(auto row, read_one(std::as_const(query)));
    rows.push_back(std::move(row));
  }
}

// The first column of each row.
inline Result<std::vector<std::string>> read_texts(Query query) {
  return read_rows(std::move(query), [](const Query& row) -> Result<std::string> { return row.text(0); });
}

}  // namespace qflow
