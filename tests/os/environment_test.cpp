#include "qflow/os/environment.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include "qflow/os/clock.h"
#include "support/fake_clock.h"

using namespace qflow;

TEST_CASE("the environment is taken as it is, and empty variables count as unset") {
  setenv("QFLOW_TEST_SET", "a=b", 1);
  setenv("QFLOW_TEST_EMPTY", "", 1);
  Environment environment = process_environment();
  CHECK(environment.at("QFLOW_TEST_SET") == "a=b");
  CHECK(find_variable(environment, "QFLOW_TEST_SET") == "a=b");
  CHECK(environment.count("QFLOW_TEST_EMPTY") == 1);
  CHECK(!find_variable(environment, "QFLOW_TEST_EMPTY"));
  CHECK(!find_variable(environment, "QFLOW_TEST_UNSET"));
}

TEST_CASE("the user has a name") {
  CHECK(!login_name().empty());
}

TEST_CASE("clocks go on") {
  PosixClock clock;
  const Instant wall = clock.now();
  const auto before = clock.monotonic();
  CHECK(wall > Instant(std::chrono::seconds(1'600'000'000)));
  CHECK(clock.monotonic() >= before);
}

TEST_CASE("a fake clock moves only when told") {
  FakeClock clock(Instant(std::chrono::seconds(10)));
  clock.advance(std::chrono::seconds(5));
  CHECK(clock.now() == Instant(std::chrono::seconds(15)));
  CHECK(clock.monotonic() == std::chrono::seconds(5));
  clock.set(Instant(std::chrono::seconds(3)));
  CHECK(clock.now() == Instant(std::chrono::seconds(3)));
  CHECK(clock.monotonic() == std::chrono::seconds(5));
}
