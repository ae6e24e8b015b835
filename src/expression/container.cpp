#include "expression/container.h"

namespace qflow {
namespace {

bool spend_tree(const Json& json, Meter& meter) {
  if (!meter.spend(1)) return false;
  if (json.is_string()) return meter.spend_bytes(json.get_ref<const std::string&>().size());
  if (!json.is_structured()) return true;
  for (auto part = json.begin(); part != json.end(); ++part) {
    if (json.is_object() && !meter.spend_bytes(part.key().size())) return false;
    if (!spend_tree(*part, meter)) return false;
  }
  return true;
}

Result<Json> counted_json(const Value& value, Meter& meter) {
  if (const Json* json = value.json()) {
    if (!spend_tree(*json, meter)) return Meter::error();
    return *json;
  }
  if (!meter.spend(1)) return Meter::error();
  if (const ValueList* list = value.list()) {
    Json result = Json::array();
    for (const Value& element : *list) {
      QFLOW_ASSIGN(Json json, counted_json(element, meter));
      result.push_back(std::move(json));
    }
    return result;
  }
  if (const ValueMap* map = value.map()) {
    Json result = Json::object();
    for (const auto& [key, element] : *map) {
      QFLOW_ASSIGN(result[key], counted_json(element, meter));
    }
    return result;
  }
  return value.to_json();
}

}  // namespace

std::optional<ListView> ListView::of(const Value& value) {
  ListView view;
  view.owner_ = &value;
  view.list_ = value.list();
  const Json* json = value.json();
  if (json != nullptr && json->is_array()) view.json_ = json;
  if (view.json_ == nullptr && view.list_ == nullptr) return std::nullopt;
  return view;
}

std::optional<MapView> MapView::of(const Value& value) {
  MapView view;
  view.owner_ = &value;
  view.map_ = value.map();
  if (const Json* json = value.json()) view.json_ = json->get_ptr<const Json::object_t*>();
  if (view.json_ == nullptr && view.map_ == nullptr) return std::nullopt;
  return view;
}

std::optional<Value> MapView::find(std::string_view name) const {
  if (json_ != nullptr) {
    const auto found = json_->find(name);
    return found == json_->end() ? std::nullopt : std::optional(owner_->part(found->second));
  }
  const auto found = map_->find(name);
  return found == map_->end() ? std::nullopt : std::optional(found->second);
}

bool MapView::has(std::string_view name) const {
  return json_ != nullptr ? json_->find(name) != json_->end() : map_->find(name) != map_->end();
}

std::vector<std::string> MapView::names() const {
  std::vector<std::string> names;
  visit([&](std::string_view name, const Value&) {
    names.emplace_back(name);
    return true;
  });
  return names;
}

void MapView::visit(const std::function<bool(std::string_view, const Value&)>& visitor) const {
  if (json_ != nullptr) {
    for (const auto& [name, part] : *json_) {
      if (!visitor(name, owner_->part(part))) return;
    }
    return;
  }
  for (const auto& [name, value] : *map_) {
    if (!visitor(name, value)) return;
  }
}

Value list_value(ValueList list) {
  return Value(std::make_shared<const ValueList>(std::move(list)));
}
Value map_value(ValueMap map) {
  return Value(std::make_shared<const ValueMap>(std::move(map)));
}

Value bool_value(bool value) {
  static const auto yes = std::make_shared<const Json>(true);
  static const auto no = std::make_shared<const Json>(false);
  return Value(value ? yes : no);
}

Result<Value> loaded(Value value) {
  if (value.object() == nullptr) return value;
  QFLOW_ASSIGN(Json whole, value.object()->whole());
  return Value(std::move(whole));
}

Result<Value> settled(Value value, Meter& meter) {
  if (value.list() == nullptr && value.map() == nullptr) return value;
  QFLOW_ASSIGN(Json json, counted_json(value, meter));
  return Value(std::move(json));
}

}  // namespace qflow
