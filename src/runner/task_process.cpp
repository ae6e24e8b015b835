#include "runner/task_process.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace qflow {

namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kReadAtOnce = 1024 * 1024;  // then others get their turn

}  // namespace

Result<std::unique_ptr<TaskProcess>> TaskProcess::start(ProcessLauncher& launcher, Clock& clock, ProcessSpec spec,
                                                        std::string label, AttemptLog log, const SecretMask& mask,
                                                        RunObserver& observer) {
  QFLOW_ASSIGN(Pipe out, make_pipe());
  QFLOW_ASSIGN(Pipe err, make_pipe());
  spec.output = out.write_end.descriptor();
  spec.error_output = err.write_end.descriptor();
  QFLOW_ASSIGN(ChildProcess child, launcher.start(spec));
  std::unique_ptr<TaskProcess> task(new TaskProcess(launcher, clock, std::move(label), std::move(log), observer));
  task->child_ = std::move(child);
  task->streams_[0].pipe = std::move(out.read_end);
  task->streams_[1].pipe = std::move(err.read_end);
  for (Stream& stream : task->streams_) stream.mask = mask;
  return task;
}

TaskProcess::TaskProcess(ProcessLauncher& launcher, Clock& clock, std::string label, AttemptLog log,
                         RunObserver& observer)
    : launcher_(launcher), clock_(clock), observer_(observer), label_(std::move(label)), log_(std::move(log)) {
  streams_[0].kind = TaskStream::kOut;
  streams_[1].kind = TaskStream::kErr;
}

TaskProcess::~TaskProcess() {
  if (!finished_) launcher_.signal_group(child_.id, SIGKILL);
}

std::array<int, 3> TaskProcess::descriptors() const {
  return {held_up_ ? -1 : streams_[0].pipe.descriptor(), held_up_ ? -1 : streams_[1].pipe.descriptor(),
          collected_ ? -1 : child_.exited.descriptor()};
}

std::optional<std::chrono::microseconds> TaskProcess::wake_at() const {
  std::optional<std::chrono::microseconds> at = kill_at_;
  if (collected_ && !finished_) {
    const auto look = clock_.monotonic() + look_again_;
    at = at ? std::min(*at, look) : look;
  }
  if (held_up_) {
    const auto look = clock_.monotonic() + kCongestionPause;
    at = at ? std::min(*at, look) : look;
  }
  return at;
}

Status TaskProcess::advance() {
  held_up_ = observer_.is_congested();
  for (Stream& stream : streams_) {
    if (!held_up_) read(stream, kReadAtOnce);
  }
  QFLOW_TRY(log_.flush());
  if (!collected_) QFLOW_TRY(collect());
  if (kill_at_ && clock_.monotonic() >= *kill_at_ && !finished_) {
    launcher_.signal_group(child_.id, SIGKILL);
    kill_at_.reset();
  }
  if (collected_ && !finished_) {
    if (!launcher_.group_alive(child_.id)) return finish();
    look_again_ = std::min(look_again_ * 2, std::chrono::microseconds(50'000));
  }
  return {};
}

void TaskProcess::end(std::chrono::microseconds grace) {
  if (finished_) return;
  const auto at = clock_.monotonic() + grace;
  if (!kill_at_) launcher_.signal_group(child_.id, SIGTERM);
  kill_at_ = kill_at_ ? std::min(*kill_at_, at) : at;
}

void TaskProcess::read(Stream& stream, std::size_t limit) {
  char buffer[kChunk];
  for (std::size_t total = 0; stream.pipe && total < limit;) {
    const PipeRead got = read_pipe(stream.pipe, buffer, sizeof buffer);
    if (got.state == PipeState::kClosed) stream.pipe = FileHandle();
    if (got.state != PipeState::kData) return;
    total += got.size;
    stream.mask.feed({buffer, got.size}, [&](std::string_view bytes) { take(stream, bytes); });
  }
}

void TaskProcess::take(Stream& stream, std::string_view bytes) {
  stream.lines.feed(bytes, [&](std::string_view text, bool goes_on) { add_line(stream.kind, text, goes_on); });
}

void TaskProcess::add_line(TaskStream kind, std::string_view text, bool goes_on) {
  log_.add(kind, text, goes_on ? AttemptLog::Piece::kGoesOn : AttemptLog::Piece::kWholeLine);
  observer_.line(label_, kind, text);
}

// The first process has ended: what is left of its group had its time, unless end() has given it some that lasts. It is
// signalled before the process is collected, because until then the group's number can't belong to anybody else.
Status TaskProcess::collect() {
  if (!wait_readable({child_.exited.descriptor()}, std::chrono::microseconds(0)).front()) return {};
  if (!kill_at_) launcher_.signal_group(child_.id, SIGTERM);
  QFLOW_ASSIGN(exit_, launcher_.collect(child_));
  collected_ = true;
  if (!kill_at_) kill_at_ = clock_.monotonic() + kLeftoverTime;
  return {};
}

// Pipes that processes outside the group still hold are not waited for: what they have sent so far is the output.
Status TaskProcess::finish() {
  finished_ = true;
  kill_at_.reset();
  for (Stream& stream : streams_) {
    read(stream, kReadAtOnce);
    stream.pipe = FileHandle();
    stream.mask.finish([&](std::string_view bytes) { take(stream, bytes); });
    stream.lines.finish([&](std::string_view text, bool goes_on) { add_line(stream.kind, text, goes_on); });
  }
  return log_.flush();
}

}  // namespace qflow
