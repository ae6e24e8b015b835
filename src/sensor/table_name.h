#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"

namespace qflow {

// An identifier of SQL in double quotes, those in it doubled.
std::string quote_identifier(std::string_view name);

// A column as a flow names it: as it stands, case and all; in double quotes (those in it doubled) what is between them.
std::string parse_column_name(std::string_view text);

// A table as a flow names it: `table` or `schema.table`, each part like a column. A dot, a space or a quote in a name
// needs the double quotes.
struct TableName {
  std::string schema;  // "" when none is given
  std::string table;

  // kInvalid for an empty part, a third one, or quotes that don't close.
  static Result<TableName> parse(std::string_view text);
  // For a statement: "schema"."table".
  std::string quoted() const;
};

}  // namespace qflow
