#pragma once

#include <string_view>

#include "qflow/error/diagnostic.h"

namespace qflow {

// The positions inside one string value, as position_inside gives them. Offsets that ascend are counted on from one to
// the next: one long line may have many problems. Both texts outlive it.
class PositionsInside {
 public:
  PositionsInside(std::string_view file_text, SourcePosition position, std::string_view value);

  SourcePosition at(std::size_t offset);

 private:
  void begin();

  SourcePosition position_;
  std::string_view value_;
  std::string_view source_;  // from the opening quotes on
  std::string_view quotes_;
  std::size_t counted_ = 0;  // bytes of the value, which stand in the file as they are
  SourcePosition inside_;    // behind them
};

}  // namespace qflow
