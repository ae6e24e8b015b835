#include "cli/terminal.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "qflow/cli/command.h"
#include "qflow/error/printable.h"
#include "qflow/error/utf8_encoding.h"
#include "qflow/error/wording.h"

namespace qflow {

namespace {

std::string_view escape_of(Color color) {
  switch (color) {
    case Color::kNone:
      return "";
    case Color::kBold:
      return "\x1b[1m";
    case Color::kDim:
      return "\x1b[2m";
    case Color::kRed:
      return "\x1b[31m";
    case Color::kGreen:
      return "\x1b[32m";
    case Color::kYellow:
      return "\x1b[33m";
    case Color::kBlue:
      return "\x1b[34m";
    case Color::kCyan:
      return "\x1b[36m";
  }
  return "";
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Blocks of the East Asian Width property W and F (Unicode 15, UAX #11), joined where only unassigned points lie
// between.
constexpr std::array kWide = {Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0xA4CF},
                              Range{0xA960, 0xA97C},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
                              Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},
                              Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF},
                              Range{0x20000, 0x3FFFD}};
// Combining marks, zero-width characters and variation selectors.
constexpr std::array kZero = {Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
                              Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}};

template <std::size_t N>
bool lies_in(std::uint32_t point, const std::array<Range, N>& ranges) {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

// Bytes and columns of the first character.
std::pair<std::size_t, int> first_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first >= ' ' && first < 0x7f) return {1, 1};
  const std::size_t length = utf8_length(text);
  if (length == 0) return {1, 1};
  const std::uint32_t point = decode_utf8(text.substr(0, length));
  if (lies_in(point, kZero)) return {length, 0};
  return {length, lies_in(point, kWide) ? 2 : 1};
}

}  // namespace

std::string Painter::paint(Color color, std::string_view text) const {
  if (colors_ == Colors::kOff || color == Color::kNone || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape_of(color), text);
}

Painter painter_for(const Context& context, const OutputStream& stream) {
  if (context.options.color == ColorMode::kAlways) return Painter(Painter::Colors::kOn);
  const auto term = context.environment.find("TERM");
  const bool dumb = term != context.environment.end() && term->second == "dumb";
  const bool wanted = context.options.color == ColorMode::kAuto && stream.is_terminal() && !dumb &&
                      !find_variable(context.environment, "NO_COLOR");
  return Painter(wanted ? Painter::Colors::kOn : Painter::Colors::kOff);
}

Color color_of(RunStatus status) {
  switch (status) {
    case RunStatus::kQueued:
      return Color::kDim;
    case RunStatus::kRunning:
      return Color::kCyan;
    case RunStatus::kSucceeded:
      return Color::kGreen;
    case RunStatus::kCancelled:
      return Color::kYellow;
    case RunStatus::kFailed:
    case RunStatus::kCrashed:
      return Color::kRed;
  }
  return Color::kNone;
}

Color color_of(StepStatus status) {
  switch (status) {
    case StepStatus::kPending:
    case StepStatus::kSkipped:
      return Color::kDim;
    case StepStatus::kRunning:
      return Color::kCyan;
    case StepStatus::kSucceeded:
      return Color::kGreen;
    case StepStatus::kFailed:
      return Color::kRed;
    case StepStatus::kCancelled:
      return Color::kYellow;
  }
  return Color::kNone;
}

void print_error(Context& context, const Error& error) {
  const Painter painter = painter_for(context, context.err);
  context.err.write(fmt::format("qflow: {} {}\n", painter.paint(Color::kRed, "error:"), to_text(error)));
}

void print_note(Context& context, std::string_view text) {
  if (context.options.verbosity == Verbosity::kQuiet) return;
  context.err.write(fmt::format("qflow: note: {}\n", text));
}

int display_width(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const auto [bytes, width] = first_character(text);
    columns += width;
    text.remove_prefix(bytes);
  }
  return columns;
}

std::string cut_to_width(std::string_view text, int columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns < 1) return {};
  int used = 1;  // the ellipsis
  std::size_t end = 0;
  while (end < text.size()) {
    const auto [bytes, width] = first_character(text.substr(end));
    if (used + width > columns) break;
    used += width;
    end += bytes;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string relative_time(Instant instant, Instant now) {
  using namespace std::chrono;
  const auto distance = now - instant;
  const auto length = distance < distance.zero() ? -distance : distance;
  if (length < seconds(1)) return "just now";
  std::string text;
  if (length < minutes(1)) {
    text = fmt::format("{} s", duration_cast<seconds>(length).count());
  } else if (length < hours(1)) {
    text = fmt::format("{} min", duration_cast<minutes>(length).count());
  } else if (length < days(2)) {
    text = fmt::format("{} h", duration_cast<hours>(length).count());
  } else if (length < days(30)) {
    text = counted(duration_cast<days>(length).count(), "day");
  } else {
    return format_instant(instant).substr(0, 10);
  }
  return distance < distance.zero() ? "in " + text : text + " ago";
}

OutputForm output_form(const Arguments& arguments) {
  return arguments.flag("json") ? OutputForm::kJson : OutputForm::kText;
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

void print_json(OutputStream& stream, const Json& value) {
  stream.write((stream.is_terminal() ? to_pretty(value) : to_compact(value)) + "\n");
}

void print_json_line(OutputStream& stream, const Json& value) {
  stream.write(to_compact(value) + "\n");
}

}  // namespace qflow
