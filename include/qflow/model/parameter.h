#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/json.h"
#include "qflow/model/names.h"

namespace qflow {

enum class ParameterType { kString, kInt, kFloat, kBool, kJson, kDatetime };

std::string_view to_text(ParameterType type);
std::optional<ParameterType> parse_parameter_type(std::string_view text);
const std::vector<std::string>& parameter_type_names();

// One parameter of a flow. `default_value`, `minimum`, `maximum` and `choices` are already of the parameter's type.
struct Parameter {
  ParameterName name;
  ParameterType type = ParameterType::kString;
  std::optional<Json> default_value;
  bool required = false;
  std::string help;
  std::optional<Json> minimum;
  std::optional<Json> maximum;
  std::vector<Json> choices;
  SourcePosition position;
};

// The value that `value` (of a payload, or a default) gives the parameter. Fits: int: an integer, a float without
// fraction, text -?[0-9]+ ; float: a number or such text with or without fraction and exponent; bool: true, false, and
// the texts "true", "false"; string: text, a number or bool as its JSON text; datetime: text (instant.h,
// parse_datetime), kept as written; json: anything. Then minimum, maximum, choices (datetime: by instant; of different
// types nothing is compared). kInvalid says what does not fit. Null fits only json: whoever maps takes it for absent.
Result<Json> convert_parameter(const Parameter& parameter, const Json& value);

// The same for text from a command line: json parameters are parsed, all others read as text above. What is no UTF-8
// fits nothing.
Result<Json> parse_parameter(const Parameter& parameter, std::string_view text);

// The parameter of that name, ignoring case, as names are unique so; of several (a flow file that has errors) the exact
// one wins. Null when there is none.
const Parameter* find_parameter(const std::vector<Parameter>& parameters, std::string_view name);

// The value of every parameter: from `given` (name as declared → value of the parameter's type; null counts as absent),
// else the default, else null. kInvalid lists the required ones that have none.
Result<Json> complete_parameters(const std::vector<Parameter>& parameters, const Json& given);

}  // namespace qflow
