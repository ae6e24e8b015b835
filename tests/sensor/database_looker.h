#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "sensor/sensor_kinds.h"
#include "support/fake_process_launcher.h"

namespace qflow {

// The real clock; a test can do something when a look asks it how much time is left.
class ObservedClock final : public Clock {
 public:
  std::function<void()> on_monotonic;

  Instant now() override { return real_.now(); }
  std::chrono::microseconds monotonic() override {
    if (on_monotonic) on_monotonic();
    return real_.monotonic();
  }

 private:
  PosixClock real_;
};

// A database sensor that looks again and again, as the service lets it: the cursor of a look that worked goes to the
// next one.
class DatabaseLooker {
 public:
  DatabaseSensor watched;
  SensorRules rules;
  Path folder = "/";
  std::map<std::string, std::string> secrets;
  std::optional<std::string> cursor;
  ObservedClock clock;

  Result<Sighting> look() {
    rules.watched = watched;
    const auto find = [&](const std::string& name) -> Result<std::string> {
      if (!secrets.contains(name)) return fail(ErrorKind::kNotFound, "no value for the secret " + name);
      return secrets.at(name);
    };
    const Look look{rules, cursor, folder, clock.now(), environment_, find, files_, launcher_, clock};
    auto sighting = look_at(watched, look);
    if (sighting) cursor = sighting->cursor;
    return sighting;
  }
  // The payload of the only change, "nothing" without one, or the error.
  std::string payload() {
    const auto sighting = look();
    if (!sighting) return to_text(sighting.error());
    if (sighting->changes.empty()) return "nothing";
    CHECK(sighting->changes.size() == 1);
    return to_compact(sighting->changes[0].payload);
  }
  std::string seen() {
    const auto sighting = look();
    return sighting ? sighting->seen : to_text(sighting.error());
  }
  Error error() {
    const auto sighting = look();
    REQUIRE(!sighting);
    return sighting.error();
  }

 private:
  PosixFileSystem files_;
  FakeProcessLauncher launcher_;
  const Environment environment_ = {};
};

}  // namespace qflow
