#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "expression/meter.h"

namespace re2 {
class RE2;
}

namespace qflow {

// A regular expression of matches(): RE2's syntax (https://github.com/google/re2/wiki/Syntax), time linear in the text.
class Pattern {
 public:
  // Spends steps for the pattern's size, also when it is none. The error is RE2's own text; it says nothing once the
  // meter is exhausted.
  static tl::expected<Pattern, std::string> compile(std::string_view text, Meter& meter);

  // Whether it matches anywhere in the text.
  bool found_in(std::string_view text) const;

  // Instructions of the compiled program: matching takes at most so many operations per byte.
  std::size_t size() const;

 private:
  std::shared_ptr<const re2::RE2> program_;
};

}  // namespace qflow
