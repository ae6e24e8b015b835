#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/error.h"

namespace qflow {

// What is missing, in words: "", "a", "a, b" (both), "a or b", "1 of a, b".
struct MissingPart {
  enum class Shape { kNothing, kSingle, kAll, kChoice, kNumber };
  Shape shape = Shape::kNothing;
  std::string text = {};
  std::vector<std::string> parts = {};  // of kAll, each by itself: "a, (b or c)" is "a" and "b or c"

  // One by one what has to come: its parts, or its text, or nothing.
  std::vector<std::string> list() const;
};

// Which of a trigger's sources must wait for it to fire: all of them, any one, at least a number, or an expression of
// their names with &&, || and parentheses (&& binds tighter). Sources are numbered in the order of their declaration.
class MatchExpression {
 public:
  enum class Kind { kAll, kAny, kAtLeast, kNames };

  MatchExpression() = default;  // all
  static MatchExpression any();
  static MatchExpression at_least(std::int64_t number);  // 1 or more

  // "all", "any", or an expression; a name is the longest run of [A-Za-z0-9_.-]. kInvalid names the column. Names are
  // not resolved yet: see bind().
  static Result<MatchExpression> parse(std::string_view text);

  // Resolves the names against the sources: unknown and missing names, and a number beyond their count, are kInvalid.
  Status bind(const std::vector<std::string>& sources);

  // Whether the match holds when the sources flagged in `met` (one flag per source, bound before) wait. Monotone: a
  // further source that is met never makes it false. Without sources: false.
  bool holds(const std::vector<bool>& met) const;

  // A cheapest choice of sources (one flag per source, bound before) that makes the match hold, where each costs that
  // much and one without a cost can't be had; of equal ones the first. A name that stands in an expression twice may be
  // counted twice. Nothing when there is none.
  std::optional<std::vector<bool>> cheapest(const std::vector<std::optional<std::int64_t>>& costs) const;

  // What is missing for the match to hold, from what each source (bound before) lacks.
  MissingPart missing(std::vector<MissingPart> sources) const;

  Kind kind() const { return kind_; }
  std::int64_t number() const { return number_; }                   // of kAtLeast
  const std::vector<std::string>& names() const { return names_; }  // of kNames, in order of appearance, each once
  std::string text() const;                                         // "all", "any", "2", "a && (b || c)" as written

 private:
  // The expression in postfix: names by their place in names_, then operators.
  enum class Token { kName, kAnd, kOr };
  struct Operation {
    Token token;
    std::size_t name = 0;
  };
  friend class MatchParser;
  struct Choice {
    std::vector<bool> sources;
    std::int64_t cost = 0;
  };
  static std::optional<Choice> both(std::optional<Choice> left, const std::optional<Choice>& right);
  static std::optional<Choice> cheaper(std::optional<Choice> left, std::optional<Choice> right);
  std::optional<Choice> cheapest_names(const std::vector<std::optional<Choice>>& single) const;
  std::optional<Choice> cheapest_number(std::vector<std::optional<Choice>> single) const;

  Kind kind_ = Kind::kAll;
  std::int64_t number_ = 0;
  std::string text_;
  std::vector<std::string> names_;
  std::vector<std::size_t> sources_;  // source of each name, once bound
  std::vector<Operation> operations_;
};

}  // namespace qflow
