#pragma once

#include "expression/meter.h"
#include "expression/syntax.h"

namespace qflow {

// The value of + - * / % of two loaded values. As in CEL: ints with ints and doubles with doubles, never mixed; an
// overflow is an error, so are a division by zero, an infinity and a NaN. + also joins texts and lists; instants and
// durations add and subtract.
Result<Value> calculate(const Place& place, const Value& left, const Value& right, Meter& meter);

// The value of -x.
Result<Value> negate(const Place& place, const Value& value);

}  // namespace qflow
