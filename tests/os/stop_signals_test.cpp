#include "qflow/os/stop_signals.h"

#include <doctest/doctest.h>

#include <csignal>

namespace qflow {
namespace {

TEST_CASE("signals that would end this process arrive, each once") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
  StopSignals signals;
  CHECK_FALSE(signals.take());
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kCancelSignal}) {
    raise(signal);
    CHECK(signals.take() == signal);
    CHECK_FALSE(signals.take());
  }
}

TEST_CASE("a signal that this process was started to ignore is ignored still") {
  const auto before = std::signal(SIGHUP, SIG_IGN);
  StopSignals signals;
  raise(SIGHUP);
  CHECK_FALSE(signals.take());
  raise(SIGTERM);
  CHECK(signals.take() == SIGTERM);
  std::signal(SIGHUP, before);
}

TEST_CASE("who asks a run to end too late ends nothing, and is not heard by the next run") {
  {
    StopSignals signals;
    raise(kCancelSignal);
    raise(kReplaceSignal);
  }
  raise(kCancelSignal);
  StopSignals next;
  CHECK_FALSE(next.take());
  raise(kCancelSignal);
  CHECK(next.take() == kCancelSignal);
}

TEST_CASE("between two runs only what is meant for the process counts") {
  StopSignals signals;
  for (const int signal : {kCancelSignal, kReplaceSignal, SIGTERM}) raise(signal);
  CHECK(signals.take_for_process() == SIGTERM);
  CHECK_FALSE(signals.take_for_process());
}

}  // namespace
}  // namespace qflow
