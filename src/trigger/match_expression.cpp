#include "qflow/trigger/match_expression.h"

#include <fmt/format.h>

#include <algorithm>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/model/name_characters.h"

namespace qflow {
namespace {

constexpr int kMaxDepth = 200;

using Shape = MissingPart::Shape;

// What stands inside of something of another shape is put into parentheses, but for a name.
std::string nested(const MissingPart& part, Shape around) {
  return part.shape == around || part.shape == Shape::kSingle ? part.text : "(" + part.text + ")";
}

MissingPart joined(const std::vector<MissingPart>& parts, Shape shape, std::string_view separator) {
  if (parts.empty()) return {};
  if (parts.size() == 1) return parts.front();
  MissingPart result{shape};
  for (const MissingPart& part : parts) {
    if (!result.text.empty()) result.text += separator;
    result.text += nested(part, shape);
    if (shape != Shape::kAll) continue;
    const std::vector<std::string> list = part.list();
    result.parts.insert(result.parts.end(), list.begin(), list.end());
  }
  return result;
}

MissingPart all_of(std::vector<MissingPart> parts) {
  std::erase_if(parts, [](const MissingPart& part) { return part.shape == Shape::kNothing; });
  return joined(parts, Shape::kAll, ", ");
}

MissingPart any_of(const std::vector<MissingPart>& parts) {
  const bool is_met =
      std::any_of(parts.begin(), parts.end(), [](const MissingPart& part) { return part.shape == Shape::kNothing; });
  return is_met ? MissingPart() : joined(parts, Shape::kChoice, " or ");
}

MissingPart some_of(std::int64_t number, std::vector<MissingPart> parts) {
  number -= static_cast<std::int64_t>(
      std::erase_if(parts, [](const MissingPart& part) { return part.shape == Shape::kNothing; }));
  if (number <= 0) return {};
  if (number >= static_cast<std::int64_t>(parts.size())) return all_of(std::move(parts));
  MissingPart result = joined(parts, Shape::kNumber, ", ");
  result.text = fmt::format("{} of {}", number, result.text);
  return result;
}

}  // namespace

std::vector<std::string> MissingPart::list() const {
  if (shape == Shape::kAll) return parts;
  return shape == Shape::kNothing ? std::vector<std::string>() : std::vector<std::string>{text};
}

// Recursive descent: either = both { "||" both }, both = one { "&&" one }, one = name | "(" either ")".
class MatchParser {
 public:
  MatchParser(std::string_view text, MatchExpression& expression) : text_(text), expression_(expression) {}

  Status parse() {
    QFLOW_TRY(either());
    skip_spaces();
    if (at_ < text_.size()) return wrong("expected && or ||");
    return {};
  }

 private:
  Status either() {
    QFLOW_TRY(both());
    while (take("||")) {
      QFLOW_TRY(both());
      expression_.operations_.push_back({MatchExpression::Token::kOr});
    }
    return {};
  }

  Status both() {
    QFLOW_TRY(one());
    while (take("&&")) {
      QFLOW_TRY(one());
      expression_.operations_.push_back({MatchExpression::Token::kAnd});
    }
    return {};
  }

  Status one() {
    if (!take("(")) return name();
    if (++depth_ > kMaxDepth) return wrong("too many parentheses");
    QFLOW_TRY(either());
    --depth_;
    if (!take(")")) return wrong("expected )");
    return {};
  }

  Status name() {
    skip_spaces();
    const std::size_t begin = at_;
    while (at_ < text_.size() && stays_in_names(text_[at_])) ++at_;
    if (at_ == begin) return wrong("expected a name");
    expression_.operations_.push_back({MatchExpression::Token::kName, number_of(text_.substr(begin, at_ - begin))});
    return {};
  }

  std::size_t number_of(std::string_view name) {
    std::vector<std::string>& names = expression_.names_;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    names.emplace_back(name);
    return names.size() - 1;
  }

  bool take(std::string_view wanted) {
    skip_spaces();
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }

  Status wrong(std::string_view what) const {
    const std::string where = at_ < text_.size() ? fmt::format("at character {}", at_ + 1) : "at the end";
    return fail(ErrorKind::kInvalid, fmt::format("`match` {} is wrong {}: {}", qflow::quoted(text_), where, what),
                "write all, any, a number, or names with && || and parentheses");
  }

  std::string_view text_;
  MatchExpression& expression_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

MatchExpression MatchExpression::any() {
  MatchExpression match;
  match.kind_ = Kind::kAny;
  return match;
}

MatchExpression MatchExpression::at_least(std::int64_t number) {
  MatchExpression match;
  match.kind_ = Kind::kAtLeast;
  match.number_ = number;
  return match;
}

Result<MatchExpression> MatchExpression::parse(std::string_view text) {
  if (text == "all") return MatchExpression();
  if (text == "any") return any();
  MatchExpression match;
  match.kind_ = Kind::kNames;
  match.text_ = text;
  QFLOW_TRY(MatchParser(text, match).parse());
  return match;
}

Status MatchExpression::bind(const std::vector<std::string>& sources) {
  if (kind_ == Kind::kAtLeast && number_ > static_cast<std::int64_t>(sources.size())) {
    return fail(ErrorKind::kInvalid, fmt::format("`match` wants {} of {} sources", number_, sources.size()),
                "a number is at most the number of sources");
  }
  if (kind_ != Kind::kNames) return {};
  sources_.clear();
  for (const std::string& name : names_) {
    const auto found = std::find(sources.begin(), sources.end(), name);
    if (found == sources.end()) {
      return fail(ErrorKind::kInvalid, fmt::format("`match` names {}, which is no source here", qflow::quoted(name)),
                  did_you_mean_or_list(name, sources));
    }
    sources_.push_back(static_cast<std::size_t>(found - sources.begin()));
  }
  for (const std::string& source : sources) {
    if (std::find(names_.begin(), names_.end(), source) != names_.end()) continue;
    return fail(ErrorKind::kInvalid, fmt::format("`match` does not name the source {}", qflow::quoted(source)),
                "an expression names every source");
  }
  return {};
}

bool MatchExpression::holds(const std::vector<bool>& met) const {
  const auto count = std::count(met.begin(), met.end(), true);
  switch (kind_) {
    case Kind::kAll:
      return count > 0 && count == static_cast<std::ptrdiff_t>(met.size());
    case Kind::kAny:
      return count > 0;
    case Kind::kAtLeast:
      return count >= number_;
    case Kind::kNames:
      break;
  }
  std::vector<bool> stack;
  for (const Operation& operation : operations_) {
    if (operation.token == Token::kName) {
      stack.push_back(met[sources_[operation.name]]);
      continue;
    }
    const bool right = stack.back();
    stack.pop_back();
    stack.back() = operation.token == Token::kAnd ? stack.back() && right : stack.back() || right;
  }
  return stack.back();
}

std::optional<MatchExpression::Choice> MatchExpression::both(std::optional<Choice> left,
                                                             const std::optional<Choice>& right) {
  if (!left || !right) return std::nullopt;
  for (std::size_t i = 0; i < left->sources.size(); ++i) left->sources[i] = left->sources[i] || right->sources[i];
  left->cost += right->cost;
  return left;
}

std::optional<MatchExpression::Choice> MatchExpression::cheaper(std::optional<Choice> left,
                                                                std::optional<Choice> right) {
  return right && (!left || right->cost < left->cost) ? std::move(right) : std::move(left);
}

std::optional<MatchExpression::Choice> MatchExpression::cheapest_names(
    const std::vector<std::optional<Choice>>& single) const {
  std::vector<std::optional<Choice>> stack;
  for (const Operation& operation : operations_) {
    if (operation.token == Token::kName) {
      stack.push_back(single[sources_[operation.name]]);
      continue;
    }
    std::optional<Choice> right = std::move(stack.back());
    stack.pop_back();
    stack.back() = operation.token == Token::kAnd ? both(std::move(stack.back()), right)
                                                  : cheaper(std::move(stack.back()), std::move(right));
  }
  return std::move(stack.back());
}

std::optional<MatchExpression::Choice> MatchExpression::cheapest_number(
    std::vector<std::optional<Choice>> single) const {
  const std::size_t all = single.size();
  const auto needed = kind_ == Kind::kAll ? all : kind_ == Kind::kAny ? 1 : static_cast<std::size_t>(number_);
  if (all == 0 || needed > all) return std::nullopt;
  std::stable_sort(single.begin(), single.end(),
                   [](const auto& a, const auto& b) { return a && (!b || a->cost < b->cost); });
  std::optional<Choice> choice = single.front();
  for (std::size_t i = 1; i < needed; ++i) choice = both(std::move(choice), single[i]);
  return choice;
}

std::optional<std::vector<bool>> MatchExpression::cheapest(
    const std::vector<std::optional<std::int64_t>>& costs) const {
  std::vector<std::optional<Choice>> single(costs.size());
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (!costs[i]) continue;
    single[i] = Choice{std::vector<bool>(costs.size()), *costs[i]};
    single[i]->sources[i] = true;
  }
  auto choice = kind_ == Kind::kNames ? cheapest_names(single) : cheapest_number(std::move(single));
  if (!choice) return std::nullopt;
  return std::move(choice->sources);
}

MissingPart MatchExpression::missing(std::vector<MissingPart> sources) const {
  switch (kind_) {
    case Kind::kAll:
      return all_of(std::move(sources));
    case Kind::kAny:
      return any_of(sources);
    case Kind::kAtLeast:
      return some_of(number_, std::move(sources));
    case Kind::kNames:
      break;
  }
  std::vector<MissingPart> stack;
  for (const Operation& operation : operations_) {
    if (operation.token == Token::kName) {
      stack.push_back(sources[sources_[operation.name]]);
      continue;
    }
    std::vector<MissingPart> both = {std::move(stack[stack.size() - 2]), std::move(stack.back())};
    stack.pop_back();
    stack.back() = operation.token == Token::kAnd ? all_of(std::move(both)) : any_of(both);
  }
  return std::move(stack.back());
}

std::string MatchExpression::text() const {
  switch (kind_) {
    case Kind::kAll:
      return "all";
    case Kind::kAny:
      return "any";
    case Kind::kAtLeast:
      return std::to_string(number_);
    case Kind::kNames:
      break;
  }
  return text_;
}

}  // namespace qflow
