#pragma once

#include <string>
#include <string_view>

namespace qflow {

// A pattern of names, as shells and gitignore(5) have it: `*` and `?` stay within one part of a path, `**` as a whole
// part stands for any number of parts (none too), [a-z], [!a-z]; `\` takes the next character's meaning away. What
// is no valid pattern means itself. Matching is by bytes, and needs time in proportion to the product of both lengths
// at most. A leading dot has no special meaning.
class Glob {
 public:
  explicit Glob(std::string pattern);

  // The whole path, which has no leading slash ("2026/11/a.csv").
  bool matches(std::string_view path) const;
  // Whether anything below the folder ("2026/11") could match, so that it has to be listed.
  bool reaches_below(std::string_view folder) const;

 private:
  std::string pattern_;
};

}  // namespace qflow
