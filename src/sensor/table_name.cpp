#include "sensor/table_name.h"

#include <fmt/format.h>

#include <optional>

#include "qflow/error/printable.h"

namespace qflow {
namespace {

tl::unexpected<Error> wrong_name(std::string_view text, std::string_view what) {
  return fail(ErrorKind::kInvalid, fmt::format("table_name {} {}", quoted(text), what),
              "write table or schema.table; a part with a dot or a quote in it stands in double quotes");
}

// The inner of the double quotes at the start of `rest`, which goes behind them; nothing when they don't close.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string name;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    const bool is_quote = rest[i] == '"';
    const bool is_doubled = is_quote && i + 1 < rest.size() && rest[i + 1] == '"';
    if (is_quote && !is_doubled) {
      rest.remove_prefix(i + 1);
      return name;
    }
    if (is_doubled) ++i;
    name += rest[i];
  }
  return std::nullopt;
}

std::string take_plain(std::string_view& rest) {
  std::string name(rest.substr(0, rest.find('.')));
  rest.remove_prefix(name.size());
  return name;
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string parse_column_name(std::string_view text) {
  std::string_view rest = text;
  if (!text.starts_with('"')) return std::string(text);
  const auto name = take_quoted(rest);
  return name && rest.empty() ? *name : std::string(text);
}

Result<TableName> TableName::parse(std::string_view text) {
  std::vector<std::string> parts;
  std::string_view rest = text;
  while (true) {
    const auto part = rest.starts_with('"') ? take_quoted(rest) : take_plain(rest);
    if (!part) return wrong_name(text, "has a double quote that does not close");
    if (part->empty()) return wrong_name(text, "has an empty part");
    parts.push_back(*part);
    if (rest.empty()) break;
    if (!rest.starts_with('.')) return wrong_name(text, "goes on after the double quotes");
    rest.remove_prefix(1);
  }
  if (parts.size() == 1) return TableName{"", parts[0]};
  if (parts.size() == 2) return TableName{parts[0], parts[1]};
  return wrong_name(text, fmt::format("has {} parts", parts.size()));
}

std::string TableName::quoted() const {
  return (schema.empty() ? std::string() : quote_identifier(schema) + '.') + quote_identifier(table);
}

}  // namespace qflow
