#include "qflow/error/suggestion.h"

#include <algorithm>
#include <array>

#include "qflow/error/printable.h"

namespace qflow {
namespace {

constexpr std::size_t kMaxLength = 255;  // nobody mistypes a longer name by a letter or two
constexpr std::size_t kMaxListed = 20;

// Costs count in halves: an edit is 2, another case of the same letter 1.
constexpr int kEdit = 2;
constexpr int kOtherCase = 1;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

int replace_cost(char a, char b) {
  return a == b ? 0 : lower(a) == lower(b) ? kOtherCase : kEdit;
}

// Optimal string alignment distance, in halves; anything above `limit` when it is more than that.
int distance(std::string_view a, std::string_view b, int limit) {
  using Row = std::array<int, kMaxLength + 1>;
  std::array<Row, 3> rows;
  Row *before = &rows[0], *previous = &rows[1], *current = &rows[2];
  for (std::size_t j = 0; j <= b.size(); ++j) (*previous)[j] = static_cast<int>(j) * kEdit;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    (*current)[0] = static_cast<int>(i) * kEdit;
    int smallest = (*current)[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      int cost = std::min((*previous)[j], (*current)[j - 1]) + kEdit;
      cost = std::min(cost, (*previous)[j - 1] + replace_cost(a[i - 1], b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost = std::min(cost, (*before)[j - 2] + kEdit);
      (*current)[j] = cost;
      smallest = std::min(smallest, cost);
    }
    if (smallest > limit + kEdit) return smallest;  // a swap reaches back over one row, so one edit of slack
    Row* oldest = before;
    before = previous;
    previous = current;
    current = oldest;
  }
  return (*previous)[b.size()];
}

template <class Text>
std::string nearest(std::string_view name, std::span<const Text> candidates) {
  if (name.empty() || name.size() > kMaxLength) return {};
  const Text* best = nullptr;
  int best_cost = 0;
  for (const Text& candidate : candidates) {
    if (candidate.empty() || candidate.size() > kMaxLength) continue;
    int limit = static_cast<int>(std::max(name.size(), candidate.size())) * kEdit / 3;
    if (equal_ignoring_case(name, candidate)) limit = static_cast<int>(name.size());
    if (best != nullptr) limit = std::min(limit, best_cost - 1);
    const auto difference =
        static_cast<int>(std::max(name.size(), candidate.size()) - std::min(name.size(), candidate.size()));
    if (difference * kEdit > limit) continue;
    const int cost = distance(name, candidate, limit);
    if (cost > limit) continue;
    best = &candidate;
    best_cost = cost;
  }
  return best == nullptr ? std::string() : std::string(*best);
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  return nearest(name, candidates);
}

std::string nearest_name(std::string_view name, std::span<const std::string_view> candidates) {
  return nearest(name, candidates);
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const std::string found = nearest_name(name, candidates);
  if (found.empty() || found == name) return {};
  return "did you mean " + quoted(found) + "?";
}

std::string did_you_mean_or_list(std::string_view name, std::span<const std::string> candidates) {
  std::string suggestion = did_you_mean(name, candidates);
  if (!suggestion.empty() || candidates.empty()) return suggestion;
  std::string list = "known: ";
  for (std::size_t i = 0; i < std::min(candidates.size(), kMaxListed); ++i) {
    if (i > 0) list += ", ";
    list += printable(candidates[i]);
  }
  if (candidates.size() > kMaxListed) list += " and " + std::to_string(candidates.size() - kMaxListed) + " more";
  return list;
}

std::string with_suggestion(const Error& error) {
  return error.advice.starts_with("did you mean") ? error.message + "; " + error.advice : error.message;
}

std::string quoted_list(std::span<const std::string> names) {
  const std::size_t shown = std::min(names.size(), kMaxListed);
  std::string list;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) list += i + 1 == names.size() ? " and " : ", ";
    list += quoted(names[i]);
  }
  if (shown < names.size()) list += " and " + std::to_string(names.size() - shown) + " more";
  return list;
}

}  // namespace qflow
