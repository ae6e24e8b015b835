#include <algorithm>
#include <array>

#include "expression/functions.h"
#include "expression/parser.h"
#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"

namespace qflow {

struct MacroForm {
  std::string_view name;
  Macro macro;
  std::size_t min_parts;  // range and variable not counted
  std::size_t max_parts;
  std::string_view usage;
};

namespace {

constexpr std::array kMacros{
    MacroForm{"all", Macro::kAll, 1, 1, "list.all(x, condition)"},
    MacroForm{"exists", Macro::kExists, 1, 1, "list.exists(x, condition)"},
    MacroForm{"exists_one", Macro::kExistsOne, 1, 1, "list.exists_one(x, condition)"},
    MacroForm{"filter", Macro::kFilter, 1, 1, "list.filter(x, condition)"},
    MacroForm{"map", Macro::kMap, 1, 2, "list.map(x, value)"},
};

const MacroForm* find_macro(std::string_view name) {
  const auto* found = std::find_if(kMacros.begin(), kMacros.end(), [&](const auto& form) { return form.name == name; });
  return found == kMacros.end() ? nullptr : found;
}

}  // namespace

// What stands between brackets, up to and with the closing one; lists may end in a comma.
bool Parser::arguments(TokenKind end, std::vector<NodeId>& list) {
  const bool is_list = end == TokenKind::kRightBracket;
  if (accept(end)) return true;
  do {
    if (is_list && at(end)) break;
    list.push_back(expression());
    if (list.back() == kNoNode) return false;
  } while (accept(TokenKind::kComma));
  return expect(end, is_list ? "',' or ']'" : "',' or ')'");
}

NodeId Parser::has(const Token& name) {
  advance();
  const NodeId inner = expression();
  if (inner == kNoNode || !expect(TokenKind::kRightParen, "')'")) return kNoNode;
  return builder_.has(shape(NodeKind::kHas, name.begin, name.begin), inner);
}

NodeId Parser::call(std::size_t begin, const Token& name, NodeId receiver) {
  const std::string_view spelled = lexer_.text_of(name);
  if (const MacroForm* form = find_macro(spelled); form != nullptr && receiver != kNoNode) {
    return macro(begin, name, *form, receiver);
  }
  const Function* called = function(name, receiver);
  if (called == nullptr) return kNoNode;
  advance();
  std::vector<NodeId> list;
  if (receiver != kNoNode) list.push_back(receiver);
  if (!arguments(TokenKind::kRightParen, list) || !count_fits(name, *called, list.size(), receiver)) return kNoNode;
  return builder_.call(shape(NodeKind::kCall, begin, name.begin), *called, list);
}

const Function* Parser::function(const Token& name, NodeId receiver) {
  const std::string spelled(lexer_.text_of(name));
  const bool is_method = receiver != kNoNode;
  const Function* found = find_function(spelled);
  if (found == nullptr) {
    std::vector<std::string> known = function_names();
    for (const MacroForm& form : kMacros) known.emplace_back(form.name);
    known.emplace_back("has");
    const MacroForm* form = find_macro(spelled);
    builder_.fail(name.begin, "there is no function " + quoted(spelled),
                  form != nullptr    ? "write " + std::string(form->usage)
                  : spelled == "has" ? "write has(a.b)"
                                     : did_you_mean_or_list(spelled, known));
    return nullptr;
  }
  const CallStyle wrong = is_method ? CallStyle::kGlobal : CallStyle::kMethod;
  if (found->style != wrong) return found;
  builder_.fail(name.begin, quoted(spelled) + (is_method ? " is not called on a value" : " is called on a value"),
                "write " + std::string(found->usage));
  return nullptr;
}

bool Parser::count_fits(const Token& name, const Function& function, std::size_t count, NodeId receiver) {
  if (count >= function.min_arguments && count <= function.max_arguments) return true;
  const std::size_t hidden = receiver != kNoNode ? 1 : 0;
  const std::size_t least = function.min_arguments - hidden;
  const std::size_t most = function.max_arguments - hidden;
  std::string wanted = most == 0 ? "no argument" : std::to_string(least);
  if (least != most) wanted += " or " + std::to_string(most);
  if (most > 0) wanted += most == 1 ? " argument" : " arguments";
  builder_.fail(name.begin, quoted(function.name) + " takes " + wanted + ", not " + std::to_string(count - hidden),
                "write " + std::string(function.usage));
  return false;
}

NodeId Parser::macro(std::size_t begin, const Token& name, const MacroForm& form, NodeId range) {
  const auto misused = [&](std::size_t offset, std::string message) {
    return builder_.fail(offset, std::move(message), "write " + std::string(form.usage));
  };
  advance();
  if (at(TokenKind::kInvalid)) return unexpected("a name");
  if (!at(TokenKind::kName) || is_reserved_word(word())) {
    return misused(token_.begin, quoted(form.name) + " takes a name for the element first");
  }
  const Token variable = token_;
  advance();
  if (!at(TokenKind::kComma))
    return misused(token_.begin, "after the element's name " + quoted(form.name) + " takes an expression");
  builder_.open_variable(variable);
  std::vector<NodeId> parts{range};
  while (accept(TokenKind::kComma)) {
    parts.push_back(expression());
    if (parts.back() == kNoNode) return kNoNode;
  }
  builder_.close_variable();
  if (!expect(TokenKind::kRightParen, "',' or ')'")) return kNoNode;
  if (parts.size() - 1 < form.min_parts || parts.size() - 1 > form.max_parts) {
    return misused(name.begin, quoted(form.name) + " takes a name and " +
                                   (form.max_parts == 1 ? "one expression" : "one or two expressions") + ", not " +
                                   std::to_string(parts.size() - 1));
  }
  return builder_.macro(shape(NodeKind::kMacro, begin, name.begin), form.macro, variable, parts);
}

}  // namespace qflow
