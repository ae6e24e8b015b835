#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "qflow/cli/context.h"
#include "qflow/error/error.h"
#include "qflow/model/json.h"
#include "qflow/model/run.h"
#include "qflow/model/step_state.h"
#include "qflow/time/instant.h"

namespace qflow {

class Arguments;

enum class Color { kNone, kBold, kDim, kRed, kGreen, kYellow, kBlue, kCyan };

// Colours text, or leaves it as it is.
class Painter {
 public:
  enum class Colors { kOff, kOn };
  explicit Painter(Colors colors) : colors_(colors) {}

  std::string paint(Color color, std::string_view text) const;

 private:
  Colors colors_;
};

// --color decides; else colour is for terminals, unless NO_COLOR is set and not empty (https://no-color.org) or TERM is
// "dumb".
Painter painter_for(const Context& context, const OutputStream& stream);

Color color_of(RunStatus status);
Color color_of(StepStatus status);

// "qflow: error: MESSAGE; ADVICE" on stderr.
void print_error(Context& context, const Error& error);
// "qflow: note: TEXT" on stderr, unless --quiet.
void print_note(Context& context, std::string_view text);

// The columns that a text takes on a terminal: wide characters (East Asian, emoji) two, combining ones none. The text
// has no control characters.
int display_width(std::string_view text);
// The longest beginning of the text that fits into `columns`, with an ellipsis when something was cut.
std::string cut_to_width(std::string_view text, int columns);

// "3 min ago", "just now", "in 2 h", "5 days ago"; beyond 30 days the date.
std::string relative_time(Instant instant, Instant now);

// How a command prints its result.
enum class OutputForm { kText, kJson };

// kJson with --json.
OutputForm output_form(const Arguments& arguments);

// Text in JSON: null where there is none.
Json text_or_null(const std::string& text);
// One JSON value and a newline: compact, on a terminal over several lines.
void print_json(OutputStream& stream, const Json& value);
// One line of a list; always compact.
void print_json_line(OutputStream& stream, const Json& value);

}  // namespace qflow
