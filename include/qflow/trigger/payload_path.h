#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/error/error.h"
#include "qflow/model/json.h"
#include "qflow/model/names.h"

namespace qflow {

// Where in a payload a value stands, written as in expressions: a.b[0].c, ["how-many"].x. Lists count from 0.
class PayloadPath {
 public:
  using Segment = std::variant<std::string, std::int64_t>;

  // kInvalid with what is wrong and how to write it.
  static Result<PayloadPath> parse(std::string_view text);

  // The value (null too), or a null pointer where the payload lacks the path. The first `skip` steps are left out: the
  // rest is looked up in what they stand for.
  const Json* find(const Json& payload, std::size_t skip = 0) const;

  // The field that a path of one step names, else "".
  std::string_view single_field() const;
  const std::vector<Segment>& segments() const { return segments_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<Segment> segments_;
};

// One line of `parameters = { window = "how_many_days" }`.
struct MappedParameter {
  ParameterName parameter;  // as the flow declares it
  PayloadPath path;
  SourcePosition position;  // of the path's text
};

enum class MappingMode {
  kNone,      // sets nothing
  kByName,    // every payload field that is named like a parameter of the flow, ignoring case, sets it
  kExplicit,  // only `entries` count
};

// How the events of one source set parameters of the flow, as the declaration decides it.
struct ParameterMapping {
  MappingMode mode = MappingMode::kNone;
  std::vector<MappedParameter> entries = {};  // kExplicit only; never empty then
  std::vector<ParameterName> spared = {};     // kByName in a leg: required ones that it need not set, as other legs can
};

}  // namespace qflow
