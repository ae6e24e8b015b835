#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "qflow/expression/expression.h"

namespace qflow {

// Text with {{ expression }} in it. A text that is exactly one {{ … }} (spaces outside count as text) gives the value
// with its JSON type; inside longer text values are rendered as plain text (model/json.h, to_plain_text). A literal
// "{{" is written {{ '{{' }}. Braces inside string literals of the expression do not end it.
class Template {
 public:
  // The offset of a problem is in the whole text.
  static tl::expected<Template, ExpressionProblem> parse(std::string_view text);

  std::vector<ExpressionProblem> check(const ScopeShape& shape) const;
  // In the order of the text; offsets are in the whole text.
  std::vector<Reference> references() const;
  Result<Json> render(const Scope& scope) const;
  Result<std::string> render_text(const Scope& scope) const;

 private:
  struct Piece {
    std::size_t offset;
    std::variant<std::string, Expression> content;
  };
  std::vector<Piece> pieces_;
};

// Where shell text contains braces whose text begins with a name in scope ("{{ params.x }}", "{{trigger"): the offsets
// of the braces. Other braces are the shell's.
std::vector<std::size_t> find_template_braces(std::string_view shell_text, const std::vector<std::string>& names);

}  // namespace qflow
