#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/built_triggers.h"

namespace qflow {

// A flow file without its id, and the problems that it has.
struct Row {
  std::string text;
  std::string problems;
};

inline void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(problem_lines(row.text) == row.problems);
  }
}

// Line 2 is the header of a trigger, its keys follow.
inline std::string trigger(const std::string& keys) {
  return "[[triggers]]\n" + keys;
}
inline std::string event(const std::string& keys) {
  return trigger("type = \"event\"\nevent = \"e\"\n" + keys);
}
inline std::string events(const std::string& keys) {
  return trigger("type = \"event\"\nevents = [\"a\", \"b\"]\n" + keys);
}
inline std::string flow(const std::string& keys) {
  return trigger("type = \"flow\"\nsource_flow_id = \"T\"\n" + keys);
}
inline std::string sensor(const std::string& type, const std::string& keys) {
  return trigger("type = \"sensor\"\nsensor_type = \"" + type + "\"\n" + keys);
}
// Line 2 declares the parameter window.
inline std::string mapped(const std::string& keys) {
  return "[parameters.window]\n" + trigger(keys);
}

}  // namespace qflow
