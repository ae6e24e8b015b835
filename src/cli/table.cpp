#include "cli/table.h"

#include <algorithm>
#include <climits>

#include "qflow/error/printable.h"

namespace qflow {

namespace {

constexpr int kGap = 2;

std::string separated_value(const std::string& text) {
  std::string doubled;
  for (const char c : text) {
    if (c == '\\') doubled += '\\';
    doubled += c;
  }
  return printable(doubled);
}

// One aligned line: the last cell is not padded, and what may be cut is cut to `width` columns.
std::string aligned_line(const std::vector<Cell>& row, const std::vector<int>& widths, int indent, int width,
                         const Painter& painter) {
  std::string line(static_cast<std::size_t>(indent), ' ');
  int used = indent;
  for (std::size_t i = 0; i < row.size() && (used < width || row[i].whole); ++i) {
    const std::string shown = printable(row[i].text);
    const std::string text = row[i].whole ? shown : cut_to_width(shown, width - used);
    line += painter.paint(row[i].color, text);
    used += display_width(text);
    if (i + 1 == row.size()) break;
    const int padding = std::max(widths[i] - display_width(text), 0) + kGap;
    line.append(static_cast<std::size_t>(padding), ' ');
    used += padding;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + "\n";
}

}  // namespace

void Table::print(const Context& context) const {
  if (context.out.is_terminal()) {
    if (!empty()) print_aligned(context, true, 0);
  } else {
    print_separated(context);
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
  std::vector<int> widths(headers_.size(), 0);
  const auto measure = [&](const std::vector<Cell>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(printable(row[i].text)));
    }
  };
  measure(header);
  for (const std::vector<Cell>& row : rows_) measure(row);

  const int width = context.out.is_terminal() ? context.out.width() : INT_MAX;
  const Painter painter = painter_for(context, context.out);
  if (with_header) context.out.write(aligned_line(header, widths, indent, width, painter));
  for (const std::vector<Cell>& row : rows_) {
    context.out.write(aligned_line(row, widths, indent, width, painter));
  }
}

void Table::print_separated(const Context& context) const {
  for (const std::vector<Cell>& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += '\t';
      line += separated_value(row[i].text);
    }
    context.out.write(line + "\n");
  }
}

std::string list_time(const Context& context, const std::optional<Instant>& instant) {
  if (!instant) return "-";
  return context.out.is_terminal() ? relative_time(*instant, context.clock.now()) : format_instant(*instant);
}

}  // namespace qflow
