#include "cli/log_printer.h"

#include <fmt/format.h>

#include <utility>

#include "qflow/runner/run_reporter.h"

namespace qflow {

LogPrinter::LogPrinter(OutputStream& out, Painter painter, const Attempt& attempt, LogForm form)
    : out_(out), attempt_(attempt), form_(form) {
  if (form != LogForm::kPrefixed) return;
  const std::string number = attempt.number > 1 ? fmt::format("#{}", attempt.number) : "";
  prefix_ = painter.paint(Color::kDim, fmt::format("{}{} | ", task_label(attempt.step, attempt.index), number));
}

void LogPrinter::print(const LogRecord& record) {
  if (form_ == LogForm::kJson) {
    print_object(record);
  } else {
    print_text(record);
  }
}

void LogPrinter::finish() {
  if (open_) out_.write("\n");
  open_.reset();
}

void LogPrinter::print_text(const LogRecord& record) {
  if (open_ && *open_ != record.stream) finish();
  if (!open_) out_.write(prefix_);
  out_.write(record.text);
  open_ = record.stream;
  if (!record.goes_on) finish();
}

void LogPrinter::print_object(const LogRecord& record) {
  std::string& begun = begun_[record.stream == TaskStream::kOut ? 0 : 1];
  begun += record.text;
  if (record.goes_on) return;
  print_json_line(out_, {{"step", attempt_.step.text()},
                         {"index", json_or_null(attempt_.index)},
                         {"attempt", attempt_.number},
                         {"time", record.time},
                         {"stream", record.stream == TaskStream::kOut ? "out" : "err"},
                         {"text", std::exchange(begun, {})}});
}

}  // namespace qflow
