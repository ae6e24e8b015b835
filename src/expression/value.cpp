#include "qflow/expression/value.h"

namespace qflow {
namespace {

template <class T, class Data>
const T* shared_in(const Data& data) {
  const auto* pointer = std::get_if<std::shared_ptr<const T>>(&data);
  return pointer == nullptr ? nullptr : pointer->get();
}

Result<Json> to_json_list(const ValueList& list) {
  Json result = Json::array();
  for (const Value& element : list) {
    QFLOW_ASSIGN(Json json, element.to_json());
    result.push_back(std::move(json));
  }
  return result;
}

Result<Json> to_json_object(const ValueMap& map) {
  Json result = Json::object();
  for (const auto& [key, value] : map) {
    QFLOW_ASSIGN(Json json, value.to_json());
    result[key] = std::move(json);
  }
  return result;
}

}  // namespace

Result<bool> LazyObject::has(std::string_view name) const {
  const auto found = field(name);
  if (found) return true;
  if (found.error().kind == ErrorKind::kNotFound) return false;
  return tl::make_unexpected(found.error());
}

const Json* Value::json() const {
  static const Json null;
  const auto* pointer = std::get_if<std::shared_ptr<const Json>>(&data_);
  if (pointer == nullptr) return nullptr;
  return *pointer ? pointer->get() : &null;
}

const LazyObject* Value::object() const {
  return shared_in<LazyObject>(data_);
}
const ValueList* Value::list() const {
  return shared_in<ValueList>(data_);
}
const ValueMap* Value::map() const {
  return shared_in<ValueMap>(data_);
}

Value Value::part(const Json& part) const {
  const auto* owner = std::get_if<std::shared_ptr<const Json>>(&data_);
  if (owner == nullptr || !*owner) return Value(part);
  return Value(std::shared_ptr<const Json>(*owner, &part));
}

Result<Json> Value::to_json() const {
  if (const Json* value = json()) return *value;
  if (const Instant* value = instant()) return Json(format_instant(*value));
  if (const Duration* value = duration()) return Json(format_duration(*value));
  if (const ValueList* value = list()) return to_json_list(*value);
  if (const ValueMap* value = map()) return to_json_object(*value);
  if (const LazyObject* value = object()) return value->whole();
  return Json();
}

std::string_view value_type_name(const Value& value) {
  if (const Json* json = value.json()) return type_name(*json);
  if (value.instant() != nullptr) return "an instant";
  if (value.duration() != nullptr) return "a duration";
  if (value.list() != nullptr) return "a list";
  return "an object";
}

}  // namespace qflow
