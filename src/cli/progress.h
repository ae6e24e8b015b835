#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "qflow/cli/context.h"

namespace qflow {

// A line for each thing that is going on, at the bottom of a terminal's stderr: what, and for how long. Redrawn when
// something changes and every half second, by a thread of its own; other text goes above them. Where stderr is no
// terminal, or --quiet, nothing is drawn. While one lives, nobody else writes to the streams of the context.
class Progress {
 public:
  explicit Progress(Context& context);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin(const std::string& what);
  void end(const std::string& what);

  // Writes text (whole lines) to a stream of the context, above the lines.
  void write(OutputStream& stream, std::string_view text);

 private:
  struct Item {
    std::string what;
    std::chrono::microseconds since;
  };

  void redraw_until_stopped();
  void erase();  // these two with the mutex held
  void draw();

  Context& context_;
  bool draws_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::vector<Item> items_;
  std::size_t lines_ = 0;  // on the terminal now
  std::thread thread_;     // started with the first item
};

}  // namespace qflow
