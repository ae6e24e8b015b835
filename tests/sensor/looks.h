#pragma once

#include <map>
#include <memory>
#include <string>

#include "qflow/sensor/look.h"

namespace qflow {

// A sensor that is looked at again and again: what one look leaves, the next one gets.
template <class Sensor>
class Looks {
 public:
  explicit Looks(Sensor watched) : watched(std::move(watched)) {}

  // Through whatever overload of look_at takes these arguments, with a Look before the last ones.
  template <class... More>
  Result<Sighting> look(More&... more) {
    Look look{.rules = rules,
              .cursor = cursor,
              .folder = "/",
              .now = clock.now(),
              .environment = environment,
              .secret = [this](const std::string& name) { return secret(name); },
              .files = *files,
              .launcher = launcher,
              .clock = clock};
    auto sighting = look_at(watched, look, more...);
    if (sighting) cursor = sighting->cursor;
    return sighting;
  }

  Sensor watched;
  SensorRules rules;
  std::optional<std::string> cursor;
  Environment environment;
  std::map<std::string, std::string> secrets;

 private:
  Result<std::string> secret(const std::string& name) const {
    const auto found = secrets.find(name);
    if (found == secrets.end()) return fail(ErrorKind::kNotFound, "no value for the secret '" + name + "'");
    return found->second;
  }

  std::unique_ptr<PosixFileSystem> files = std::make_unique<PosixFileSystem>();
  PosixProcessLauncher launcher;
  PosixClock clock;
};

}  // namespace qflow
