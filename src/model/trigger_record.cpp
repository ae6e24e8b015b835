#include "qflow/model/trigger_record.h"

#include "model/enum_names.h"

namespace qflow {

namespace {

constexpr EnumNames<TriggerKind, 7> kKinds = {{
    {TriggerKind::kRun, "RUN"},
    {TriggerKind::kManyRuns, "MANY-RUNS"},
    {TriggerKind::kOneOfRuns, "ONE-OF-RUNS"},
    {TriggerKind::kEvent, "EVENT"},
    {TriggerKind::kManyEvents, "MANY-EVENTS"},
    {TriggerKind::kOneOfEvents, "ONE-OF-EVENTS"},
    {TriggerKind::kMixed, "MIXED"},
}};

}  // namespace

std::string_view to_text(TriggerKind kind) {
  return name_of(kKinds, kind);
}

std::optional<TriggerKind> parse_trigger_kind(std::string_view text) {
  return find_named(kKinds, text);
}

}  // namespace qflow
