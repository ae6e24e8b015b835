#pragma once

#include <string>

namespace qflow {

// The begin of a flow file.
inline const std::string kHead = "id = \"F\"\n";

// A step with further lines.
inline std::string step(const std::string& id, const std::string& rest) {
  return "[[steps]]\nid = \"" + id + "\"\n" + rest + "\n";
}

}  // namespace qflow
