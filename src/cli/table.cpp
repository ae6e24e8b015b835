#include "cli/table.h"

#include <algorithm>
#include <climits>

#include "qflow/error/printable.h"

namespace qflow {

namespace {

constexpr int kGap = 2;
constexpr int kShort = 12;  // a status, a time: nothing is left of one that is cut

bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F && c != '\\'; });
}

std::string separated_value(const std::string& text) {
  if (text.find('\\') == std::string::npos) return printable(text);
  std::string doubled;
  for (const char c : text) {
    if (c == '\\') doubled += '\\';
    doubled += c;
  }
  return printable(doubled);
}

// A column that is shown, and how it is fitted.
struct Column {
  std::size_t place = 0;  // in the rows
  int width = 0;
  int least = 6;  // below which it is not cut
};

// One aligned line: the last cell is not padded, and what may be cut is cut to its column.
std::string aligned_line(const std::vector<Cell>& row, const std::vector<Column>& columns, int indent,
                         const Painter& painter) {
  std::string line(static_cast<std::size_t>(indent), ' ');
  for (const Column& column : columns) {
    const Cell& cell = row[column.place];
    const std::string shown = printable(cell.text);
    const std::string text = cell.whole ? shown : cut_to_width(shown, column.width);
    line += painter.paint(cell.color, text);
    if (&column == &columns.back()) break;
    const int padding = std::max(column.width - display_width(text), 0) + kGap;
    line.append(static_cast<std::size_t>(padding), ' ');
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + "\n";
}

int total_width(const std::vector<Column>& columns) {
  int total = -kGap;
  for (const Column& column : columns) total += column.width + kGap;
  return total;
}

// Takes from the widest column of more than `least` that may be cut, until a line fits into `width`.
void shrink(std::vector<Column>& columns, int width, int least) {
  for (int total = total_width(columns); total > width; --total) {
    Column* widest = nullptr;
    for (Column& column : columns) {
      const bool can_be_cut = column.width > std::max(column.least, least);
      if (can_be_cut && (widest == nullptr || column.width > widest->width)) widest = &column;
    }
    if (widest == nullptr) return;
    --widest->width;
  }
}

using Rows = std::vector<std::vector<Cell>>;

Column measure(const Rows& rows, std::size_t place, int width) {
  Column column{.place = place};
  for (const std::vector<Cell>& row : rows) {
    const int needed = display_width(printable(row[place].text));
    // Nothing stands behind the last cell, whose end may lie outside.
    const bool holds_width = row[place].whole && place + 1 < row.size();
    column.width = std::max(column.width, holds_width ? needed : std::min(needed, width));
    if (holds_width) column.least = std::max(column.least, needed);
  }
  return column;
}

bool says_nothing(const Rows& rows, const Column& column) {
  return std::all_of(rows.begin(), rows.end(), [&](const auto& row) { return row[column.place].text == "-"; });
}

// Where a line of a list does not fit into `width`, columns in which nothing stands make room first, then long ones,
// then all down to their least: the terminal then breaks the lines, but no column is missing.
std::vector<Column> fit(const std::vector<std::string>& headers, const Rows& rows, bool with_header, int width) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    Column column = measure(rows, i, width);
    const int title = display_width(headers[i]);
    if (with_header) column.width = std::max(column.width, title);
    if (with_header) column.least = std::max(column.least, title);
    columns.push_back(column);
  }
  if (with_header && total_width(columns) > width) {
    std::erase_if(columns, [&](const Column& column) { return says_nothing(rows, column); });
  }
  shrink(columns, width, kShort);
  shrink(columns, width, 0);
  return columns;
}

}  // namespace

void Table::print(const Context& context) const {
  if (context.out.is_terminal()) {
    if (!empty()) print_aligned(context, true, 0);
  } else {
    for (const std::vector<Cell>& row : rows_) print_separated(context, row);
  }
}

void Table::print_block(const Context& context) const {
  print_aligned(context, false, 2);
}

void Table::print_aligned(const Context& context, bool with_header, int indent) const {
  std::vector<Cell> header;
  if (with_header) {
    for (const std::string& title : headers_) header.push_back({title, Color::kBold});
  }
  const int width = context.out.is_terminal() ? context.out.width() - indent : INT_MAX;
  const std::vector<Column> columns = fit(headers_, rows_, with_header, width);
  const Painter painter = painter_for(context, context.out);
  if (with_header) context.out.write(aligned_line(header, columns, indent, painter));
  for (const std::vector<Cell>& row : rows_) context.out.write(aligned_line(row, columns, indent, painter));
}

void print_separated(const Context& context, const std::vector<Cell>& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) line += '\t';
    line += is_plain(row[i].text) ? row[i].text : separated_value(row[i].text);
  }
  line += '\n';
  context.out.write(line);
}

std::string list_time(const Context& context, const std::optional<Instant>& instant) {
  if (!instant) return "-";
  return context.out.is_terminal() ? relative_time(*instant, context.clock.now()) : format_instant(*instant);
}

}  // namespace qflow
