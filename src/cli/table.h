#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"
#include "qflow/cli/context.h"

namespace qflow {

struct Cell {
  std::string text;
  Color color = Color::kNone;
  bool whole = false;  // never cut to the terminal's width: an id or a path, which people copy
};

// A list for stdout. On a terminal: a header, aligned columns, of which the widest are cut to its width, after those
// with nothing but "-" were left out. Elsewhere: tab-separated values without header, where a tab, newline or backslash
// inside a value is written \t, \n, \\ (control characters \x1b).
class Table {
 public:
  explicit Table(std::vector<std::string> headers) : headers_(std::move(headers)) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  void print(const Context& context) const;

  // The aligned form, a line each without header, indented by two: for parts of a longer text.
  void print_block(const Context& context) const;

 private:
  void print_aligned(const Context& context, bool with_header, int indent) const;

  std::vector<std::string> headers_;
  std::vector<std::vector<Cell>> rows_;
};

// A row as Table::print writes it where stdout is no terminal, for lists too long to be kept.
void print_separated(const Context& context, const std::vector<Cell>& row);

// An instant for people on a terminal ("3 min ago"), for programs elsewhere (RFC 3339); "-" for none.
std::string list_time(const Context& context, const std::optional<Instant>& instant);

}  // namespace qflow
