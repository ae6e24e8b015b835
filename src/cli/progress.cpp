#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/signal_free_thread.h"
#include "cli/terminal.h"
#include "qflow/time/duration.h"

namespace qflow {

namespace {

constexpr std::chrono::milliseconds kRedraw{500};
constexpr std::size_t kMostLines = 8;

bool can_draw(const Context& context) {
  const auto term = context.environment.find("TERM");
  const bool dumb = term != context.environment.end() && term->second == "dumb";
  return context.err.is_terminal() && !dumb && context.options.verbosity != Verbosity::kQuiet;
}

}  // namespace

Progress::Progress(Context& context) : context_(context), draws_(can_draw(context)) {}

Progress::~Progress() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    erase();
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Progress::begin(const std::string& what) {
  if (!draws_) return;
  const std::lock_guard lock(mutex_);
  erase();
  items_.push_back({what, context_.clock.monotonic()});
  draw();
  if (!thread_.joinable()) thread_ = start_without_signals([this] { redraw_until_stopped(); });
}

void Progress::end(const std::string& what) {
  if (!draws_) return;
  const std::lock_guard lock(mutex_);
  erase();
  std::erase_if(items_, [&](const Item& item) { return item.what == what; });
  draw();
}

void Progress::write(OutputStream& stream, std::string_view text) {
  const std::lock_guard lock(mutex_);
  erase();
  stream.write(text);
  stream.flush();
  draw();
}

void Progress::redraw_until_stopped() {
  std::unique_lock lock(mutex_);
  // wait_for waits on the steady clock by pthread_cond_clockwait, which g++ 12's ThreadSanitizer does not know.
  const auto next = [] { return std::chrono::system_clock::now() + kRedraw; };
  while (!stopped_.wait_until(lock, next(), [this] { return stop_; })) {
    // What a terminal that stands still (Ctrl-S) has not taken would only become more.
    if (context_.err.unread() > 0) continue;
    erase();
    draw();
  }
}

void Progress::erase() {
  // With what the terminal has echoed below them, such as ^C.
  if (lines_ > 0) context_.err.write(fmt::format("\r\x1b[{}A\x1b[J", std::exchange(lines_, 0)));
}

void Progress::draw() {
  if (items_.empty() || stop_) return;
  const Painter painter = painter_for(context_, context_.err);
  const auto now = context_.clock.monotonic();
  const int width = context_.err.width() - 1;
  std::string text;
  const auto add = [&](std::string_view line) {
    text += painter.paint(Color::kCyan, cut_to_width(line, width)) + "\n";
    ++lines_;
  };
  const std::size_t shown = items_.size() > kMostLines ? kMostLines - 1 : items_.size();
  for (std::size_t i = 0; i < shown; ++i) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - items_[i].since);
    add(fmt::format("  {}  {}", items_[i].what, format_duration_short(seconds)));
  }
  if (shown < items_.size()) add(fmt::format("  and {} more", items_.size() - shown));
  context_.err.write(text);
}

}  // namespace qflow
