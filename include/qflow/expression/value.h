#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "qflow/error/error.h"
#include "qflow/model/json.h"
#include "qflow/time/duration.h"
#include "qflow/time/instant.h"

namespace qflow {

class Value;

// An object whose fields are fetched when an expression asks for them: artifacts, runs, the trigger. Nothing is loaded
// that is not named.
class LazyObject {
 public:
  virtual ~LazyObject() = default;
  // The field; kNotFound (with the nearest known name as advice) when there is none. An empty message is filled in with
  // the path. object[3] asks for the field "3".
  virtual Result<Value> field(std::string_view name) const = 0;
  // Names for size(), in, the macros, and suggestions.
  virtual std::vector<std::string> names() const = 0;
  // What the object is where a plain value is needed: printing, comparing, JSON. A run is its id as text.
  virtual Result<Json> whole() const = 0;
  // Whether there is such a field, for has() and in: unless overridden by fetching it.
  virtual Result<bool> has(std::string_view name) const;
};

// Lists and maps whose parts are not all JSON: of runs, of instants. Shared, so that a part is never copied.
using ValueList = std::vector<Value>;
using ValueMap = std::map<std::string, Value, std::less<>>;

// A value of an expression: JSON, an instant, a duration, a lazy object, a list or map of values. Cheap to copy: data
// is shared, never changed.
class Value {
 public:
  Value() = default;  // JSON null
  Value(Json json) : data_(std::make_shared<const Json>(std::move(json))) {}
  Value(std::shared_ptr<const Json> json) : data_(std::move(json)) {}
  Value(Instant instant) : data_(instant) {}
  Value(Duration duration) : data_(duration) {}
  Value(std::shared_ptr<const LazyObject> object) : data_(std::move(object)) {}
  Value(std::shared_ptr<const ValueList> list) : data_(std::move(list)) {}
  Value(std::shared_ptr<const ValueMap> map) : data_(std::move(map)) {}

  // Each is null unless the value is of that kind; a JSON list or object is json(), not list() or map().
  const Json* json() const;
  const Instant* instant() const { return std::get_if<Instant>(&data_); }
  const Duration* duration() const { return std::get_if<Duration>(&data_); }
  const LazyObject* object() const;
  const ValueList* list() const;
  const ValueMap* map() const;

  // A part of this value's JSON, sharing its memory.
  Value part(const Json& part) const;

  // Instants and durations become text, lazy objects are loaded.
  Result<Json> to_json() const;

 private:
  std::variant<std::shared_ptr<const Json>, Instant, Duration, std::shared_ptr<const LazyObject>,
               std::shared_ptr<const ValueList>, std::shared_ptr<const ValueMap>>
      data_;
};

// "an integer", "text", "a list", "an instant", "a duration", "an object": how messages name the type of a value.
std::string_view value_type_name(const Value& value);

}  // namespace qflow
