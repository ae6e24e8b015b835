#include <fmt/format.h>

#include <algorithm>

#include "qflow/error/printable.h"
#include "qflow/model/event_names.h"
#include "qflow/model/name_characters.h"
#include "trigger/trigger_keys.h"
#include "trigger/trigger_types.h"

namespace qflow {
namespace {

class EventTrigger final : public Trigger {
 public:
  using Trigger::Trigger;
  TriggerType type() const override { return TriggerType::kEvent; }
};

// Reads one source after the other of one trigger.
class EventSources {
 public:
  explicit EventSources(TriggerSetup& setup) : setup_(setup), diagnostics_(setup.config.diagnostics()) {
    namespaced_ = read_namespaced(setup.config).value_or(false);
  }

  void read(const ConfigValue& value) {
    if (const auto* name = std::get_if<std::string>(&value.data)) {
      EventSubscription subscription;
      subscription.namespaced = namespaced_;
      take_name(subscription, Located<std::string>{*name, value.position});
      subscriptions_.push_back(std::move(subscription));
      return;
    }
    ConfigReader table(std::get<ConfigTable>(value.data), "an event", diagnostics_);
    read_table(table);
    table.finish([](std::string_view key) { return std::string(key == "type" ? "is called event_type here" : ""); });
  }

  std::vector<Subscription> take() { return std::move(subscriptions_); }

 private:
  void read_table(ConfigReader& table) {
    EventSubscription subscription;
    subscription.source = read_source_keys(table, setup_.flow);
    subscription.namespaced = read_namespaced(table).value_or(namespaced_);
    subscription.event_type = read_filter(table, "event_type");
    subscription.name_space = read_filter(table, "namespace");
    subscription.value = read_filter(table, "value");
    subscription.sender = read_filter(table, "sender");
    take_name(subscription, read_name(table));
    subscriptions_.push_back(std::move(subscription));
  }

  std::optional<bool> read_namespaced(ConfigReader& reader) {
    const auto namespaced = reader.boolean("namespaced");
    if (!namespaced) return std::nullopt;
    if (namespaced->value && !setup_.flow.project) {
      diagnostics_.error(namespaced->position, "`namespaced` needs a project", "add [project] with a name to the file");
    }
    return namespaced->value;
  }

  // "*" lets everything through, as does absence.
  static std::optional<std::string> read_filter(ConfigReader& table, std::string_view key) {
    const auto text = table.text(key);
    if (!text || text->value == "*") return std::nullopt;
    return text->value;
  }

  std::optional<Located<std::string>> read_name(ConfigReader& table) {
    if (table.find("key") == nullptr) return table.required_text("name");
    const auto key = table.text("key");
    if (const ConfigEntry* name = table.find("name")) {
      diagnostics_.error(name->value.position, "`name` and `key` mean the same, both are given", "remove one of them");
    }
    return key;
  }

  void take_name(EventSubscription& subscription, const std::optional<Located<std::string>>& text) {
    if (!text) return;
    const std::string kept = subscription.namespaced ? kept_in_names(text->value) : text->value;
    const Result<EventName> name = EventName::parse(kept);
    if (!name) {
      diagnostics_.error(text->position, name.error().message, name.error().advice);
    } else if (!subscription.namespaced && kept.starts_with(kOwnEvents)) {
      diagnostics_.error(
          text->position, "event names that begin with 'qflow.' are reserved",
          "use type = \"flow\" for the end of a run or step, type = \"schedule\", \"sensor\" or \"cli\" for "
          "what those do");
    } else if (kept != text->value) {
      diagnostics_.warning(
          text->position,
          fmt::format("the event {} is listened to as {}", qflow::quoted(text->value), qflow::quoted(kept)),
          "names keep only letters, digits, '_', '.' and '-'");
    }
    subscription.source.name = kept;
    subscription.source.position = text->position;
    subscription.event = name.value_or(EventName());
  }

  TriggerSetup& setup_;
  Diagnostics& diagnostics_;
  bool namespaced_ = false;
  std::vector<Subscription> subscriptions_;
};

}  // namespace

std::unique_ptr<Trigger> create_event_trigger(TriggerSetup& setup) {
  EventSources sources(setup);
  read_one_or_many(setup.config, "event", "events", [&](const ConfigValue& value) { sources.read(value); });
  setup.explain_unknown = [](std::string_view key) {
    constexpr std::string_view kTableKeys[] = {"event_type", "namespace", "value", "sender", "count", "distinct"};
    const bool in_table = std::find(std::begin(kTableKeys), std::end(kTableKeys), key) != std::end(kTableKeys);
    return in_table ? fmt::format("belongs in the event's table: event = {{ name = \"...\", {} = ... }}", key)
                    : std::string();
  };
  return std::make_unique<EventTrigger>(std::move(setup.rules), sources.take());
}

}  // namespace qflow
