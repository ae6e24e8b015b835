#include "expression/functions.h"

#include <algorithm>
#include <array>

namespace qflow {
namespace {

constexpr auto kGlobal = CallStyle::kGlobal;
constexpr auto kMethod = CallStyle::kMethod;
constexpr auto kEither = CallStyle::kEither;

constexpr std::array kFunctions{
    Function{"bool", kGlobal, 1, 1, ExpressionType::kBool, call_bool, "bool(x)"},
    Function{"contains", kMethod, 2, 2, ExpressionType::kBool, call_contains, "text.contains(part)"},
    Function{"double", kGlobal, 1, 1, ExpressionType::kNumber, call_double, "double(x)"},
    Function{"duration", kGlobal, 1, 1, ExpressionType::kDuration, call_duration, "duration('1h30m')"},
    Function{"endsWith", kMethod, 2, 2, ExpressionType::kBool, call_ends_with, "text.endsWith(part)"},
    Function{"int", kGlobal, 1, 1, ExpressionType::kNumber, call_int, "int(x)"},
    Function{"join", kMethod, 1, 2, ExpressionType::kText, call_join, "list.join(separator)"},
    Function{"lowerAscii", kMethod, 1, 1, ExpressionType::kText, call_lower_ascii, "text.lowerAscii()"},
    Function{"matches", kEither, 2, 2, ExpressionType::kBool, call_matches, "text.matches(pattern)"},
    Function{"size", kEither, 1, 1, ExpressionType::kNumber, call_size, "size(x)"},
    Function{"split", kMethod, 2, 3, ExpressionType::kList, call_split, "text.split(separator)"},
    Function{"startsWith", kMethod, 2, 2, ExpressionType::kBool, call_starts_with, "text.startsWith(part)"},
    Function{"string", kGlobal, 1, 1, ExpressionType::kText, call_string, "string(x)"},
    Function{"substring", kMethod, 2, 3, ExpressionType::kText, call_substring, "text.substring(start, end)"},
    Function{"timestamp", kGlobal, 1, 1, ExpressionType::kInstant, call_timestamp, "timestamp('2026-11-20T10:00:00Z')"},
    Function{"upperAscii", kMethod, 1, 1, ExpressionType::kText, call_upper_ascii, "text.upperAscii()"},
};

constexpr bool by_name(const Function& a, const Function& b) {
  return a.name < b.name;
}
static_assert(std::is_sorted(kFunctions.begin(), kFunctions.end(), by_name));

}  // namespace

const Function* find_function(std::string_view name) {
  const auto before = [](const Function& function, std::string_view wanted) { return function.name < wanted; };
  const auto* found = std::lower_bound(kFunctions.begin(), kFunctions.end(), name, before);
  return found != kFunctions.end() && found->name == name ? &*found : nullptr;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const Function& function : kFunctions) names.emplace_back(function.name);
  return names;
}

}  // namespace qflow
